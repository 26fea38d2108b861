// SPDX-License-Identifier: Apache-2.0
import { type LibrarySpace, STATE_ALIASES } from '@earshot/mappings';
import { type Client, errors } from '@elastic/elasticsearch';
import type { ProgressFacts } from '../core/sync/sync-progress.ts';
import { toEarshotError } from './elasticsearch-client.ts';

export type RunState = 'running' | 'completed' | 'failed' | 'interrupted';

/** What began a run: somebody's command, the clock of a watch, or events it received. */
export type RunTrigger = 'command' | 'reconcile' | 'events';

/** One run in one space, as it lies in `earshot-runs`. */
export interface RunDocument {
  readonly '@timestamp': string;
  readonly run: string;
  readonly run_seq: number;
  readonly library: string;
  readonly source: string;
  /** `2/8`; absent for the whole source. */
  readonly shard?: string;
  readonly space: { readonly id: string; readonly fingerprint: string };
  readonly trigger?: RunTrigger;
  readonly state: RunState;
  readonly started_at: string;
  readonly ended_at?: string;
  readonly complete?: boolean;
  readonly counts?: Readonly<Record<string, number>>;
  /** While it runs: how far it is. */
  readonly progress?: ProgressFacts;
  readonly audio_seconds?: number;
  /** Of these, what the service had to embed. */
  readonly embedded_seconds?: number;
  readonly bytes?: number;
  readonly duration_ms?: number;
  readonly exit_code?: number;
}

const INDEX = STATE_ALIASES.runs;
const idOf = (run: string, space: string): string => `${run}:${space}`;

/** Searchable at once: who asks `sync status` after a run must not read that it still goes on. */
export async function putRun(client: Client, document: RunDocument): Promise<void> {
  const id = idOf(document.run, document.space.id);
  await client.index({ index: INDEX, id, document, refresh: true }).catch((error: unknown) => {
    throw toEarshotError(error, `writing to ${INDEX}`);
  });
}

/** A run that never came to its end is called so by its successor. */
export async function markInterrupted(client: Client, run: string, space: string): Promise<void> {
  const doc = { state: 'interrupted' satisfies RunState };
  await client.update({ index: INDEX, id: idOf(run, space), doc, refresh: true }).catch((error: unknown) => {
    if (!(error instanceof errors.ResponseError) || error.statusCode !== 404)
      throw toEarshotError(error, `writing to ${INDEX}`);
  });
}

/** The last runs of a source in a space, newest first. */
export async function lastRuns(
  client: Client,
  { library, space, source }: LibrarySpace & { readonly source: string },
  size: number,
): Promise<RunDocument[]> {
  const filter = [{ term: { library } }, { term: { source } }, { term: { 'space.id': space } }];
  const { hits } = await client
    .search<RunDocument>({ index: INDEX, size, query: { bool: { filter } }, sort: [{ started_at: 'desc' }] })
    .catch((error: unknown) => {
      throw toEarshotError(error, `reading ${INDEX}`);
    });
  return hits.hits.map(({ _source }) => _source).filter((run) => run !== undefined);
}
