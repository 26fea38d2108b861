// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from 'node:fs/promises';
import { DecodeError } from './decode-error.ts';
import { isOggCutOff } from './ogg-end.ts';
import { looksLikeAudio } from './sniff-audio.ts';
import { readWavLayout, type WavLayout } from './wav-layout.ts';

/** What a look into the file, without decoding, tells about it. */
export interface FileInspection {
  readonly sizeBytes: number;
  readonly hasAudioMagic: boolean;
  readonly wav: WavLayout | undefined;
  readonly isCutOff: boolean;
}

/** @throws DecodeError empty_body */
export async function inspectFile(file: FileHandle): Promise<FileInspection> {
  const { size: sizeBytes } = await file.stat();
  if (sizeBytes === 0) throw new DecodeError('empty_body', 'The audio file is empty.');
  const { buffer: head } = await file.read(Buffer.alloc(16), 0, 16, 0);
  const wav = await readWavLayout(file, sizeBytes);
  const isOgg = head.toString('latin1', 0, 4) === 'OggS';
  const isCutOff = wav?.isTruncated ?? (isOgg && (await isOggCutOff(file, sizeBytes)));
  return { sizeBytes, hasAudioMagic: looksLikeAudio(head), wav, isCutOff };
}
