// SPDX-License-Identifier: Apache-2.0
import { type AudioDocument, writeAlias } from '@earshot/mappings';
import { encodePitch } from '@earshot/models/melody';
import type { Client } from '@elastic/elasticsearch';
import type { PoolSong } from '../../src/core/evaluate/humming/song-pool.ts';
import { toBase64BigEndian } from '../../src/core/sync/make-document.ts';

interface Options {
  readonly client: Client;
  readonly library: string;
  readonly space: string;
  readonly fingerprint: string;
}

/** A bulk request with more vectors than this is large. */
const MOST_WINDOWS = 8000;
const HOP_MS = 32;

/** What `earshot sync run` would have written of a recording with that melody. */
function documentOf({ id, pitch, windows, vectors }: PoolSong, { space, fingerprint }: Options): AudioDocument {
  const dims = vectors.length / windows.length;
  return {
    '@timestamp': '2026-01-02T03:04:05.000Z',
    title: id,
    audio: {
      id,
      uri: `file:///${id}`,
      key: id,
      size: 1,
      sha256: '0'.repeat(64),
      duration_ms: pitch.length * HOP_MS,
      sample_rate_hz: 44_100,
      channels: 1,
      codec: 'mp3',
      container: 'mp3',
      status: 'ready',
      loudness_dbfs: -20,
    },
    space: { id: space, fingerprint },
    segments: windows.map((span, row) => ({
      ...span,
      embedding: toBase64BigEndian(vectors.slice(row * dims, (row + 1) * dims)),
    })),
    melody: { pitch: encodePitch(pitch), hop_ms: HOP_MS },
    sync: { source: 'default', run: 'filled', version: 1 },
  };
}

/** Puts songs into the index of a melody space as they come. @returns songs and windows indexed */
export async function fillMelodyIndex(
  songs: AsyncIterable<PoolSong>,
  options: Options,
): Promise<{ readonly songs: number; readonly windows: number }> {
  const { client, library, space } = options;
  const index = writeAlias({ library, space });
  let [count, windows, waiting] = [0, 0, 0];
  let operations: object[] = [];
  const flush = async (): Promise<void> => {
    if (operations.length === 0) return;
    const { errors, items } = await client.bulk({ index, operations, pipeline: '_none' }, { requestTimeout: 300_000 });
    if (errors) throw new Error(JSON.stringify(items.find((item) => item.index?.error)));
    operations = [];
    waiting = 0;
  };
  for await (const song of songs) {
    if (song.windows.length === 0) continue;
    operations.push({ index: { _id: song.id } }, documentOf(song, options));
    count++;
    windows += song.windows.length;
    waiting += song.windows.length;
    if (waiting >= MOST_WINDOWS) await flush();
  }
  await flush();
  await client.indices.refresh({ index }, { requestTimeout: 300_000 });
  return { songs: count, windows };
}
