// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { goldenSignal } from '@earshot/models';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AudioEmbeddingResult } from './contract/embeddings.ts';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { wavFile } from './testing/wav-file.ts';

/** The shipped model under many clients at once. */
const RATE = 22_050;
const emptyModels = mkdtempSync(join(tmpdir(), 'earshot-load-'));
const recordings = Array.from({ length: 12 }, (_, index) => {
  const signal = goldenSignal(index % 2 ? 'chirp-noise' : 'plucked-notes', RATE, RATE * (3 + index));
  return new Uint8Array(
    wavFile(
      signal.map((value) => value * (1 - index / 20)),
      RATE,
    ),
  );
});
let service: SpawnedService;

beforeAll(async () => {
  service = await spawnService({ EARSHOT_MODELS_DIR: emptyModels });
  await service.waitUntilReady();
});
afterAll(async () => {
  await service?.stop();
  rmSync(emptyModels, { recursive: true, force: true });
});

/** As a sync run does it: 429 and 503 are tried again. */
async function embed(body: Uint8Array<ArrayBuffer>): Promise<number[]> {
  for (;;) {
    const url = `${service.url}/v1/audio/embeddings?model=spectral-1`;
    const response = await fetch(url, { method: 'POST', body, headers: { 'x-earshot-priority': 'bulk' } });
    if (response.ok) return ((await response.json()) as AudioEmbeddingResult).embedding as number[];
    expect([429, 503]).toContain(response.status);
    await response.body?.cancel();
    await sleep(100);
  }
}

const largestDifference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? Number.NaN))));

test('vectors do not depend on what else is in the batch, and none is lost when the host is killed under load', async () => {
  const alone: number[][] = [];
  for (const recording of recordings) alone.push(await embed(recording));
  expect(new Set(alone.map((vector) => vector.join())).size).toBe(recordings.length);

  const work = [...recordings, ...recordings].map((recording) => embed(recording));
  await work[0];
  process.kill((await service.info()).host?.pid ?? 0, 'SIGKILL');
  const together = await Promise.all(work);

  for (const [index, vector] of together.entries())
    expect(largestDifference(vector, alone[index % recordings.length]!)).toBeLessThan(1e-5);
  await service.waitUntilReady();
  expect((await service.info()).host?.restarts).toBe(1);
});

test('a client that leaves in the middle of its upload leaves no file behind', async () => {
  const { port, hostname } = new URL(service.url);
  const spool = ['/dev/shm', tmpdir()].flatMap((dir) => {
    const name = readdirSync(dir).find((entry) => entry.startsWith(`earshot-spool-${service.process.pid}-`));
    return name === undefined ? [] : [join(dir, name)];
  })[0]!;
  const upload = async (head: string): Promise<void> => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(`POST /v1/audio/embeddings HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n${head}RIFF`);
    while (readdirSync(spool).length === 0) await sleep(10);
    socket.destroy();
    while (readdirSync(spool).length > 0) await sleep(10);
  };
  await upload('Content-Type: audio/wav\r\n\r\n');
  await upload(
    'Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n',
  );
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  expect(service.stderr()).not.toContain('"status_code":500');
});

test('an upload that turns out too large is answered, not cut off', async () => {
  const chunk = new Uint8Array(1024 * 1024);
  const endless = (): ReadableStream => new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
  const limited = await spawnService({ EARSHOT_MODELS_DIR: emptyModels, EARSHOT_MAX_UPLOAD_BYTES: '5000000' });
  try {
    await limited.waitUntilReady();
    const socket = (body: ReadableStream, headers: Record<string, string>): Promise<Response> =>
      fetch(`${limited.url}/v1/audio/embeddings`, { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
    const raw = await socket(endless(), { 'content-type': 'audio/wav' });
    expect([raw.status, await raw.json()]).toMatchObject([413, { error: { code: 'audio_too_large' } }]);
    const head = new TextEncoder().encode('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n');
    const form = new ReadableStream({
      start: (controller) => controller.enqueue(head),
      pull: (controller) => controller.enqueue(chunk),
    });
    const formed = await socket(form, { 'content-type': 'multipart/form-data; boundary=b' });
    expect([formed.status, await formed.json()]).toMatchObject([413, { error: { code: 'audio_too_large' } }]);
  } finally {
    limited.process.kill('SIGKILL');
    await limited.exited;
  }
});
