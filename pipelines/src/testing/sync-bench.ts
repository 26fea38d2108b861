// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type EarshotResult, makeTempDir, runEarshot } from '@earshot/e2e/support';
import { SHIPPED_CARDS_DIR } from '@earshot/models/registry';
import type { Client } from '@elastic/elasticsearch';
import { makeLibraryIndex } from './make-library-index.ts';

/** The last line of `earshot sync run --json`, as a script reads it. */
export interface FinishedLine {
  readonly event: string;
  readonly run: string;
  readonly space: string;
  readonly complete: boolean;
  readonly counts: Readonly<
    Record<'listed' | 'indexed' | 'reused' | 'unchanged' | 'skipped' | 'failed' | 'deleted', number>
  >;
  readonly pending: number;
  readonly skipped_by: Readonly<Record<string, number>>;
  readonly failures: readonly {
    readonly id: string;
    readonly key: string;
    readonly stage: string;
    readonly code: string;
  }[];
}

interface Settings {
  /** Settings that lead to the cluster. */
  readonly clusterEnv: Readonly<Record<string, string>>;
  readonly client: Client;
  readonly inferenceUrl: string;
  readonly library: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder of recordings, a library of its own, and the command line on them. */
export interface SyncBench {
  readonly folder: string;
  readonly library: string;
  /** Settings of its commands. */
  readonly env: Readonly<Record<string, string>>;
  put(key: string, content: string | Buffer): void;
  remove(key: string): void;
  earshot(
    args: readonly string[],
    options?: { readonly signal?: AbortSignal; readonly env?: Record<string, string> },
  ): Promise<EarshotResult>;
  /** `sync run --json` and its last line. */
  run(...flags: string[]): Promise<EarshotResult & { readonly line: FinishedLine }>;
}

/** A fresh library on a cluster where `earshot apply` made the templates. */
export async function createSyncBench(settings: Settings): Promise<SyncBench> {
  const folder = makeTempDir('sync-source');
  const base = {
    ...settings.clusterEnv,
    EARSHOT_INFERENCE_URL: settings.inferenceUrl,
    EARSHOT_LIBRARY: settings.library,
    EARSHOT_SOURCE: folder,
    ...settings.env,
  };
  const earshot: SyncBench['earshot'] = (args, options = {}) =>
    runEarshot(args, { env: { ...base, ...options.env }, ...(options.signal ? { signal: options.signal } : {}) });
  const spaces = settings.env?.EARSHOT_SPACE ?? 'spectral-1';
  for (const space of spaces.split(',')) await makeLibraryIndex(settings.client, { library: settings.library, space });
  return {
    folder,
    library: settings.library,
    env: base,
    put: (key, content) => {
      mkdirSync(dirname(join(folder, key)), { recursive: true });
      writeFileSync(join(folder, key), content);
    },
    remove: (key) => rmSync(join(folder, key)),
    earshot,
    run: async (...flags) => {
      const result = await earshot(['sync', 'run', '--json', ...flags]);
      return { ...result, line: result.json as FinishedLine };
    },
  };
}

/** Removes the indices of every library whose name begins so: a given cluster is left as it was found. */
export async function dropLibraries(client: Client, prefix: string): Promise<void> {
  const names = Object.keys(await client.indices.get({ index: `earshot-${prefix}*` }));
  if (names.length > 0) await client.indices.delete({ index: names });
}

/** A models folder with a second space, `spectral-2`: the shipped card under another name. */
export function makeSecondSpace(): string {
  const folder = makeTempDir('models');
  const card = JSON.parse(readFileSync(join(SHIPPED_CARDS_DIR, 'spectral-1.json'), 'utf8')) as object;
  writeFileSync(join(folder, 'spectral-2.json'), JSON.stringify({ ...card, id: 'spectral-2', version: 2 }));
  return folder;
}
