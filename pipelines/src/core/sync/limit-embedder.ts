// SPDX-License-Identifier: Apache-2.0
import type { ServiceInfo } from '@earshot/inference-service/contract';
import type { Embedder } from '../../ports/embedder.ts';
import { Budget } from './budget.ts';

/** Requests at once: one that is decoded and one that waits its turn for each that the service decodes at once. */
export const embedsAtOnce = ({ limits }: ServiceInfo): number => Math.max(2, 2 * limits.max_concurrent_decodes);

/** The same embedder, but at most `limit` requests are under way at once; the others wait here, in order. */
export function limitEmbedder(embedder: Embedder, limit: number): Embedder {
  const places = new Budget(limit);
  return {
    ...embedder,
    embed: async (request) => {
      const leave = await places.acquire(1, request.signal);
      try {
        return await embedder.embed(request);
      } finally {
        leave();
      }
    },
  };
}
