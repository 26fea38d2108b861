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
  const versions =
    of.versions === undefined ? '' : `, ${of.versions} versions asked, ${of.reranked} songs compared by pitch`;
  return `${of.space}: ${of.mode} on ${of.index} (fingerprint ${of.fingerprint}, ${of.similarity}), k ${of.k}, num_candidates ${of.num_candidates}${compared}${versions}, ${of.elasticsearch_ms} ms in Elasticsearch`;
}

const SOURCES = { monophonic: 'one voice', dominant: 'the loudest line of a mix' } as const;

/** What a melody space heard, and whether to believe what it found. */
function describeMelody({ melody, weak_match_reason }: SearchResult): string[] {
  const heard = melody && [
    `Heard: ${SOURCES[melody.source]}, ${melody.heard.notes} notes over ${melody.heard.range_semitones.toFixed(1)} semitones in ${melody.heard.duration_s.toFixed(1)} s`,
  ];
  return [...(heard ?? []), ...(weak_match_reason ? [`Weak match: ${weak_match_reason}.`] : [])];
}

const semitones = ({ melody }: SearchHit): string =>
  typeof melody?.distance === 'number' ? melody.distance.toFixed(2) : '';

/** Hits as people read them: what was heard, a table and how long each part took. */
export function describeResult(result: SearchResult): string {
  const { hits, took_ms, space, explain = [] } = result;
  const isFused = hits.some((hit) => 'spaces' in hit);
  const isMelody = hits.some(({ melody }) => melody);
  const more = [...(isMelody ? ['semitones apart'] : []), ...(isFused ? ['ranks'] : [])];
  const head = ['#', 'similarity', 'title', 'labels', 'best match', 'id', ...more];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const hit of hits) {
    const cells = [hit.title.slice(0, LONGEST_TITLE), labelText(hit), span(hit.segment), hit.id];
    const last = [...(isMelody ? [semitones(hit)] : []), ...(isFused ? [fusedRanks(hit)] : [])];
    table.push([hit.rank, bar(hit.similarity), ...cells, ...last]);
  }
  const { decode, embed, search, total } = took_ms;
  const took = `${hits.length} hits in ${space}: ${total} ms (decode ${decode}, embed ${embed}, search ${search})`;
  const rows = hits.length > 0 ? [table.toString()] : [];
  return [...describeMelody(result), ...rows, took, ...explain.map(describeExplanation)].join('\n');
}
