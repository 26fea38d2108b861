// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';

/** `_id` of a recording, the same in every space: base64url(sha256(source id + "\0" + key)), 43 characters. */
export const documentId = (sourceId: string, key: string): string =>
  createHash('sha256').update(`${sourceId}\0${key}`).digest('base64url');
