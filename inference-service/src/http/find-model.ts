// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import type { Request } from 'express';
import { ServiceError } from '../core/service-error.ts';
import type { AppDeps } from './app-deps.ts';

/** The number after the last dash of a space's id: what the Open Inference Protocol calls the model's version. */
export function versionOf({ card }: Space): string {
  return card.id.slice(card.id.lastIndexOf('-') + 1);
}

/**
 * The space that `:model` and, where the route has it, `:version` name.
 * @throws ServiceError model_not_found
 */
export function findModel(request: Request, deps: Pick<AppDeps, 'spaces'>): Space {
  const { model, version } = request.params;
  const space = deps.spaces.get(String(model));
  if (!space) throw new ServiceError('model_not_found', `There is no space ${model} here`, { param: 'model' });
  if (version !== undefined && version !== versionOf(space))
    throw new ServiceError('model_not_found', `${model} has the version ${versionOf(space)}, not ${version}`, {
      param: 'version',
    });
  return space;
}
