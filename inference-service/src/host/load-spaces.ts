// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import { batchSizes } from './batch-sizes.ts';
import { describeFailure } from './describe-failure.ts';
import type { EpMiss, Loaded, LoadJob } from './host-protocol.ts';
import { checkSpace, openSpaceSession, type SpaceSession } from './space-session.ts';
import { readVerifiedFiles, type VerifiedFiles } from './verified-files.ts';

interface VerifiedSpace {
  readonly space: Space;
  readonly files: VerifiedFiles;
}

interface Failed {
  readonly space: Space;
  readonly reason: string;
}

interface Attempt {
  readonly sessions: Map<string, SpaceSession>;
  readonly failed: Failed[];
}

async function attempt(spaces: readonly VerifiedSpace[], ep: string, job: LoadJob): Promise<Attempt> {
  const sessions = new Map<string, SpaceSession>();
  const failed: Failed[] = [];
  for (const { space, files } of spaces) {
    let session: SpaceSession | undefined;
    try {
      session = await openSpaceSession(space, files, { ep, deviceId: job.deviceId, threads: job.threads });
      for (const size of batchSizes(job.maxBatchWindows[ep] ?? 1)) await checkSpace(space, session, size);
      sessions.set(space.fingerprint, session);
    } catch (error) {
      failed.push({ space, reason: describeFailure(error) });
      await session?.release();
    }
  }
  return { sessions, failed };
}

async function verifyAll(spaces: readonly Space[]): Promise<{ good: VerifiedSpace[]; bad: Failed[] }> {
  const good: VerifiedSpace[] = [];
  const bad: Failed[] = [];
  for (const space of spaces) {
    try {
      good.push({ space, files: await readVerifiedFiles(space) });
    } catch (error) {
      bad.push({ space, reason: describeFailure(error) });
    }
  }
  return { good, bad };
}

export interface LoadedSpaces {
  /** By fingerprint. */
  readonly sessions: Map<string, SpaceSession>;
  readonly answer: Loaded;
}

/**
 * Tries the execution providers one by one, each alone (ONNX Runtime throws instead of falling back), and keeps the first
 * on which every space answers its golden vectors; else the last one, with the spaces that do.
 */
export async function loadSpaces(job: LoadJob, onTry: (ep: string) => void): Promise<LoadedSpaces> {
  const { good, bad } = await verifyAll(job.spaces);
  const tried: EpMiss[] = [...job.excluded];
  const answer = (ep: string | null, failed: readonly Failed[]): Loaded => ({
    ep,
    tried,
    failed: [...bad, ...failed].map(({ space, reason }) => ({ fingerprint: space.fingerprint, reason })),
  });
  // A provider that has run nothing has proved nothing.
  if (good.length === 0) return { sessions: new Map(), answer: answer(null, []) };
  const eps = job.eps.filter((ep) => !job.excluded.some((miss) => miss.ep === ep));
  for (const [index, ep] of eps.entries()) {
    onTry(ep);
    const { sessions, failed } = await attempt(good, ep, job);
    const isLast = index === eps.length - 1;
    if (failed.length > 0)
      tried.push({ ep, reason: failed.map(({ space, reason }) => `${space.card.id}: ${reason}`).join('; ') });
    if (failed.length === 0 || (isLast && sessions.size > 0)) return { sessions, answer: answer(ep, failed) };
    for (const session of sessions.values()) await session.release();
    if (isLast) return { sessions: new Map(), answer: answer(null, failed) };
  }
  const failed = good.map(({ space }) => ({ space, reason: 'no execution provider works' }));
  return { sessions: new Map(), answer: answer(null, failed) };
}
