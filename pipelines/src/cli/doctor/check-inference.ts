// SPDX-License-Identifier: Apache-2.0
import type { SpaceInfo } from '@earshot/inference-service/contract';
import type { Space } from '@earshot/models/registry';
import { createHttpEmbedder } from '../../adapters/http-embedder.ts';
import { errorKind } from '../../core/error-kinds.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { CommandContext } from '../command-context.ts';
import { configuredSpaces } from '../configured-libraries.ts';
import type { Finding } from './finding.ts';

function compare({ card, fingerprint }: Space, served: readonly SpaceInfo[]): Finding {
  const found = served.find(({ id }) => id === card.id);
  if (!found) {
    const message = `${card.id} is not served; served: ${served.map(({ id }) => id).join(', ') || 'none'}`;
    const remedy = 'Give the service the same EARSHOT_MODELS_DIR, and start it again.';
    return { area: 'inference', state: 'fail', message, remedy, exitCode: EXIT.usage };
  }
  if (found.fingerprint !== fingerprint) {
    const message = `${card.id} is served with fingerprint ${found.fingerprint}, the card here has ${fingerprint}`;
    const { remedy, exitCode } = errorKind('FINGERPRINT_MISMATCH');
    return { area: 'inference', state: 'fail', message, remedy, exitCode };
  }
  return { area: 'inference', state: 'ok', message: `${card.id}: ${found.dims} dims, fingerprint ${fingerprint}` };
}

/** The service, its device, and whether it makes the vectors that cards and indices expect. */
export async function checkInference({ config }: CommandContext): Promise<Finding[]> {
  const { inferenceUrl, inferenceApiKey } = config;
  const info = await createHttpEmbedder({ url: inferenceUrl, apiKey: inferenceApiKey }).info();
  const device = info.ep.live ?? 'no device yet';
  const message = `${info.version} at ${inferenceUrl}, on ${device}, decoder ffmpeg ${info.ffmpeg.version}`;
  const spaces = configuredSpaces(config).map((space) => compare(space, info.spaces));
  return [{ area: 'inference', state: 'ok', message }, ...spaces];
}
