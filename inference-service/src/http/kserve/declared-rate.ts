// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';
import { ServiceError } from '../../core/service-error.ts';

/** Name of the parameter in the address, for bodies that are nothing but a tensor and for clients that send no parameters. */
export const RATE_PARAMETER = 'sample_rate';

/** Rates that a request gives for its samples, by the field that gives them. */
export type DeclaredRates = Readonly<Record<string, number | undefined>>;

/** @throws ServiceError invalid_parameter */
export function rateOfAddress(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new ServiceError('invalid_parameter', `${RATE_PARAMETER}: must be a number of Hz, once`, {
    param: RATE_PARAMETER,
  });
}

/**
 * Samples made for another rate give a vector that looks like any other and fits nothing: whoever sends samples has to
 * say what they are.
 * @throws ServiceError sample_rate_undeclared; invalid_parameter for a rate that is not the card's
 */
export function assertSampleRate({ id, input }: Card, rates: DeclaredRates): void {
  const declared = Object.entries(rates).filter(([, rate]) => rate !== undefined);
  if (declared.length === 0)
    throw new ServiceError(
      'sample_rate_undeclared',
      `${id} takes samples at ${input.sampleRateHz} Hz; these have no rate`,
      {
        param: 'parameters.sample_rate',
      },
    );
  for (const [field, rate] of declared)
    if (rate !== input.sampleRateHz)
      throw new ServiceError(
        'invalid_parameter',
        `${field}: ${id} takes ${input.sampleRateHz} Hz, not ${rate}: resample, or use /v1/audio/embeddings`,
        { param: field },
      );
}
