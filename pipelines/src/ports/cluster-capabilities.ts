// SPDX-License-Identifier: Apache-2.0

/** What a cluster can do, as it says itself; nothing is assumed from a version alone where the cluster can be asked. */
export interface ClusterCapabilities {
  /** Oldest node's version, e.g. `9.4.3`; `unknown` when the credentials may not ask. */
  readonly version: string;
  /** `basic`, `trial`, `enterprise`, …; `unknown` when it cannot be asked. */
  readonly licence: string;
  /** Every processor that our ingest pipelines use is on every node. */
  readonly hasIngestProcessors: boolean;
  readonly hasPainless: boolean;
  /** base64 vectors in documents (9.3 and later). */
  readonly acceptsBase64Documents: boolean;
  /** base64 vectors in `query_vector` and `docvalue_fields` `format: binary` (9.4 and later). */
  readonly acceptsBase64Queries: boolean;
  /** `query_vector_builder.lookup` (9.4 and later). */
  readonly hasLookupBuilder: boolean;
  readonly hasSecurity: boolean;
}
