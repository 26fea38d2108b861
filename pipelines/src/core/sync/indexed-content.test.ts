// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { IndexedContent, VectorShape } from '../../ports/sync-index.ts';
import { type RecordingContent, readIndexedContent } from './indexed-content.ts';
import { makeDocument } from './make-document.ts';

const DIMS = 4;
const SHAPE: VectorShape = {
  space: 'tone-1',
  fingerprint: 'abcdefabcdef',
  dims: DIMS,
  hasTrackVector: true,
  hasMelody: false,
};
const STORE = { id: 'default', prefix: '', uriOf: (key: string) => `file:///${key}` } as ObjectStore;

function documentOf(content: RecordingContent, acceptsBase64: boolean): IndexedContent {
  const document = makeDocument({
    id: 'id',
    store: STORE,
    entry: { key: 'a.wav', size: 1 },
    sha256: 'f'.repeat(64),
    content,
    tags: {},
    labels: {},
    runId: 'run',
    runSeq: 1,
    acceptsBase64,
  });
  return JSON.parse(JSON.stringify(document)) as IndexedContent;
}

/** JSON as JavaScript writes it knows no -0. */
const vector = fc
  .float32Array({ minLength: DIMS, maxLength: DIMS, noNaN: true, noDefaultInfinity: true })
  .map((one) => one.map((value) => value + 0));
const content: fc.Arbitrary<RecordingContent> = fc.record({
  space: fc.constant(SHAPE.space),
  fingerprint: fc.constant(SHAPE.fingerprint),
  durationMs: fc.nat(),
  status: fc.constant('ready' as const),
  embedding: vector,
  segments: fc.array(fc.record({ startMs: fc.nat(), endMs: fc.nat(), embedding: vector }), { maxLength: 3 }),
  decode: fc.record({
    container: fc.string(),
    codec: fc.string(),
    sample_rate_hz: fc.nat(),
    channels: fc.nat(),
    loudness_dbfs: fc.option(fc.integer()),
    peaks: fc.array(fc.nat(127)),
    truncated: fc.constant(false),
    warnings: fc.constant([]),
  }),
});

test('content read back out of its document is the same, bit for bit, in both encodings', () => {
  fc.assert(
    fc.property(content, fc.boolean(), (made, acceptsBase64) => {
      const read = readIndexedContent(documentOf(made, acceptsBase64), SHAPE);
      const bits = (one: Float32Array | null | undefined) => one && Buffer.from(one.buffer).toString('hex');
      expect(bits(read?.embedding)).toBe(bits(made.embedding));
      expect(documentOf(read!, true)).toMatchObject({ ...documentOf(made, true), '@timestamp': expect.anything() });
    }),
  );
});

test('silence is read as silence, without vectors', () => {
  const [made] = fc.sample(content, 1);
  const silent = { ...made!, status: 'silent' as const, embedding: null, segments: [] };
  expect(readIndexedContent(documentOf(silent, true), SHAPE)).toEqual(silent);
});

const whole = documentOf(fc.sample(content, { numRuns: 1, seed: 7 })[0]!, false);
const oddities: Record<string, IndexedContent> = {
  'no vector although ready': { ...whole, embedding: undefined as unknown as number[] },
  'other dims': { ...whole, embedding: [1, 2] },
  'half the bytes': { ...whole, embedding: Buffer.alloc(2 * DIMS).toString('base64') },
  'no numbers': { ...whole, embedding: ['a', 'b', 'c', 'd'] as unknown as number[] },
  'a segment without vector': { ...whole, segments: [{ start_ms: 0, end_ms: 1 }] as never },
  'a vector of silence': { ...whole, audio: { ...whole.audio, status: 'silent' } },
  'another fingerprint': { ...whole, space: { id: 'tone-1', fingerprint: '000000000000' } },
  'no duration': { ...whole, audio: { ...whole.audio, duration_ms: null as unknown as number } },
  'no codec': { ...whole, audio: { status: 'ready', duration_ms: 1 } },
  'nothing at all': {},
};

test.each(Object.entries(oddities))('%s is not reused', (_what, document) => {
  expect(readIndexedContent(document, SHAPE)).toBeUndefined();
});

test('a pitch track comes back as it was stored; without one, or with one that cannot be read, nothing is reused', () => {
  const shape = { ...SHAPE, hasMelody: true };
  const [made] = fc.sample(content, { numRuns: 1, seed: 3 });
  const melody = { pitch: Float32Array.of(Number.NaN, 60.1, 61.9), hopMs: 32 };
  const stored = documentOf({ ...made!, melody }, true);
  const read = readIndexedContent(stored, shape);
  expect(read?.melody).toEqual({ pitch: Float32Array.of(Number.NaN, 60, 62), hopMs: 32 });
  expect(documentOf(read!, true).melody).toEqual(stored.melody);
  expect(readIndexedContent(whole, shape)).toBeUndefined();
  expect(readIndexedContent({ ...stored, melody: { pitch: '%', hop_ms: 32 } }, shape)).toBeUndefined();
});

test('a space without track vectors needs segments', () => {
  const shape = { ...SHAPE, hasTrackVector: false };
  const { embedding: _none, ...segmentsOnly } = whole;
  expect(readIndexedContent({ ...segmentsOnly, segments: [] }, shape)).toBeUndefined();
  const segments = [{ start_ms: 0, end_ms: 1, embedding: [1, 2, 3, 4] }];
  expect(readIndexedContent({ ...segmentsOnly, segments }, shape)).toMatchObject({ embedding: null });
});
