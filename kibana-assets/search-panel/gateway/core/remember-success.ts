// SPDX-License-Identifier: Apache-2.0

/** Runs `make` once and keeps its result; after a failure the next call tries again. */
export function rememberSuccess<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
