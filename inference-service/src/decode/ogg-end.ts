// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from 'node:fs/promises';

/** A page is at most 27 + 255 + 255 · 255 bytes long. */
const LONGEST_PAGE = 65_307;
const HEADER_BYTES = 27;

/**
 * Whether an Ogg file breaks off within its last page. ffmpeg drops such a page without a word, and the length of an
 * Ogg stream is declared nowhere else than in that page.
 * @param fileBytes size of the file
 * @returns false for files that are not Ogg
 */
export async function isOggCutOff(file: FileHandle, fileBytes: number): Promise<boolean> {
  const start = Math.max(0, fileBytes - LONGEST_PAGE);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_PAGE), 0, LONGEST_PAGE, start);
  const tail = buffer.subarray(0, bytesRead);
  const page = tail.lastIndexOf('OggS');
  if (page < 0) return false;
  const segments = tail[page + HEADER_BYTES - 1];
  const table = tail.subarray(page + HEADER_BYTES, page + HEADER_BYTES + (segments ?? 0));
  if (segments === undefined || table.length < segments) return true;
  const body = table.reduce((sum, length) => sum + length, 0);
  return page + HEADER_BYTES + segments + body > tail.length;
}
