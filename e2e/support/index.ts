// SPDX-License-Identifier: Apache-2.0
export { cacheDir, REPOSITORY_ROOT } from './cache-dir.ts';
export {
  type ElasticsearchOptions,
  type RunningElasticsearch,
  startElasticsearch,
  whyNoElasticsearch,
} from './elasticsearch.ts';
