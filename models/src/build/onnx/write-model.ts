// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { encodeModel } from './encode-model.ts';
import type { Model } from './model.ts';
import type { Encoded } from './wire.ts';

/**
 * Writes a graph chunk by chunk, so that weights of hundreds of MB are not copied.
 * @returns sha256 of the file, hex
 */
export async function writeModel(path: string, model: Model | Encoded): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  try {
    for (const chunk of ('chunks' in model ? model : encodeModel(model)).chunks) {
      hash.update(chunk);
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
