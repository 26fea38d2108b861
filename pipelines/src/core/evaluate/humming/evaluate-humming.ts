// SPDX-License-Identifier: Apache-2.0
import { setImmediate } from 'node:timers/promises';
import { judgeMatch, type RankedMelody } from '@earshot/mappings/search';
import { type RankSummary, summariseRanks, sweepWeakMatches, type WeakMatchSweep } from '@earshot/models/evaluation';
import type { Reporter } from '../../../ports/reporter.ts';
import { createSongSearch, type FoundSongs } from './rank-songs.ts';
import type { HummedMelody, PoolSong, Scope } from './song-pool.ts';

/** How a collection is searched: with one vector of the whole hum, with all of its versions, reranked by pitch. */
export const SYSTEMS = ['single', 'versions', 'reranked'] as const;
export type System = (typeof SYSTEMS)[number];

/** Whose pitch the hum has: what the space hears in the recording, or what a person has marked. */
export type PitchSource = 'audio' | 'labels';

export interface AskedHum {
  readonly key: string;
  /** Id of the song that is meant; undefined when it is not among them. */
  readonly target: string | undefined;
  readonly person: string | undefined;
  /** Undefined where no melody was heard. */
  readonly melody: HummedMelody | undefined;
}

/** How the flag for weak matches does, on reranked results. */
export interface WeakMatches {
  /** Hums whose song is there. */
  readonly present: number;
  /** Hums whose song is not there, and hums whose song was taken out for the purpose. */
  readonly absent: number;
  readonly takenOut: number;
  /** Shares that the search itself flags, 0…1. */
  readonly flagged: { readonly present: number; readonly absent: number };
  readonly sweep: WeakMatchSweep;
}

/** One way of asking. */
export interface HummingResult {
  readonly pitch: PitchSource;
  readonly scope: Scope;
  readonly systems: Readonly<Record<System, RankSummary>>;
  /** Undefined for labels, and where no hum of a song that is there has a melody. */
  readonly weak: WeakMatches | undefined;
  /** Hums that are not answered first, reranked; the worst first. */
  readonly missed: readonly { readonly key: string; readonly rank: number; readonly found: string | undefined }[];
}

interface Asked {
  readonly pitch: PitchSource;
  readonly hums: readonly AskedHum[];
}

interface Options {
  readonly scopes: readonly Scope[];
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly reporter: Pick<Reporter, 'progress'>;
}

interface Answer {
  readonly hum: AskedHum;
  readonly ranks: Readonly<Record<System, number>>;
  readonly found: string | undefined;
  /** With the song there, or not among them. */
  readonly reranked: readonly RankedMelody[];
  /** The same with its song taken out. */
  readonly without: readonly RankedMelody[] | undefined;
}

const NOWHERE = { single: Infinity, versions: Infinity, reranked: Infinity };

function rankOf(ids: readonly string[], id: string | undefined): number {
  const at = id === undefined ? -1 : ids.indexOf(id);
  return at < 0 ? Number.POSITIVE_INFINITY : at + 1;
}

/** Only what is needed later is kept of thousands of songs. */
const FIRST = 1;

function answer(hum: AskedHum, search: (melody: HummedMelody) => FoundSongs, isTakenOut: boolean): Answer {
  if (!hum.melody) return { hum, ranks: NOWHERE, found: undefined, reranked: [], without: undefined };
  const songs = search(hum.melody);
  const reranked = songs.rerank();
  const ids = reranked.map(({ id }) => id);
  const { target } = hum;
  return {
    hum,
    ranks: {
      single: rankOf(songs.single, target),
      versions: rankOf(songs.versions, target),
      reranked: rankOf(ids, target),
    },
    found: ids[0],
    reranked: reranked.slice(0, FIRST),
    without: isTakenOut && target !== undefined ? songs.rerank(target).slice(0, FIRST) : undefined,
  };
}

const shareFlagged = (results: readonly (readonly RankedMelody[])[]): number =>
  results.filter((ranked) => judgeMatch(ranked).weak_match).length / results.length;

const confidences = (results: readonly (readonly RankedMelody[])[]): number[] =>
  results.flatMap(([first]) => (first ? [first.score] : []));

function weakMatches(answers: readonly Answer[]): WeakMatches | undefined {
  const heard = answers.filter(({ hum }) => hum.melody);
  const present = heard.filter(({ hum }) => hum.target !== undefined).map(({ reranked }) => reranked);
  const takenOut = heard.flatMap(({ without }) => (without ? [without] : []));
  const absent = [...heard.filter(({ hum }) => hum.target === undefined).map(({ reranked }) => reranked), ...takenOut];
  const [there, gone] = [confidences(present), confidences(absent)];
  if (there.length === 0 || gone.length === 0) return undefined;
  return {
    present: present.length,
    absent: absent.length,
    takenOut: takenOut.length,
    flagged: { present: shareFlagged(present), absent: shareFlagged(absent) },
    sweep: sweepWeakMatches(there, gone),
  };
}

function summarise(answers: readonly Answer[], seed: number): Pick<HummingResult, 'systems' | 'missed'> {
  const asked = answers.filter(({ hum }) => hum.target !== undefined);
  const people = asked.flatMap(({ hum }) => hum.person ?? []);
  const groups = people.length === asked.length ? people : undefined;
  const of = (system: System): RankSummary =>
    summariseRanks(
      asked.map(({ ranks }) => ranks[system]),
      { seed, groups },
    );
  return {
    systems: { single: of('single'), versions: of('versions'), reranked: of('reranked') },
    missed: asked
      .filter(({ ranks }) => ranks.reranked > 1)
      .map(({ hum, ranks, found }) => ({ key: hum.key, rank: ranks.reranked, found }))
      .sort((a, b) => b.rank - a.rank),
  };
}

/**
 * Asks for songs with hums, in every scope and with every source of pitch, by exact cosine over all windows.
 * @param asked at least one hum each whose song is there
 * @throws the reason of `signal`
 */
export async function evaluateHumming(
  songs: readonly PoolSong[],
  asked: readonly Asked[],
  { scopes, seed, signal, reporter }: Options,
): Promise<HummingResult[]> {
  const total = scopes.length * asked.reduce((sum, { hums }) => sum + hums.length, 0);
  const results: HummingResult[] = [];
  let done = 0;
  for (const scope of scopes) {
    const search = createSongSearch(songs, scope);
    for (const { pitch, hums } of asked) {
      const answers: Answer[] = [];
      for (const hum of hums) {
        await setImmediate();
        signal.throwIfAborted();
        answers.push(answer(hum, search, pitch === 'audio'));
        reporter.progress({ done: ++done, total, unit: 'queries', note: `${scope}, ${pitch}` });
      }
      const weak = pitch === 'audio' ? weakMatches(answers) : undefined;
      results.push({ pitch, scope, ...summarise(answers, seed), weak });
    }
  }
  return results;
}
