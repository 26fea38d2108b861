// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A folder inside the models folder where files are made before anyone sees them. */
export interface Stage {
  path(file: string): string;
  /** Puts finished files in their place, in this order, each at once; the card comes last, for it makes the space known. */
  publish(files: readonly string[]): void;
  /** Removes what is left; may be called twice. */
  discard(): void;
}

const PREFIX = '.adding-';
const HOST = hostname().replace(/[^A-Za-z0-9.-]/g, '_');
/** No import takes that long; on other machines nobody can be asked. */
const STALE_MS = 24 * 60 * 60 * 1000;

function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function isLeftBehind(modelsDir: string, name: string): boolean {
  const [, host, pid] = /^\.adding-(.*)~([0-9]+)-[^~]*$/.exec(name) ?? [];
  if (host === HOST && !isAlive(Number(pid))) return true;
  const modified = statSync(join(modelsDir, name), { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
  return Date.now() - modified > STALE_MS;
}

/** Removes stages whose owner was killed: dead on this machine, or a day old. */
export function sweepStages(modelsDir: string): void {
  if (!existsSync(modelsDir)) return;
  for (const name of readdirSync(modelsDir))
    if (name.startsWith(PREFIX) && isLeftBehind(modelsDir, name))
      rmSync(join(modelsDir, name), { recursive: true, force: true });
}

export function openStage(modelsDir: string): Stage {
  mkdirSync(modelsDir, { recursive: true });
  sweepStages(modelsDir);
  const folder = mkdtempSync(join(modelsDir, `${PREFIX}${HOST}~${process.pid}-`));
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
