// SPDX-License-Identifier: Apache-2.0
import { setImmediate } from 'node:timers/promises';
import {
  compareScores,
  createLabelJudge,
  type Difference,
  indexLabels,
  type Judgement,
  type LabelIndex,
  type LabelSummary,
  type MeasureName,
  resamplingGroups,
  summariseLabels,
} from '@earshot/models/evaluation';
import type { Reporter } from '../../ports/reporter.ts';
import { EarshotError } from '../earshot-error.ts';
import type { Collection, SpaceVectors } from './collection.ts';

export interface SpaceEvaluation {
  readonly space: string;
  readonly fingerprint: string;
  readonly dims: number;
  readonly summary: LabelSummary;
  /** To the first space, on the same queries; absent in the first. */
  readonly difference?: Readonly<Record<MeasureName, Difference>>;
}

export interface LabelEvaluation {
  /** Recordings that asked. */
  readonly queries: number;
  /** Recordings whose labels nothing in another group shares: they are found by others but do not ask. */
  readonly unanswerable: number;
  readonly labels: number;
  readonly groups: number;
  /** What the bootstrap draws. */
  readonly resampledBy: 'group' | 'recording';
  readonly spaces: readonly SpaceEvaluation[];
}

interface Options {
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly reporter: Pick<Reporter, 'progress'>;
}

/** A signal is heard, and progress shown, between pieces of work of this length. */
const SLICE_MS = 100;

async function judgeSpace(
  index: LabelIndex,
  { space, block }: SpaceVectors,
  { signal, reporter }: Options,
): Promise<Judgement[]> {
  const judge = createLabelJudge(index, block);
  const judgements: Judgement[] = [];
  let pausedAt = performance.now();
  for (let item = 0; item < block.count; item++) {
    judgements.push(judge(item));
    if (performance.now() - pausedAt < SLICE_MS) continue;
    reporter.progress({ done: judgements.length, total: block.count, unit: 'queries', note: space });
    await setImmediate();
    signal.throwIfAborted();
    pausedAt = performance.now();
  }
  return judgements.filter(({ relevant }) => relevant > 0);
}

function refuse({ recordings, withoutLabel, withoutVector, unreadable }: Collection): never {
  const left = `${withoutLabel} without label, ${withoutVector} without vector, ${unreadable.length} unreadable`;
  throw new EarshotError(
    'NOTHING_TO_EVALUATE',
    `Of ${recordings.length} recordings with label and vector no two of different groups share a label (left out: ${left})`,
  );
}

/**
 * Asks with every recording for those of other groups, in each space, by exact cosine.
 * @throws EarshotError NOTHING_TO_EVALUATE when no recording can be answered; the reason of `signal`
 */
export async function evaluateLabels(collection: Collection, options: Options): Promise<LabelEvaluation> {
  const index = indexLabels(collection.recordings);
  const spaces: SpaceEvaluation[] = [];
  let first: readonly Judgement[] | undefined;
  for (const vectors of collection.spaces) {
    const judgements = await judgeSpace(index, vectors, options);
    if (judgements.length === 0) refuse(collection);
    const { seed } = options;
    spaces.push({
      space: vectors.space,
      fingerprint: vectors.fingerprint,
      dims: vectors.block.dims,
      summary: summariseLabels(judgements, index, seed),
      ...(first ? { difference: compareScores(judgements, first, { index, seed }) } : {}),
    });
    first ??= judgements;
  }
  return {
    queries: first?.length ?? 0,
    unanswerable: collection.recordings.length - (first?.length ?? 0),
    labels: index.labels.length,
    groups: new Set(index.groups).size,
    resampledBy: resamplingGroups(first ?? [], index) ? 'group' : 'recording',
    spaces,
  };
}
