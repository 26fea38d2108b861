// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { ConfigError } from './config.ts';
import { type KeyRing, parseKeyRing } from './core/key-ring.ts';

export interface KeyFile extends KeyRing {
  /**
   * Reads the file again; when it cannot be used, the keys stay as they are.
   * @throws ConfigError
   */
  reload(): void;
}

/** @throws ConfigError naming the file and what is wrong with it */
export function readKeys(path: string): KeyFile {
  const read = (): KeyRing => {
    try {
      return parseKeyRing(readFileSync(path, 'utf8'));
    } catch (error) {
      throw new ConfigError(`EARSHOT_INFERENCE_KEYS_FILE: ${path} cannot be used: ${String(error)}`);
    }
  };
  let keys = read();
  return {
    find: (secret) => keys.find(secret),
    reload: () => {
      keys = read();
    },
  };
}
