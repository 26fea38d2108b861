// SPDX-License-Identifier: Apache-2.0
import { type DeleteVerdict, guardDeletes } from './delete-guard.ts';
import { MovedGuess } from './moved-guess.ts';
import { disposeFindings, emptyFindings, type PlanFindings, planWork } from './plan-work.ts';
import type { SyncRun } from './sync-run.ts';

/** What was measured before; absent where nothing was. */
export interface WorkRates {
  /** Of what this index holds. */
  readonly audioSecondsPerByte?: number;
  /** Of the last runs. */
  readonly audioSecondsPerSecond?: number;
}

/** What a run would do in one space; field names are those of `earshot sync plan --json`. */
export interface SpacePlan {
  readonly space: string;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  /** New objects with ETag and size of a gone one: probably moved, then not embedded again. null: too many to compare. */
  readonly moved_guess: number | null;
  readonly skipped: number;
  readonly skipped_by: Readonly<Record<string, number>>;
  /** Stored documents, by the reason for which their objects are left out now. */
  readonly filtered: Readonly<Record<string, number>>;
  /** Failed before in a way that would repeat. */
  readonly failed_known: number;
  readonly gone: number;
  /** To be fetched. */
  readonly bytes: number;
  /** Guessed from the bytes; null while the index is empty. */
  readonly audio_hours: number | null;
  /** At the rate of the last runs, moved objects included; null when none was measured. */
  readonly work_hours: number | null;
  readonly deletes: DeleteVerdict & { readonly keys: readonly string[]; readonly keys_left_out: number };
}

/** Keys of gone objects that a plan names. */
const MOST_KEYS = 1000;

function estimate(bytes: number, { audioSecondsPerByte, audioSecondsPerSecond }: WorkRates) {
  const seconds = bytes === 0 ? 0 : audioSecondsPerByte && bytes * audioSecondsPerByte;
  const work = seconds === 0 ? 0 : seconds && audioSecondsPerSecond && seconds / audioSecondsPerSecond;
  const hours = (of: number | undefined): number | null => (of === undefined ? null : of / 3600);
  return { audio_hours: hours(seconds), work_hours: hours(work) };
}

interface Walked {
  readonly run: SyncRun;
  readonly findings: PlanFindings;
  /** Per target. */
  readonly moved: readonly MovedGuess[];
}

async function readGone({ findings, moved }: Walked, at: number) {
  const keys: string[] = [];
  let count = 0;
  for await (const document of findings.gone[at]?.read() ?? []) {
    if (document.cause === 'gone') moved[at]?.addGone(document);
    if (count++ < MOST_KEYS) keys.push(document.key);
  }
  return { gone: count, keys, keys_left_out: count - keys.length, moved_guess: moved[at]?.count() ?? null };
}

/** Walks listing and indices as a run would; undefined when it was interrupted. */
async function walk(run: SyncRun): Promise<Walked | undefined> {
  const findings = emptyFindings(run);
  const moved = run.targets.map(() => new MovedGuess());
  for await (const { entry, todos } of planWork(run, findings)) {
    if (run.signal.aborted) break;
    for (const { target, stored } of todos) if (!stored) moved[run.targets.indexOf(target)]?.addNew(entry);
  }
  return run.signal.aborted ? undefined : { run, findings, moved };
}

async function planSpace(walked: Walked, at: number, rates: WorkRates): Promise<SpacePlan> {
  const { run, findings } = walked;
  const target = run.targets[at];
  const { end } = findings;
  if (!target || !end) throw new Error('a plan without an end');
  const { unchanged, skipped, failed } = target.tally.counts();
  const { gone, keys, keys_left_out, moved_guess } = await readGone(walked, at);
  const bytes = target.tally.plannedBytes;
  const situation = { end, stored: findings.stored[at] ?? 0, gone };
  return {
    space: target.index.space,
    new: findings.new[at] ?? 0,
    changed: findings.changed[at] ?? 0,
    unchanged,
    moved_guess,
    skipped,
    skipped_by: target.tally.skippedBy,
    filtered: findings.filtered[at] ?? {},
    failed_known: failed,
    gone,
    bytes,
    ...estimate(bytes, rates),
    deletes: { ...guardDeletes(situation, run.settings.deletes), keys, keys_left_out },
  };
}

/**
 * What a run would do, without fetching or writing anything, in memory that does not grow with the source.
 * @returns undefined when it was interrupted
 */
export async function planRun(
  run: SyncRun,
  readRates: (space: string) => Promise<WorkRates>,
): Promise<{ readonly complete: boolean; readonly spaces: readonly SpacePlan[] } | undefined> {
  const walked = await walk(run);
  if (!walked) return undefined;
  const rates = await Promise.all(run.targets.map(({ index }) => readRates(index.space)));
  const spaces = await Promise.all(rates.map((rate, at) => planSpace(walked, at, rate)));
  await disposeFindings(walked.findings);
  return { complete: walked.findings.end?.complete === true, spaces };
}
