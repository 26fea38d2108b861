// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { IAudioMetadata, ICommonTagsResult } from 'music-metadata';
import type { RecordingTags } from '../ports/recording-reader.ts';

/** Damaged tags have sent parsers round in circles. */
const LIMIT_MS = 5000;

type Source = { readonly buffer: Buffer } | { readonly path: string };

async function parse(source: Source, mimeType: string | undefined): Promise<IAudioMetadata> {
  const { parseBuffer, parseFile } = await import('music-metadata');
  const options = { duration: false, skipCovers: true };
  return 'path' in source
    ? parseFile(source.path, options)
    : parseBuffer(source.buffer, { ...(mimeType ? { mimeType } : {}), size: source.buffer.length }, options);
}

function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

function toTags(common: ICommonTagsResult): RecordingTags {
  const tags = present({
    artist: common.artist,
    album: common.album,
    genre: common.genre && common.genre.length > 0 ? common.genre : undefined,
    year: common.year,
    comment: common.comment?.map(({ text }) => text).find((text) => text),
  });
  const title = common.title ? { title: common.title } : {};
  return Object.keys(tags).length > 0 ? { ...title, tags } : title;
}

/** Title and tags that a file carries; none when it has none, is damaged, or takes too long to read. */
export async function readTags(source: Source, mediaType: string | undefined): Promise<RecordingTags> {
  const timer = new AbortController();
  const giveUp = sleep(LIMIT_MS, undefined, { signal: timer.signal, ref: false }).catch(() => undefined);
  try {
    const metadata = await Promise.race([parse(source, mediaType), giveUp]);
    return metadata ? toTags(metadata.common) : {};
  } catch {
    return {};
  } finally {
    timer.abort();
  }
}
