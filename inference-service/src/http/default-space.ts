// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import { ServiceError } from '../core/service-error.ts';
import type { AppDeps } from './app-deps.ts';

/**
 * The space of a request that names none: the first with a vector for a whole recording, else the first.
 * @throws ServiceError model_not_found when there is none at all
 */
export function defaultSpace({ spaces }: Pick<AppDeps, 'spaces'>): Space {
  const all = [...spaces.values()];
  const space = all.find(({ card }) => card.hasTrackVector) ?? all[0];
  if (!space) throw new ServiceError('model_not_found', 'No space is installed here', { param: 'model' });
  return space;
}
