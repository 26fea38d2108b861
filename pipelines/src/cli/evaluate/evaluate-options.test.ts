// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../config/load-config.ts';
import { readEvaluateOptions } from './evaluate-options.ts';

const read = (options: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv = {}) =>
  readEvaluateOptions(options, loadConfig({}, env).config);

describe('readEvaluateOptions', () => {
  test('in a folder the label is its folder, or the first part of the template; names are labels', () => {
    expect(read({ dir: 'x' })).toMatchObject({
      labelField: 'labels.folder',
      groupField: undefined,
      sample: 5000,
      seed: 1,
    });
    const template = { EARSHOT_LABELS: '{class}/{fold}-{clip}' };
    expect(read({ dir: 'x', groupBy: 'fold' }, template)).toMatchObject({
      labelField: 'labels.class',
      groupField: 'labels.fold',
    });
    expect(read({ dir: 'x', labelField: 'tags.genre' }).labelField).toBe('tags.genre');
  });

  test('in an index the part before the dot may be left out, but for labels', () => {
    expect(read({ labelField: 'genre', groupBy: 'artist' })).toMatchObject({
      labelField: 'tags.genre',
      groupField: 'tags.artist',
    });
    expect(read({ labelField: 'labels.Take 2' }).labelField).toBe('labels.Take 2');
    expect(read({ labelField: 'audio.sample_rate_hz' }).labelField).toBe('audio.sample_rate_hz');
  });

  test('spaces come from --compare, or else from the settings', () => {
    expect(read({ labelField: 'genre' }, { EARSHOT_SPACE: 'a-1,b-1' }).spaces).toEqual(['a-1', 'b-1']);
    expect(read({ labelField: 'genre', compare: 'c-1, d-1,c-1' }).spaces).toEqual(['c-1', 'd-1']);
  });

  test('reports are HTML or Markdown, by name', () => {
    expect(read({ dir: 'x', report: 'a/b.HTML' }).report).toEqual({ path: 'a/b.HTML', kind: 'html' });
    expect(read({ dir: 'x', report: 'b.md' }).report).toEqual({ path: 'b.md', kind: 'markdown' });
  });

  test.each([
    ['an index without a label field', {}, 'Say what the classes are: --label-field'],
    ['a table without a column', { dir: 'x', labelsCsv: 'x.csv' }, 'Say what the classes are: --label-field'],
    ['a table for an index', { labelField: 'genre', labelsCsv: 'x.csv' }, '--labels-csv goes with --dir'],
    ['a field that no index has', { labelField: 'loudness' }, 'labels.<name>, audio.id'],
    ['a field that files do not have', { dir: 'x', labelField: 'audio.codec' }, 'labels.<name>, tags.artist'],
    ['one space beside nothing', { dir: 'x', compare: 'one-1' }, 'at least two spaces'],
    ['a report of another kind', { dir: 'x', report: 'x.pdf' }, '.html or .md'],
    ['a sample of one', { dir: 'x', sample: '1' }, '--sample takes a whole number of at least 2, not 1'],
    ['a seed that is no number', { dir: 'x', seed: 'two' }, '--seed takes a whole number'],
  ])('%s is refused', (_what, options, message) => {
    expect(() => read(options)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
    );
  });
});
