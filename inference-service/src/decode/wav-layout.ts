// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from 'node:fs/promises';

/** An encoding that can be read without a decoder. */
export interface WavFormat {
  readonly encoding: 'pcm' | 'float';
  readonly bits: number;
  readonly channels: number;
  readonly sampleRateHz: number;
}

/** Where the samples of a RIFF/WAVE file lie and how they are written. */
export interface WavLayout {
  /** Absent for encodings that ffmpeg has to read. */
  readonly format: WavFormat | undefined;
  /** Byte position of the first sample. */
  readonly dataStart: number;
  /** Bytes of samples that are really there. */
  readonly dataBytes: number;
  /** The header promises more bytes than the file has. */
  readonly isTruncated: boolean;
  /** The file was written to a pipe: its header promises nothing, the samples go on until the end. */
  readonly isOpenEnded: boolean;
}

const FORMAT_PCM = 1;
const FORMAT_FLOAT = 3;
const FORMAT_EXTENSIBLE = 0xfffe;
/** RIFF chunks before `data` in real files are a handful; more is an attack on time. */
const MOST_CHUNKS = 64;

/** The `fmt ` chunk, where it is one of the plain encodings; undefined for everything else. */
function readFormat(chunk: Buffer): WavFormat | undefined {
  if (chunk.length < 16) return undefined;
  const channels = chunk.readUInt16LE(2);
  const bits = chunk.readUInt16LE(14);
  const isExtensible = chunk.readUInt16LE(0) === FORMAT_EXTENSIBLE && chunk.length >= 40;
  if (isExtensible && chunk.readUInt16LE(18) !== bits) return undefined;
  const tag = isExtensible ? chunk.readUInt16LE(24) : chunk.readUInt16LE(0);
  const isPlain = (tag === FORMAT_PCM && [16, 24, 32].includes(bits)) || (tag === FORMAT_FLOAT && bits === 32);
  if (!isPlain || channels === 0 || chunk.readUInt16LE(12) !== (channels * bits) / 8) return undefined;
  return { encoding: tag === FORMAT_PCM ? 'pcm' : 'float', bits, channels, sampleRateHz: chunk.readUInt32LE(4) };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/**
 * Reads the chunk list of a RIFF/WAVE file.
 * @returns undefined for everything else, and for files without a `data` chunk
 */
export async function readWavLayout(file: FileHandle, fileBytes: number): Promise<WavLayout | undefined> {
  const riff = await readAt(file, 0, 12);
  if (riff.toString('latin1', 0, 4) !== 'RIFF' || riff.toString('latin1', 8, 12) !== 'WAVE') return undefined;
  let format: WavFormat | undefined;
  let at = 12;
  for (let count = 0; count < MOST_CHUNKS; count++) {
    const header = await readAt(file, at, 8);
    if (header.length < 8) return undefined;
    const name = header.toString('latin1', 0, 4);
    const bytes = header.readUInt32LE(4);
    if (name === 'fmt ') format = readFormat(await readAt(file, at + 8, Math.min(bytes, 64)));
    if (name === 'data') {
      const isOpenEnded = bytes === 0 || bytes === 0xffffffff;
      const there = fileBytes - at - 8;
      const dataBytes = isOpenEnded ? there : Math.min(bytes, there);
      return { format, dataStart: at + 8, dataBytes, isTruncated: !isOpenEnded && there < bytes, isOpenEnded };
    }
    at += 8 + bytes + (bytes % 2);
  }
  return undefined;
}
