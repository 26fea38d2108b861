// SPDX-License-Identifier: Apache-2.0
import type { Client } from '@elastic/elasticsearch';
import type { SyncMetrics } from '../adapters/sync-metrics.ts';
import type { Config, LoadedConfig } from '../config/load-config.ts';
import type { Reporter } from '../ports/reporter.ts';

/** What every command gets: settings, a voice, and lazily made connections. */
export interface CommandContext {
  readonly config: Config;
  readonly loaded: LoadedConfig;
  readonly reporter: Reporter;
  readonly json: boolean;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Aborted by the second: what is under way is dropped. */
  readonly abandoned: AbortSignal;
  /** Of commands that sync, where somebody wants them. */
  readonly metrics?: SyncMetrics;
  elasticsearch(): Promise<Client>;
}

/** Runs the command and gives its exit code. */
export type Action = (
  context: CommandContext,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
) => Promise<number>;
