// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EarshotResult,
  type ResolvedElasticsearch,
  runEarshot,
  startElasticsearch,
  whyNoElasticsearch,
} from '@earshot/e2e/support';
import type { Client } from '@elastic/elasticsearch';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createElasticsearchClient } from '../../adapters/elasticsearch-client.ts';
import { loadConfig } from '../../config/load-config.ts';
import { writeTestCard } from '../../testing/write-test-card.ts';

const reason = whyNoElasticsearch();

describe.skipIf(reason)(`definitions as code on a real Elasticsearch${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let elasticsearch: ResolvedElasticsearch;
  let client: Client;
  let modelsDir: string;
  let fingerprint: string;

  const earshot = (...args: string[]): Promise<EarshotResult> =>
    runEarshot(args, { env: { ...elasticsearch.env, EARSHOT_MODELS_DIR: modelsDir, EARSHOT_SPACE: 'tone-1' } });
  const json = async (...args: string[]) => {
    const { stdout, code } = await earshot(...args, '--json');
    return { code, ...JSON.parse(stdout) };
  };

  beforeAll(async () => {
    // Telemetry that an earlier file wrote would keep its template.
    elasticsearch = await startElasticsearch({ isShortLived: true });
    client = createElasticsearchClient(loadConfig({}, elasticsearch.env).config);
    // A cluster that was given may still hold what an earlier file made.
    if (elasticsearch.origin === 'given') await earshot('destroy', '--owned-only', '--yes');
  });
  afterAll(async () => {
    if (elasticsearch?.origin === 'given') await earshot('destroy', '--owned-only', '--yes');
    await elasticsearch?.stop();
  });
  beforeEach(() => {
    modelsDir = mkdtempSync(join(tmpdir(), 'earshot-cards-'));
    fingerprint = writeTestCard(modelsDir);
  });
  afterEach(() => rmSync(modelsDir, { recursive: true }));

  // These build on one another: a cluster is filled once, used, and emptied once.

  it('plan lists everything as new and changes nothing', async () => {
    const { code, counts } = await json('plan', '--detailed-exit-code');
    expect(code).toBe(10);
    expect(counts).toMatchObject({ update: 0, unchanged: 0, refused: 0 });
    expect(await client.indices.exists({ index: 'earshot-audio-tone-1' })).toBe(false);
  });

  it('apply makes the index behind both aliases with the space in _meta, and apply after apply changes nothing', async () => {
    expect((await earshot('apply', '--yes')).code).toBe(0);
    const index = (await client.indices.get({ index: 'earshot-audio-tone-1' }))['earshot-audio-tone-1-m1-000001'];
    expect(Object.keys(index?.aliases ?? {})).toEqual(['earshot-audio-tone-1', 'earshot-audio-tone-1-write']);
    expect(index?.mappings).toMatchObject({
      dynamic: 'strict',
      _meta: { managed_by: 'earshot', space: 'tone-1', fingerprint, dims: 8, similarity: 'cosine', mapping_version: 1 },
    });
    expect(index?.settings?.index).toMatchObject({ default_pipeline: 'earshot-direct-v1', gc_deletes: '1h' });
    const again = await json('apply', '--yes', '--detailed-exit-code');
    expect(again).toMatchObject({ code: 0, applied: [], counts: { create: 0, update: 0 } });
    expect((await json('plan', '--detailed-exit-code')).code).toBe(0);
    expect(await json('drift', '--detailed-exit-code')).toEqual({ code: 0, drift: [] });
  });

  it('a second space and a second library are added without touching the first', async () => {
    writeTestCard(modelsDir, { id: 'tune-1', dims: 16, hasTrackVector: false, indexOptions: { type: 'flat' } });
    const added = await json('apply', '--yes', '--space', 'tune-1', '--library', 'field');
    expect(added.code).toBe(0);
    expect(added.applied.map(({ name, effect }: { name: string; effect: string }) => `${effect} ${name}`)).toEqual([
      'create earshot-tune-1-m1-vectors',
      'create earshot-tune-1-m1',
      'update earshot-queries-m1',
      'update earshot-direct-v1',
      'update earshot-queries-m1-000001',
      'create earshot-field-tune-1-m1-000001',
    ]);
    expect((await json('plan', '--detailed-exit-code')).code).toBe(0);
    expect(
      (await json('plan', '--detailed-exit-code', '--space', 'tone-1,tune-1', '--library', 'field')).counts.create,
    ).toBe(1);
  });

  it('drift names a template edited by hand, and apply puts it right', async () => {
    const stored = await client.cluster.getComponentTemplate({ name: 'earshot-settings-m1' });
    const { version, _meta } = stored.component_templates[0]!.component_template;
    await client.cluster.putComponentTemplate({
      name: 'earshot-settings-m1',
      version: version!,
      _meta: _meta!,
      template: { settings: { number_of_shards: 3 } },
    });
    const { code, drift } = await json('drift', '--detailed-exit-code');
    expect(code).toBe(10);
    expect(drift).toMatchObject([{ state: 'edited', kind: 'component_template', name: 'earshot-settings-m1' }]);
    expect((await json('apply', '--yes')).applied).toMatchObject([{ name: 'earshot-settings-m1', effect: 'edited' }]);
    expect((await json('drift', '--detailed-exit-code')).code).toBe(0);
  });

  it('a card whose fingerprint changed under its index is blocked: exit 4, and nothing is written', async () => {
    writeTestCard(modelsDir, { pooling: 'max' });
    const refused = await json('apply', '--yes');
    expect(refused).toMatchObject({ code: 4, error: { code: 'DEFINITION_BLOCKED' } });
    expect(refused.error.message).toContain(`fingerprint ${fingerprint}`);
    expect((await earshot('plan', '--detailed-exit-code')).code).toBe(4);
    const stored = await client.cluster.getComponentTemplate({ name: 'earshot-tone-1-m1-vectors' });
    expect(stored.component_templates[0]?.component_template._meta?.fingerprint).toBe(fingerprint);
  });

  it('telemetry written to a data stream finds its template', async () => {
    const operation = { create: { _index: 'logs-earshot.sync-default' } };
    const { items } = await client.bulk({
      refresh: true,
      operations: [operation, { '@timestamp': new Date().toISOString(), library: 'audio' }],
    });
    expect(items[0]?.create).toMatchObject({
      status: 201,
      _index: expect.stringMatching(/^\.ds-logs-earshot\.sync-default/),
    });
  });

  it('destroy deletes what we own, only after --yes, and leaves the rest', async () => {
    await client.indices.create({ index: 'earshot-notes' });
    expect((await earshot('destroy')).code).toBe(2);
    expect(await json('destroy', '--owned-only')).toMatchObject({ code: 4, error: { code: 'GUARD_REFUSED' } });
    expect(await client.indices.exists({ index: 'earshot-audio-tone-1' })).toBe(true);
    // Where streams have no API, the stream above and its template stay, and the exit says so.
    const hasStreamApi = await client.indices.getDataStream({ name: 'logs-earshot.*' }).then(
      () => true,
      () => false,
    );
    const expected = hasStreamApi ? { code: 0, kept: [] } : { code: 3, kept: [{ name: 'logs-earshot.sync' }] };
    expect(await json('destroy', '--owned-only', '--yes')).toMatchObject(expected);
    expect(Object.keys(await client.indices.get({ index: 'earshot-*' }))).toEqual(['earshot-notes']);
    await client.indices.delete({ index: 'earshot-notes' });
  });

  it('a foreign template of one of our names is never overwritten: exit 4', async () => {
    const foreign = { template: { settings: { number_of_shards: 7 } } };
    await client.cluster.putComponentTemplate({ name: 'earshot-common-m1', ...foreign });
    const refused = await json('apply', '--yes');
    expect(refused).toMatchObject({ code: 4, error: { code: 'DEFINITION_FOREIGN' } });
    expect(refused.error.message).toContain('earshot-common-m1');
    await earshot('destroy', '--owned-only', '--yes');
    expect((await client.cluster.getComponentTemplate({ name: 'earshot-common-m1' })).component_templates).toHaveLength(
      1,
    );
    await client.cluster.deleteComponentTemplate({ name: 'earshot-common-m1' });
  });

  it('an index that carries the name of an alias is foreign', async () => {
    await client.indices.create({ index: 'earshot-audio-tone-1' });
    expect(await json('apply', '--yes')).toMatchObject({ code: 4, error: { code: 'DEFINITION_FOREIGN' } });
    await client.indices.delete({ index: 'earshot-audio-tone-1' });
  });

  it('plan --output writes each request as a file that can be sent by hand', async () => {
    const folder = join(modelsDir, 'out');
    await earshot('plan', '--output', folder);
    const files = readdirSync(folder).sort();
    expect(files[0]).toBe('01-component_template-earshot-common-m1.json');
    for (const file of files) {
      const { method, path, body } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      await client.transport.request({ method, path, body });
    }
    expect((await json('plan', '--detailed-exit-code')).code).toBe(0);
  });

  it('an unknown space is a usage error that names the known ones', async () => {
    const { code, error } = await json('plan', '--space', 'none-1');
    expect(code).toBe(2);
    expect(error.message).toContain('tone-1');
  });
});
