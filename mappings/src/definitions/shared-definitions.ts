// SPDX-License-Identifier: Apache-2.0
import common from '../../component-templates/common.json' with { type: 'json' };
import pipeline from '../../component-templates/pipeline.json' with { type: 'json' };
import settings from '../../component-templates/settings.json' with { type: 'json' };
import control from '../../index-templates/control.json' with { type: 'json' };
import failures from '../../index-templates/failures.json' with { type: 'json' };
import judgements from '../../index-templates/judgements.json' with { type: 'json' };
import logsQuery from '../../index-templates/logs-query.json' with { type: 'json' };
import logsSync from '../../index-templates/logs-sync.json' with { type: 'json' };
import metricsInference from '../../index-templates/metrics-inference.json' with { type: 'json' };
import metricsQuality from '../../index-templates/metrics-quality.json' with { type: 'json' };
import models from '../../index-templates/models.json' with { type: 'json' };
import runs from '../../index-templates/runs.json' with { type: 'json' };
import {
  COMMON_TEMPLATE,
  DATA_STREAMS,
  PIPELINE_TEMPLATE,
  SETTINGS_TEMPLATE,
  STATE_ALIASES,
  stateTemplateName,
  streamTemplateName,
} from '../names.ts';
import type { Definition, JsonObject } from './definition.ts';

const component = (name: string, body: JsonObject): Definition => ({ kind: 'component_template', name, body });
const index = (name: string, body: JsonObject): Definition => ({ kind: 'index_template', name, body });
const state = (alias: string, body: JsonObject): Definition => index(stateTemplateName(alias), body);
const stream = (name: string, body: JsonObject): Definition => index(streamTemplateName(name), body);

/** What every library and space shares: `component-templates/*.json`. */
export function renderComponentTemplates({ withPipeline }: { readonly withPipeline: boolean }): Definition[] {
  const always = [component(COMMON_TEMPLATE, common), component(SETTINGS_TEMPLATE, settings)];
  return withPipeline ? [...always, component(PIPELINE_TEMPLATE, pipeline)] : always;
}

/** State indices whose mapping does not depend on spaces: `index-templates/*.json`. */
export const renderStateTemplates = (): Definition[] => [
  state(STATE_ALIASES.runs, runs),
  state(STATE_ALIASES.failures, failures),
  state(STATE_ALIASES.judgements, judgements),
  state(STATE_ALIASES.models, models),
  state(STATE_ALIASES.control, control),
];

/** Append-only telemetry: `index-templates/{logs,metrics}-*.json`. */
export const renderStreamTemplates = (): Definition[] => [
  stream(DATA_STREAMS.sync, logsSync),
  stream(DATA_STREAMS.query, logsQuery),
  stream(DATA_STREAMS.inference, metricsInference),
  stream(DATA_STREAMS.quality, metricsQuality),
];
