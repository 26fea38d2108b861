// SPDX-License-Identifier: Apache-2.0
import { createObjectStore } from '../../adapters/object-store.ts';
import { withSidecarTags } from '../../adapters/read-sidecar.ts';
import { createRecordingBudgets, createRecordingReader } from '../../adapters/recording-reader.ts';
import { withSidecars } from '../../adapters/sidecar-object-store.ts';
import type { Config } from '../../config/load-config.ts';
import type { FitSource } from '../../core/fit/sample-recordings.ts';
import { makeFilter } from '../../core/sync/make-filter.ts';
import { createPathLabels } from '../../core/sync/path-labels.ts';
import { relativeKey } from '../../core/sync/relative-key.ts';
import type { Recording, RecordingTags } from '../../ports/recording-reader.ts';
import type { FitCollection } from './choose-collection.ts';

/** The one that was asked for, else the first; of a list its first entry. */
function chooseLabel(labels: NonNullable<RecordingTags['labels']>, field: string | undefined): string | undefined {
  const value = field === undefined ? Object.values(labels)[0] : labels[field];
  return typeof value === 'string' ? value : value?.[0];
}

interface Opening {
  readonly config: Config;
  /** Which label judges; undefined: the first that a path gives. */
  readonly labelField: string | undefined;
  /** Of the inference service. */
  readonly maxBytes: number;
  readonly onUnusableSidecar: (key: string, reason: string) => void;
}

/** Opens every source of a collection; recordings are read as `sync` reads them. */
export async function openFitSources(
  { sources }: FitCollection,
  { config, labelField, maxBytes, onUnusableSidecar: onUnusable }: Opening,
): Promise<FitSource[]> {
  const budgets = createRecordingBudgets({
    memory: config.syncMemoryMb * 2 ** 20,
    spool: config.syncSpoolMb * 2 ** 20,
  });
  return Promise.all(
    sources.map(async (settings) => {
      const bare = await createObjectStore(settings);
      const hasSidecars = settings.filter.sidecars;
      const store = hasSidecars ? withSidecars(bare) : bare;
      const read = createRecordingReader(store, { budgets });
      const labels = createPathLabels(settings.labels);
      return {
        store,
        readRecording: hasSidecars ? withSidecarTags(read, { store, onUnusable }) : read,
        filter: makeFilter(store, settings.filter, { maxBytes, now: Date.now() }),
        labelOf: async (key: string, recording: Recording) => {
          const beside = hasSidecars ? (await recording.tags()).labels : undefined;
          return chooseLabel({ ...labels(relativeKey(store, key)), ...beside }, labelField);
        },
      };
    }),
  );
}
