// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';

export interface ChildRequest {
  readonly command: string;
  /** No shell reads them. */
  readonly args: readonly string[];
  readonly cwd: string;
  /** Whether its standard output is wanted; standard error always is. */
  readonly hasOutput: boolean;
}

export interface ChildEnd {
  readonly exitCode: number | null;
  /** Signal that ended it, e.g. SIGXCPU at the CPU limit. */
  readonly killedBy: NodeJS.Signals | null;
}

/** A program that runs. */
export interface LaunchedChild {
  /** Empty when no output was asked for. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** When it has ended and its streams are read; rejects when it could not be started. */
  readonly ended: Promise<ChildEnd>;
  /** SIGKILL. */
  kill(): void;
}

export type LaunchChild = (request: ChildRequest) => Promise<LaunchedChild>;

/** What every child gets: an environment of two variables. */
export const childOptions = (cwd: string): SpawnOptions => ({
  cwd,
  env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
  windowsHide: true,
});

async function endOf(child: ChildProcess): Promise<ChildEnd> {
  const [exitCode, killedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { exitCode, killedBy };
}

/** Starts the program as a child of this process. */
export const launchHere: LaunchChild = async ({ command, args, cwd, hasOutput }) => {
  const stdout = hasOutput ? 'pipe' : 'ignore';
  const child = spawn(command, args, { ...childOptions(cwd), stdio: ['ignore', stdout, 'pipe'] });
  const ended = endOf(child);
  // Awaited by the caller; a program that cannot be started rejects it before anybody waits.
  ended.catch(() => undefined);
  const nothing = Readable.from([]);
  return { stdout: child.stdout ?? nothing, stderr: child.stderr ?? nothing, ended, kill: () => child.kill('SIGKILL') };
};
