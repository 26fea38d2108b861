// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { goldenSignal } from '@earshot/models';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AudioEmbeddingResult, ErrorBody, StreamLine, StreamSegment } from './contract/embeddings.ts';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { writeTinySpace } from './testing/tiny-space.ts';
import { wavFile } from './testing/wav-file.ts';

/** Recordings much longer than a window, answered window by window; one decoder only. */
const RATE = 8000;
const modelsDir = mkdtempSync(join(tmpdir(), 'earshot-streaming-'));
let service: SpawnedService;

beforeAll(async () => {
  writeTinySpace(modelsDir);
  writeTinySpace(modelsDir, { id: 'tiny-2', version: 2, pooling: 'max' });
  service = await spawnService({ EARSHOT_MODELS_DIR: modelsDir, EARSHOT_MAX_CONCURRENT_DECODES: '1' });
  await service.waitUntilReady();
});
afterAll(async () => {
  await service?.stop();
  rmSync(modelsDir, { recursive: true, force: true });
});

const post = (query: string, body: Buffer, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${service.url}/v1/audio/embeddings?${query}`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'content-type': 'audio/wav', ...headers },
  });
const lines = { accept: 'application/x-ndjson' };
const linesOf = async (response: Response): Promise<(StreamLine | ErrorBody)[]> =>
  (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Two minutes, with a pause. */
const recording = wavFile(goldenSignal('plucked-notes', RATE, RATE * 120).fill(0, RATE * 30, RATE * 40), RATE);

test('lines give what one answer gives: a header, the segments in order, a summary', async () => {
  const whole = (await (await post('model=tiny-1&segments=true&peaks=20', recording)).json()) as AudioEmbeddingResult;
  const response = await post('model=tiny-1&peaks=20', recording, lines);
  expect(response.headers.get('content-type')).toContain('application/x-ndjson');
  const [header, ...rest] = await linesOf(response);
  const { segments, timing: _timing, ...summary } = whole;
  expect(header).toEqual({
    event: 'header',
    models: [{ model: 'tiny-1', fingerprint: whole.fingerprint, dims: 8, window_ms: 1000, hop_ms: 500 }],
  });
  expect(rest.slice(0, -1)).toEqual(segments?.map((segment) => ({ event: 'segment', model: 'tiny-1', ...segment })));
  expect(rest.at(-1)).toMatchObject({ event: 'summary', ...summary });
  expect(segments?.filter(({ embedding }) => embedding === null)).not.toHaveLength(0);
});

test('several models share the pass, each line says whose it is', async () => {
  const got = await linesOf(await post('model=tiny-1,tiny-2&hop=1', recording, lines));
  for (const model of ['tiny-1', 'tiny-2']) {
    const own = got.filter(
      (line): line is StreamSegment => 'event' in line && line.event === 'segment' && line.model === model,
    );
    expect(own.map(({ start_ms }) => start_ms)).toEqual(Array.from({ length: 120 }, (_, index) => index * 1000));
  }
});

test('an early failure is an ordinary one; a late one is the last line', async () => {
  const early = await post('model=tiny-1', Buffer.from('these words are no audio at all'), lines);
  expect([early.status, await early.json()]).toMatchObject([415, { error: { code: 'not_audio' } }]);
  const samples = new Float32Array(RATE * 400).fill(0.25);
  samples[samples.length - 1] = Number.NaN;
  const damaged = floatWav(samples);
  const late = await post('model=tiny-1', damaged, lines);
  const got = await linesOf(late);
  expect(late.status).toBe(200);
  expect(got.at(-1)).toMatchObject({ error: { code: 'undecodable_audio' } });
  expect(got.length).toBeGreaterThan(10);
  expect(await (await post('model=tiny-1', damaged)).json()).toMatchObject({ error: { code: 'undecodable_audio' } });
});

function floatWav(samples: Float32Array): Buffer {
  const head = wavFile(new Float32Array(0), RATE);
  head.writeUInt16LE(3, 20);
  head.writeUInt32LE(RATE * 4, 28);
  head.writeUInt16LE(4, 32);
  head.writeUInt16LE(32, 34);
  head.writeUInt32LE(samples.byteLength, 40);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}

const spoolFiles = (): string[] => {
  const name = (dir: string): string | undefined =>
    readdirSync(dir).find((entry) => entry.startsWith(`earshot-spool-${service.process.pid}-`));
  return ['/dev/shm', tmpdir()].flatMap((dir) => {
    const found = name(dir);
    return found === undefined ? [] : readdirSync(join(dir, found));
  });
};

/** Sends a recording and does not read the answer. */
function sendWithoutReading(body: Buffer): Socket {
  const { port, hostname } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(
    `POST /v1/audio/embeddings?model=tiny-1&hop=0.01 HTTP/1.1\r\nHost: x\r\nAccept: application/x-ndjson\r\nX-Earshot-Priority: bulk\r\nContent-Type: audio/wav\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  socket.write(body);
  socket.pause();
  return socket;
}

const noProc = process.platform === 'linux' ? '' : ' (skipped: needs /proc)';

test.skipIf(noProc !== '')(
  `a reader that does not read stops its own recording, and nobody else${noProc}`,
  async () => {
    // An hour: 360,000 windows at this hop, more than any buffer takes.
    const hour = wavFile(new Float32Array(RATE * 3600).fill(0.25), RATE);
    const sockets = [sendWithoutReading(hour), sendWithoutReading(hour)];
    while (spoolFiles().length < 2) await sleep(20);
    await sleep(500);
    expect((await post('model=tiny-1', recording)).status).toBe(200);
    expect((await post('model=tiny-1', recording, { 'x-earshot-priority': 'bulk' })).status).toBe(200);
    const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${service.process.pid}/status`, 'utf8'))?.[1];
    expect(Number(resident) / 1024).toBeLessThan(400);
    for (const socket of sockets) socket.destroy();
    while (spoolFiles().length > 0) await sleep(20);
  },
);
