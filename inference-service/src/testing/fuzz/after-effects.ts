// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { SpawnedService } from '../spawn-service.ts';
import { decodersOf, openDescriptors, spooledFiles } from './process-watch.ts';

const SETTLE_MS = 15_000;
/** Connections that the kernel has not told of yet, and what Node opens once and keeps. */
const SPARE_DESCRIPTORS = 8;

/** What requests have left behind in a service that should be as it was before them; empty when nothing. */
export async function afterEffects(service: SpawnedService, descriptorsBefore: number): Promise<string[]> {
  const pid = service.process.pid ?? 0;
  if (service.process.exitCode !== null || service.process.signalCode !== null)
    return [`the service has ended:\n${service.stderr().slice(-3000)}`];
  const look = (): string[] => [
    ...spooledFiles(pid).map((name) => `upload ${name} is still held`),
    ...decodersOf(pid).map((child) => `decoder ${child} still runs`),
    ...(openDescriptors(pid) > descriptorsBefore + SPARE_DESCRIPTORS
      ? [`${openDescriptors(pid)} open descriptors, ${descriptorsBefore} before`]
      : []),
  ];
  const deadline = Date.now() + SETTLE_MS;
  while (look().length > 0 && Date.now() < deadline) await sleep(100);
  const ready = await fetch(`${service.url}/health/ready`);
  const faults = service.stderr().match(/^.*"log\.level":"(error|fatal)".*$/gm) ?? [];
  return [
    ...look(),
    ...(ready.ok ? [] : [`/health/ready answers ${ready.status}: ${await ready.text()}`]),
    ...faults.slice(0, 10).map((line) => `log: ${line.slice(0, 1500)}`),
  ];
}
