// SPDX-License-Identifier: Apache-2.0
export { bindPanelUrl, buildBundle, DEFAULT_LIBRARY_SPACES, dailyConsole } from './bundle.ts';
export { type ConsoleRequest, parseConsole } from './console-file.ts';
export { consoleTextOf, devToolsLink } from './dev-tools-link.ts';
export { parseNdjson, toNdjson } from './objects/ndjson.ts';
export type { SavedObject } from './objects/saved-object.ts';
export { type Finding, validateBundle } from './rules/validate-bundle.ts';
export { type BundleQuery, queriesOf } from './vega-queries.ts';
