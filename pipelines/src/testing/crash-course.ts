// SPDX-License-Identifier: Apache-2.0
import { createSeededRandom } from '../core/seeded-random.ts';
import { drawKillPoint } from './crash-points.ts';
import { makeCrashStates } from './crash-source.ts';
import { type KillPoint, killAndRepeat, runUndisturbed, type TrialResult } from './crash-trial.ts';
import { type StagedLibrary, type SyncStage, startSyncStage } from './sync-stage.ts';

type Passage = 'from nothing' | 'to b' | 'to a';

interface Reference {
  readonly snapshot: readonly string[];
  readonly requests: number;
  readonly seconds: number;
  readonly counts: Awaited<ReturnType<typeof runUndisturbed>>['counts'];
}

export interface CrashPoint extends TrialResult {
  readonly passage: Passage;
  readonly point: KillPoint;
  /** The index and the open failures are those of a run that nobody disturbed. */
  readonly isSame: boolean;
}

interface Options {
  readonly objects: number;
  readonly seed: number;
  /** Each so many points one begins with an empty index; the others bring it from one state to the other. */
  readonly fromNothingEvery: number;
}

/** A collection that goes to and fro between two states, each passage known from an undisturbed run. */
export interface CrashCourse {
  readonly stage: SyncStage;
  readonly references: Readonly<Record<Passage, Reference>>;
  /** The next passage with a kill at a random point. */
  next(): Promise<CrashPoint>;
}

export async function startCrashCourse({ objects, seed, fromNothingEvery }: Options): Promise<CrashCourse> {
  const states = makeCrashStates(objects);
  const stage = await startSyncStage(states.a);
  const random = createSeededRandom(seed);

  async function measure(library: StagedLibrary, contents: (typeof states)['a']): Promise<Reference> {
    const { counts, requests, ended, snapshot } = await runUndisturbed({ stage, library, contents });
    return { counts, requests, snapshot, seconds: ended.seconds };
  }

  async function measureAll(library: StagedLibrary): Promise<Record<Passage, Reference>> {
    const fromNothing = await measure(library, states.a);
    await measure(library, states.b);
    // Documents of recordings that failed afterwards stay: only from here on the passages repeat.
    const toA = await measure(library, states.a);
    return { 'from nothing': fromNothing, 'to a': toA, 'to b': await measure(library, states.b) };
  }

  try {
    const library = await stage.addLibrary();
    const references = await measureAll(library);
    let state: 'a' | 'b' = 'b';
    let points = 0;
    const choose = async (): Promise<{ passage: Passage; library: StagedLibrary }> => {
      if (points++ % fromNothingEvery === 0) return { passage: 'from nothing', library: await stage.addLibrary() };
      state = state === 'a' ? 'b' : 'a';
      return { passage: state === 'a' ? 'to a' : 'to b', library };
    };
    return {
      stage,
      references,
      next: async () => {
        const chosen = await choose();
        const reference = references[chosen.passage];
        const point = drawKillPoint(random, reference);
        const contents = chosen.passage === 'to b' ? states.b : states.a;
        const result = await killAndRepeat({ stage, library: chosen.library, contents }, point);
        const isSame = JSON.stringify(result.snapshot) === JSON.stringify(reference.snapshot);
        return { ...result, passage: chosen.passage, point, isSame };
      },
    };
  } catch (error) {
    await stage.stop();
    throw error;
  }
}
