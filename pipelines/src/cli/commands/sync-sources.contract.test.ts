// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  type EarshotResult,
  makeTempDir,
  type ResolvedElasticsearch,
  type RunningObjectStore,
  runEarshot,
  startElasticsearch,
  startVersitygw,
  whyNoElasticsearch,
  whyNoVersitygw,
} from '@earshot/e2e/support';
import type { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createElasticsearchClient } from '../../adapters/elasticsearch-client.ts';
import { createS3Client } from '../../adapters/s3-client.ts';
import { loadConfig } from '../../config/load-config.ts';
import { type InferenceStandIn, startInferenceStandIn } from '../../testing/inference-stand-in.ts';
import { servedSpaces } from '../../testing/served-spaces.ts';
import { dropLibraries, type FinishedLine, makeSecondSpace } from '../../testing/sync-bench.ts';

const skip = whyNoElasticsearch() ?? whyNoVersitygw();

interface LastLine extends FinishedLine {
  readonly source: string;
  readonly library: string;
  readonly exit_code: number;
  readonly sources?: readonly { readonly source: string; readonly exit_code: number; readonly error?: object }[];
}

describe.skipIf(skip)(`several sources in one earshot.yaml${skip ? ` (${skip})` : ''}`, () => {
  const modelsDir = makeSecondSpace();
  /** On a given cluster other runs may have left theirs. */
  const prefix = `sources${process.pid}x`;
  let cluster: ResolvedElasticsearch;
  let service: InferenceStandIn;
  let client: Client;
  let live: RunningObjectStore;
  let archive: RunningObjectStore;
  const home = makeTempDir('sources');
  const field = join(home, 'field');
  const secretFile = join(home, 'secret');
  const last = ({ json }: EarshotResult): LastLine => json as LastLine;

  function put(key: string, content: string): void {
    const path = join(field, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  async function upload({ endpoint, region, ...credentials }: RunningObjectStore, objects: Record<string, string>) {
    const bucket = createS3Client({ endpoint, region, ...credentials });
    for (const [Key, Body] of Object.entries(objects))
      await bucket.send(new PutObjectCommand({ Bucket: 'music', Key, Body }));
    bucket.destroy();
  }

  /** The variables of the top level lead nowhere: every source brings its own keys. */
  const earshot = (args: readonly string[], env: Record<string, string> = {}): Promise<EarshotResult> =>
    runEarshot(args, {
      cwd: home,
      env: {
        ...cluster.env,
        EARSHOT_INFERENCE_URL: service.url,
        EARSHOT_MODELS_DIR: modelsDir,
        AWS_ACCESS_KEY_ID: 'nobody',
        AWS_SECRET_ACCESS_KEY: 'nothing',
        LIVE_KEY: live.accessKeyId,
        LIVE_SECRET: live.secretAccessKey,
        ...env,
      },
    });

  const variable = (name: string): string => ['$', `{${name}}`].join('');
  function configure(changes = ''): void {
    const yaml = `
library: ${prefix}field
space: spectral-1
sources:
  live:
    location: s3://music/in
    library: ${prefix}music
    spaces: [spectral-1, spectral-2]
    labels: '{genre}/{title}'
    s3:
      endpoint: ${live.endpoint}
      accessKeyId: ${variable('LIVE_KEY')}
      secretAccessKey: ${variable('LIVE_SECRET')}
  archive:
    location: s3://${variable('BUCKET:music')}
    library: ${prefix}music
    s3: { endpoint: '${archive.endpoint}', accessKeyId: ${archive.accessKeyId}, secretAccessKeyFile: ${secretFile} }
  field:
    location: ${field}
${changes}`;
    writeFileSync(join(home, 'earshot.yaml'), yaml);
  }

  async function documents(library: string, space = 'spectral-1') {
    const index = `earshot-${prefix}${library}-${space}`;
    await client.indices.refresh({ index });
    const sort = ['sync.source', 'audio.key'];
    const { hits } = await client.search<{ sync: { source: string }; audio: { key: string }; labels?: object }>({
      index,
      size: 100,
      sort,
    });
    return hits.hits.map(({ _source }) => _source!);
  }

  beforeAll(async () => {
    [cluster, service, live, archive] = await Promise.all([
      startElasticsearch(),
      startInferenceStandIn(servedSpaces(['spectral-1', 'spectral-2'], modelsDir)),
      startVersitygw({ buckets: ['music'] }),
      startVersitygw({ buckets: ['music'] }),
    ]);
    client = createElasticsearchClient(loadConfig({}, cluster.env).config);
    writeFileSync(secretFile, `${archive.secretAccessKey}\n`);
    await upload(live, { 'in/folk/tune.wav': 'live tune', 'in/rock/riff.wav': 'live riff', 'out.wav': 'outside' });
    await upload(archive, { 'old/tune.wav': 'archived tune' });
    put('birds/robin.wav', 'robin');
    put('birds/wren.wav', 'wren');
    configure();
    const { code, stderr } = await earshot(['apply', '--yes']);
    if (code !== 0) throw new Error(stderr);
  });
  afterAll(async () => {
    if (client) await dropLibraries(client, prefix);
    await Promise.all([live?.stop(), archive?.stop(), service?.stop()]);
    await cluster?.stop();
  });

  test('apply makes every library with its spaces, and doctor looks at every source', async () => {
    const made = Object.keys(await client.indices.getAlias({ name: `earshot-${prefix}*` })).sort();
    expect(made).toEqual(
      ['field-spectral-1', 'music-spectral-1', 'music-spectral-2'].map((name) => `earshot-${prefix}${name}-m1-000001`),
    );
    const { json } = await earshot(['doctor', '--json']);
    const { findings } = json as { findings: { area: string; state: string; message: string }[] };
    expect(findings.filter(({ area }) => area === 'source')).toMatchObject([
      { state: 'ok', message: expect.stringMatching(/^live: .*can be listed/) },
      { state: 'ok', message: expect.stringMatching(/^archive: .*can be listed/) },
      { state: 'ok', message: expect.stringMatching(/^field: .*can be listed/) },
    ]);
  });

  test('config show prints the sources without their secrets', async () => {
    const { json, stdout } = await earshot(['config', 'show', '--json']);
    expect(json).toMatchObject({
      sources: [
        { id: 'live', library: `${prefix}music`, s3: { endpoint: live.endpoint, secretAccessKey: '********' } },
        { id: 'archive', location: 's3://music', s3: { accessKeyId: '********', secretAccessKey: '********' } },
        { id: 'field', spaces: ['spectral-1'] },
      ],
    });
    expect(stdout).not.toContain(live.secretAccessKey);
  });

  test('a run handles all sources, each with its own lines, and a last line that sums up', async () => {
    const run = await earshot(['sync', 'run', '--json']);
    expect([run.code, run.stderr]).toEqual([0, expect.any(String)]);
    const lines = run.events as (LastLine & { event: string })[];
    const marks = lines
      .filter(({ event }) => event.startsWith('run_'))
      .map(({ event, source, counts }) => [event, source, counts?.indexed]);
    expect(marks).toEqual([
      ['run_started', 'live', undefined],
      ['run_finished', 'live', 4],
      ['run_started', 'archive', undefined],
      ['run_finished', 'archive', 1],
      ['run_started', 'field', undefined],
      ['run_finished', 'field', 2],
      ['run_finished', 'live,archive,field', 7],
    ]);
    expect(last(run)).toMatchObject({
      library: `${prefix}music,${prefix}field`,
      space: 'spectral-1,spectral-2',
      complete: true,
      counts: { listed: 7, indexed: 7, failed: 0 },
      exit_code: 0,
      sources: [{ source: 'live' }, { source: 'archive' }, { source: 'field' }],
    });
    const music = await documents('music');
    expect(music.map(({ sync, audio }) => `${sync.source} ${audio.key}`)).toEqual([
      'archive old/tune.wav',
      'live in/folk/tune.wav',
      'live in/rock/riff.wav',
    ]);
    expect(music[1]?.labels).toEqual({ genre: 'folk', title: 'tune' });
    expect(await documents('music', 'spectral-2')).toHaveLength(2);
    expect(await documents('field')).toHaveLength(2);
  });

  test('named sources are handled alone, with the one last line of a single source', async () => {
    put('birds/owl.wav', 'owl');
    const run = await earshot(['sync', 'run', '--json', 'field']);
    expect(last(run)).toMatchObject({ event: 'run_finished', source: 'field', counts: { indexed: 1, unchanged: 2 } });
    expect(last(run)).not.toHaveProperty('sources');
    const plan = await earshot(['sync', 'plan', '--json', 'field', 'live']);
    expect(plan.json).toMatchObject({ plans: [{ source: 'live' }, { source: 'field', spaces: [{ unchanged: 3 }] }] });
    const status = await earshot(['sync', 'status', '--json', 'field']);
    expect(status.json).toMatchObject({ source: 'field', spaces: [{ runs: [{ state: 'completed' }, {}] }] });
    const unknown = await earshot(['sync', 'run', '--json', 'fields']);
    expect([unknown.code, unknown.json]).toEqual([2, { error: expect.objectContaining({ code: 'USAGE' }) }]);
  });

  test('a source that cannot be read or has moved does not keep the others from their turn; failures name their source', async () => {
    put('birds/mute.wav', 'BROKEN');
    put('birds/noise.wav', 'BROKEN');
    const run = await earshot(['sync', 'run', '--json'], { LIVE_SECRET: 'wrong', BUCKET: 'nowhere' });
    expect(run.code).toBe(2);
    expect(last(run)).toMatchObject({
      complete: false,
      counts: { indexed: 0, unchanged: 3, failed: 2 },
      exit_code: 2,
      sources: [
        { source: 'live', exit_code: 2, error: { code: 'SOURCE_UNREADABLE' } },
        { source: 'archive', exit_code: 4, error: { code: 'SOURCE_MOVED' } },
        { source: 'field', exit_code: 3 },
      ],
    });
    expect(run.stderr).toContain('live: SOURCE_UNREADABLE');
    const list = await earshot(['sync', 'failures', 'list', '--json']);
    expect(list.json).toMatchObject({
      failures: [
        { source: 'field', key: 'birds/mute.wav' },
        { source: 'field', key: 'birds/noise.wav' },
      ],
    });
    put('birds/mute.wav', 'mended');
    const retry = await earshot(['sync', 'failures', 'retry', '--json', 'field', '--key', 'birds/mute.wav']);
    expect([retry.code, last(retry).counts.indexed]).toEqual([0, 1]);
  });

  test('a sidecar gives title and labels; one that changes is taken up, one that is broken is named', async () => {
    const run = async () => last(await earshot(['sync', 'run', '--json', 'live'])).counts;
    await upload(live, { 'in/rock/riff.wav.json': '{"title":"The Riff","labels":{"mood":"loud","title":"R"}}' });
    expect(await run()).toMatchObject({ indexed: 2, unchanged: 2, skipped: 2 });
    const riff = (await documents('music')).find(({ audio }) => audio.key === 'in/rock/riff.wav');
    expect(riff).toMatchObject({ title: 'The Riff', labels: { genre: 'rock', title: 'R', mood: 'loud' } });
    expect(await run()).toMatchObject({ indexed: 0, unchanged: 4 });
    await upload(live, { 'in/rock/riff.wav.json': '{"labels":' });
    const broken = await earshot(['sync', 'run', '--json', 'live']);
    expect([broken.code, last(broken).counts.indexed]).toEqual([0, 2]);
    expect(broken.events).toContainEqual({
      event: 'sidecar_unusable',
      key: 'in/rock/riff.wav.json',
      reason: expect.stringContaining('is no JSON'),
    });
    const bare = (await documents('music')).find(({ audio }) => audio.key === 'in/rock/riff.wav');
    expect(bare).toMatchObject({ title: 'riff', labels: { genre: 'rock', title: 'riff' } });
  });

  test('what a filter leaves out is counted by reason, and its documents stay', async () => {
    configure(`    exclude: [mute.wav, noise.wav, 'nests/**']\n    minSize: 4\n`);
    put('birds/nests/owl.wav', 'owl in its nest');
    put('nests/wren.wav', 'wren in its nest');
    const plan = await earshot(['sync', 'plan', '--json', 'field']);
    expect(plan.json).toMatchObject({ spaces: [{ new: 1, gone: 0, filtered: { excluded: 1, too_small: 1 } }] });
    const run = await earshot(['sync', 'run', '--json', 'field']);
    expect([run.code, last(run)]).toMatchObject([
      0,
      {
        counts: { listed: 7, indexed: 1, unchanged: 2, skipped: 4, failed: 0, deleted: 0 },
        skipped_by: { excluded: 3, too_small: 1 },
      },
    ]);
    expect(await documents('field')).toHaveLength(5);
    expect((await earshot(['sync', 'failures', 'list', '--json', 'field'])).json).toEqual({ failures: [] });
  });

  test('what a filter leaves out goes when that is asked for', async () => {
    const run = await earshot(['sync', 'run', '--json', '--prune-filtered', 'field']);
    expect([run.code, last(run).counts.deleted]).toEqual([0, 2]);
    const keys = (await documents('field')).map(({ audio }) => audio.key);
    expect(keys).toEqual(['birds/nests/owl.wav', 'birds/robin.wav', 'birds/wren.wav']);
  });

  test('a source may use the standard credential chain, with a profile of its own', async () => {
    const credentials = join(home, 'credentials');
    const { accessKeyId, secretAccessKey, endpoint } = archive;
    writeFileSync(
      credentials,
      `[studio]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    const source = `library: ${prefix}music, location: s3://music, s3: { endpoint: '${endpoint}', profile: studio }`;
    writeFileSync(join(home, 'studio.yaml'), `sources: { archive: { ${source} } }`);
    const plan = await earshot(['--config', 'studio.yaml', 'sync', 'plan', '--json'], {
      AWS_SHARED_CREDENTIALS_FILE: credentials,
    });
    expect(plan.json).toMatchObject({ source: 'archive', complete: true, spaces: [{ unchanged: 1 }] });
  });

  test('EARSHOT_SOURCE stands for one source called default, whatever the file says', async () => {
    const plan = await earshot(['sync', 'plan', '--json'], {
      EARSHOT_SOURCE: field,
    });
    expect(plan.json).toMatchObject({ source: 'default', spaces: [{ space: 'spectral-1', new: 7 }] });
  });
});
