// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SPECTRAL } from '../../build/spaces/spectral/parameters.ts';
import type { Recording } from './clips.ts';

const count = z.int().nonnegative();
const schema = z.array(z.strictObject({ label: z.string().optional(), clips: count, halves: count }));

/**
 * Reads what the command line measured: `clips.json` says of each recording its label and how many vectors follow,
 * `clips.f32` holds the vectors in that order, clips before halves, little-endian float32.
 * @throws when the two do not agree
 */
export function readClips(folder: string): Recording[] {
  const described = schema.parse(JSON.parse(readFileSync(join(folder, 'clips.json'), 'utf8')));
  const bytes = readFileSync(join(folder, 'clips.f32'));
  const rowBytes = 4 * SPECTRAL.statistics;
  const rows = described.reduce((sum, { clips, halves }) => sum + clips + halves, 0);
  if (bytes.length !== rows * rowBytes) throw new Error(`clips.f32 has ${bytes.length} bytes, not ${rows * rowBytes}`);
  let row = 0;
  const take = (length: number): Float64Array[] =>
    Array.from({ length }, () => {
      const start = row++ * rowBytes;
      return Float64Array.from({ length: SPECTRAL.statistics }, (_, i) => bytes.readFloatLE(start + 4 * i));
    });
  return described.map(({ label, clips, halves }) => ({ label, clips: take(clips), halves: take(halves) }));
}
