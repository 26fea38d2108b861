// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { renderQueriesTemplate } from './queries-definition.ts';
import { renderComponentTemplates, renderStateTemplates, renderStreamTemplates } from './shared-definitions.ts';
import { renderSpaceDefinitions } from './space-definitions.ts';

const card = {
  id: 'spectral-1',
  dims: 48,
  similarity: 'cosine',
  hasTrackVector: true,
  indexOptions: { type: 'int8_hnsw' },
} as const;

test('a space gets a vector template and an index template that composes it', () => {
  const [vectors, index] = renderSpaceDefinitions(card, '0123456789ab');
  expect(vectors?.name).toBe('earshot-spectral-1-m1-vectors');
  expect(vectors?.body.template).toMatchObject({
    mappings: {
      dynamic: 'strict',
      _meta: {
        managed_by: 'earshot',
        space: 'spectral-1',
        fingerprint: '0123456789ab',
        dims: 48,
        similarity: 'cosine',
        mapping_version: 1,
      },
      properties: {
        embedding: { type: 'dense_vector', dims: 48, similarity: 'cosine', index_options: { type: 'int8_hnsw' } },
        segments: { type: 'nested' },
      },
    },
  });
  expect(index?.body).toMatchObject({
    index_patterns: ['earshot-*-spectral-1-m1-*'],
    allow_auto_create: false,
    composed_of: ['earshot-common-m1', 'earshot-settings-m1', 'earshot-spectral-1-m1-vectors', 'earshot-pipeline-m1'],
  });
});

test('a space without track vectors has segments only', () => {
  const [vectors] = renderSpaceDefinitions({ ...card, hasTrackVector: false }, '0123456789ab');
  expect(JSON.stringify(vectors?.body)).not.toContain('"properties":{"embedding"');
});

test('a melody space keeps pitch tracks that nobody searches, other spaces take none', () => {
  const properties = (of: object): object => {
    const [vectors] = renderSpaceDefinitions({ ...card, ...of }, '0123456789ab');
    const template = vectors?.body.template as { mappings: { properties: object } } | undefined;
    return template?.mappings.properties ?? {};
  };
  expect(properties({ hasTrackVector: false, melody: {} })).toMatchObject({
    melody: { type: 'object', enabled: false },
  });
  expect(properties({})).not.toHaveProperty('melody');
});

test('without ingest processors no template names a pipeline', () => {
  const [, index] = renderSpaceDefinitions(card, '0123456789ab', { withPipeline: false });
  expect(index?.body.composed_of).not.toContain('earshot-pipeline-m1');
  expect(JSON.stringify(renderComponentTemplates({ withPipeline: false }))).not.toContain('default_pipeline');
});

test('two spaces never share a template priority, since Elasticsearch would refuse the second', () => {
  const ids = Array.from({ length: 200 }, (_, i) => `model-${i}`);
  const priorities = ids.map((id) => renderSpaceDefinitions({ ...card, id }, 'x')[1]?.body.priority);
  expect(new Set(priorities).size).toBe(ids.length);
});

test('queries have one unindexed vector field a space, and keep those of other spaces', () => {
  const stored = { 'melody-1': { type: 'dense_vector', dims: 24, index: false } };
  expect(renderQueriesTemplate([card], stored).body.template).toMatchObject({
    mappings: {
      properties: {
        embedding: {
          properties: { ...stored, 'spectral-1': { type: 'dense_vector', dims: 48, index: false } },
        },
      },
    },
  });
});

test('every definition says that it is ours, and its data stream templates outrank those of Elastic', () => {
  const all = [
    ...renderComponentTemplates({ withPipeline: true }),
    ...renderStateTemplates(),
    ...renderStreamTemplates(),
  ];
  for (const { name, body } of all) expect(body._meta, name).toEqual({ managed_by: 'earshot' });
  for (const { name, body } of renderStreamTemplates()) expect(body.priority, name).toBeGreaterThanOrEqual(200);
});
