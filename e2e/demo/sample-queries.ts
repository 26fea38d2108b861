// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Recordings of the built-in library that show three kinds of likeness: a tune's instrument, an everyday sound, a rhythm. */
const BUILT_IN = [/music\/.*plucked/, /sounds\/bird\//, /music\/.*organ/];
const AUDIO = /\.(wav|mp3|flac|ogg|oga|opus|m4a|aac|aiff?|wv)$/i;

function audioFiles(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => AUDIO.test(name))
    .sort()
    .map((name) => join(dir, name));
}

/** Up to three files, evenly spread: the first, one from the middle, the last. */
function spread(files: readonly string[]): string[] {
  const at = [0, Math.floor(files.length / 2), files.length - 1];
  return [...new Set(at)].flatMap((index) => files[index] ?? []);
}

interface Choice {
  readonly isBuiltIn: boolean;
  /** Keys of recordings that could not be indexed. */
  readonly failedKeys: ReadonlySet<string>;
}

/** The recordings the demo asks with. */
export function sampleQueries(dir: string, { isBuiltIn, failedKeys }: Choice): string[] {
  const files = audioFiles(dir);
  if (!isBuiltIn) return spread(files.filter((file) => !failedKeys.has(relative(dir, file).replaceAll(sep, '/'))));
  return BUILT_IN.flatMap((pattern) => files.find((file) => pattern.test(file)) ?? []);
}
