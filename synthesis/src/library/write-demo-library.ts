// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DemoClip } from './demo-clip.ts';
import { demoLibrary, LIBRARY_VERSION } from './demo-library.ts';
import { encodeClip } from './encode-clip.ts';
import { isComplete, libraryHash, MARKER_NAME, type Marker, readMarker } from './marker.ts';
import { wavFile } from './wav-file.ts';

const CLIPS_IN_FLIGHT = 4;

type WriteOptions = {
  /** Some of `demoLibrary()` where a small library will do; all of it if not said. */
  readonly clips?: readonly DemoClip[];
  /** Path of an ffmpeg with encoders for mp3, flac, vorbis and aac; without one every file is a wav. */
  readonly encoder?: string | undefined;
  readonly onProgress?: (done: number, total: number, fileName: string) => void;
  readonly signal?: AbortSignal | undefined;
};

type WrittenLibrary = {
  /** Below the folder, in the library's order. */
  readonly files: readonly string[];
  /** Nothing was written: the folder already held this library. */
  readonly reused: boolean;
};

/** Renders into a temporary name and renames, so that a file is there whole or not at all. Returns its name and length. */
const writeClip = async (
  directory: string,
  clip: DemoClip,
  { encoder, signal }: WriteOptions,
): Promise<Marker['files'][number]> => {
  const wav = wavFile(clip.render(), clip.tags);
  const { format } = clip;
  const encoded = encoder !== undefined && format !== 'wav';
  const fileName = encoded ? clip.fileName : clip.fileName.replace(/\.[^.]+$/, '.wav');
  const target = join(directory, fileName);
  const partial = join(dirname(target), `.${basename(fileName)}.${process.pid}.partial`);
  await mkdir(dirname(target), { recursive: true });
  try {
    if (encoded) await encodeClip(wav, { encoder, format, tags: clip.tags, target: partial, signal });
    else await writeFile(partial, wav, { signal });
    await rename(partial, target);
  } finally {
    await rm(partial, { force: true });
  }
  return { fileName, bytes: (await stat(target)).size };
};

/** Renders one clip while the encoders of others run; the first failure or the signal stops all. */
const writeClips = async (
  directory: string,
  clips: readonly DemoClip[],
  options: WriteOptions,
): Promise<Marker['files'][number][]> => {
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const waiting = clips.entries();
  const files: Marker['files'][number][] = [];
  let done = 0;
  const work = async (): Promise<void> => {
    for (const [index, clip] of waiting) {
      signal.throwIfAborted();
      const file = await writeClip(directory, clip, { ...options, signal });
      files[index] = file;
      done++;
      options.onProgress?.(done, clips.length, file.fileName);
    }
  };
  const workers = Array.from({ length: CLIPS_IN_FLIGHT }, () =>
    work().catch((error: unknown) => {
      failure.abort(error);
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(workers);
  // The first to fail has aborted the rest, so its reason is the one that tells what happened.
  if (outcomes.some(({ status }) => status === 'rejected')) throw options.signal?.reason ?? failure.signal.reason;
  return files;
};

/** Removes what an earlier library put there and this one does not: files that the old marker lists, nothing else. */
const removeStale = async (directory: string, old: Marker | null, files: Marker['files']): Promise<void> => {
  const current = new Set(files.map(({ fileName }) => fileName));
  for (const { fileName } of old?.files ?? []) {
    if (!current.has(fileName) && !fileName.split('/').includes('..'))
      await rm(join(directory, fileName), { force: true });
  }
};

/**
 * Writes the built-in library below `directory`. A marker file written last lets a second call return at once; a changed
 * library, a missing or shortened file, or an encoder come or gone makes it write again.
 * @throws the signal's reason when aborted, and what the file system or the encoder says when it fails.
 */
export const writeDemoLibrary = async (directory: string, options: WriteOptions = {}): Promise<WrittenLibrary> => {
  const clips = options.clips ?? demoLibrary();
  const hash = libraryHash(clips, options.encoder !== undefined);
  const old = await readMarker(directory);
  if (old?.hash === hash && (await isComplete(directory, old))) {
    return { files: old.files.map(({ fileName }) => fileName), reused: true };
  }
  const files = await writeClips(directory, clips, options);
  await removeStale(directory, old, files);
  const marker: Marker = { version: LIBRARY_VERSION, hash, files };
  const partial = join(directory, `${MARKER_NAME}.partial`);
  await writeFile(partial, `${JSON.stringify(marker, null, 1)}\n`);
  await rename(partial, join(directory, MARKER_NAME));
  return { files: files.map(({ fileName }) => fileName), reused: false };
};
