// SPDX-License-Identifier: Apache-2.0
export { cacheDir, REPOSITORY_ROOT } from './cache-dir.ts';
export { type ElasticsearchOptions, type RunningElasticsearch, startElasticsearch } from './elasticsearch.ts';
export { whyNoElasticsearchHome as whyNoElasticsearch } from './elasticsearch-home.ts';
export { makeTempDir } from './make-temp-dir.ts';
