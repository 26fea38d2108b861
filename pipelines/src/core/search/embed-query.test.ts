// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { EmbeddedRecording, Embedder } from '../../ports/embedder.ts';
import { embedQuery } from './embed-query.ts';

const heard = { duration_s: 3.2, voiced_share: 0.5, notes: 5, range_semitones: 4, stable_share: 0.5 };
const recording = (changes: Partial<EmbeddedRecording>): EmbeddedRecording =>
  ({
    space: 'melody-1',
    fingerprint: 'f',
    durationMs: 3200,
    status: 'ready',
    embedding: Float32Array.of(1, 0),
    segments: [{ startMs: 30_320, endMs: 33_200, embedding: Float32Array.of(0, 1) }],
    decode: {},
    timing: { queue_ms: 0, decode_ms: 0, infer_ms: 0 },
    melody: { source: 'monophonic', hopMs: 32, pitch: Float32Array.of(60), heard, reason: null },
    ...changes,
  }) as EmbeddedRecording;

function embed(changes: Partial<EmbeddedRecording>, fromSeconds?: number) {
  const embedder = {
    embed: () => Promise.resolve({ state: 'embedded', recordings: [recording(changes)], attempts: 1 }),
  } as unknown as Embedder;
  const audio = { open: () => Readable.from(''), length: 0, fromSeconds };
  return embedQuery(embedder, audio, { spaces: ['melody-1'] });
}

test('versions of a tune lie where the pitch track has them, also when the recording was cut', async () => {
  const { vectors } = await embed({}, 30);
  expect(vectors[0]).toMatchObject({
    vector: Float32Array.of(1, 0),
    melody: { versions: [{ start_ms: 320, end_ms: 3200, vector: Float32Array.of(0, 1) }], hopMs: 32, heard: { heard } },
  });
});

test('a recording without melody is refused with what was measured, a silent one without', async () => {
  const melody = { ...recording({}).melody, reason: 'one held note' } as EmbeddedRecording['melody'] & object;
  await expect(embed({ status: 'no_melody', melody })).rejects.toMatchObject({
    code: 'QUERY_AUDIO_UNUSABLE',
    message:
      'No melody was heard in it (melody-1): one held note (3.2 s, pitch in 50 %, 5 notes over 4.0 semitones, steady in 50 %)',
  });
  await expect(embed({ status: 'silent' })).rejects.toThrow('The recording is silent');
});
