// SPDX-License-Identifier: Apache-2.0
import { spawnGuarded } from './guarded-process.ts';

export interface ToolResult {
  readonly code: number | null;
  /** Both streams, the last 64 KiB. */
  readonly output: string;
}

interface ToolOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Shows its output as it comes, on stderr. */
  readonly isShown?: boolean;
  /** Called every few seconds while it runs. */
  readonly onTick?: () => void;
}

const TICK_MS = 10_000;

/** Runs a program of the machine to its end; a program that does not exist counts as code 127. */
export async function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const child = spawnGuarded(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-65_536);
      if (options.isShown) process.stderr.write(chunk);
    });
  const timer = setInterval(() => options.onTick?.(), TICK_MS);
  try {
    return await new Promise<ToolResult>((resolve) => {
      child.once('error', (error) => resolve({ code: 127, output: error.message }));
      child.once('close', (code) => resolve({ code, output }));
    });
  } finally {
    clearInterval(timer);
  }
}
