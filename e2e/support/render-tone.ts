// SPDX-License-Identifier: Apache-2.0

const RATE_HZ = 44_100;
const HEADER_BYTES = 44;

/** A sound at a second: −1…1. */
export type Sound = (second: number) => number;

/** Partials of a tone: odd ones sound like a reed, all like a string. */
export const tone =
  (frequencyHz: number, partials: readonly number[]): Sound =>
  (second) =>
    partials.reduce((sum, n) => sum + Math.sin(2 * Math.PI * frequencyHz * n * second) / n, 0) / 3;

/** Noise, the same in every run. */
export function noise(seed: number): Sound {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.6;
  };
}

/** A mono 16-bit wav file of the sound. */
export function renderWav(sound: Sound, seconds: number): Buffer {
  const count = Math.round(seconds * RATE_HZ);
  const bytes = Buffer.alloc(HEADER_BYTES + count * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(HEADER_BYTES - 8 + count * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE_HZ, 24);
  bytes.writeUInt32LE(RATE_HZ * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(count * 2, 40);
  for (let i = 0; i < count; i++) {
    const value = Math.max(-1, Math.min(1, sound(i / RATE_HZ)));
    bytes.writeInt16LE(Math.round(value * 32_000), HEADER_BYTES + i * 2);
  }
  return bytes;
}
