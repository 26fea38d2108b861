// SPDX-License-Identifier: Apache-2.0
import type { EmbeddedRecording, EmbedFailure } from '../../../ports/embedder.ts';
import type { Recording } from '../../../ports/recording-reader.ts';
import type { IndexedContent } from '../../../ports/sync-index.ts';
import { EarshotError } from '../../earshot-error.ts';
import { embedRecording, isFailure } from '../embed-recording.ts';
import { fetchListed } from '../fetch-listed.ts';
import { readIndexedContent } from '../indexed-content.ts';
import { runConcurrently } from '../run-concurrently.ts';
import type { SyncRun, SyncTarget } from '../sync-run.ts';
import { compareContents, LEAST_COSINE, type VectorComparison } from './compare-vectors.ts';
import type { FindingKind, VectorCheck } from './finding.ts';
import type { Sampled, Verification } from './verification.ts';

type Told = { readonly kind: FindingKind; readonly detail: string } | undefined;

function keepExtremes(check: VectorCheck, { cosine, difference }: VectorComparison): void {
  check.min_cosine = Math.min(check.min_cosine ?? 1, cosine);
  check.max_difference = Math.max(check.max_difference ?? 0, difference);
  if (difference === 0) check.identical++;
}

/** Compares what is stored with what the service says today. */
function compareAnswer(
  { index }: SyncTarget,
  document: IndexedContent,
  { answer, check }: { readonly answer: EmbeddedRecording | EmbedFailure; readonly check: VectorCheck },
): Told {
  if (isFailure(answer)) {
    if (answer.state === 'unavailable') throw new EarshotError('INFERENCE_UNAVAILABLE', answer.message);
    return { kind: 'drift', detail: `the service refuses it: ${answer.code}: ${answer.message}` };
  }
  check.embedded++;
  const stored = readIndexedContent(document, index.shape);
  if (!stored) return { kind: 'vectorless', detail: 'its vectors or decode facts cannot be read' };
  const compared = compareContents(stored, answer);
  if (compared.kind === 'different') return { kind: 'drift', detail: compared.detail };
  keepExtremes(check, compared);
  if (compared.cosine >= LEAST_COSINE) return undefined;
  return { kind: 'drift', detail: `cosine ${compared.cosine.toFixed(6)}, largest difference ${compared.difference}` };
}

async function checkRecording(
  run: SyncRun,
  target: SyncTarget,
  { recording, id, check }: { readonly recording: Recording; readonly id: string; readonly check: VectorCheck },
): Promise<Told> {
  const document = (await target.index.content.get([id])).get(id);
  if (!document) return { kind: 'missing', detail: 'its document went while it was being verified' };
  const indexed = document.audio?.sha256;
  if (indexed !== recording.sha256)
    return { kind: 'content', detail: `its bytes have the sha256 ${recording.sha256}, indexed is ${indexed}` };
  const { space } = target.index;
  const answers = await embedRecording(run.embedder, { recording, spaces: [space], signal: run.lost });
  const answer = answers.get(space);
  return answer && compareAnswer(target, document, { answer, check });
}

async function checkOne(run: SyncRun, target: SyncTarget, told: Verification, sampled: Sampled): Promise<void> {
  const { entry, stored } = sampled;
  const { space } = target.index;
  if (told.toEmbed.has(entry.key)) return;
  const { vectors } = told.checkOf(space);
  const fetched = await fetchListed(run, entry, run.lost);
  if (fetched.kind !== 'recording') {
    vectors.unread++;
    return;
  }
  const { recording } = fetched;
  try {
    if (fetched.entry.etag !== entry.etag) vectors.unread++;
    else {
      const wrong = await checkRecording(run, target, { recording, id: stored.id, check: vectors });
      if (wrong) told.tell({ ...wrong, space, key: entry.key, id: stored.id });
    }
  } finally {
    await recording.dispose();
  }
}

async function* eachOf<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

/** Fetches and embeds the sample of one space again: proves that the stored vectors are what the service says today. */
export async function checkVectors(run: SyncRun, target: SyncTarget, told: Verification): Promise<void> {
  const sample = eachOf(told.sampleOf(target.index.space));
  const { concurrency: limit } = run.settings;
  await runConcurrently(sample, { limit, signal: run.signal }, (one) => checkOne(run, target, told, one));
}
