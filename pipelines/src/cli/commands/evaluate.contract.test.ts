// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type EarshotResult,
  makeTempDir,
  type ResolvedElasticsearch,
  runEarshot,
  startElasticsearch,
  whyNoElasticsearch,
} from '@earshot/e2e/support';
import { encodeVector } from '@earshot/mappings/search';
import { labelRetrieval, meanScore } from '@earshot/models/evaluation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createElasticsearchClient } from '../../adapters/elasticsearch-client.ts';
import { loadConfig } from '../../config/load-config.ts';
import { type InferenceStandIn, startInferenceStandIn } from '../../testing/inference-stand-in.ts';
import { writeTestCard } from '../../testing/write-test-card.ts';

let service: InferenceStandIn;

beforeAll(async () => {
  service = await startInferenceStandIn([
    { id: 'one-1', fingerprint: 'a'.repeat(12), dims: 8 },
    { id: 'two-1', fingerprint: 'b'.repeat(12), dims: 16 },
  ]);
});

afterAll(() => service.stop());

/** A folder of recordings: equal content gives equal vectors. */
function makeFolder(contents: Readonly<Record<string, string>>): string {
  const folder = makeTempDir('evaluate');
  for (const [path, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const evaluate = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<EarshotResult> =>
  runEarshot(['evaluate', 'labels', ...args], {
    env: { EARSHOT_INFERENCE_URL: service.url, EARSHOT_SPACE: 'one-1', ...env },
  });

describe('earshot evaluate labels --dir', () => {
  test('folders are the labels; unlabelled, silent and unreadable recordings are counted and listed', async () => {
    const dir = makeFolder({
      'bells/1.wav': 'bell',
      'bells/2.wav': 'bell',
      'rain/1.wav': 'rain',
      'rain/2.wav': 'rain',
      'rain/3.wav': 'BROKEN',
      'rain/4.wav': 'SILENT',
      'lonely/1.wav': 'alone',
      'top.wav': 'nobody knows',
      'rain/notes.txt': 'no recording',
    });
    const { code, stdout, stderr } = await evaluate(['--dir', dir, '--json']);
    expect(stderr).not.toContain('Error');
    expect(JSON.parse(stdout)).toMatchObject({
      dir,
      label_field: 'labels.folder',
      group_by: null,
      seed: 1,
      counts: {
        found: 8,
        evaluated: 5,
        queries: 4,
        unanswerable: 1,
        without_label: 1,
        without_vector: 1,
        unreadable: 1,
        sampled_from: null,
        labels: 3,
      },
      spaces: [
        {
          space: 'one-1',
          fingerprint: 'a'.repeat(12),
          dims: 8,
          measures: { knn1: { value: 1, low: 1, high: 1, chance: 0.25 }, map: { value: 1 } },
          classes: [{ label: 'bells', queries: 2, knn1: 1 }, { label: 'rain' }],
          confusions: [],
        },
      ],
      unreadable: [{ key: 'rain/3.wav', code: 'undecodable_audio' }],
    });
    expect(code).toBe(3);
  });

  test('labels from a path template and a sidecar, a group on one side only, two spaces with differences', async () => {
    const sidecar = JSON.stringify({ labels: { kind: 'bell' } });
    const dir = makeFolder({
      'bell/x-1.wav': 'bell one',
      'bell/x-2.wav': 'bell one',
      'bell/y-1.wav': 'bell two',
      'rain/x-1.wav': 'rain one',
      'rain/z-1.wav': 'rain one',
      'odd.wav': 'bell two',
      'odd.wav.json': sidecar,
    });
    const args = ['--dir', dir, '--labels', '{kind}/{take}-{number}', '--group-by', 'take', '--compare', 'one-1,two-1'];
    const [{ code, stdout }, { stdout: text }] = await Promise.all([evaluate([...args, '--json']), evaluate(args)]);
    expect(code).toBe(0);
    expect(text).toContain('6 recordings of 2 labels (labels.kind)');
    expect(text).toContain('two-1 − one-1');
    expect(text).toContain('by chance');
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      label_field: 'labels.kind',
      group_by: 'labels.take',
      counts: { evaluated: 6, queries: 6, groups: 4, without_group: 1 },
      resampled_by: 'recording',
      spaces: [{ space: 'one-1' }, { space: 'two-1', difference: { knn1: { low: expect.any(Number) } } }],
    });
    const bell = result.spaces[0].classes[0];
    // Two of the four bells have their like in another take.
    expect(bell).toMatchObject({ label: 'bell', queries: 4 });
    expect(bell.knn1).toBeGreaterThanOrEqual(0.5);
  });

  test('above the limit a sample is drawn with the seed that is stated; labels may come from a table', async () => {
    const dir = makeFolder(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}.wav`, `content ${i % 5}`])));
    const kinds = Array.from({ length: 30 }, (_, i) => `${i}.wav,kind ${i % 3}`).join('\n');
    const table = join(makeFolder({ 'meta.csv': `filename,kind\n${kinds}` }), 'meta.csv');
    const args = ['--dir', dir, '--labels-csv', table, '--label-field', 'kind'];
    const before = service.requests.length;
    const draws = await Promise.all(
      ['4', '4', '5'].map((seed) => evaluate([...args, '--sample', '9', '--seed', seed, '--json'])),
    );
    expect(service.requests.length - before).toBe(27);
    const [once, again, other] = draws.map(({ stdout }) => JSON.parse(stdout));
    expect(once).toMatchObject({ seed: 4, counts: { found: 30, evaluated: 9, sampled_from: 30 } });
    expect(again).toEqual(once);
    expect(other.spaces).not.toEqual(once.spaces);
  });
});

describe('what cannot be evaluated', () => {
  const folder = makeFolder({ 'a/1.wav': 'one', 'b/1.wav': 'two' });

  test.each([
    ['no label that two recordings share', ['--dir', folder], 2, 'NOTHING_TO_EVALUATE', 'no two of different groups'],
    ['a space that is not served', ['--dir', folder, '--space', 'three-1'], 2, 'SPACE_UNKNOWN', 'three-1'],
  ])('%s: refused with code and remedy', async (_what, args, exit, error, message) => {
    const { code, stdout } = await evaluate([...args, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: error, message: expect.stringContaining(message), remedy: expect.any(String) },
    });
    expect(code).toBe(exit);
  });
});

const reason = whyNoElasticsearch();
const COUNT = 60;
const LIBRARY = `evaluate${process.pid}`;

/** A document and its vector; everything follows from the number. */
interface Made {
  readonly id: string;
  readonly kind: string;
  readonly take: string;
  readonly genre: readonly string[];
  readonly vector: Float32Array;
}

function make(i: number): Made {
  const kind = ['bell', 'rain', 'wind'][i % 3] ?? '';
  const vector = Float32Array.from(
    { length: 8 },
    (_, d) => 0.6 * Math.cos((i % 3) + d) + Math.sin((i + 1) * (d + 1) * 7.3),
  );
  const genre = i % 4 === 0 ? ['folk', 'live'] : [i % 2 ? 'jazz' : 'folk'];
  return { id: `doc${String((i * 37) % COUNT).padStart(2, '0')}`, kind, take: `t${i % 5}`, genre, vector };
}

describe.skipIf(reason)(`earshot evaluate labels on an index${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const made = Array.from({ length: COUNT }, (_, i) => make(i));
  let elasticsearch: ResolvedElasticsearch;
  let env: Readonly<Record<string, string>>;

  const documentOf = ({ id, kind, take, genre, vector }: Made, space: string, fingerprint: string): object => ({
    title: `Sound ${id}`,
    audio: { id, key: `${id}.wav`, status: 'ready' },
    tags: { genre },
    ...(id === 'doc07' ? {} : { labels: { kind, take } }),
    space: { id: space, fingerprint },
    // The second space hears nothing but the first half of the vector.
    embedding: encodeVector(space === 'tone-1' ? vector : vector.map((value, d) => (d < 4 ? value : 0))),
    sync: { source: 'default', run: 'test', version: 1 },
  });

  beforeAll(async () => {
    elasticsearch = await startElasticsearch();
    const models = makeTempDir('models');
    const fingerprints = ['tone-1', 'tone-2'].map((id) => writeTestCard(models, { id }));
    env = {
      ...elasticsearch.env,
      EARSHOT_MODELS_DIR: models,
      EARSHOT_LIBRARY: LIBRARY,
      EARSHOT_SPACE: 'tone-1',
    };
    const applied = await runEarshot(['apply', '--yes', '--space', 'tone-1,tone-2'], { env });
    expect(applied.code, applied.stderr).toBe(0);
    const operations = ['tone-1', 'tone-2'].flatMap((space, s) => {
      const write = (id: string) => ({ index: { _index: `earshot-${LIBRARY}-${space}-write`, _id: id } });
      const silent = {
        title: 'Nothing',
        audio: { id: 'silent', key: 'silent.wav', status: 'silent' },
        labels: { kind: 'rain' },
        space: { id: space, fingerprint: fingerprints[s] },
      };
      // What the second space has not got cannot be compared.
      const own = made.filter(({ id }) => space === 'tone-1' || id !== 'doc11');
      return [
        ...own.flatMap((one) => [write(one.id), documentOf(one, space, fingerprints[s] ?? '')]),
        write('silent'),
        silent,
      ];
    });
    const client = createElasticsearchClient(loadConfig({}, elasticsearch.env).config);
    const { errors, items } = await client.bulk({ operations, refresh: true });
    expect(errors, JSON.stringify(items.find(({ index }) => index?.error))).toBe(false);
    await client.close();
  });
  afterAll(async () => {
    if (elasticsearch?.origin === 'given') await runEarshot(['destroy', '--owned-only', '--yes'], { env });
    await elasticsearch?.stop();
  });

  const onIndex = async (...args: string[]) => {
    const { code, stdout } = await runEarshot(['evaluate', 'labels', ...args, '--json'], { env });
    return { code, ...JSON.parse(stdout) };
  };

  test('measures what the same vectors give in memory, and says what it left out', async () => {
    const result = await onIndex('--label-field', 'labels.kind', '--group-by', 'labels.take');
    expect(result).toMatchObject({
      code: 0,
      library: LIBRARY,
      counts: { found: 61, evaluated: 59, queries: 59, without_label: 1, without_vector: 1, groups: 5, unreadable: 0 },
    });
    const items = made.filter(({ id }) => id !== 'doc07').toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const mean = meanScore(
      labelRetrieval(items.map(({ kind, take, vector }) => ({ label: kind, group: take, vector }))),
    );
    const { knn1, knn5, p10, map } = result.spaces[0].measures;
    expect(knn1.value).toBeCloseTo(mean.knn1, 4);
    expect(knn5.value).toBeCloseTo(mean.knn5, 4);
    expect(p10.value).toBeCloseTo(mean.precision10, 4);
    expect(map.value).toBeCloseTo(mean.averagePrecision, 4);
    expect(result.spaces[0].confusions[0].example.query).toMatch(/^Sound doc/);
  });

  test('two spaces are compared on the recordings that both have; a label of several counts when one is shared', async () => {
    const result = await onIndex('--label-field', 'genre', '--compare', 'tone-1,tone-2');
    expect(result).toMatchObject({
      code: 0,
      label_field: 'tags.genre',
      counts: { found: 61, evaluated: 59, without_vector: 2, labels: 3 },
      spaces: [{ space: 'tone-1' }, { space: 'tone-2', difference: { map: { value: expect.any(Number) } } }],
    });
    const [one, two] = result.spaces;
    expect(two.difference.map.value).toBeCloseTo(two.measures.map.value - one.measures.map.value, 3);
    expect(one.classes.map(({ label }: { label: string }) => label)).toEqual(['folk', 'jazz', 'live']);
  });

  test('a sample is the same for the same seed', async () => {
    const sample = ['--label-field', 'audio.status', '--sample', '20', '--seed', '3'];
    const [once, again] = await Promise.all([onIndex(...sample), onIndex(...sample)]);
    expect(once).toMatchObject({ counts: { evaluated: 20, sampled_from: 60 }, seed: 3 });
    expect(again).toEqual(once);
  });

  test('a library that is not indexed is refused', async () => {
    expect(await onIndex('--label-field', 'genre', '--library', 'nowhere')).toMatchObject({
      code: 2,
      error: { code: 'INDEX_MISSING', message: expect.stringContaining('earshot-nowhere-tone-1') },
    });
  });
});
