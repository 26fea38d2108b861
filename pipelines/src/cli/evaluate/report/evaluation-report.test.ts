// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVectorBlock } from '@earshot/models/evaluation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Collection } from '../../../core/evaluate/collection.ts';
import { evaluateLabels } from '../../../core/evaluate/evaluate-labels.ts';
import type { FinishedEvaluation } from '../evaluation-json.ts';
import { evaluationReport } from './evaluation-report.ts';
import { checkReportFolder, writeReport } from './write-report.ts';

const HOSTILE = `<script>alert("x")</script> | ![](http://x.invalid/a.png) [a](b) 'q'`;
const folder = mkdtempSync(join(tmpdir(), 'earshot-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

let finished: FinishedEvaluation;

beforeAll(async () => {
  const labels = [HOSTILE, 'rain', 'bells'];
  const recordings = Array.from({ length: 30 }, (_, i) => ({
    title: `${HOSTILE} ${i}`,
    labels: [labels[i % 3] ?? ''],
    group: String(i),
  }));
  const spaces = ['one-1', 'two-1'].map((space, s) => {
    const block = createVectorBlock(30, 3);
    for (let i = 0; i < 30; i++) block.set(i, [Math.cos(i % 3), Math.sin(i % 3), ((i * (s + 3)) % 7) / (4 - 2 * s)]);
    return { space, fingerprint: 'a'.repeat(12), block };
  });
  const unreadable = [{ key: `${HOSTILE}.wav`, code: 'undecodable_audio', reason: 'torn' }];
  const collection: Collection = { recordings, spaces, found: 33, withoutLabel: 1, withoutVector: 1, unreadable };
  const signal = new AbortController().signal;
  const evaluation = await evaluateLabels(collection, { seed: 1, signal, reporter: { progress: () => undefined } });
  const options = {
    dir: 'x',
    labelsCsv: undefined,
    spaces: ['one-1', 'two-1'],
    labelField: 'labels.folder',
    groupField: undefined,
  };
  finished = {
    options: { ...options, sample: 5000, seed: 1, report: undefined },
    library: undefined,
    collection,
    evaluation,
  };
});

describe('a report in HTML', () => {
  test('is one file with a chart for each view, without scripts and without anything from elsewhere', async () => {
    const path = join(folder, 'report.html');
    expect(await writeReport({ path, kind: 'html' }, evaluationReport(finished))).toEqual([path]);
    const html = readFileSync(path, 'utf8');
    expect(html.match(/<svg/g)).toHaveLength(4);
    expect(html).not.toMatch(/<script|<img|<link|<a /);
    expect(html.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '')).not.toMatch(/(href|src)=|url\(/);
    expect(html).toContain('&lt;script&gt;alert(');
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain('undecodable_audio');
    expect(html).toContain('two-1 − one-1');
    expect(html).toContain('by chance');
  });
});

describe('a report in Markdown', () => {
  test('has its charts beside it, with their own colours, and shows names as they are', async () => {
    const path = join(folder, 'report.md');
    const written = await writeReport({ path, kind: 'markdown' }, evaluationReport(finished));
    expect(written).toHaveLength(5);
    const text = readFileSync(path, 'utf8');
    for (const [, chart = ''] of text.matchAll(/^!\[.*\]\((.*)\)$/gm)) {
      expect(readdirSync(folder)).toContain(decodeURIComponent(chart));
      const svg = readFileSync(join(folder, decodeURIComponent(chart)), 'utf8');
      expect(svg).toMatch(/^<svg[^>]*><style>:root/);
      expect(svg).not.toContain('<script');
    }
    expect(text).not.toMatch(/(?<!\\)<script/);
    expect(text).not.toContain('![](http');
    const rows = text.split('\n').filter((line) => line.startsWith('| rain |'));
    expect(rows[0]?.split(/(?<!\\)\|/)).toHaveLength(8);
  });
});

test('a folder that is not there is refused before the work', async () => {
  await expect(checkReportFolder({ path: join(folder, 'no/x.md'), kind: 'markdown' })).rejects.toMatchObject({
    code: 'REPORT_UNWRITABLE',
    exitCode: 2,
  });
});
