// SPDX-License-Identifier: Apache-2.0

export interface WavOptions {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bits: 16 | 24 | 32;
  readonly isFloat?: boolean;
}

/** A plain RIFF/WAVE file of interleaved samples, −1…1. */
export function wavBytes(interleaved: Float32Array, options: WavOptions): Buffer {
  const { sampleRateHz, channels, bits, isFloat = false } = options;
  const width = bits / 8;
  const bytes = Buffer.alloc(44 + interleaved.length * width);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(isFloat ? 3 : 1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(sampleRateHz, 24);
  bytes.writeUInt32LE(sampleRateHz * channels * width, 28);
  bytes.writeUInt16LE(channels * width, 32);
  bytes.writeUInt16LE(bits, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(interleaved.length * width, 40);
  const scale = 2 ** (bits - 1);
  interleaved.forEach((value, i) => {
    const at = 44 + i * width;
    if (isFloat) bytes.writeFloatLE(value, at);
    else bytes.writeIntLE(Math.max(-scale, Math.min(scale - 1, Math.round(value * scale))), at, width);
  });
  return bytes;
}
