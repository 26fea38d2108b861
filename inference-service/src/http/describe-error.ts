// SPDX-License-Identifier: Apache-2.0
import { ERROR_KINDS } from '../contract/errors.ts';
import type { ServiceError } from '../core/service-error.ts';

/** Messages quote what was sent, which may be megabytes. */
const MOST_CHARACTERS = 500;

function cutToSize(message: string): string {
  return message.length <= MOST_CHARACTERS ? message : `${message.slice(0, MOST_CHARACTERS)}…`;
}

/** What was wrong and what to do about it, in one text: the same in every dialect. */
export function describeError(error: ServiceError): string {
  return `${cutToSize(error.message.replace(/\.$/, ''))}. ${ERROR_KINDS[error.code].remedy}`;
}
