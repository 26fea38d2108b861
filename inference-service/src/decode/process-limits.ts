// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Address space: a static build needs under 100 MB, a distribution's dynamic build several hundred. */
const MEMORY_BYTES = 1_500_000_000;

const LIMITS = ['prlimit', `--as=${MEMORY_BYTES}`, '--core=0', '--fsize=0', '--'] as const;

/**
 * Words that start a decoder under resource limits (no core dumps, no file writes, bounded memory), or none where
 * `prlimit` is missing or refused. CPU time is limited by ffmpeg's own -timelimit, which knows the recording's length.
 */
export async function probeProcessLimits(decoderPath: string): Promise<readonly string[]> {
  const [command, ...words] = LIMITS;
  try {
    await run(command, [...words, decoderPath, '-hide_banner', '-version'], { timeout: 10_000 });
    return LIMITS;
  } catch {
    return [];
  }
}
