// SPDX-License-Identifier: Apache-2.0
import { generateMelodies, pitchTrackOfNotes } from '@earshot/models/evaluation';
import { expect, test } from 'vitest';
import type { ContourEncoder } from '../../../ports/contour-encoder.ts';
import { askWithPitch, indexPitch } from './contour-vectors.ts';
import { evaluateHumming } from './evaluate-humming.ts';
import type { HummedMelody, PoolSong } from './song-pool.ts';

const POINTS = 64;
const CARD = {
  frames: { tensor: 'frames', perWindow: 320, channels: 6, hopSamples: 256 },
  encoder: { graph: { file: 'x.onnx', sha256: '0'.repeat(64), precision: 'fp32' }, input: 'contour', points: POINTS },
  index: {
    durationsMs: Array.from({ length: 24 }, (_, i) => 2800 * (19_200 / 2800) ** (i / 23)),
    startStepMs: 400,
    maxSegments: 4096,
  },
  query: { prefixes: [1, 0.85, 0.72, 0.6], maxSeconds: 30 },
} as const;

/** The contour itself, as a unit vector: good enough for hums without mistakes. */
const encoder: ContourEncoder = {
  encode: async (contours) => {
    const vectors = contours.slice();
    for (let at = 0; at < vectors.length; at += POINTS) {
      const row = vectors.subarray(at, at + POINTS);
      const length = Math.hypot(...row);
      for (let i = 0; i < POINTS; i++) row[i] = (row[i] as number) / length;
    }
    return vectors;
  },
};
const signal = new AbortController().signal;
const encoding = {
  encoder,
  card: {
    ...CARD,
    index: { ...CARD.index, durationsMs: [...CARD.index.durationsMs] },
    query: { ...CARD.query, prefixes: [...CARD.query.prefixes] },
  },
  signal,
};
const options = { seed: 1, signal, reporter: { progress: () => undefined } };

const melodies = generateMelodies(26, 5);
const tracks = melodies.map((notes) => pitchTrackOfNotes(notes));

async function poolOf(count: number): Promise<PoolSong[]> {
  const given = tracks.slice(0, count).map((pitch, i) => ({ id: `song ${i}`, pitch }));
  const songs: PoolSong[] = [];
  for await (const song of indexPitch(given, ['start', 'anywhere'], encoding)) songs.push(song);
  return songs;
}

/** A stretch of a song, sung lower and faster. */
function sung(song: number, fromMs: number, toMs: number): { id: string; pitch: Float32Array } {
  const part = (tracks[song] as Float32Array).subarray(fromMs / 32, toMs / 32);
  const pitch = Float32Array.from(
    { length: Math.floor(part.length * 0.9) },
    (_, i) => (part[Math.floor(i / 0.9)] ?? 0) - 5,
  );
  return { id: `hum of ${song}`, pitch };
}

const ask = async (hums: readonly { id: string; pitch: Float32Array }[]): Promise<(HummedMelody | undefined)[]> =>
  askWithPitch(hums, encoding);

test('hums from the start find their songs by every system; what is not heard counts as not found', async () => {
  const songs = await poolOf(12);
  expect(songs.every(({ windows, vectors }) => windows.length > 10 && vectors.length === windows.length * POINTS)).toBe(
    true,
  );
  const hums = [0, 1, 2, 3, 4, 5].map((song) => sung(song, 0, 7000));
  const heard = await ask([...hums, { id: 'silence', pitch: new Float32Array(200).fill(Number.NaN) }]);
  expect(heard.at(-1)).toBeUndefined();
  const asked = heard.map((melody, i) => ({
    key: `hum ${i}`,
    target: `song ${i}`,
    person: i < 3 ? 'anna' : 'ben',
    melody,
  }));
  const [result] = await evaluateHumming(songs, [{ pitch: 'audio', hums: asked }], { ...options, scopes: ['start'] });
  expect(result).toMatchObject({ pitch: 'audio', scope: 'start', missed: [{ key: 'hum 6', found: undefined }] });
  for (const summary of Object.values(result?.systems ?? {})) {
    expect(summary.queries).toBe(7);
    expect(summary.recall1.value).toBeCloseTo(6 / 7);
    expect(summary.mrr.value).toBeCloseTo(6 / 7);
    expect(summary.recall1.byGroup).toBeDefined();
  }
});

test('a hum from the middle is found anywhere and not from the start', async () => {
  const songs = await poolOf(12);
  const fromMs = 1000 * (melodies[7]?.[12]?.startSeconds ?? 0);
  const [middle] = await ask([sung(7, fromMs, fromMs + 7000)]);
  const asked = [{ key: 'middle', target: 'song 7', person: undefined, melody: middle }];
  const [start, anywhere] = await evaluateHumming(songs, [{ pitch: 'labels', hums: asked }], {
    ...options,
    scopes: ['start', 'anywhere'],
  });
  expect(start?.systems.versions.mrr.value).toBeLessThan(1);
  expect(anywhere?.systems.versions.mrr.value).toBe(1);
  expect(anywhere?.systems.reranked.mrr.value).toBe(1);
  expect(anywhere?.weak).toBeUndefined();
});

test('weak matches are judged on songs that are there, that are not, and that were taken out', async () => {
  const songs = await poolOf(12);
  const heard = await ask([0, 1, 2, 25].map((song) => sung(song, 0, 7000)));
  const asked = heard.map((melody, i) => ({
    key: `hum ${i}`,
    target: i < 3 ? `song ${i}` : undefined,
    person: undefined,
    melody,
  }));
  const [result] = await evaluateHumming(songs, [{ pitch: 'audio', hums: asked }], { ...options, scopes: ['start'] });
  expect(result?.systems.single.queries).toBe(3);
  expect(result?.weak).toMatchObject({ present: 3, absent: 4, takenOut: 3 });
  expect(result?.weak?.sweep.chosen).toMatchObject({ presentFlagged: 0, absentFlagged: 1 });
});

test('an interruption ends it', async () => {
  const songs = await poolOf(2);
  const [melody] = await ask([sung(0, 0, 7000)]);
  const stopped = AbortSignal.abort(new Error('enough'));
  const asked = [{ key: 'hum', target: 'song 0', person: undefined, melody }];
  const running = evaluateHumming(songs, [{ pitch: 'audio', hums: asked }], {
    ...options,
    scopes: ['start'],
    signal: stopped,
  });
  await expect(running).rejects.toThrow('enough');
});
