// SPDX-License-Identifier: Apache-2.0
export { createElasticsearchClient, toEarshotError } from './elasticsearch-client.ts';
