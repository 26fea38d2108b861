// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { EmbeddedRecording, Embedder, EmbedRequest } from '../../ports/embedder.ts';
import { type Entry, type ObjectStore, ObjectStoreError } from '../../ports/object-store.ts';
import { collectClips } from './collect-clips.ts';
import { type FitSource, sampleRecordings } from './sample-recordings.ts';

/** Keys say what lies behind them: seconds, `silent`, `broken`, `denied`; behind `=` what the bytes are. */
function source(keys: readonly string[], isComplete = true): FitSource {
  const list = async function* () {
    for (const key of keys) yield { type: 'entry' as const, entry: { key, size: 100 } };
    yield {
      type: 'end' as const,
      complete: isComplete,
      sorted: true,
      pages: 1,
      count: keys.length,
      reason: 'torn off',
    };
  };
  const contentOf = ({ key }: Entry): string => key.split('=')[1] ?? key;
  return {
    store: { id: 's', root: '/x', prefix: '', list, uriOf: (key: string) => key } as unknown as ObjectStore,
    readRecording: async (entry) => {
      if (entry.key.startsWith('denied')) throw new ObjectStoreError('denied', `${entry.key} may not be read`);
      const content = contentOf(entry);
      return {
        sha256: createHash('sha256').update(content).digest('hex'),
        length: content.length,
        open: () => Readable.from([content]),
        mediaType: 'audio/wav',
        tags: async () => ({}),
        dispose: async () => undefined,
      };
    },
    filter: { maxBytes: 1000 },
    labelOf: async (key) => key.split('/').at(-2),
  };
}

const SECONDS = 1000;

/** Answers with windows of 5 s, the last one ending with the recording; later requests may be answered sooner. */
function embedder(delay: () => number = () => 0): Embedder {
  const windows = (durationMs: number): EmbeddedRecording['segments'] => {
    const starts = Array.from({ length: Math.max(1, Math.floor(durationMs / 5000)) }, (_, i) => i * 5000);
    const rest = durationMs - 5000;
    if (rest > (starts.at(-1) ?? 0)) starts.push(rest);
    return starts.map((startMs) => {
      const endMs = Math.min(durationMs, startMs + 5000);
      return { startMs, endMs, embedding: Float32Array.of(startMs, endMs) };
    });
  };
  const embed = async (request: EmbedRequest) => {
    const content = await text(request.open());
    await sleep(delay());
    if (content.includes('broken'))
      return { state: 'poison' as const, code: 'undecodable_audio', message: 'no', attempts: 1 };
    const whole = Number(/(\d+)s/.exec(content)?.[1] ?? 5) * SECONDS;
    const durationMs = request.toSeconds ? (request.toSeconds - (request.fromSeconds ?? 0)) * SECONDS : whole;
    const segments = content.includes('silent') ? [] : windows(durationMs);
    return {
      state: 'embedded' as const,
      attempts: 1,
      recordings: [{ space: 'x-1', durationMs, segments } as unknown as EmbeddedRecording],
    };
  };
  const notAsked = () => Promise.reject(new Error('not asked'));
  return { embed, info: notAsked, embedText: notAsked };
}

const signal = new AbortController().signal;

async function collect(keys: readonly string[], more: { clips?: number; delay?: () => number } = {}) {
  const { recordings } = await sampleRecordings([source(keys)], {
    size: 1000,
    seed: 3,
    signal,
    onListed: () => undefined,
  });
  return collectClips(recordings, {
    embedder: embedder(more.delay),
    space: 'x-1',
    clipsPerRecording: 4,
    clips: more.clips ?? 1000,
    seed: 3,
    concurrency: 3,
    signal,
    onRecording: () => undefined,
    onUnreadable: () => undefined,
  });
}

describe('sampleRecordings', () => {
  const keys = Array.from({ length: 400 }, (_, i) => `${i}.wav`);
  const draw = async (size: number, seed: number) => {
    const sample = await sampleRecordings([source(keys.slice(0, 200)), source(keys.slice(200), false)], {
      size,
      seed,
      signal,
      onListed: () => undefined,
    });
    return { ...sample, keys: sample.recordings.map(({ entry }) => entry.key) };
  };

  test('draws the same recordings for the same seed, in mixed order, from every source', async () => {
    const sample = await draw(50, 1);
    expect(sample.keys).toEqual((await draw(50, 1)).keys);
    expect(sample.keys).not.toEqual((await draw(50, 2)).keys);
    expect(new Set(sample.keys).size).toBe(50);
    expect(sample.keys).not.toEqual(sample.keys.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)));
    const second = sample.keys.filter((key) => Number.parseInt(key, 10) >= 200).length;
    expect(second).toBeGreaterThan(12);
    expect(second).toBeLessThan(38);
    expect(sample.listed).toBe(400);
  });

  test('tells of a listing that broke off', async () => {
    expect((await draw(10, 1)).incomplete).toEqual(['/x: torn off']);
  });
});

describe('collectClips', () => {
  test('takes clips that do not overlap, at most four of a recording, and halves of short ones', async () => {
    const { recordings } = await collect(['a/62s.wav', 'a/7s.wav', 'b/1s.wav']);
    const byLabel = (length: number) => recordings.find(({ clips, halves }) => clips.length + halves.length === length);
    const long = byLabel(4)!;
    expect(long.label).toBe('a');
    expect(long.clips.every(([start, end]) => start! % 5000 === 0 && end! - start! === 5000)).toBe(true);
    expect(long.clips.map(([start]) => start!)).toEqual(long.clips.map(([start]) => start!).toSorted((a, b) => a - b));
    expect(byLabel(3)!.halves.map((vector) => [...vector])).toEqual([
      [0, 3500],
      [0, 3500],
    ]);
    expect(byLabel(1)).toMatchObject({ label: 'b', halves: [] });
  });

  test('counts what is silent, unreadable or a copy, and goes on', async () => {
    const collected = await collect(['silent.wav', 'broken.wav', 'denied.wav', '5s.wav', 'x=5s.wav', '6s.wav']);
    expect(collected).toMatchObject({ silent: 1, copies: 1, clips: 2 });
    expect(collected.unreadable.map(({ key, code }) => `${key} ${code}`).sort()).toEqual([
      'broken.wav undecodable_audio',
      'denied.wav object_denied',
    ]);
  });

  test('takes the same clips whichever recording is answered first, and no more than asked for', async () => {
    const keys = Array.from({ length: 30 }, (_, i) => `r${i}/${10 + i}s.wav`);
    const slowFirst = { delay: () => 3, clips: 40 };
    let turn = 0;
    const mixed = { delay: () => (turn++ % 3 === 0 ? 8 : 0), clips: 40 };
    const first = await collect(keys, slowFirst);
    expect(await collect(keys, mixed)).toEqual(first);
    expect(first.clips).toBeGreaterThanOrEqual(40);
    expect(first.clips).toBeLessThan(44);
  });
});
