// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import pc from 'picocolors';
import { type Flags, loadConfig } from '../config/load-config.ts';
import { SETTINGS } from '../config/settings.ts';
import { EarshotError } from '../core/earshot-error.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { Action, CommandContext } from './command-context.ts';
import { createTerminalReporter } from './terminal-reporter.ts';

/** With a cluster that says it is overloaded. */
const PATIENCE_MS = 30_000;

/** Settings among the options of a command. */
export function flagsOf(options: Readonly<Record<string, unknown>>): Flags {
  return Object.fromEntries(
    Object.keys(SETTINGS)
      .filter((name) => typeof options[name] === 'string')
      .map((name) => [name, options[name]]),
  ) as Flags;
}

/** Prints what went wrong, on stderr, or as one JSON object on stdout with --json. */
export function printFailure(error: unknown, json: boolean): number {
  const known = error instanceof EarshotError ? error : new EarshotError('INTERNAL', String(error), { cause: error });
  if (json)
    process.stdout.write(
      `${JSON.stringify({ error: { code: known.code, message: known.message, remedy: known.remedy } })}\n`,
    );
  else process.stderr.write(`${pc.red(`${known.code}`)} ${known.message}\n  → ${known.remedy}\n`);
  if (!(error instanceof EarshotError) && process.env.EARSHOT_LOG_LEVEL === 'debug') console.error(error);
  return known.exitCode;
}

/** How long an abandoned command may take to give back what it holds. */
const LAST_WORDS_MS = 3000;

/** First signal: the command drains and ends; second: it drops what is under way and gives back what it holds. */
function abortOnSignals(): Pick<CommandContext, 'signal' | 'abandoned'> {
  const drain = new AbortController();
  const abandon = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (abandon.signal.aborted) process.exit(EXIT.interrupted);
      if (!drain.signal.aborted) {
        drain.abort(new EarshotError('INTERRUPTED', `Interrupted by ${name}`));
        return;
      }
      setTimeout(() => process.exit(EXIT.interrupted), LAST_WORDS_MS).unref();
      abandon.abort(new EarshotError('INTERRUPTED', 'Interrupted for the second time: what was under way is dropped'));
    });
  }
  return { signal: drain.signal, abandoned: abandon.signal };
}

/** Binds an action to a commander command: reads settings, runs, maps failures to exit codes. */
export function bind(command: Command, action: Action): Command {
  return command.action(async () => {
    const options = command.optsWithGlobals<Record<string, unknown>>();
    const json = options.json === true;
    if (typeof options.logLevel === 'string') process.env.EARSHOT_LOG_LEVEL = options.logLevel;
    const reporter = createTerminalReporter({ json, quiet: options.quiet === true });
    try {
      const loaded = loadConfig(flagsOf(options), process.env, options.config as string | undefined);
      const context: CommandContext = {
        config: loaded.config,
        loaded,
        reporter,
        json,
        ...abortOnSignals(),
        elasticsearch: async () => {
          const { createElasticsearchClient } = await import('../adapters/elasticsearch-client.ts');
          return createElasticsearchClient(loaded.config, { patienceMs: PATIENCE_MS });
        },
      };
      process.exitCode = await action(context, command.args, options);
    } catch (error) {
      reporter.stop();
      process.exitCode = printFailure(error, json);
    } finally {
      reporter.stop();
    }
  });
}
