// SPDX-License-Identifier: Apache-2.0
import { createObjectStore } from '../../adapters/object-store.ts';
import { createRecordingBudgets, createRecordingReader } from '../../adapters/recording-reader.ts';
import type { Config } from '../../config/load-config.ts';
import type { FitSource } from '../../core/fit/sample-recordings.ts';
import { makeFilter } from '../../core/sync/make-filter.ts';
import { createPathLabels } from '../../core/sync/path-labels.ts';
import { relativeKey } from '../../core/sync/relative-key.ts';
import type { FitCollection } from './choose-collection.ts';

interface Opening {
  readonly config: Config;
  /** Which label judges; undefined: the first that a path gives. */
  readonly labelField: string | undefined;
  /** Of the inference service. */
  readonly maxBytes: number;
}

/** Opens every source of a collection; recordings are read as `sync` reads them. */
export async function openFitSources(
  { sources }: FitCollection,
  { config, labelField, maxBytes }: Opening,
): Promise<FitSource[]> {
  const budgets = createRecordingBudgets({
    memory: config.syncMemoryMb * 2 ** 20,
    spool: config.syncSpoolMb * 2 ** 20,
  });
  return Promise.all(
    sources.map(async (settings) => {
      const store = await createObjectStore(settings);
      const labels = createPathLabels(settings.labels);
      return {
        store,
        readRecording: createRecordingReader(store, { budgets }),
        filter: makeFilter(store, settings.filter, { maxBytes, now: Date.now() }),
        labelOf: (key: string) => {
          const given = labels(relativeKey(store, key));
          return labelField === undefined ? Object.values(given)[0] : given[labelField];
        },
      };
    }),
  );
}
