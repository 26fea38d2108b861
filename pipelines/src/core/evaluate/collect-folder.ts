// SPDX-License-Identifier: Apache-2.0
import { createVectorBlock } from '@earshot/models/evaluation';
import type { EmbeddedRecording, Embedder, EmbedFailure } from '../../ports/embedder.ts';
import type { Entry, ObjectStore } from '../../ports/object-store.ts';
import type { ReadRecording, Recording, RecordingTags } from '../../ports/recording-reader.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { EarshotError } from '../earshot-error.ts';
import { embedRecording, isFailure } from '../sync/embed-recording.ts';
import { fetchListed } from '../sync/fetch-listed.ts';
import { type FilterSettings, filterObject } from '../sync/filter-object.ts';
import type { LabelPath } from '../sync/path-labels.ts';
import { relativeKey } from '../sync/relative-key.ts';
import { runConcurrently } from '../sync/run-concurrently.ts';
import { Reservoir } from '../sync/verify/reservoir.ts';
import type { Collection, CollectionRequest, SpaceVectors, UnreadableRecording } from './collection.ts';
import { valuesOf } from './values-of.ts';

interface Folder {
  readonly store: ObjectStore;
  readonly filter: FilterSettings;
  readonly readRecording: ReadRecording;
  readonly labels: LabelPath;
  readonly embedder: Embedder;
  /** Recordings read and embedded at once. */
  readonly atOnce: number;
  readonly reporter: Reporter;
}

/** What came of one recording. */
type Outcome =
  | {
      readonly kind: 'embedded';
      readonly key: string;
      readonly labels: readonly string[];
      readonly group: string | undefined;
      /** One a space. */
      readonly answers: readonly EmbeddedRecording[];
    }
  | { readonly kind: 'unlabelled' | 'vectorless' }
  | ({ readonly kind: 'unreadable' } & UnreadableRecording);

interface Listing {
  readonly drawn: readonly Entry[];
  readonly found: number;
  readonly unlabelled: number;
  readonly labelled: number;
  readonly unreadable: readonly UnreadableRecording[];
}

/** Lists everything and draws the sample; what can have no label is left out unread. */
async function listFolder(folder: Folder, { labelField, sample, seed, signal }: CollectionRequest): Promise<Listing> {
  const { store, filter, labels } = folder;
  const drawn = new Reservoir<{ readonly entry: Entry; readonly place: number }>(sample, seed);
  const unreadable: UnreadableRecording[] = [];
  let [found, unlabelled] = [0, 0];
  for await (const event of store.list({ signal })) {
    if (event.type === 'end') {
      if (event.complete) continue;
      signal.throwIfAborted();
      unreadable.push({ key: store.root, code: 'listing_incomplete', reason: event.reason ?? 'unknown' });
      continue;
    }
    const { entry } = event;
    if (filterObject(entry, filter)) continue;
    const place = found++;
    const known = valuesOf({ labels: labels(relativeKey(store, entry.key)) }, labelField);
    if (known.length > 0 || entry.sidecar || labelField.startsWith('tags.')) drawn.offer({ entry, place });
    else unlabelled++;
  }
  const inOrder = drawn.sample.toSorted((a, b) => a.place - b.place).map(({ entry }) => entry);
  return { drawn: inOrder, found, unlabelled, labelled: found - unlabelled, unreadable };
}

/** Tags are read only where they, or a sidecar, may say something that was asked for. */
async function describe(
  recording: Recording,
  entry: Entry,
  fields: readonly (string | undefined)[],
): Promise<RecordingTags> {
  const isWanted = entry.sidecar !== undefined || fields.some((field) => field?.startsWith('tags.'));
  return isWanted ? recording.tags() : {};
}

const isAnswer = (answer: EmbeddedRecording | EmbedFailure | undefined): answer is EmbeddedRecording =>
  answer !== undefined && !isFailure(answer);

function judgeAnswers(
  key: string,
  answers: readonly (EmbeddedRecording | EmbedFailure | undefined)[],
): Exclude<Outcome, { kind: 'embedded' }> | undefined {
  for (const answer of answers) {
    if (isAnswer(answer) || answer === undefined) continue;
    if (answer.state === 'unavailable')
      throw new EarshotError('INFERENCE_UNAVAILABLE', `${key} was not embedded: ${answer.code}: ${answer.message}`);
    return { kind: 'unreadable', key, code: answer.code, reason: answer.message };
  }
  return answers.every((answer) => isAnswer(answer) && answer.embedding !== null) ? undefined : { kind: 'vectorless' };
}

async function embedEntry(folder: Folder, entry: Entry, request: CollectionRequest): Promise<Outcome> {
  const { spaces, labelField, groupField, signal } = request;
  const key = relativeKey(folder.store, entry.key);
  const fetched = await fetchListed(folder, entry, signal);
  if (fetched.kind === 'skip')
    return { kind: 'unreadable', key, code: `object_${fetched.reason}`, reason: 'not there' };
  if (fetched.kind === 'fail') return { kind: 'unreadable', key, code: fetched.code, reason: fetched.message };
  const { recording } = fetched;
  try {
    const said = await describe(recording, entry, [labelField, groupField]);
    const facts = { ...said, labels: { ...folder.labels(key), ...said.labels } };
    const labels = valuesOf(facts, labelField);
    if (labels.length === 0) return { kind: 'unlabelled' };
    const answered = await embedRecording(folder.embedder, { recording, spaces, signal });
    const answers = spaces.map((space) => answered.get(space));
    const group = groupField && valuesOf(facts, groupField).join('\n');
    return judgeAnswers(key, answers) ?? { kind: 'embedded', key, labels, group, answers: answers.filter(isAnswer) };
  } finally {
    await recording.dispose();
  }
}

async function embedAll(folder: Folder, entries: readonly Entry[], request: CollectionRequest): Promise<Outcome[]> {
  const { reporter, atOnce } = folder;
  const { signal } = request;
  const outcomes: Outcome[] = [];
  const numbered = (async function* () {
    yield* entries.entries();
  })();
  let done = 0;
  await runConcurrently(numbered, { limit: atOnce, signal }, async ([place, entry]) => {
    outcomes[place] = await embedEntry(folder, entry, request);
    reporter.progress({ done: ++done, total: entries.length, unit: 'recordings' });
  });
  signal.throwIfAborted();
  return outcomes;
}

function blocksOf(embedded: readonly Extract<Outcome, { kind: 'embedded' }>[], spaces: readonly string[]) {
  return spaces.map((space, s): SpaceVectors => {
    const first = embedded[0]?.answers[s];
    const block = createVectorBlock(embedded.length, first?.embedding?.length ?? 0);
    for (const [row, { answers }] of embedded.entries()) block.set(row, answers[s]?.embedding ?? []);
    return { space, fingerprint: first?.fingerprint ?? '', block };
  });
}

/**
 * Embeds the recordings of a folder through the inference service; labels come from paths, sidecars and tags.
 * @throws EarshotError INFERENCE_UNAVAILABLE, SPACE_UNKNOWN; the reason of the signal
 */
export async function collectFolder(folder: Folder, request: CollectionRequest): Promise<Collection> {
  const listing = await listFolder(folder, request);
  const outcomes = await embedAll(folder, listing.drawn, request);
  const embedded = outcomes.filter((outcome) => outcome.kind === 'embedded');
  const unreadable = outcomes.filter((outcome) => outcome.kind === 'unreadable');
  const count = (kind: Outcome['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  return {
    recordings: embedded.map(({ key, labels, group }) => ({ title: key, labels, group: group || `\0${key}` })),
    spaces: blocksOf(embedded, request.spaces),
    found: listing.found,
    withoutLabel: listing.unlabelled + count('unlabelled'),
    withoutVector: count('vectorless'),
    ...(request.groupField === undefined ? {} : { withoutGroup: embedded.filter(({ group }) => !group).length }),
    ...(listing.labelled > listing.drawn.length ? { sampledFrom: listing.labelled } : {}),
    unreadable: [...listing.unreadable, ...unreadable.map(({ key, code, reason }) => ({ key, code, reason }))],
  };
}
