// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Address space: a static build needs under 100 MB, a distribution's dynamic build several hundred. */
const MEMORY_BYTES = 1_500_000_000;

const BATCH_MEMORY_BYTES = 6_000_000_000;
const MEMORY = `--as=${MEMORY_BYTES}`;
const NO_FILES = '--fsize=0';
const LIMITS = ['prlimit', MEMORY, '--core=0', NO_FILES, '--'] as const;

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

/**
 * The same limits for a decoder that reads several files and writes theirs, each of so many bytes at most. Every input
 * has threads of its own, whose stacks count as address space though hardly any of it is used.
 */
export function allowingBatch(limits: readonly string[], mostBytes: number): readonly string[] {
  const raised: Readonly<Record<string, string>> = {
    [MEMORY]: `--as=${BATCH_MEMORY_BYTES}`,
    [NO_FILES]: `--fsize=${mostBytes}`,
  };
  return limits.map((word) => raised[word] ?? word);
}
