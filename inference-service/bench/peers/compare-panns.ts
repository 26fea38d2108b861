// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '@earshot/e2e/support';
import { goldenSignal } from '@earshot/models';
import type { AudioEmbeddingResult } from '../../src/contract/embeddings.ts';
import { wavFile } from '../../src/testing/wav-file.ts';
import type { BenchParts } from '../inference/bench-parts.ts';
import { expectSuccesses } from '../inference/bench-parts.ts';
import { median } from '../support/statistics.ts';
import type { Cnn14Space } from '../support/write-cnn14-space.ts';
import { makeClips } from './make-clips.ts';
import { type PannsReference, startPannsReference } from './panns-reference.ts';

/** As many as a sync run keeps in hand on two cores. */
const CLIENTS = 4;

export interface PannsComparison {
  readonly python: string;
  readonly threads: number;
  readonly clips: number;
  readonly rounds: number;
  readonly workDir: string;
}

interface Round {
  readonly oursMs: number;
  readonly loadMs: number;
  readonly inferMs: number;
}

const unit = (vector: readonly number[]): number[] => {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};

/** The same clip through both, as unit vectors: largest difference in parts of the largest value. */
async function measureParity(
  parts: BenchParts,
  { space }: Cnn14Space,
  panns: PannsReference,
  dir: string,
): Promise<number> {
  const { sampleRateHz, windowSamples } = space.card.input;
  const wav = wavFile(goldenSignal('plucked-notes', sampleRateHz, windowSamples), sampleRateHz);
  const path = join(dir, 'parity.wav');
  writeFileSync(path, wav);
  const { lastVector } = await panns.embed([path]);
  const url = `${parts.service.url}/v1/audio/embeddings?model=${space.card.id}`;
  const response = await fetch(url, { method: 'POST', body: new Uint8Array(wav) });
  const { embedding } = (await response.json()) as AudioEmbeddingResult;
  const [ours, theirs] = [unit(embedding as number[]), unit([...lastVector])];
  return Math.max(...ours.map((value, i) => Math.abs(value - (theirs[i] ?? Number.NaN)))) / Math.max(...theirs);
}

/** One pass over the clips through the service: ms a clip. */
async function passThroughService(parts: BenchParts, id: string, bodies: readonly Uint8Array[]): Promise<number> {
  const result = expectSuccesses(
    await parts.load.run({
      origin: parts.service.url,
      path: `/v1/audio/embeddings?model=${id}&encoding=base64`,
      headers: { 'content-type': 'application/octet-stream', 'x-earshot-priority': 'bulk' },
      bodies,
      plan: { kind: 'closed', clients: CLIENTS, until: { requests: bodies.length } },
    }),
  );
  return (result.seconds * 1000) / bodies.length;
}

/**
 * File to vector, per clip: this service under four clients beside a Python process that loads with librosa and embeds with
 * panns_inference, the same weights in both. They take turns; each ratio is of one round.
 */
export async function comparePanns(parts: BenchParts, cnn14: Cnn14Space, options: PannsComparison): Promise<string> {
  const paths = makeClips(options.workDir, options.clips);
  const bodies = paths.map((path) => new Uint8Array(readFileSync(path)));
  const panns = await startPannsReference(options.python, cnn14.weights, options.threads);
  try {
    const difference = await measureParity(parts, cnn14, panns, options.workDir);
    await panns.embed(paths.slice(0, 2));
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round++) {
      const oursMs = await passThroughService(parts, cnn14.space.card.id, bodies);
      const { loadSeconds, inferSeconds } = await panns.embed(paths);
      const [loadMs, inferMs] = [loadSeconds, inferSeconds].map((seconds) => (seconds * 1000) / paths.length);
      rounds.push({ oursMs, loadMs: loadMs ?? Number.NaN, inferMs: inferMs ?? Number.NaN });
    }
    const middle = (of: (round: Round) => number): number => median(rounds.map(of));
    const mp3s = paths.filter((path) => path.endsWith('.mp3')).length;
    return [
      `${paths.length} clips of 10 s at 44.1 kHz (${paths.length - mp3s} wav, ${mp3s} mp3), ${options.threads} threads, PyTorch ${panns.torch}; largest difference of the vectors ${difference.toExponential(1)} of the largest value`,
      '',
      markdownTable(
        ['file to vector', 'ms a clip', 'speed'],
        [
          [
            'this service',
            middle((r) => r.oursMs).toFixed(0),
            `${middle((r) => (r.loadMs + r.inferMs) / r.oursMs).toFixed(2)}×`,
          ],
          [
            'panns_inference + librosa',
            `${middle((r) => r.loadMs + r.inferMs).toFixed(0)} (load ${middle((r) => r.loadMs).toFixed(0)}, infer ${middle((r) => r.inferMs).toFixed(0)})`,
            '1×',
          ],
        ],
      ),
    ].join('\n');
  } finally {
    panns.stop();
  }
}
