// SPDX-License-Identifier: Apache-2.0
import type { SearchAnswer } from '../../contract/answers.ts';
import { PanelError } from './panel-error.ts';
import type { EmbeddedQuery, EmbedQuery, EmbedText, QueryStore, Search, Upload } from './ports.ts';
import type { SearchCommand } from './search-command.ts';

interface Deps {
  readonly search: Search;
  readonly embedQuery: EmbedQuery;
  readonly embedText: EmbedText;
  readonly queries: QueryStore;
}

interface NewQuery {
  readonly title: string;
  readonly embed: () => Promise<EmbeddedQuery>;
}

async function searchNew(deps: Deps, { settings }: SearchCommand, { title, embed }: NewQuery): Promise<SearchAnswer> {
  const started = performance.now();
  const embedded = await embed();
  const queryId = await deps.queries.save({ title, space: settings.space, embedded });
  const { vector, melody, fingerprint, took } = embedded;
  const answer = await deps.search({ kind: 'query', queryId, vector, melody, fingerprint }, settings);
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
  const content = await deps.queries.content(query);
  const { fingerprint } = query.space;
  const answer = await deps.search({ kind: 'query', queryId, fingerprint, ...content }, settings);
  return { ...answer, queryId };
}

/** Searches by upload, words, stored query or indexed recording. Uploads and words are stored first, to be reloaded. */
export function runSearch(deps: Deps, command: SearchCommand, upload?: Upload): Promise<SearchAnswer> {
  const { wanted, settings, window } = command;
  if (wanted.kind === 'document') return deps.search(wanted, settings);
  if (wanted.kind === 'query') return searchStored(deps, command, wanted.queryId);
  if (wanted.kind === 'text')
    return searchNew(deps, command, {
      title: wanted.text,
      embed: () => deps.embedText(wanted.text, settings.space),
    });
  if (!upload) throw new PanelError('PANEL_UPLOAD_INVALID', 'The search has no file');
  return searchNew(deps, command, {
    title: upload.name,
    embed: () => deps.embedQuery(upload, settings.space, window),
  });
}
