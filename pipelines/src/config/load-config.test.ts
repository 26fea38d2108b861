// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDir } from '@earshot/e2e/support';
import { describe, expect, test } from 'vitest';
import { type Flags, loadConfig } from './load-config.ts';

const folder = makeTempDir('config');
let files = 0;
/** As the file names a variable. */
const variable = (name: string): string => ['$', `{${name}}`].join('');

function write(content: string): string {
  const path = join(folder, `${++files}`);
  writeFileSync(path, content);
  return path;
}

function load(yaml: string, env: NodeJS.ProcessEnv = {}, flags: Flags = {}) {
  return loadConfig(flags, env, write(yaml)).config;
}

describe('sources', () => {
  test('a source has its own settings and takes the rest from the top level', () => {
    const { sources } = load(`
      library: audio
      space: [spectral-1, melody-1]
      s3: { endpoint: 'http://127.0.0.1:9000', region: eu-1 }
      exclude: ['drafts/**', '*.{tmp,part}']
      maxSize: 200MB
      sources:
        music:
          location: s3://music/in
          library: music
          labels: '{artist}/{title}'
          include: '*.{wav,flac},live/**'
          minAge: 10m
          deletes: { maxDelete: 5 }
        field:
          location: ./field
          spaces: spectral-1
          exclude: []
    `);
    expect(sources).toMatchObject([
      {
        id: 'music',
        location: 's3://music/in',
        s3: { endpoint: 'http://127.0.0.1:9000', region: 'eu-1' },
        library: 'music',
        spaces: ['spectral-1', 'melody-1'],
        labels: '{artist}/{title}',
        filter: {
          include: ['*.{wav,flac}', 'live/**'],
          exclude: ['drafts/**', '*.{tmp,part}'],
          maxBytes: 200_000_000,
          minAgeSeconds: 600,
        },
        deletes: { mode: 'hard', maxDelete: 5, strikes: 1 },
      },
      { id: 'field', library: 'audio', spaces: ['spectral-1'], filter: { include: [], exclude: [] } },
    ]);
  });

  test('EARSHOT_SOURCE and --source stand for one source called default and win over the file', () => {
    expect(load('').sources).toEqual([]);
    expect(load('source: ./here').sources).toMatchObject([{ id: 'default', location: './here', library: 'audio' }]);
    const file = 'sources: { music: { location: ./music } }';
    const env = { EARSHOT_SOURCE: './given', EARSHOT_LIBRARY: 'mine' };
    expect(load(file, env).sources).toMatchObject([{ id: 'default', location: './given', library: 'mine' }]);
    expect(load(file, env, { source: './flag' }).sources).toMatchObject([{ id: 'default', location: './flag' }]);
    expect(() => load(`source: ./here\n${file}`)).toThrow('both source and sources');
  });

  test('a flag wins over a source, a source over a variable', () => {
    const file = 'sources: { music: { location: ./music, library: music } }';
    expect(load(file, { EARSHOT_LIBRARY: 'variable' }).sources[0]?.library).toBe('music');
    expect(load(file, {}, { library: 'flag', maxDelete: '7' }).sources[0]).toMatchObject({
      library: 'flag',
      deletes: { maxDelete: 7 },
    });
  });

  test.each([
    ['an unknown key', '{ location: x, bucket: y }', /sources\.music: .*bucket/],
    ['no location', '{ library: x }', /sources\.music\.location/],
    ['a size', '{ location: x, minSize: large }', /sources\.music\.minSize: must be a size/],
    ['a duration', '{ location: x, maxAge: 3 moons }', /sources\.music\.maxAge: must be a duration/],
    ['a time', '{ location: x, modifiedAfter: yesterday }', /sources\.music\.modifiedAfter: must be a time/],
    ['a negated glob', '{ location: x, include: ["!a"] }', /sources\.music\.include: must be globs/],
    ['a mode', '{ location: x, deletes: { mode: maybe } }', /sources\.music\.deletes\.mode: must be hard or soft/],
    ['a count', '{ location: x, deletes: { strikes: 0 } }', /sources\.music\.deletes\.strikes: must be 1 or more/],
    ['half a key', '{ location: x, s3: { accessKeyId: a } }', /sources\.music\.s3: .*belong together/],
    ['an address', '{ location: x, s3: { endpoint: nowhere } }', /sources\.music\.s3\.endpoint: must be an http/],
  ])('%s that does not fit is refused by source and key', (_what, source, message) => {
    expect(() => load(`sources: { music: ${source} }`)).toThrow(message);
  });

  test('a name that could not be part of an id is refused', () => {
    expect(() => load('sources: { "My Music": { location: x } }')).toThrow(/My Music: .*lower-case/);
  });
});

describe('credentials of a source', () => {
  const top = { AWS_ACCESS_KEY_ID: 'top', AWS_SECRET_ACCESS_KEY: 'top-secret', AWS_SESSION_TOKEN: 'top-token' };
  const s3Of = (s3: string, env: NodeJS.ProcessEnv = top) =>
    load(`sources: { music: { location: 's3://music', s3: ${s3} } }`, env).sources[0]?.s3;

  test('are its own as a whole, from values, variables or files, or those of the top level', () => {
    const secret = write('from a file\n');
    expect(s3Of('{}')).toMatchObject({ accessKeyId: 'top', secretAccessKey: 'top-secret', sessionToken: 'top-token' });
    const own = s3Of(`{ accessKeyId: '${variable('MUSIC_KEY')}', secretAccessKeyFile: ${secret} }`, {
      ...top,
      MUSIC_KEY: 'mine',
    });
    expect(own).toMatchObject({ accessKeyId: 'mine', secretAccessKey: 'from a file', sessionToken: undefined });
    expect(s3Of('{ accessKeyId: null }')).not.toHaveProperty('accessKeyId');
    expect(s3Of('{ profile: studio }')).toMatchObject({ profile: 'studio' });
    expect(s3Of('{ profile: studio }')).not.toHaveProperty('accessKeyId');
  });

  test('the example of the documentation is a valid file', () => {
    const path = join(import.meta.dirname, '../../../docs/operators/earshot.example.yaml');
    const env = { ELASTICSEARCH_API_KEY: 'key', ARCHIVE_KEY: 'key' };
    const secret = write('secret');
    const example = readFileSync(path, 'utf8').replace('/run/secrets/archive', secret);
    const { config } = loadConfig({}, env, write(example));
    expect(config.sources.map(({ id }) => id)).toEqual(['live', 'archive', 'studio', 'field']);
  });

  test('a secret given twice or in a file that is not there is refused by name', () => {
    expect(() => s3Of('{ accessKeyId: a, secretAccessKey: b, secretAccessKeyFile: c }')).toThrow(
      'sources.music.s3: give either secretAccessKey or secretAccessKeyFile',
    );
    expect(() => s3Of('{ accessKeyId: a, secretAccessKeyFile: /nowhere }')).toThrow(
      'sources.music.s3.secretAccessKeyFile names /nowhere',
    );
  });
});

describe('variables in the file', () => {
  test('are filled in, with defaults, and never change its structure', () => {
    const config = load(
      `library: ${variable('LIBRARY:field')}\nsource: '${variable('PLACE')}/in'\nlabels: '$${variable('x')}'`,
      {
        PLACE: './a\nspace: other-1',
      },
    );
    expect(config).toMatchObject({ library: 'field', source: './a\nspace: other-1/in', labels: variable('x') });
    expect(config.space).toEqual(['spectral-1']);
  });

  test('one that is not set and has no default is named with its key', () => {
    expect(() => load(`sources: { a: { location: '${variable('NOWHERE')}' } }`)).toThrow(
      /sources\.a\.location names the variable NOWHERE/,
    );
  });
});
