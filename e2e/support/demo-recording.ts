// SPDX-License-Identifier: Apache-2.0
import { demoLibrary, wavFile } from '@earshot/synthesis/library';

/**
 * A clip of the built-in library as a wav file at the rate it was rendered at.
 * @param name of the file without folder and ending, e.g. `greensleeves-organ-06`
 */
export function demoRecording(name: string): Buffer {
  const clip = demoLibrary().find(({ fileName }) => fileName.includes(`/${name}.`));
  if (!clip) throw new Error(`the built-in library has no ${name}`);
  return wavFile(clip.render(), clip.tags);
}
