// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { DeadLetter } from '../../../ports/dead-letters.ts';
import type { EmbedOutcome } from '../../../ports/embedder.ts';
import type { Entry, ListEvent } from '../../../ports/object-store.ts';
import type { IndexedContent, StoredDocument } from '../../../ports/sync-index.ts';
import { documentId } from '../document-id.ts';
import type { SyncRun } from '../sync-run.ts';
import { Tally } from '../tally.ts';
import type { Finding } from './finding.ts';
import { verifySource } from './verify-source.ts';

const SHAPE = { space: 'tone-1', fingerprint: 'f', dims: 2, hasTrackVector: true, hasMelody: false };
const entry = (key: string, etag = 'e'): Entry => ({ key, size: 10, etag });
const stored = (key: string, changes: Partial<StoredDocument> = {}): StoredDocument => ({
  id: documentId('default', key),
  fingerprint: 'f',
  ...entry(key),
  ...changes,
});
const documentOf = (embedding: readonly number[], sha256 = 'sha'): IndexedContent => ({
  audio: {
    sha256,
    duration_ms: 1000,
    status: 'ready',
    container: 'wav',
    codec: 'pcm_s16le',
    sample_rate_hz: 8000,
    channels: 1,
  },
  space: { id: 'tone-1', fingerprint: 'f' },
  embedding,
});
const embedded = {
  state: 'embedded',
  attempts: 1,
  recordings: [{ ...SHAPE, status: 'ready', embedding: Float32Array.of(1, 0), segments: [] }],
} as unknown as EmbedOutcome;

interface Situation {
  readonly listed?: readonly Entry[];
  readonly stored?: readonly StoredDocument[];
  readonly vectorless?: readonly StoredDocument[];
  readonly letters?: readonly Partial<DeadLetter>[];
  readonly documents?: Readonly<Record<string, IndexedContent>>;
  readonly answer?: EmbedOutcome;
  readonly complete?: boolean;
}

const each = async function* <T>(values: readonly T[] = []): AsyncGenerator<T> {
  yield* values;
};

async function verify(situation: Situation, options: { isSampleOnly?: boolean; sampleSize?: number } = {}) {
  const findings: Finding[] = [];
  const { listed = [], documents = {} } = situation;
  const events: ListEvent[] = listed.map((one) => ({ type: 'entry', entry: one }));
  const complete = situation.complete ?? true;
  const end: ListEvent = { type: 'end', complete, sorted: true, pages: 1, count: listed.length };
  const index = {
    ...SHAPE,
    shape: SHAPE,
    stored: () => each(situation.stored),
    withoutVectors: () => each(situation.vectorless),
    sample: async (_source: string, { size }: { size: number }) => (situation.stored ?? []).slice(0, size),
    content: {
      get: async () => new Map(Object.entries(documents).map(([key, one]) => [documentId('default', key), one])),
    },
  };
  const known = new Map(situation.letters?.map((letter) => [letter.key, letter]));
  const run = {
    store: { id: 'default', head: async (key: string) => listed.find((one) => one.key === key) ?? null },
    listing: () => each([...events, end]),
    readRecording: async () => ({
      sha256: 'sha',
      length: 10,
      open: () => Readable.from([]),
      dispose: async () => undefined,
    }),
    embedder: { embed: async () => situation.answer ?? embedded },
    targets: [{ index, known, tally: new Tally(), pipelineFingerprint: 'p' }],
    settings: { filter: { maxBytes: 1e9 }, force: false, retryKnown: false, concurrency: 2 },
    reporter: { event: (event: unknown) => findings.push(event as Finding) },
    signal: new AbortController().signal,
    lost: new AbortController().signal,
  } as unknown as SyncRun;
  const { told, end: ended } = await verifySource(run, { sampleSize: 0, seed: 1, isSampleOnly: false, ...options });
  return { found: findings.map(({ kind, key }) => `${kind} ${key}`), check: told.checks[0]!, told, ended };
}

test('source and index that agree give no findings', async () => {
  const keys = ['a.wav', 'b.wav', 'cover.jpg'];
  const { found, check } = await verify({
    listed: keys.map((key) => entry(key)),
    stored: [stored('a.wav'), stored('b.wav')],
  });
  expect(found).toEqual([]);
  expect(check).toMatchObject({ compared: 2, same: 2 });
});

test('every way to disagree is told, with the key', async () => {
  const { found, told } = await verify({
    listed: ['foreign.wav', 'missing.wav', 'odd.wav', 'same.wav', 'stale.wav'].map((key) => entry(key)),
    stored: [
      stored('foreign.wav', { fingerprint: 'g' }),
      stored('odd.wav', { id: 'odd' }),
      stored('orphan.wav'),
      stored('same.wav'),
      stored('same.wav', { id: 'second' }),
      stored('stale.wav', { etag: 'before' }),
    ],
    vectorless: [stored('same.wav')],
  });
  expect(found.sort()).toEqual([
    'foreign foreign.wav',
    'missing missing.wav',
    'odd odd.wav',
    'odd same.wav',
    'orphaned orphan.wav',
    'stale stale.wav',
    'vectorless same.wav',
  ]);
  expect([...told.toEmbed].sort()).toEqual(['odd.wav', 'same.wav']);
  expect(told.oddIdsOf('tone-1')).toEqual(['odd', 'second']);
});

test('the right document behind an odd one of the same key is no finding', async () => {
  const { found } = await verify({
    listed: [entry('a.wav')],
    stored: [stored('a.wav', { id: 'odd' }), stored('a.wav')],
  });
  expect(found).toEqual(['odd a.wav']);
});

test('what is known to fail in this version, or to be no audio, is no finding; an older version of it is', async () => {
  const letters = ['a.wav', 'b.wav', 'c'].map((key) => ({ ...entry(key), stage: 'embed' as const, retryable: true }));
  const { found, check } = await verify({
    listed: [entry('a.wav'), entry('b.wav', 'newer'), entry('c')],
    letters: [letters[0]!, letters[1]!, { ...letters[2]!, stage: 'probe' }],
  });
  expect(found).toEqual(['missing b.wav']);
  expect(check.known_failures).toBe(1);
});

test('behind the last key of an incomplete listing nothing is called orphaned', async () => {
  const { found, ended } = await verify({
    listed: [entry('a.wav')],
    stored: [stored('a.wav'), stored('b.wav')],
    complete: false,
  });
  expect([found, ended?.complete]).toEqual([[], false]);
});

test('a source that does not list in byte order is not compared any further', async () => {
  const { ended } = await verify({ listed: [entry('b.wav'), entry('a.wav')], stored: [] });
  expect(ended).toMatchObject({ complete: false, sorted: false });
});

test('a sample is embedded again: the same, drifted, of other bytes, unreadable, refused', async () => {
  const listed = [entry('a.wav')];
  const seen = { listed, stored: [stored('a.wav')] };
  const sampleSize = 1;
  const same = await verify({ ...seen, documents: { 'a.wav': documentOf([1, 0]) } }, { sampleSize });
  expect(same.found).toEqual([]);
  expect(same.check.vectors).toEqual({ embedded: 1, identical: 1, unread: 0, min_cosine: 1, max_difference: 0 });
  const near = await verify({ ...seen, documents: { 'a.wav': documentOf([0.999_99, 0.001]) } }, { sampleSize });
  expect(near.found).toEqual([]);
  expect(near.check.vectors).toMatchObject({ identical: 0, max_difference: expect.closeTo(0.001, 5) });
  const far = await verify({ ...seen, documents: { 'a.wav': documentOf([0.6, 0.8]) } }, { sampleSize });
  expect(far.found).toEqual(['drift a.wav']);
  const bytes = await verify({ ...seen, documents: { 'a.wav': documentOf([1, 0], 'other') } }, { sampleSize });
  expect(bytes.found).toEqual(['content a.wav']);
  const short = await verify({ ...seen, documents: { 'a.wav': documentOf([1]) } }, { sampleSize });
  expect(short.found).toEqual(['vectorless a.wav']);
  const answer = { state: 'poison', code: 'undecodable_audio', message: 'no', attempts: 1 } as const;
  const refused = await verify({ ...seen, documents: { 'a.wav': documentOf([1, 0]) }, answer }, { sampleSize });
  expect(refused.found).toEqual(['drift a.wav']);
  const gone = { ...answer, state: 'unavailable' } as const;
  const down = verify({ ...seen, documents: { 'a.wav': documentOf([1, 0]) }, answer: gone }, { sampleSize });
  await expect(down).rejects.toMatchObject({ code: 'INFERENCE_UNAVAILABLE' });
});

test('by sample only, each document is compared with its object, without a listing', async () => {
  const situation = {
    listed: [entry('a.wav'), entry('b.wav', 'newer')],
    stored: [stored('a.wav'), stored('b.wav'), stored('c.wav')],
    documents: { 'a.wav': documentOf([1, 0]) },
  };
  const { found, check, ended } = await verify(situation, { sampleSize: 3, isSampleOnly: true });
  expect(found).toEqual(['stale b.wav', 'orphaned c.wav']);
  expect([check.compared, check.same, check.vectors.embedded, ended]).toEqual([2, 1, 1, undefined]);
});
