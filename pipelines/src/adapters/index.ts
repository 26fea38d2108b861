// SPDX-License-Identifier: Apache-2.0
export { EarshotError } from '../core/earshot-error.ts';
export { clusterCapabilities } from './cluster-capabilities.ts';
export { createSearch } from './create-search.ts';
export { createElasticsearchClient, toEarshotError } from './elasticsearch-client.ts';
export { createHttpEmbedder } from './http-embedder.ts';
export { createObjectStore } from './object-store.ts';
