// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { licenceOf, type Origin } from '../card-draft.ts';
import type { OpenedWeights, WeightsReader } from '../import-space.ts';
import { openOnnxModel } from '../onnx/onnx-reader.ts';
import { openTextPart } from '../text-part.ts';
import { CLAP_CARD, CLAP_TEXT } from './clap-card.ts';
import { type ClapFolder, PUBLISHED_AUDIO } from './clap-folder.ts';

function openPair(path: string, origin: Origin, { folder, version }: { folder: ClapFolder; version: number }) {
  const { text, tokenizer } = folder;
  const isPublished = origin.isPublished && text.isPublished && tokenizer.isPublished;
  const whole = { ...origin, isPublished };
  const licence = licenceOf(CLAP_CARD.licence, whole);
  const audio = openOnnxModel(path, { card: { ...CLAP_CARD, licence }, version, origin: whole });
  try {
    const id = audio.draft.id;
    const words = openTextPart({ id, dims: CLAP_CARD.dims, graph: text, tokenizer, ...CLAP_TEXT });
    const draft = { ...audio.draft, acceptsText: true, text: words.text };
    const opened: OpenedWeights = { ...audio, draft, words };
    return opened;
  } catch (error) {
    audio.close();
    throw error;
  }
}

/**
 * CLAP's pair of ONNX graphs: mel front-end and unit length are joined to the one for sounds, the one for words stays as
 * it is.
 * @param version becomes the last part of the space id
 */
export function createClapReader(folder: ClapFolder, version: number): WeightsReader {
  return {
    published: { ...PUBLISHED_AUDIO, file: basename(PUBLISHED_AUDIO.file) },
    open: (path, origin) => openPair(path, origin, { folder, version }),
  };
}
