// SPDX-License-Identifier: Apache-2.0
import { ServiceError } from '../../core/service-error.ts';
import type { InputTensor } from './input-tensor.ts';

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
export function assertSampleRate({ id, tensor, sampleRateHz }: InputTensor, rates: DeclaredRates): void {
  const declared = Object.entries(rates).filter(([, rate]) => rate !== undefined);
  const [first] = declared;
  if (sampleRateHz === undefined) {
    if (!first) return;
    throw new ServiceError('invalid_parameter', `${first[0]}: ${tensor} of ${id} has no sample rate`, {
      param: first[0],
    });
  }
  if (!first)
    throw new ServiceError('sample_rate_undeclared', `${id} takes samples at ${sampleRateHz} Hz; these have no rate`, {
      param: 'parameters.sample_rate',
    });
  for (const [field, rate] of declared)
    if (rate !== sampleRateHz)
      throw new ServiceError(
        'invalid_parameter',
        `${field}: ${id} takes ${sampleRateHz} Hz, not ${rate}: resample, or use /v1/audio/embeddings`,
        { param: field },
      );
}
