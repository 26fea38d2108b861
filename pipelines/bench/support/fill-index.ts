// SPDX-License-Identifier: Apache-2.0
import { type AudioDocument, writeAlias } from '@earshot/mappings';
import type { Client } from '@elastic/elasticsearch';
import { documentId } from '../../src/core/sync/document-id.ts';
import { toBase64BigEndian } from '../../src/core/sync/make-document.ts';
import type { BucketContents, SimulatedObject } from '../../src/testing/simulated-bucket.ts';

interface Options {
  readonly client: Client;
  readonly library: string;
  readonly space: string;
  readonly fingerprint: string;
  readonly contents: BucketContents;
  /** With a vector and a waveform of 800 peaks, as recordings have; else silent ones. */
  readonly isReady: boolean;
}

const BATCH = 2000;
const SOURCE = 'default';
const PEAKS = Array.from({ length: 800 }, (_, i) => (i * 37) % 128);
const VECTOR = toBase64BigEndian(Float32Array.from([1, 0, 0, 0, 0, 0, 0, 0]));

/** What `earshot sync run` would have written about an object. */
function documentOf({ key, size, etag }: SimulatedObject, { space, fingerprint, isReady }: Options): AudioDocument {
  return {
    '@timestamp': '2026-01-02T03:04:05.000Z',
    title: key.slice(6, -4),
    audio: {
      id: documentId(SOURCE, key),
      uri: `s3://simulated/${key}`,
      bucket: 'simulated',
      key,
      etag,
      size,
      modified: '2026-01-02T03:04:05.000Z',
      sha256: etag.repeat(2),
      duration_ms: 5000,
      sample_rate_hz: 44_100,
      channels: 1,
      codec: 'pcm_s16le',
      container: 'wav',
      status: isReady ? 'ready' : 'silent',
      loudness_dbfs: isReady ? -20 : null,
      ...(isReady ? { peaks: PEAKS } : {}),
    },
    labels: { folder: 'field' },
    space: { id: space, fingerprint },
    ...(isReady ? { embedding: VECTOR, segments: [{ start_ms: 0, end_ms: 5000, embedding: VECTOR }] } : {}),
    sync: { source: SOURCE, run: 'filled', version: 0 },
  };
}

/** Fills an index with a document for every object, in the shape of the sync job, by plain bulk requests. */
export async function fillIndex(options: Options): Promise<void> {
  const { client, library, space, contents } = options;
  const index = writeAlias({ library, space });
  for (let from = 0; from < contents.count; from += BATCH) {
    const operations: object[] = [];
    for (let i = from; i < Math.min(from + BATCH, contents.count); i++) {
      const document = documentOf(contents.at(i), options);
      operations.push({ index: { _id: document.audio.id, version: 1, version_type: 'external_gte' } }, document);
    }
    const { errors, items } = await client.bulk({ index, operations, pipeline: '_none' }, { requestTimeout: 120_000 });
    if (errors) throw new Error(JSON.stringify(items.find(({ index: item }) => item?.error)));
  }
  await client.indices.refresh({ index }, { requestTimeout: 120_000 });
}
