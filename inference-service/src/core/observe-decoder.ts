// SPDX-License-Identifier: Apache-2.0
import { ERROR_KINDS, type ErrorCode } from '../contract/errors.ts';
import type { Decoder } from './decoder-port.ts';
import type { Observer } from './observer-port.ts';

/** Statuses of failures that are the recording's own. */
const RECORDING_STATUSES = new Set<number>([413, 415, 422]);

function recordingFault(error: unknown): ErrorCode | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (typeof code !== 'string' || !Object.hasOwn(ERROR_KINDS, code)) return undefined;
  const known = code as ErrorCode;
  return RECORDING_STATUSES.has(ERROR_KINDS[known].status) ? known : undefined;
}

/** The same decoder, under observation. */
export function observeDecoder(decoder: Decoder, observer: Observer): Decoder {
  const { version, source, refuses } = decoder;
  const decode: Decoder['decode'] = async (request) => {
    let samples = 0;
    const onSamples = (piece: Float32Array): Promise<void> | undefined => {
      samples += piece.length;
      return request.onSamples(piece);
    };
    try {
      const decoded = await decoder.decode({ ...request, onSamples });
      const endedAt = performance.now();
      observer.onStage('decode', endedAt - decoded.decodeMs, endedAt);
      observer.onAudio(samples / request.sampleRateHz);
      return decoded;
    } catch (error) {
      const reason = recordingFault(error);
      if (reason !== undefined) observer.onDecodeFailed(reason);
      throw error;
    }
  };
  return { version, source, refuses, decode };
}
