// SPDX-License-Identifier: Apache-2.0
import { type Card, goldenSignal } from '@earshot/models';
import { wavFile } from '../../src/testing/wav-file.ts';
import type { LoadJob } from '../support/load-job.ts';

/** What clients send; the origin and how often is the plan's business. */
export type RequestKind = Pick<LoadJob, 'path' | 'headers' | 'bodies' | 'stamp'> & { readonly name: string };

const WAV_HEADER_BYTES = 44;

/** A WAV file at the space's own rate, which needs no ffmpeg: one window, or less (the service then repeats it). */
export function wavRequest({ id, input }: Card, seconds = input.windowSamples / input.sampleRateHz): RequestKind {
  const samples = goldenSignal('chirp-noise', input.sampleRateHz, Math.round(seconds * input.sampleRateHz));
  return {
    name: 'WAV on /v1/audio/embeddings',
    path: `/v1/audio/embeddings?model=${id}&encoding=base64`,
    headers: { 'content-type': 'audio/wav' },
    bodies: [new Uint8Array(wavFile(samples, input.sampleRateHz))],
    stamp: { offset: WAV_HEADER_BYTES, as: 'pcm16' },
  };
}

/** One window of samples as a binary tensor of the Open Inference Protocol, the vector binary as well. */
export function tensorRequest({ id, input, output }: Card): RequestKind {
  const samples = goldenSignal('chirp-noise', input.sampleRateHz, input.windowSamples);
  const head = JSON.stringify({
    inputs: [
      {
        name: input.tensor,
        shape: [1, input.windowSamples],
        datatype: 'FP32',
        parameters: { binary_data_size: samples.byteLength },
      },
    ],
    outputs: [{ name: output.tensor, parameters: { binary_data: true } }],
  });
  const headBytes = Buffer.from(head);
  return {
    name: 'binary tensor on /v2',
    path: `/v2/models/${id}/infer?sample_rate=${input.sampleRateHz}`,
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(headBytes.length),
    },
    bodies: [new Uint8Array(Buffer.concat([headBytes, new Uint8Array(samples.buffer)]))],
    stamp: { offset: headBytes.length, as: 'float32' },
  };
}
