// SPDX-License-Identifier: Apache-2.0
import type { ServiceInfo } from '@earshot/inference-service/contract';
import { readAlias } from '@earshot/mappings';
import { clusterCapabilities, EarshotError } from '@earshot/pipelines/adapters';
import type { Embedder } from '@earshot/pipelines/ports';
import { type Client, errors } from '@elastic/elasticsearch';
import type { SpaceStatus, StatusAnswer } from '../../contract/answers.ts';
import type { ReadStatus } from '../core/ports.ts';

interface Options {
  readonly client: Client;
  readonly embedder: Embedder;
  readonly library: string;
  readonly spaces: readonly string[];
  readonly kibanaUrl?: string | undefined;
  readonly maxUploadBytes: number;
  /** Undefined when audio can be played, else why not. */
  readonly whyNoAudio: string | undefined;
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

async function outcomeOf<T>(promise: Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await promise };
  } catch (error) {
    return { ok: false, reason: error instanceof EarshotError ? `${error.message} ${error.remedy}` : 'no answer' };
  }
}

/** Documents behind a read alias; null when there is no such alias. Throws when Elasticsearch is away. */
async function countDocuments(client: Client, index: string): Promise<number | null> {
  try {
    return (await client.count({ index })).count;
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 404) return null;
    throw error;
  }
}

function whyNotReady(id: string, counted: Outcome<number | null>, info: Outcome<ServiceInfo>): string {
  if (!counted.ok) return 'Elasticsearch does not answer';
  if (counted.value === null) return 'not in the index yet: run earshot apply and earshot sync run';
  if (counted.value === 0) return 'the index is empty: run earshot sync run';
  const isServed = !info.ok || info.value.spaces.some((space) => space.id === id);
  return isServed ? '' : 'the inference service does not serve it';
}

function spaceStatus(id: string, counted: Outcome<number | null>, info: Outcome<ServiceInfo>): SpaceStatus {
  const served = info.ok ? info.value.spaces.find((space) => space.id === id) : undefined;
  const reason = whyNotReady(id, counted, info);
  return {
    id,
    ok: reason === '',
    reason,
    documents: counted.ok ? counted.value : null,
    fingerprint: served?.fingerprint ?? null,
    acceptsText: served?.accepts_text ?? false,
  };
}

/** How each part is, asked anew every time. */
export function createReadStatus(options: Options): ReadStatus {
  const { client, embedder, library, spaces, kibanaUrl, whyNoAudio } = options;
  return async (): Promise<StatusAnswer> => {
    const counting = spaces.map(async (space) => ({
      space,
      counted: await outcomeOf(countDocuments(client, readAlias({ library, space }))),
    }));
    const [cluster, info] = await Promise.all([outcomeOf(clusterCapabilities(client)), outcomeOf(embedder.info())]);
    const canRead = info.ok && spaces.some((id) => info.value.spaces.some((one) => one.id === id && one.accepts_text));
    const canEmbed = info.ok && spaces.some((id) => info.value.spaces.some((space) => space.id === id));
    return {
      library,
      elasticsearch: cluster.ok ? { ok: true, reason: cluster.value.version } : cluster,
      inference: info.ok ? { ok: true, reason: info.value.ep.live ?? '' } : info,
      spaces: (await Promise.all(counting)).map(({ space, counted }) => spaceStatus(space, counted, info)),
      capabilities: {
        upload: { ok: canEmbed, reason: canEmbed ? '' : 'the inference service serves none of the spaces' },
        text: { ok: canRead, reason: canRead ? '' : 'none of the spaces that are served embeds words' },
        audio: { ok: whyNoAudio === undefined, reason: whyNoAudio ?? '' },
        devTools: { ok: kibanaUrl !== undefined, reason: kibanaUrl ? '' : 'KIBANA_URL is not set' },
      },
      kibanaUrl: kibanaUrl ?? null,
      maxUploadBytes: options.maxUploadBytes,
    };
  };
}
