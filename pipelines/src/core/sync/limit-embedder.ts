// SPDX-License-Identifier: Apache-2.0
import type { ServiceInfo } from '@earshot/inference-service/contract';
import type { Embedder } from '../../ports/embedder.ts';
import { Budget } from './budget.ts';

/** For each recording that the service decodes at once: small ones that wait there are decoded several in one process. */
const SMALL_AT_ONCE = 16;
/** As much as the service decodes together with others. */
const LARGEST_SMALL_BYTES = 2 << 20;
/** Of large ones one is decoded and one waits its turn. */
const PLACES_OF_A_LARGE = SMALL_AT_ONCE / 2;

/** Requests at once, when all recordings are small. */
export const embedsAtOnce = ({ limits }: ServiceInfo): number =>
  SMALL_AT_ONCE * Math.max(1, limits.max_concurrent_decodes);

/**
 * The same embedder, but at most `limit` requests are under way at once, of recordings above 2 MiB an eighth as many; the
 * others wait here, in order.
 */
export function limitEmbedder(embedder: Embedder, limit: number): Embedder {
  const places = new Budget(limit);
  return {
    ...embedder,
    embed: async (request) => {
      const wanted = request.length > LARGEST_SMALL_BYTES ? PLACES_OF_A_LARGE : 1;
      const leave = await places.acquire(wanted, request.signal);
      try {
        return await embedder.embed(request);
      } finally {
        leave();
      }
    },
  };
}
