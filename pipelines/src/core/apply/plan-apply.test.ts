// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from '@earshot/mappings/definitions';
import { expect, test } from 'vitest';
import type { ClusterSnapshot } from '../../ports/definition-cluster.ts';
import { planApply } from './plan-apply.ts';
import { refuseWhenBlocked } from './run-apply.ts';

const card = {
  id: 'tone-1',
  dims: 8,
  similarity: 'cosine',
  hasTrackVector: true,
  indexOptions: { type: 'flat' },
} as const;
const wanted = {
  libraries: [{ library: 'audio', space: card.id }],
  softDeletes: new Set<string>(),
  spaces: [{ card, fingerprint: '0123456789ab' }],
  withPipeline: true,
};
const empty: ClusterSnapshot = {
  component_template: new Map(),
  index_template: new Map(),
  ingest_pipeline: new Map(),
  indices: new Map(),
  dataStreams: undefined,
};

test('an empty cluster gets everything: templates, then pipeline, then indices', () => {
  const plan = planApply(wanted, empty);
  expect(new Set(plan.map(({ effect }) => effect))).toEqual(new Set(['create']));
  const kinds = [...new Set(plan.map(({ kind }) => kind))];
  expect(kinds).toEqual(['component_template', 'index_template', 'ingest_pipeline', 'index']);
});

test('without ingest processors nothing speaks of a pipeline', () => {
  const plan = planApply({ ...wanted, withPipeline: false }, empty);
  expect(plan.map(({ kind }) => kind)).not.toContain('ingest_pipeline');
  expect(JSON.stringify(plan)).not.toContain('earshot-direct-v1');
  expect(JSON.stringify(plan)).not.toContain('earshot-pipeline-m1');
});

test('data streams are created where the cluster has an API for them', () => {
  const plan = planApply(wanted, { ...empty, dataStreams: new Map() });
  expect(plan.filter(({ kind }) => kind === 'data_stream').map(({ request }) => request?.path)).toEqual([
    '/_data_stream/logs-earshot.sync-default',
    '/_data_stream/logs-earshot.query-default',
    '/_data_stream/metrics-earshot.inference-default',
    '/_data_stream/metrics-earshot.quality-default',
  ]);
});

test('an index of another library with another fingerprint of the same space blocks the plan', () => {
  const meta = { managed_by: 'earshot', space: 'tone-1', fingerprint: 'ffffffffffff' };
  const stored = { aliases: { 'earshot-field-tone-1': {} }, mappings: { _meta: meta }, settings: {} };
  const plan = planApply(wanted, { ...empty, indices: new Map([['earshot-field-tone-1-m1-000001', stored]]) });
  expect(plan.filter(({ effect }) => effect === 'blocked')).toMatchObject([{ name: 'earshot-field-tone-1-m1-000001' }]);
  expect(() => refuseWhenBlocked(plan)).toThrow('ffffffffffff');
});

test('with soft deletes the read alias gets a filter; a filter of its own is left alone and blocks', () => {
  const soft = { ...wanted, softDeletes: new Set(['audio']) };
  const made = planApply(soft, empty).find(({ name }) => name === 'earshot-audio-tone-1-m1-000001');
  const filter = { bool: { must_not: [{ exists: { field: 'sync.deleted_at' } }] } };
  expect(made?.request?.body).toMatchObject({ aliases: { 'earshot-audio-tone-1': { filter } } });

  const meta = { managed_by: 'earshot', space: 'tone-1', fingerprint: '0123456789ab', dims: 8, similarity: 'cosine' };
  const aliasSteps = (read: JsonObject, over = soft) => {
    const aliases = { 'earshot-audio-tone-1': read, 'earshot-audio-tone-1-write': { is_write_index: true } };
    const stored = { aliases, mappings: { _meta: { ...meta, mapping_version: 1 } }, settings: {} };
    const plan = planApply(over, { ...empty, indices: new Map([['earshot-audio-tone-1-m1-000001', stored]]) });
    return plan.filter(({ kind }) => kind === 'alias').map(({ effect, request }) => ({ effect, request }));
  };
  const action = { add: { index: 'earshot-audio-tone-1-m1-000001', alias: 'earshot-audio-tone-1', filter } };
  expect(aliasSteps({})).toMatchObject([{ effect: 'update', request: { body: { actions: [action] } } }]);
  expect(aliasSteps({ filter })).toEqual([]);
  expect(aliasSteps({ filter }, { ...wanted, softDeletes: new Set<string>() })).toEqual([]);
  expect(aliasSteps({ filter: { term: { 'labels.tenant': 'a' } } })).toMatchObject([{ effect: 'blocked' }]);
});
