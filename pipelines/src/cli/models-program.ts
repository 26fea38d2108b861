// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { EarshotError } from '../core/earshot-error.ts';
import { ERROR_CODES } from '../core/error-kinds.ts';
import type { RunEvent } from '../ports/reporter.ts';

/** What such a program is doing, for people. */
export interface StepEvent extends RunEvent {
  readonly event: 'step';
  readonly text: string;
}

interface Refusal {
  readonly event: 'refused';
  readonly code: string;
  readonly message: string;
}

interface ProgramRun<Result> {
  /** As it is exported, e.g. `@earshot/models/add`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  readonly onStep: (event: StepEvent) => void;
  /** Ends the program when it says nothing for so long; ONNX Runtime lets nobody in while it computes. */
  readonly silenceMs?: number;
  /** Name of the event that ends a run well. */
  readonly ends: Result extends { readonly event: infer Name } ? Name : never;
}

function failure({ code, message }: Refusal): EarshotError {
  const known = ERROR_CODES.find((candidate) => candidate === code);
  return new EarshotError(known ?? 'INTERNAL', message);
}

const doing = (last: object | undefined): string => (last && 'text' in last ? ` while ${String(last.text)}` : '');

/**
 * Runs a program of the models workspace, so that ONNX Runtime stays out of this process. It prints a JSON object a line:
 * steps, at the end the result or `refused`.
 * @throws EarshotError as it says, or INTERNAL with its complaints
 */
export async function runModelsProgram<Result extends RunEvent>(run: ProgramRun<Result>): Promise<Result> {
  const path = fileURLToPath(import.meta.resolve(run.program));
  const child = spawn(process.execPath, [path, ...run.args], { signal: run.signal, stdio: ['ignore', 'pipe', 'pipe'] });
  let died: NodeJS.Signals | null = null;
  const closed = new Promise<void>((resolve, reject) => {
    // An abort shows as an error too; the program still has to remove what is half made.
    child.on('error', (error) => {
      if (!run.signal.aborted) reject(error);
    });
    child.on('close', (_code, signal) => {
      died = signal;
      resolve();
    });
  });
  const watchdog = run.silenceMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), run.silenceMs);
  const complaints = text(child.stderr);
  let last: StepEvent | Refusal | Result | undefined;
  const listen = async (): Promise<void> => {
    for await (const line of createInterface({ input: child.stdout })) {
      watchdog?.refresh();
      last = JSON.parse(line) as StepEvent | Refusal | Result;
      if (last.event === 'step') run.onStep(last as StepEvent);
    }
  };
  try {
    await Promise.all([closed, listen()]);
  } finally {
    clearTimeout(watchdog);
  }
  run.signal.throwIfAborted();
  if (last?.event === 'refused') throw failure(last as Refusal);
  if (last?.event === run.ends) return last as Result;
  if (died) throw new EarshotError('MODELS_PROGRAM_DIED', `${run.program} was ended by ${died}${doing(last)}`);
  throw new EarshotError('INTERNAL', `${run.program} failed: ${(await complaints).trim() || 'no answer'}`);
}
