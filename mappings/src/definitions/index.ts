// SPDX-License-Identifier: Apache-2.0
export { type Definition, definitionPath, type Json, type JsonObject } from './definition.ts';
export { LIVE_DOCUMENTS } from './live-documents.ts';
export { queryVectorFields, renderQueriesTemplate } from './queries-definition.ts';
export { renderComponentTemplates, renderStateTemplates, renderStreamTemplates } from './shared-definitions.ts';
export { renderSpaceDefinitions, type SpaceMeta } from './space-definitions.ts';
