// SPDX-License-Identifier: Apache-2.0
import type { JsonSchema } from '../route.ts';
import { type ComponentName, component } from './components.ts';

/** An answer in JSON. */
export const jsonAnswer = (description: string, name: ComponentName, headers: JsonSchema = {}): JsonSchema => ({
  description,
  headers,
  content: { 'application/json': { schema: component(name) } },
});

/** A request in JSON. */
export const jsonBody = (name: ComponentName): JsonSchema => ({
  required: true,
  content: { 'application/json': { schema: component(name) } },
});
