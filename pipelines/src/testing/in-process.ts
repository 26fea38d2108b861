// SPDX-License-Identifier: Apache-2.0
import { createElasticsearchClient } from '../adapters/elasticsearch-client.ts';
import type { Action, CommandContext } from '../cli/command-context.ts';
import { loadConfig } from '../config/load-config.ts';
import { EarshotError } from '../core/earshot-error.ts';
import type { Reporter, RunEvent } from '../ports/reporter.ts';
import type { FinishedLine } from './sync-bench.ts';

export interface InProcessResult {
  readonly code: number;
  readonly events: readonly RunEvent[];
  /** The result, unless an error ended it. */
  readonly line: FinishedLine | undefined;
  readonly error: EarshotError | undefined;
  readonly warnings: readonly string[];
}

interface Call {
  readonly env: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A command of the command line without the second that a process takes, where a test needs very many. */
export async function runInProcess(action: Action, { env, options = {} }: Call): Promise<InProcessResult> {
  const loaded = loadConfig({}, env);
  const events: RunEvent[] = [];
  const warnings: string[] = [];
  let line: FinishedLine | undefined;
  const silent = (): void => undefined;
  const reporter: Reporter = {
    line: silent,
    progress: silent,
    warn: (text) => warnings.push(text),
    event: (event) => events.push(event),
    result: (json) => {
      line = json as FinishedLine;
    },
  };
  const context: CommandContext = {
    config: loaded.config,
    loaded,
    reporter,
    json: true,
    signal: new AbortController().signal,
    abandoned: new AbortController().signal,
    elasticsearch: async () => createElasticsearchClient(loaded.config, { patienceMs: 10_000 }),
  };
  try {
    return { code: await action(context, [], options), events, line, error: undefined, warnings };
  } catch (error) {
    if (!(error instanceof EarshotError)) throw error;
    return { code: error.exitCode, events, line, error, warnings };
  }
}
