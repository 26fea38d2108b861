// SPDX-License-Identifier: Apache-2.0

import { markdownTable } from '@earshot/e2e/support';
import type { Space } from '@earshot/models/registry';
import type { BenchParts } from '../inference/bench-parts.ts';
import { expectSuccesses } from '../inference/bench-parts.ts';
import { type RequestKind, wavRequest } from '../inference/request-kinds.ts';
import { treeCpuMs } from '../support/process-cpu.ts';
import { median, percentile } from '../support/statistics.ts';
import { startLitserve } from './litserve.ts';

const CLIENTS = 8;
const BOUNDARY = 'earshot-bench';

/** The same WAV as a multipart field, which is how litserve takes files. */
function asMultipart(kind: RequestKind): RequestKind {
  const head = Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="clip.wav"\r\ncontent-type: audio/wav\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  return {
    ...kind,
    path: '/predict',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    bodies: kind.bodies.map((body) => new Uint8Array(Buffer.concat([head, body, tail]))),
    ...(kind.stamp ? { stamp: { ...kind.stamp, offset: head.length + kind.stamp.offset } } : {}),
  };
}

interface Run {
  readonly windowsPerSecond: number;
  readonly p50Ms: number;
  readonly cpuMsPerWindow: number;
}

async function measure(
  { load, seconds }: BenchParts,
  { origin, pid }: { readonly origin: string; readonly pid: number },
  kind: RequestKind,
): Promise<Run> {
  const plan = { kind: 'closed', clients: CLIENTS, until: { seconds } } as const;
  const cpuBefore = treeCpuMs(pid);
  const result = expectSuccesses(await load.run({ ...kind, origin, plan }));
  const windows = result.latenciesMs.length;
  return {
    windowsPerSecond: windows / result.seconds,
    p50Ms: percentile(result.latenciesMs, 50),
    cpuMsPerWindow: (treeCpuMs(pid) - cpuBefore) / windows,
  };
}

/** The same graph and the same WAV windows under eight clients, behind this service and behind litserve, taking turns. */
export async function compareLitserve(
  parts: BenchParts,
  space: Space,
  options: { readonly python: string; readonly threads: number; readonly rounds: number },
): Promise<string> {
  const kind = wavRequest(space.card);
  const peer = await startLitserve(options.python, space, options.threads);
  try {
    const own = { origin: parts.service.url, pid: parts.service.process.pid ?? 0 };
    const ours: Run[] = [];
    const theirs: Run[] = [];
    for (let round = 0; round < options.rounds; round++) {
      ours.push(await measure(parts, own, kind));
      theirs.push(await measure(parts, peer, asMultipart(kind)));
    }
    const row = (name: string, runs: readonly Run[]): string[] => [
      name,
      median(runs.map((run) => run.windowsPerSecond)).toFixed(1),
      median(runs.map((run, i) => run.windowsPerSecond / (theirs[i]?.windowsPerSecond ?? Number.NaN))).toFixed(2),
      median(runs.map((run) => run.p50Ms)).toFixed(0),
      median(runs.map((run) => run.cpuMsPerWindow)).toFixed(1),
    ];
    return markdownTable(
      [`${space.card.id}, ${CLIENTS} clients`, 'windows/s', 'share of litserve', 'p50 ms', 'CPU ms a window'],
      [row('this service', ours), row('litserve', theirs)],
    );
  } finally {
    await peer.stop();
  }
}
