// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';
import { ServiceError } from './service-error.ts';

/** Smallest hop a caller may ask for, seconds: finer ones only multiply the work. */
const MIN_HOP_SECONDS = 0.01;

export interface WindowChoice {
  readonly windowSeconds?: number | undefined;
  readonly hopSeconds?: number | undefined;
}

/**
 * Hop in samples for one request. The window is the graph's input shape and cannot be changed.
 * @throws ServiceError invalid_parameter
 */
export function resolveHop(card: Card, choice: WindowChoice): number {
  const { sampleRateHz, windowSamples, hopSamples } = card.input;
  const windowSeconds = windowSamples / sampleRateHz;
  if (choice.windowSeconds !== undefined && Math.round(choice.windowSeconds * sampleRateHz) !== windowSamples)
    throw new ServiceError(
      'invalid_parameter',
      `window: ${card.id} works on windows of ${windowSeconds} s, not ${choice.windowSeconds} s`,
      { param: 'window' },
    );
  if (choice.hopSeconds === undefined) return hopSamples;
  const hop = Math.round(choice.hopSeconds * sampleRateHz);
  if (card.melody && hop !== hopSamples)
    throw new ServiceError(
      'invalid_parameter',
      `hop: ${card.id} puts its own windows together, by ${hopSamples / sampleRateHz} s`,
      {
        param: 'hop',
      },
    );
  if (hop > windowSamples || choice.hopSeconds < MIN_HOP_SECONDS)
    throw new ServiceError(
      'invalid_parameter',
      `hop: must be between ${MIN_HOP_SECONDS} and ${windowSeconds} s for ${card.id}`,
      { param: 'hop' },
    );
  return hop;
}
