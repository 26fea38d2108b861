// SPDX-License-Identifier: Apache-2.0
import type { SearchAnswer } from '../../contract/answers.ts';
import { PanelError } from './panel-error.ts';
import type { EmbedQuery, QueryStore, Search, Upload } from './ports.ts';
import type { SearchCommand } from './search-command.ts';

interface Deps {
  readonly search: Search;
  readonly embedQuery: EmbedQuery;
  readonly queries: QueryStore;
}

async function searchUpload(deps: Deps, command: SearchCommand, upload: Upload): Promise<SearchAnswer> {
  const { settings, window } = command;
  const started = performance.now();
  const embedded = await deps.embedQuery(upload, settings.space, window);
  const queryId = await deps.queries.save({ title: upload.name, space: settings.space, embedded });
  const { vector, fingerprint, took } = embedded;
  const answer = await deps.search({ kind: 'query', queryId, vector, fingerprint }, settings);
  const total = Math.round(performance.now() - started);
  return { ...answer, queryId, took_ms: { ...answer.took_ms, ...took, total } };
}

async function searchStored(deps: Deps, command: SearchCommand, queryId: string): Promise<SearchAnswer> {
  const { settings } = command;
  const query = await deps.queries.find(queryId);
  if (!query) throw new PanelError('PANEL_QUERY_EXPIRED', `The recording behind query ${queryId} has expired`);
  if (query.space.id !== settings.space)
    throw new PanelError(
      'PANEL_REQUEST_INVALID',
      `Query ${queryId} was embedded for the space ${query.space.id}, not for ${settings.space}`,
      { remedy: `Search in ${query.space.id}, or upload the recording again.` },
    );
  const vector = await deps.queries.vector(query);
  const { fingerprint } = query.space;
  const answer = await deps.search({ kind: 'query', queryId, vector, fingerprint }, settings);
  return { ...answer, queryId };
}

/** Searches by upload, by stored query or by an indexed recording. An upload is stored first, so that it can be reloaded. */
export function runSearch(deps: Deps, command: SearchCommand, upload?: Upload): Promise<SearchAnswer> {
  const { wanted, settings } = command;
  if (wanted.kind === 'document') return deps.search(wanted, settings);
  if (wanted.kind === 'query') return searchStored(deps, command, wanted.queryId);
  if (!upload) throw new PanelError('PANEL_UPLOAD_INVALID', 'The search has no file');
  return searchUpload(deps, command, upload);
}
