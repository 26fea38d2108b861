// SPDX-License-Identifier: Apache-2.0

/**
 * Pitch that a person has marked, as the `.pv` files of humming corpora have it: a number every 32 ms (256 samples at
 * 8 kHz), MIDI semitones, 0 where nothing is voiced.
 * @returns a pitch track, NaN where nothing is voiced
 * @throws SyntaxError naming what is no number
 */
export function parsePitchLabels(text: string): Float32Array {
  const values = text.split(/\s+/).filter((word) => word !== '');
  return Float32Array.from(values, (word, frame) => {
    const pitch = Number(word);
    if (!Number.isFinite(pitch)) throw new SyntaxError(`value ${frame + 1} is ${word.slice(0, 20)}, no number`);
    return pitch > 0 ? pitch : Number.NaN;
  });
}
