// SPDX-License-Identifier: Apache-2.0
import { ERROR_KINDS } from '../contract/errors.ts';
import type { ServiceError } from '../core/service-error.ts';

/** What was wrong and what to do about it, in one text: the same in every dialect. */
export function describeError(error: ServiceError): string {
  return `${error.message.replace(/\.$/, '')}. ${ERROR_KINDS[error.code].remedy}`;
}
