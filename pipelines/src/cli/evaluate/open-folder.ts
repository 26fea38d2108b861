// SPDX-License-Identifier: Apache-2.0
import type { ServiceInfo } from '@earshot/inference-service/contract';
import { createHttpEmbedder } from '../../adapters/http-embedder.ts';
import { createObjectStore } from '../../adapters/object-store.ts';
import { withSidecarTags } from '../../adapters/read-sidecar.ts';
import { createRecordingBudgets, createRecordingReader } from '../../adapters/recording-reader.ts';
import { withSidecars } from '../../adapters/sidecar-object-store.ts';
import type { SourceSettings } from '../../config/source-settings.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { collectFolder } from '../../core/evaluate/collect-folder.ts';
import type { Collection, CollectionRequest } from '../../core/evaluate/collection.ts';
import { embedsAtOnce } from '../../core/sync/limit-embedder.ts';
import { makeFilter } from '../../core/sync/make-filter.ts';
import { createPathLabels, type LabelPath } from '../../core/sync/path-labels.ts';
import type { CommandContext } from '../command-context.ts';
import { readCsvLabels } from './csv-labels.ts';
import { folderSource } from './folder-source.ts';

/** Each space must be served, and have one vector for a whole recording. */
function checkSpaces(info: ServiceInfo, spaces: readonly string[]): void {
  for (const id of spaces) {
    const served = info.spaces.find((space) => space.id === id);
    if (!served)
      throw new EarshotError('SPACE_UNKNOWN', `The inference service does not serve ${id}`, {
        remedy: `It serves ${info.spaces.map((space) => space.id).join(', ') || 'nothing'}; earshot models add imports more.`,
      });
    if (!served.has_track_vector)
      throw new EarshotError('USAGE', `${id} has vectors of segments only, none of whole recordings`, {
        remedy: 'Name a space that has them; earshot models show tells.',
      });
  }
}

interface Folder {
  readonly dir: string;
  readonly labelsCsv: string | undefined;
}

/** What a table says of a recording wins over what its path says. */
function labelsOf({ labels }: SourceSettings, labelsCsv: string | undefined): LabelPath {
  const byPath = createPathLabels(labels);
  if (labelsCsv === undefined) return byPath;
  const byTable = readCsvLabels(labelsCsv);
  return (key) => ({ ...byPath(key), ...byTable(key) });
}

/** Labelled vectors of the recordings in a folder (or below s3://bucket/prefix), made now by the inference service. */
export async function collectFromFolder(
  context: CommandContext,
  { dir, labelsCsv }: Folder,
  request: CollectionRequest,
): Promise<Collection> {
  const { config, reporter } = context;
  const source = folderSource(context, dir);
  const labels = labelsOf(source, labelsCsv);
  const bare = await createObjectStore(source);
  const store = source.filter.sidecars ? withSidecars(bare) : bare;
  const embedder = createHttpEmbedder({
    url: config.inferenceUrl,
    apiKey: config.inferenceApiKey,
    timeoutMs: config.inferenceTimeout * 1000,
    retryForMs: config.inferenceTimeout * 2000,
  });
  const info = await embedder.info();
  checkSpaces(info, request.spaces);
  const budgets = createRecordingBudgets({
    memory: config.syncMemoryMb * 2 ** 20,
    spool: config.syncSpoolMb * 2 ** 20,
  });
  const readRecording = withSidecarTags(createRecordingReader(store, { budgets }), {
    store,
    onUnusable: (key, reason) => reporter.warn(`The sidecar ${key} ${reason}; nothing is taken from it`),
  });
  const filter = makeFilter(store, source.filter, { maxBytes: info.limits.max_upload_bytes, now: Date.now() });
  return collectFolder(
    { store, filter, readRecording, labels, embedder, atOnce: embedsAtOnce(info), reporter },
    request,
  );
}
