// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { EarshotError } from '../core/earshot-error.ts';

/** The content of a file that holds one secret. @param setting what named it, for the message */
export function readSecretFile(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new EarshotError('CONFIG_SECRET_UNREADABLE', `${setting} names ${file}, which cannot be read`, { cause });
  }
}
