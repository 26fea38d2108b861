// SPDX-License-Identifier: Apache-2.0
import type { ServiceInfo } from '@earshot/inference-service/contract';
import type { Card } from '@earshot/models';
import { loadSpaces } from '@earshot/models/registry';
import { createHttpContourEncoder } from '../../../adapters/http-contour-encoder.ts';
import { createHttpEmbedder } from '../../../adapters/http-embedder.ts';
import { createObjectStore } from '../../../adapters/object-store.ts';
import { createRecordingBudgets, createRecordingReader } from '../../../adapters/recording-reader.ts';
import { EarshotError } from '../../../core/earshot-error.ts';
import type { MelodyFolder } from '../../../core/evaluate/humming/list-files.ts';
import type { MelodyEars } from '../../../core/evaluate/humming/melody-ears.ts';
import { type HummingEvaluation, runHumming } from '../../../core/evaluate/humming/run-humming.ts';
import { embedsAtOnce } from '../../../core/sync/limit-embedder.ts';
import { makeFilter } from '../../../core/sync/make-filter.ts';
import type { CommandContext } from '../../command-context.ts';
import { folderSource } from '../folder-source.ts';
import type { HummingOptions } from './humming-options.ts';

/** A melody space that the service serves and whose card is known here. */
interface MelodySpace {
  readonly card: Card;
  readonly melody: NonNullable<Card['melody']>;
  readonly fingerprint: string;
}

/** The evaluation, and in which space it was made. */
export interface FinishedHumming extends HummingEvaluation {
  readonly space: string;
  readonly fingerprint: string;
}

/**
 * The melody space among those that are set, or else the only one there is.
 * @throws EarshotError USAGE, SPACE_UNKNOWN, FINGERPRINT_MISMATCH
 */
function chooseSpace({ config }: CommandContext, info: ServiceInfo): MelodySpace {
  const known = loadSpaces(config.modelsDir);
  const isMelody = (id: string): boolean => known.get(id)?.card.melody !== undefined;
  const named = config.space.filter(isMelody);
  const served = info.spaces.map(({ id }) => id).filter(isMelody);
  const candidates = named.length > 0 ? named : served;
  const [id] = candidates;
  if (id === undefined || candidates.length > 1)
    throw new EarshotError(
      'USAGE',
      `Humming is evaluated in one melody space; there ${id === undefined ? 'is none' : `are ${candidates.join(', ')}`}`,
      {
        remedy: 'Name one with --space, and have the inference service serve it; earshot models list tells.',
      },
    );
  const space = known.get(id);
  const there = info.spaces.find((one) => one.id === id);
  if (!there || !space?.card.melody)
    throw new EarshotError('SPACE_UNKNOWN', `The inference service does not serve ${id}`);
  if (there.fingerprint !== space.fingerprint)
    throw new EarshotError(
      'FINGERPRINT_MISMATCH',
      `${id} is ${space.fingerprint} here and ${there.fingerprint} in the inference service`,
    );
  return { card: space.card, melody: space.card.melody, fingerprint: space.fingerprint };
}

async function openFolder(context: CommandContext, folder: string, info: ServiceInfo): Promise<MelodyFolder> {
  const { config } = context;
  const source = folderSource(context, folder);
  const store = await createObjectStore(source);
  const budgets = createRecordingBudgets({
    memory: config.syncMemoryMb * 2 ** 20,
    spool: config.syncSpoolMb * 2 ** 20,
  });
  const filter = makeFilter(store, source.filter, { maxBytes: info.limits.max_upload_bytes, now: Date.now() });
  return { store, filter, readRecording: createRecordingReader(store, { budgets }) };
}

/** Hums and songs of two folders, heard by the inference service. @throws EarshotError as `runHumming`, and as above */
export async function openHumming(context: CommandContext, options: HummingOptions): Promise<FinishedHumming> {
  const { config, reporter, signal } = context;
  const connection = {
    url: config.inferenceUrl,
    apiKey: config.inferenceApiKey,
    timeoutMs: config.inferenceTimeout * 1000,
  };
  const embedder = createHttpEmbedder({ ...connection, retryForMs: config.inferenceTimeout * 2000 });
  const info = await embedder.info();
  const { card, melody, fingerprint } = chooseSpace(context, info);
  const ears: MelodyEars = {
    space: card.id,
    card: melody,
    embedder,
    encoder: createHttpContourEncoder({ ...connection, card, fingerprint }),
    atOnce: embedsAtOnce(info),
    reporter,
    signal,
  };
  const hums = await openFolder(context, options.hums, info);
  const targets = await openFolder(context, options.targets, info);
  const evaluation = await runHumming({ ...options, hums, targets }, ears);
  return { ...evaluation, space: card.id, fingerprint };
}
