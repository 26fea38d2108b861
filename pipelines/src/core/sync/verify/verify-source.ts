// SPDX-License-Identifier: Apache-2.0
import type { ListEnd } from '../merge-join.ts';
import type { SyncRun } from '../sync-run.ts';
import { checkVectors } from './check-vectors.ts';
import { compareSample, compareSource } from './compare-source.ts';
import { Verification } from './verification.ts';

interface Options {
  /** Recordings a space to embed again. */
  readonly sampleSize: number;
  readonly seed: number;
  /** Only the sample is compared with its objects; the source is not listed. */
  readonly isSampleOnly: boolean;
}

interface Verified {
  readonly told: Verification;
  /** How the listing ended; none was asked for with `isSampleOnly`. */
  readonly end: ListEnd | undefined;
}

/**
 * Compares a source with its indices, and the vectors of a sample with what the service says today. Writes nothing;
 * findings are told as they come.
 * @throws EarshotError what makes comparing impossible: cluster, service or source out of reach
 */
export async function verifySource(run: SyncRun, { sampleSize, seed, isSampleOnly }: Options): Promise<Verified> {
  const spaces = run.targets.map(({ index }) => index.space);
  const onFinding = (finding: object): void => run.reporter.event({ event: 'finding', ...finding });
  const told = new Verification({ spaces, sampleSize, seed, onFinding });
  const end = isSampleOnly ? undefined : await compareSource(run, told);
  if (isSampleOnly) await compareSample(run, told, sampleSize);
  for (const target of run.targets) {
    if (run.signal.aborted) break;
    for await (const { key, id } of target.index.withoutVectors(run.store.id))
      told.tell({ kind: 'vectorless', space: target.index.space, key, id, detail: 'ready, but without its vectors' });
    await checkVectors(run, target, told);
  }
  return { told, end };
}
