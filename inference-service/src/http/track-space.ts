// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import { ServiceError } from '../core/service-error.ts';
import type { AppDeps } from './app-deps.ts';

/**
 * The space of a request for one vector a recording.
 * @param dimensions what the client asks for: nothing, or exactly the dims of the space
 * @throws ServiceError model_not_found, not_ready, queue_full, invalid_parameter
 */
export function trackSpace(model: string, dimensions: unknown, deps: AppDeps): Space {
  const [space] = deps.embedder.admit([model], {});
  if (!space) throw new ServiceError('model_not_found', `There is no space ${model} here`, { param: 'model' });
  // A melody is searched with as a whole.
  if (!space.card.hasTrackVector && !space.card.melody)
    throw new ServiceError('invalid_parameter', `${model} has segment vectors only: use /v1/audio/embeddings`, {
      param: 'model',
    });
  if (dimensions !== undefined && dimensions !== null && dimensions !== space.card.dims)
    throw new ServiceError('invalid_parameter', `dimensions: ${model} gives ${space.card.dims}, and no other number`, {
      param: 'dimensions',
    });
  return space;
}
