// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoClip } from './demo-clip.ts';
import { LIBRARY_VERSION } from './demo-library.ts';

/** Written last: says that the folder holds a whole library, and which one. */
export type Marker = {
  readonly version: string;
  /** Over the outlines: names, titles, tags, rates, lengths. */
  readonly hash: string;
  readonly files: readonly { readonly fileName: string; readonly bytes: number }[];
};

export const MARKER_NAME = '.earshot-demo-library.json';

/** sha256 of the version and the clips' outlines, encoded or not. */
export const libraryHash = (clips: readonly DemoClip[], encoded: boolean): string =>
  createHash('sha256')
    .update(JSON.stringify([LIBRARY_VERSION, encoded, clips]))
    .digest('hex');

/** The marker of a folder; `null` where there is none or it cannot be read as one. */
export const readMarker = async (directory: string): Promise<Marker | null> => {
  try {
    const marker: Marker = JSON.parse(await readFile(join(directory, MARKER_NAME), 'utf8'));
    return Array.isArray(marker.files) ? marker : null;
  } catch {
    return null;
  }
};

/** Whether every file that the marker lists is there in its full length. */
export const isComplete = async (directory: string, marker: Marker): Promise<boolean> => {
  const checks = marker.files.map(async ({ fileName, bytes }) => {
    const found = await stat(join(directory, fileName)).catch(() => null);
    return found?.size === bytes;
  });
  return (await Promise.all(checks)).every(Boolean);
};
