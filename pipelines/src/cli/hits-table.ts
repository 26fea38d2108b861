// SPDX-License-Identifier: Apache-2.0
import type { SearchHit, TimeSpan } from '@earshot/mappings/search';
import Table from 'cli-table3';
import type { SearchExplanation, SearchResult } from '../ports/search.ts';

const BAR_WIDTH = 10;
const MOST_LABELS = 3;
const LONGEST_TITLE = 40;

/** Similarity as a bar of ten; distances and products beyond 0…1 fill or empty it. */
function bar(similarity: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, similarity)) * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${similarity.toFixed(3)}`;
}

const clock = (ms: number): string => {
  const seconds = ms / 1000;
  return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, '0')}`;
};
const span = (segment: TimeSpan | null): string =>
  segment ? `${clock(segment.start_ms)}–${clock(segment.end_ms)}` : '';

const labelText = ({ tags, labels }: SearchHit): string =>
  Object.entries({ ...(tags.genre ? { genre: tags.genre } : {}), ...labels })
    .slice(0, MOST_LABELS)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');

function fusedRanks(hit: SearchResult['hits'][number]): string {
  return 'spaces' in hit
    ? Object.entries(hit.spaces)
        .map(([space, { rank }]) => `${space} #${rank}`)
        .join(' ')
    : '';
}

function describeExplanation(of: SearchExplanation): string {
  const compared = of.vector_operations === null ? '' : `, ${of.vector_operations} vectors compared`;
  return `${of.space}: ${of.mode} on ${of.index} (fingerprint ${of.fingerprint}, ${of.similarity}), k ${of.k}, num_candidates ${of.num_candidates}${compared}, ${of.elasticsearch_ms} ms in Elasticsearch`;
}

/** Hits as people read them: a table and how long each part took. */
export function describeResult({ hits, took_ms, space, explain = [] }: SearchResult): string {
  const isFused = hits.some((hit) => 'spaces' in hit);
  const head = ['#', 'similarity', 'title', 'labels', 'best match', 'id', ...(isFused ? ['ranks'] : [])];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const hit of hits) {
    const cells = [hit.title.slice(0, LONGEST_TITLE), labelText(hit), span(hit.segment), hit.id];
    table.push([hit.rank, bar(hit.similarity), ...cells, ...(isFused ? [fusedRanks(hit)] : [])]);
  }
  const { decode, embed, search, total } = took_ms;
  const took = `${hits.length} hits in ${space}: ${total} ms (decode ${decode}, embed ${embed}, search ${search})`;
  return [...(hits.length > 0 ? [table.toString()] : []), took, ...explain.map(describeExplanation)].join('\n');
}
