// SPDX-License-Identifier: Apache-2.0
import {
  buildMelodiesRequest,
  type FoundMelody,
  type JoinedMelody,
  joinVersions,
  judgeMatch,
  type KnnRequestOptions,
  locatingVersions,
  type MelodyTrack,
  melodyHits,
  placeMelodies,
  RERANKED_SONGS,
  readMelodies,
  readVersionHits,
  rerankMelodies,
  type SearchRequest,
} from '@earshot/mappings/search';
import type { Similarity } from '@earshot/models';
import { EarshotError } from '../earshot-error.ts';
import type { SearchDeps, SpaceTarget } from './query-plan.ts';
import type { ResolvedMelody } from './resolve-melody.ts';
import { knownSpans, type SpaceList } from './search-space.ts';
import {
  buildSpaceRequest,
  explainSpace,
  refuseUnableExact,
  type SpaceSearchOptions,
  vectorQuery,
} from './space-request.ts';

/** Songs in the list of each version, at least. */
const LIST_LENGTH = 100;
/** Windows of a song that may be where the query lies. Those of one start come together, in several durations. */
const SPANS = 8;

interface Asked {
  readonly target: SpaceTarget;
  readonly resolved: ResolvedMelody;
}

interface Found {
  readonly melodies: ReadonlyMap<string, FoundMelody>;
  /** The songs, each with the places where the query may lie. */
  readonly placed: readonly JoinedMelody[];
  readonly requests: readonly SearchRequest[];
}

type Sizes = Pick<KnnRequestOptions, 'k' | 'numCandidates' | 'onlyIds' | 'spans'>;

/** What all requests of one search have in common. */
function createAsk(deps: SearchDeps, { target, resolved }: Asked, options: SpaceSearchOptions) {
  const { filters } = options;
  const { excludeIds } = resolved;
  return (vector: Float32Array, sizes: Sizes): SearchRequest => {
    // Narrowed to few songs kNN first walks its graph in vain: a script that scores their windows takes a fifth of the time.
    const isExact = options.isExact || (sizes.onlyIds !== undefined && deps.capabilities.hasPainless);
    const query = vectorQuery(deps, vector, isExact);
    const base = { index: target.alias, query, filters, excludeIds, segments: true, describes: false, ...sizes };
    return buildSpaceRequest(base, target, { ...options, isExact });
  };
}

/** Titles, pitch tracks and places of the songs that are reranked or shown: asked at once, and of few songs only. */
async function findMelodies(
  deps: SearchDeps,
  { target, resolved }: Asked,
  { joined, ask }: { readonly joined: readonly JoinedMelody[]; readonly ask: ReturnType<typeof createAsk> },
): Promise<Found> {
  if (joined.length === 0) return { melodies: new Map(), placed: [], requests: [] };
  const ids = joined.map(({ id }) => id);
  const { versions } = resolved.melody;
  const sizes = { k: ids.length, numCandidates: ids.length, onlyIds: ids, spans: SPANS };
  const numbers = locatingVersions(versions);
  const places = numbers.map((number) => ask(versions[number]?.vector ?? new Float32Array(), sizes));
  const requests = [buildMelodiesRequest(target.alias, ids), ...places];
  const [described, ...located] = await deps.cluster.searchAll(requests);
  const similarity = target.meta.similarity as Similarity;
  const lists = located.map((response, i) => [numbers[i] ?? 0, readVersionHits(response, similarity)] as const);
  return {
    melodies: described ? readMelodies(described) : new Map(),
    placed: placeMelodies(joined, new Map(lists)),
    requests,
  };
}

const tracksOf = (found: ReadonlyMap<string, FoundMelody>): ReadonlyMap<string, MelodyTrack> =>
  new Map([...found].flatMap(([id, { track }]) => (track ? [[id, track] as const] : [])));

/** Asks a melody space: one list a version of the query, joined, and the best compared by their pitch tracks. */
export async function searchMelody(deps: SearchDeps, asked: Asked, options: SpaceSearchOptions): Promise<SpaceList> {
  const { target, resolved } = asked;
  refuseUnableExact(deps, target, options);
  const { melody } = resolved;
  const length = Math.max(LIST_LENGTH, options.k, options.numCandidates);
  const ask = createAsk(deps, asked, options);
  const sizes = { k: length, numCandidates: length, spans: 0 };
  const [first, ...more] = melody.versions.map(({ vector }) => ask(vector, sizes));
  if (!first) throw new EarshotError('QUERY_INVALID', `The query has no tune in space ${target.space.card.id}`);
  const responses = await deps.cluster.searchAll([first, ...more]);
  const similarity = target.meta.similarity as Similarity;
  const joined = joinVersions(responses.map((response) => readVersionHits(response, similarity)));
  const best = joined.slice(0, Math.max(RERANKED_SONGS, options.k));
  const { melodies, placed, requests } = await findMelodies(deps, asked, { joined: best, ask });
  const ranked = rerankMelodies(melody, placed, tracksOf(melodies));
  const hits = melodyHits(ranked, melodies).slice(0, options.k);
  const reranked = ranked.filter(({ distance }) => distance !== null).length;
  const explained = explainSpace(target, { ...sizes, isExact: options.isExact }, responses);
  return {
    space: target.space.card.id,
    hits,
    total: joined.length,
    requests: [first, ...more, ...requests],
    explanation: { ...explained, versions: melody.versions.length, reranked },
    verdict: judgeMatch(ranked),
    locate: () => Promise.resolve(knownSpans(hits)),
  };
}
