// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from './definition.ts';

/**
 * Filter of read aliases in libraries with soft deletes: hides documents with `sync.deleted_at`. Elasticsearch applies
 * an alias filter before the neighbours are looked for, so that k neighbours stay k.
 */
export const LIVE_DOCUMENTS: JsonObject = { bool: { must_not: [{ exists: { field: 'sync.deleted_at' } }] } };
