// SPDX-License-Identifier: Apache-2.0
import type { ServiceInfo } from '@earshot/inference-service/contract';
import { expect, test } from 'vitest';
import type { Embedder } from '../../ports/embedder.ts';
import { embedsAtOnce, limitEmbedder } from './limit-embedder.ts';

const infoOf = (max_concurrent_decodes: number): ServiceInfo => ({ limits: { max_concurrent_decodes } }) as ServiceInfo;

/** @returns the most requests that were under way at once */
async function mostAtOnce(lengths: readonly number[], limit: number): Promise<number> {
  let [now, most] = [0, 0];
  const embed: Embedder['embed'] = async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now--;
    return { state: 'unavailable', code: 'none', message: '', attempts: 1 };
  };
  const limited = limitEmbedder({ embed } as Embedder, limit);
  const request = { open: async function* () {}, models: ['tone-1'], priority: 'bulk' } as const;
  await Promise.all(lengths.map((length) => limited.embed({ ...request, length })));
  return most;
}

test.each([
  { decodes: 1, length: 100_000, most: 16 },
  { decodes: 1, length: 50e6, most: 2 },
  { decodes: 4, length: 50e6, most: 8 },
])('$decodes decoded at once, $length bytes each: $most requests under way', async ({ decodes, length, most }) => {
  expect(await mostAtOnce(Array(100).fill(length), embedsAtOnce(infoOf(decodes)))).toBe(most);
});

test('a large recording is not passed over for ever by small ones', async () => {
  const order: number[] = [];
  const embed: Embedder['embed'] = async ({ length }) => {
    order.push(length);
    await new Promise((resolve) => setImmediate(resolve));
    return { state: 'unavailable', code: 'none', message: '', attempts: 1 };
  };
  const limited = limitEmbedder({ embed } as Embedder, 16);
  const request = { open: async function* () {}, models: ['tone-1'], priority: 'bulk' } as const;
  const lengths = [...Array(16).fill(1), 50e6, ...Array(40).fill(1)];
  await Promise.all(lengths.map((length) => limited.embed({ ...request, length })));
  expect(order.indexOf(50e6)).toBe(16);
});
