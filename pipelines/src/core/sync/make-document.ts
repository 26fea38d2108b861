// SPDX-License-Identifier: Apache-2.0
import type { AudioDocument, SegmentVector } from '@earshot/mappings';
import { encodePitch } from '@earshot/models/melody';
import type { Entry, ObjectStore } from '../../ports/object-store.ts';
import type { RecordingTags } from '../../ports/recording-reader.ts';
import type { RecordingContent } from './indexed-content.ts';
import type { Labels } from './path-labels.ts';

export interface DocumentParts {
  readonly id: string;
  readonly store: ObjectStore;
  readonly entry: Entry;
  readonly sha256: string;
  readonly content: RecordingContent;
  readonly tags: RecordingTags;
  readonly labels: Labels;
  readonly runId: string;
  readonly runSeq: number;
  /** base64 vectors (Elasticsearch 9.3 and later), else numbers. */
  readonly acceptsBase64: boolean;
}

/** base64 of big-endian float32; the vector itself stays as it is. */
export function toBase64BigEndian(vector: Float32Array): string {
  const bytes = Buffer.from(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  return bytes.swap32().toString('base64');
}

const fileTitle = (key: string): string => key.slice(key.lastIndexOf('/') + 1).replace(/(?<=.)\.[^.]*$/, '');

type Vectors = Pick<AudioDocument, 'embedding' | 'segments' | 'melody'>;

function vectorsOf({ content, acceptsBase64 }: DocumentParts): Vectors {
  if (content.status !== 'ready') return {};
  const encode = (vector: Float32Array): string | readonly number[] =>
    acceptsBase64 ? toBase64BigEndian(vector) : Array.from(vector);
  const segments = content.segments.map(
    ({ startMs, endMs, embedding }): SegmentVector => ({
      start_ms: Math.round(startMs),
      end_ms: Math.round(endMs),
      embedding: encode(embedding),
    }),
  );
  return {
    ...(content.embedding ? { embedding: encode(content.embedding) } : {}),
    ...(segments.length > 0 ? { segments } : {}),
    ...(content.melody ? { melody: { pitch: encodePitch(content.melody.pitch), hop_ms: content.melody.hopMs } } : {}),
  };
}

function audioOf({ id, store, entry, sha256, content }: DocumentParts): AudioDocument['audio'] {
  const { decode } = content;
  return {
    id,
    uri: store.uriOf(entry.key),
    ...(store.bucket ? { bucket: store.bucket } : {}),
    key: entry.key,
    ...(entry.etag ? { etag: entry.etag } : {}),
    ...(entry.versionId ? { version_id: entry.versionId } : {}),
    size: entry.size,
    ...(entry.modified ? { modified: entry.modified } : {}),
    sha256,
    duration_ms: Math.round(content.durationMs),
    sample_rate_hz: decode.sample_rate_hz,
    channels: decode.channels,
    codec: decode.codec,
    container: decode.container,
    status: content.status,
    loudness_dbfs: decode.loudness_dbfs,
    ...(decode.peaks ? { peaks: decode.peaks } : {}),
  };
}

/** The document of one recording in one space; without vectors unless something sounds in it. */
export function makeDocument(parts: DocumentParts, now = new Date()): AudioDocument {
  const { entry, content, tags, store } = parts;
  const labels = { ...parts.labels, ...tags.labels };
  return {
    '@timestamp': now.toISOString(),
    title: tags.title || fileTitle(entry.key),
    audio: audioOf(parts),
    ...(tags.tags ? { tags: tags.tags } : {}),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    space: { id: content.space, fingerprint: content.fingerprint },
    ...vectorsOf(parts),
    sync: { source: store.id, run: parts.runId, version: parts.runSeq },
  };
}
