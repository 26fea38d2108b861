// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { Client } from '@elastic/elasticsearch';
import type { AxeResults } from 'axe-core';
import lz from 'lz-string';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoChromium } from './support/chromium.ts';
import { cleanEnvironment, makeTempDir, REPOSITORY_ROOT, whyNoElasticsearch } from './support/index.ts';
import { type PanelStack, startPanelStack } from './support/panel-stack.ts';
import { noise, renderWav, tone } from './support/render-tone.ts';

const reason = whyNoElasticsearch() ?? whyNoChromium();
const KIBANA = 'http://kibana.example:5601';
const PATIENCE = { timeout: 20_000 };
const REED = [1, 3, 5, 7];
const STRING = [1, 2, 3, 4, 5, 6];
const hiss = noise(1);
/** Twelve seconds each; the tune in `late` begins after a good half of noise. */
const LIBRARY = {
  'reed-low.wav': tone(220, REED),
  'reed-high.wav': tone(330, REED),
  'string-low.wav': tone(196, STRING),
  'string-high.wav': tone(392, STRING),
  'hiss.wav': hiss,
  'late.wav': (second: number) => (second < 7 ? hiss(second) : tone(220, REED)(second)),
};
/** What is asked of elements in the page; the types of the DOM are not those of this program. */
interface Player {
  currentTime: number;
  readonly paused: boolean;
}
interface Focusable {
  matches(selector: string): boolean;
}
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(reason)(`the panel in a browser on the real stack${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const folder = makeTempDir('panel-library');
  const upload = join(makeTempDir('panel-upload'), 'my reed.wav');
  const troubles: string[] = [];
  const audioStatuses: number[] = [];
  let stack: PanelStack;
  let client: Client;
  let page: Page;

  const rowIds = async (): Promise<(string | null)[]> => {
    await page.getByTestId('hit').first().waitFor();
    return page.getByTestId('hit').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-hit-id')));
  };
  const audioState = () =>
    page.getByTestId('player-audio').evaluate((audio: Player) => ({ now: audio.currentTime, isPaused: audio.paused }));

  beforeAll(async () => {
    for (const [name, sound] of Object.entries(LIBRARY))
      writeFileSync(join(folder, name), renderWav(sound, 12, basename(name, '.wav')));
    writeFileSync(upload, renderWav(tone(220, REED), 6, 'My reed'));
    // Built only when older than its sources: a build empties the folder from which other tests serve the page.
    const prepared = spawnSync(process.execPath, [join(REPOSITORY_ROOT, 'scripts/prepare.ts'), 'demo'], {
      cwd: REPOSITORY_ROOT,
      env: cleanEnvironment(),
      encoding: 'utf8',
    });
    expect(prepared.status, prepared.stderr).toBe(0);
    stack = await startPanelStack({ folder, library: 'browser', kibanaUrl: KIBANA });
    client = new Client({ node: stack.elasticsearch.url });
    const context = await stack.browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && troubles.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => troubles.push(`page: ${error.message}`));
    page.on('response', (response) => {
      if (response.url().includes('/api/audio/')) audioStatuses.push(response.status());
      if (response.status() >= 400)
        void response.text().then((text) => troubles.push(`${response.status()} ${response.url()} ${text}`));
      if (!response.url().startsWith(stack.panel.url)) troubles.push(`foreign request ${response.url()}`);
    });
  });
  afterAll(async () => {
    await client?.close();
    await stack?.stop();
  });

  it('finds what sounds like an uploaded file', async () => {
    await page.goto(stack.panel.url);
    await page.getByTestId('start').waitFor();
    await page.locator('input[type=file]').setInputFiles(upload);
    const titles = page.getByTestId('hit-title');
    await titles.first().waitFor();
    expect((await titles.first().textContent())?.toLowerCase()).toContain('reed');
    expect(await rowIds()).toHaveLength(Object.keys(LIBRARY).length);
    expect(page.url()).toContain('#/search?like=q%3A');
    expect(await page.getByTestId('latency').textContent()).toMatch(/6 hits · decode \d+ ms · embed \d+ ms · search/);
  });

  it('shows the same rows after a reload, upload and all', async () => {
    const before = await rowIds();
    await page.reload();
    expect(await rowIds()).toEqual(before);
  });

  it('plays a hit from its matched second by byte ranges, and pauses at the end of the match', async () => {
    const late = page.getByTestId('hit').filter({ hasText: /late/i });
    const span = /0:(\d\d)–0:(\d\d)/.exec((await late.textContent()) ?? '');
    const [from, to] = [Number(span?.[1]), Number(span?.[2])];
    expect(from).toBeGreaterThanOrEqual(5);
    await late.getByTestId('play').click();
    await expect.poll(async () => (await audioState()).now, PATIENCE).toBeGreaterThan(from);
    expect(audioStatuses).toContain(206);
    expect(await late.getByTestId('play').getAttribute('aria-pressed')).toBe('true');
    await page.getByTestId('player-audio').evaluate((audio: Player, end) => {
      audio.currentTime = end - 0.5;
    }, to);
    await expect.poll(async () => (await audioState()).isPaused, PATIENCE).toBe(true);
    expect((await audioState()).now).toBeGreaterThanOrEqual(to - 0.5);
  });

  it('searches by a hit, and goes back to the upload', async () => {
    const uploaded = await rowIds();
    const [first] = uploaded;
    await page.getByTestId('like').first().click();
    await expect.poll(rowIds, PATIENCE).not.toContain(first);
    const alike = await rowIds();
    expect(page.url()).toContain(`#/search?like=${first}`);
    await page.reload();
    expect(await rowIds()).toEqual(alike);
    await page.goBack();
    await expect.poll(rowIds, PATIENCE).toEqual(uploaded);
  });

  it('hands the request to Dev Tools, where it finds the same', async () => {
    await page.getByTestId('inspect').click();
    const link = (await page.getByTestId('dev-tools').getAttribute('href')) ?? '';
    expect(link.length).toBeLessThanOrEqual(8000);
    const [address, encoded = ''] = link.split('data:text/plain,');
    expect(address).toBe(`${KIBANA}/app/dev_tools#/console?load_from=`);
    const text = lz.decompressFromEncodedURIComponent(encoded);
    const [line = '', ...body] = text.split('\n');
    const [method = '', path = ''] = line.split(' ');
    const replay = await client.transport.request<{ hits: { hits: { _id: string }[] } }>({
      method,
      path,
      body: JSON.parse(body.join('\n')) as object,
    });
    expect(replay.hits.hits.map(({ _id }) => _id)).toEqual(await rowIds());
    await page.getByTestId('tab-python').click();
    await page.getByText('from elasticsearch import').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('inspect-flyout').waitFor({ state: 'detached' });
    expect(await page.getByTestId('inspect').evaluate((button: Focusable) => button.matches(':focus'))).toBe(true);
  });

  it('says in its own words what cannot be searched for', async () => {
    const broken = join(makeTempDir('panel-broken'), 'broken.wav');
    writeFileSync(broken, createHash('sha512').update('noise').digest());
    const seen = troubles.length;
    await page.locator('input[type=file]').setInputFiles(broken);
    await page.getByText('This recording cannot be searched for').waitFor();
    // The refusal itself is a 422, which the browser also reports on its console; its body is read after the page has it.
    await expect.poll(() => troubles.length - seen, PATIENCE).toBe(2);
    expect(troubles.splice(seen).every((trouble) => /422/.test(trouble))).toBe(true);
    await page.reload();
    await rowIds();
  });

  it.each([
    [1280, 'light'],
    [420, 'light'],
    [420, 'dark'],
    [1280, 'dark'],
  ])('has no accessibility violations at %i px in %s mode', async (width, mode) => {
    await page.setViewportSize({ width, height: 800 });
    const other = await page.getByTestId('colour-mode').getAttribute('aria-label');
    if (other?.toLowerCase().startsWith(mode)) await page.getByTestId('colour-mode').click();
    await rowIds();
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
  });

  it('asked nobody else, found every path and logged no error', () => {
    expect(troubles).toEqual([]);
  });
});
