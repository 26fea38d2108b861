// SPDX-License-Identifier: Apache-2.0
import { statfsSync } from 'node:fs';
import { PreparationError } from './preparation-error.ts';

const GIB = 2 ** 30;

function bytesFree(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Asked before a long download, not found out at its end. @throws PreparationError naming folder and amounts */
export function demandFreeSpace(folder: string, bytes: number, free = bytesFree(folder)): void {
  if (free >= bytes) return;
  const [has, needs] = [free, bytes].map((amount) => `${(amount / GIB).toFixed(1)} GiB`);
  throw new PreparationError(
    `${folder} has ${has} free, ${needs} are needed for a moment`,
    'Free some space, or set EARSHOT_CACHE_DIR to a folder on a larger disk.',
  );
}
