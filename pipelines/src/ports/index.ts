// SPDX-License-Identifier: Apache-2.0
export type { BulkAnswer, BulkItem, SendBulk } from './bulk-transport.ts';
export type { BulkCounts, BulkOperation, BulkOutcome, BulkWriter } from './bulk-writer.ts';
export type { ClusterCapabilities } from './cluster-capabilities.ts';
export type {
  EmbeddedRecording,
  EmbeddedSegment,
  Embedder,
  EmbedFailure,
  EmbedOutcome,
  EmbedRequest,
} from './embedder.ts';
export type { ImportOutcome, ImportProblem, Kibana, KibanaStatus, ObjectName } from './kibana.ts';
export {
  type Entry,
  type FetchedObject,
  type GetOptions,
  type ListEvent,
  type ObjectStore,
  ObjectStoreError,
  type ObjectTrouble,
} from './object-store.ts';
export type { Progress, Reporter, RunEvent } from './reporter.ts';
export type {
  EmbeddedQuery,
  QueryAudio,
  QueryInput,
  QueryMelody,
  QueryVector,
  Search,
  SearchExplanation,
  SearchQuery,
  SearchResult,
  SearchTook,
} from './search.ts';
