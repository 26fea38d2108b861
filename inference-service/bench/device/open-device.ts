// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import { checkSpace, openSpaceSession, type SpaceSession } from '../../src/host/space-session.ts';
import { readVerifiedFiles } from '../../src/host/verified-files.ts';

export interface OpenDevice {
  readonly ep: string;
  readonly session: SpaceSession;
  /** From opening the graph to the first right answer, ms. */
  readonly startMs: number;
  /** Providers passed over, and why. */
  readonly misses: Readonly<Record<string, string>>;
}

/** One graph on one provider, as the service opens it. */
export async function openOn(ep: string, space: Space, threads: number): Promise<SpaceSession> {
  const options = { ep, threads, deviceId: 0 };
  return openSpaceSession(space, await readVerifiedFiles(space), options);
}

/**
 * The first provider that opens the graph and answers its golden vector.
 * @throws Error with every reason when none does
 */
export async function openDevice(eps: readonly string[], space: Space, threads: number): Promise<OpenDevice> {
  const misses: Record<string, string> = {};
  for (const ep of eps) {
    const startedAt = performance.now();
    try {
      const session = await openOn(ep, space, threads);
      await checkSpace(space, session, 1);
      return { ep, session, startMs: performance.now() - startedAt, misses };
    } catch (error) {
      misses[ep] = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
    }
  }
  throw new Error(`no execution provider works: ${JSON.stringify(misses)}`);
}
