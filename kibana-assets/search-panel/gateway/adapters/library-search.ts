// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { STATE_ALIASES } from '@earshot/mappings';
import { EarshotError } from '@earshot/pipelines/adapters';
import type { EmbeddedQuery, Search as PipelineSearch, QueryInput } from '@earshot/pipelines/ports';
import type { DevToolsRequest, SearchHit } from '../../contract/answers.ts';
import type { EmbedQuery, EmbedText, Example, EmbeddedQuery as PanelQuery, Search } from '../core/ports.ts';
import { foldVectors } from './fold-vectors.ts';

interface Options {
  readonly library: string;
  /** Made when it is first needed and asked again after a failure: the panel starts before the cluster does. */
  readonly connect: () => Promise<{ readonly search: PipelineSearch; readonly hasLookupBuilder: boolean }>;
}

/** Bars of the waveform kept with a stored query. */
const PEAKS = 200;

const inputOf = (example: Example, space: string): QueryInput =>
  example.kind === 'document' ? { kind: 'id', id: example.id } : { kind: 'vectors', vectors: [{ ...example, space }] };

/** Whether Elasticsearch can look the vector of the first request up: of a tune the whole is stored, not its versions. */
function isStored(example: Example): boolean {
  if (example.kind === 'document') return false;
  const [first] = example.melody?.versions ?? [];
  return !first || first.vector.every((value, i) => value === example.vector[i]);
}

function onlyVector({ vectors, durationMs, peaks, decodeMs, embedMs }: EmbeddedQuery, space: string): PanelQuery {
  const [first] = vectors;
  if (!first) throw new EarshotError('INTERNAL', `The inference service gave no vector of ${space}`);
  const took = { decode: Math.round(decodeMs), embed: Math.round(embedMs) };
  const { vector, melody, fingerprint } = first;
  return { vector, melody, fingerprint, durationMs, peaks, took };
}

/** Search and embedding as the command line does them, for the panel. */
export function createLibrarySearch({ library, connect }: Options): {
  readonly search: Search;
  readonly embedQuery: EmbedQuery;
  readonly embedText: EmbedText;
} {
  const search: Search = async (example, settings) => {
    const { space, k, numCandidates, isExact, bySegments, filters } = settings;
    const { search: pipeline, hasLookupBuilder } = await connect();
    const result = await pipeline.search({
      library,
      spaces: [space],
      input: inputOf(example, space),
      k,
      numCandidates,
      filters,
      exact: isExact,
      segments: bySegments,
    });
    const stored = example.kind === 'query' && hasLookupBuilder && isStored(example) ? example.queryId : undefined;
    const lookup = stored ? { index: STATE_ALIASES.queries, id: stored, path: `embedding.${space}` } : undefined;
    const { weak_match, weak_match_reason, melody } = result;
    return {
      space: result.space,
      took_ms: result.took_ms,
      total: result.total,
      hits: result.hits as readonly SearchHit[],
      ...(weak_match === undefined ? {} : { weak_match, weak_match_reason: weak_match_reason ?? null }),
      ...(melody ? { melody } : {}),
      request: foldVectors(result.request, lookup) as DevToolsRequest,
    };
  };

  const embedQuery: EmbedQuery = async (upload, space, { fromSeconds, toSeconds }) => {
    const { search: pipeline } = await connect();
    const open = () => createReadStream(upload.path);
    const audio = { open, length: upload.bytes, fromSeconds, toSeconds, peaks: PEAKS };
    return onlyVector(await pipeline.embedAudio(audio, [space]), space);
  };

  const embedText: EmbedText = async (text, space) => {
    const { search: pipeline } = await connect();
    return onlyVector(await pipeline.embedText(text, [space]), space);
  };

  return { search, embedQuery, embedText };
}
