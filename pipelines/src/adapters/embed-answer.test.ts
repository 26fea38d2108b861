// SPDX-License-Identifier: Apache-2.0
import type { AudioEmbeddingResult } from '@earshot/inference-service/contract';
import { expect, test } from 'vitest';
import { readEmbedAnswer } from './embed-answer.ts';

test('the tune that a melody space heard comes as a pitch track, NaN where nothing is voiced', () => {
  const heard = { duration_s: 2, voiced_share: 0.5, notes: 4, range_semitones: 5, stable_share: 0.8 };
  const answer: AudioEmbeddingResult = {
    model: 'melody-1',
    fingerprint: 'a'.repeat(12),
    dims: 2,
    duration_ms: 2000,
    silent: false,
    status: 'ready',
    embedding: null,
    segments: [{ start_ms: 0, end_ms: 2000, embedding: [0.6, 0.8] }],
    decode: {
      container: 'wav',
      codec: 'pcm_s16le',
      sample_rate_hz: 8000,
      channels: 1,
      loudness_dbfs: -20,
      truncated: false,
      warnings: [],
    },
    outputs: { melody: { source: 'monophonic', hop_ms: 32, pitch: [null, 57.25], heard, reason: null } },
    timing: { queue_ms: 0, decode_ms: 0, infer_ms: 0 },
  };
  expect(readEmbedAnswer(answer, ['melody-1'])[0]?.melody).toEqual({
    source: 'monophonic',
    hopMs: 32,
    pitch: Float32Array.of(Number.NaN, 57.25),
    heard,
    reason: null,
  });
});
