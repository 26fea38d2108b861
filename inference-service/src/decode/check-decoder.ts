// SPDX-License-Identifier: Apache-2.0

/**
 * `node check-decoder.ts [PATH]`: exit 0 when a decoder that passes the golden set is found (or the one at PATH
 * passes), 1 with the reasons when not. A decoder that fails for AAC alone passes, and it is said.
 */
import { findDecoder } from './find-decoder.ts';

const path = process.argv[2];

try {
  const { version, source, refuses, ...decoder } = await findDecoder(
    path === undefined ? process.env : { ...process.env, FFMPEG_PATH: path },
  );
  const limits = refuses.length === 0 ? '' : `, except ${refuses.join(', ')}`;
  console.log(`ffmpeg ${version} (${source}: ${decoder.path}) decodes the golden set${limits}.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
