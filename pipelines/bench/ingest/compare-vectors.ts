// SPDX-License-Identifier: Apache-2.0
import { readAlias } from '@earshot/mappings';
import type { Client } from '@elastic/elasticsearch';
import { NOTEBOOK_INDEX } from './notebook.ts';

const LIBRARY = 'audio';

/** Track vectors of an index by key; both sides hold the same few hundred. */
async function vectorsOf(client: Client, index: string): Promise<Map<string, number[]>> {
  await client.indices.refresh({ index });
  const { hits } = await client.search({ index, size: 10_000, _source: false, fields: ['audio.key', 'embedding'] });
  return new Map(
    hits.hits.map(({ fields }) => [String(fields?.['audio.key']?.[0]), (fields?.embedding ?? []) as number[]]),
  );
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, v, i) => sum + v * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** One line on how alike the vectors of both ways are: they differ by their resamplers. */
export async function compareVectors(client: Client, space: string): Promise<string> {
  const ours = await vectorsOf(client, readAlias({ library: LIBRARY, space }));
  const theirs = await vectorsOf(client, NOTEBOOK_INDEX);
  const cosines = [...ours].map(([key, vector]) => cosine(vector, theirs.get(key) ?? [])).sort((a, b) => a - b);
  const at = (share: number): string => (cosines[Math.floor(share * (cosines.length - 1))] ?? Number.NaN).toFixed(4);
  return `cosine of both ways' vectors: least ${at(0)}, median ${at(0.5)}`;
}
