// SPDX-License-Identifier: Apache-2.0
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A folder inside the models folder where files are made before anyone sees them. */
export interface Stage {
  path(file: string): string;
  /** Puts finished files in their place, in this order, each at once; the card comes last, for it makes the space known. */
  publish(files: readonly string[]): void;
  /** Removes what is left; may be called twice. */
  discard(): void;
}

function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function openStage(modelsDir: string): Stage {
  mkdirSync(modelsDir, { recursive: true });
  const folder = mkdtempSync(join(modelsDir, '.adding-'));
  const path = (file: string): string => join(folder, file);
  return {
    path,
    publish: (files) => {
      for (const file of files) flush(path(file));
      for (const file of files) renameSync(path(file), join(modelsDir, file));
      flush(modelsDir);
    },
    discard: () => rmSync(folder, { recursive: true, force: true }),
  };
}
