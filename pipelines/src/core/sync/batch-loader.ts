// SPDX-License-Identifier: Apache-2.0

/**
 * Answers single questions with few requests: what is asked while a request is under way travels together in the next
 * one. A lone question waits for nothing.
 */
export function createBatchLoader<T>(
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  mostAtOnce: number,
): (key: string) => Promise<T | undefined> {
  let waiting = new Map<string, PromiseWithResolvers<T | undefined>>();
  let isLoading = false;

  async function loadBatch(batch: typeof waiting): Promise<void> {
    try {
      const found = await load([...batch.keys()]);
      for (const [key, { resolve }] of batch) resolve(found.get(key));
    } catch (error) {
      for (const { reject } of batch.values()) reject(error);
    }
  }

  async function loadAll(): Promise<void> {
    isLoading = true;
    while (waiting.size > 0) {
      const all = [...waiting];
      waiting = new Map(all.slice(mostAtOnce));
      await loadBatch(new Map(all.slice(0, mostAtOnce)));
    }
    isLoading = false;
  }

  return (key) => {
    const asked = waiting.get(key) ?? Promise.withResolvers<T | undefined>();
    waiting.set(key, asked);
    if (!isLoading) void loadAll();
    return asked.promise;
  };
}
