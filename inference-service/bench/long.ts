// SPDX-License-Identifier: Apache-2.0

/**
 * Memory of the HTTP process while a recording of hours is embedded: as one answer, and in lines.
 * `npm run bench -- long [hours]` (default 3; a wav of 8 kHz, 58 MB an hour, resampled by the decoder).
 */
import { createWriteStream, mkdtempSync, openAsBlob, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { goldenSignal } from '@earshot/models';
import { spawnService } from '../src/testing/spawn-service.ts';
import { wavFile } from '../src/testing/wav-file.ts';

const RATE = 8000;
const hours = Number(process.argv[2] ?? 3);
const dir = mkdtempSync(join(tmpdir(), 'earshot-bench-long-'));
const path = join(dir, 'long.wav');

/** A minute of notes over and over; the sizes in its header are those of the whole. */
function* recording(): Generator<Buffer> {
  const minute = wavFile(goldenSignal('plucked-notes', RATE, RATE * 60), RATE);
  const bytes = hours * 3600 * RATE * 2;
  const head = Buffer.from(minute.subarray(0, 44));
  head.writeUInt32LE(36 + bytes, 4);
  head.writeUInt32LE(bytes, 40);
  yield head;
  for (let count = 0; count < hours * 60; count++) yield minute.subarray(44);
}

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Reads the answer as it comes and keeps nothing of it. */
async function countBytes(response: Response): Promise<number> {
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.length;
  return bytes;
}

await pipeline(Readable.from(recording()), createWriteStream(path));
const service = await spawnService({ EARSHOT_MODELS_DIR: dir, EARSHOT_MAX_UPLOAD_BYTES: String(2 ** 40) });
try {
  await service.waitUntilReady();
  const pid = service.process.pid ?? 0;
  console.log(`${hours} h, spectral-1, HTTP process at rest: ${residentMb(pid).toFixed(0)} MB`);
  for (const accept of ['application/json', 'application/x-ndjson']) {
    let most = 0;
    const sampling = setInterval(() => {
      most = Math.max(most, residentMb(pid));
    }, 100);
    const startedAt = performance.now();
    const response = await fetch(`${service.url}/v1/audio/embeddings?peaks=2000&segments=true`, {
      method: 'POST',
      body: await openAsBlob(path),
      headers: { accept, 'content-type': 'audio/wav', 'cache-control': 'no-cache' },
    });
    const bytes = await countBytes(response);
    clearInterval(sampling);
    const seconds = (performance.now() - startedAt) / 1000;
    console.log(
      `${accept.padEnd(22)} status ${response.status}, ${(bytes / 1e6).toFixed(1)} MB of answer in ${seconds.toFixed(1)} s ` +
        `(${((hours * 3600) / seconds).toFixed(0)} × real time), at most ${most.toFixed(0)} MB resident`,
    );
  }
} finally {
  await service.stop();
  rmSync(dir, { recursive: true });
}
