// SPDX-License-Identifier: Apache-2.0

export interface ActiveRequests {
  /** @returns to be called when the request is done, however it ended */
  enter(): () => void;
  /** Settles when every request that is active now has ended; later ones do not count. */
  untilEnded(): Promise<void>;
}

/**
 * Who is being served. A request looks a space up once and may use it until it ends, so what is taken out of service can
 * be freed when all have ended that began before.
 */
export function createActiveRequests(): ActiveRequests {
  const active = new Set<Promise<void>>();
  return {
    enter: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      active.add(promise);
      return () => {
        active.delete(promise);
        resolve();
      };
    },
    untilEnded: async () => {
      await Promise.all(active);
    },
  };
}
