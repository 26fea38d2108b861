// SPDX-License-Identifier: Apache-2.0
import { createVectorBlock } from '@earshot/models/evaluation';
import type { IndexedLabels, LabelledIndex } from '../../ports/labelled-index.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { Reservoir } from '../sync/verify/reservoir.ts';
import type { Collection, CollectionRequest, SpaceVectors } from './collection.ts';

/** Documents of the first list whose ids stand in all; every list is in byte order of its ids. */
async function* inEvery(lists: readonly AsyncIterable<IndexedLabels>[]): AsyncGenerator<IndexedLabels> {
  const [first, ...others] = lists.map((list) => list[Symbol.asyncIterator]());
  const heads = await Promise.all(others.map((other) => other.next()));
  for (let next = await first?.next(); next && !next.done; next = await first?.next()) {
    const { id } = next.value;
    let isEverywhere = true;
    for (const [i, other] of others.entries()) {
      while (!heads[i]?.done && (heads[i]?.value.id ?? '') < id) heads[i] = await other.next();
      isEverywhere &&= !heads[i]?.done && heads[i]?.value.id === id;
    }
    if (isEverywhere) yield next.value;
  }
}

async function readBlock(
  index: LabelledIndex,
  ids: readonly string[],
  { reporter, signal }: { readonly reporter: Reporter; readonly signal: AbortSignal },
): Promise<SpaceVectors> {
  const rows = new Map(ids.map((id, row) => [id, row]));
  const block = createVectorBlock(ids.length, index.dims);
  let done = 0;
  for await (const [id, vector] of index.vectors(ids, signal)) {
    block.set(rows.get(id) ?? 0, vector);
    if (++done % 500 === 0) reporter.progress({ done, total: ids.length, unit: 'vectors', note: index.space });
  }
  return { space: index.space, fingerprint: index.fingerprint, block };
}

/** Labelled vectors of the recordings that stand, with a vector, in the index of every space. */
export async function collectIndex(
  indices: readonly LabelledIndex[],
  request: CollectionRequest,
  reporter: Reporter,
): Promise<Collection> {
  const { sample, seed, signal, groupField } = request;
  const drawn = new Reservoir<IndexedLabels>(sample, seed);
  let [withVector, labelled] = [0, 0];
  for await (const document of inEvery(indices.map((index) => index.labelled(signal)))) {
    withVector++;
    if (document.labels.length === 0) continue;
    labelled++;
    drawn.offer(document);
  }
  const documents = drawn.sample.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const ids = documents.map(({ id }) => id);
  const spaces: SpaceVectors[] = [];
  for (const index of indices) spaces.push(await readBlock(index, ids, { reporter, signal }));
  const found = indices[0]?.documents ?? 0;
  return {
    recordings: documents.map(({ id, title, labels, group }) => ({ title, labels, group: group ?? `\0${id}` })),
    spaces,
    found,
    withoutLabel: withVector - labelled,
    withoutVector: found - withVector,
    ...(groupField === undefined ? {} : { withoutGroup: documents.filter(({ group }) => !group).length }),
    ...(labelled > documents.length ? { sampledFrom: labelled } : {}),
    unreadable: [],
  };
}
