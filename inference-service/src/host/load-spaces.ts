// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import { checkGolden, type GraphSession, openGraphSession, readVerifiedGraph } from './graph-session.ts';
import type { EpMiss, Loaded, LoadRequest } from './host-protocol.ts';

interface VerifiedSpace {
  readonly space: Space;
  readonly graph: Uint8Array;
}

interface Attempt {
  readonly sessions: Map<string, GraphSession>;
  readonly failed: { id: string; reason: string }[];
}

/** ONNX Runtime puts file, line and condition before what an operator can use. */
const SOURCE_LOCATION = /^.*\bwas false\.\s*/s;

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(SOURCE_LOCATION, '').replace(/\s+/g, ' ').trim();

/** 1, 2, 4 … and the largest itself. */
function batchSizes(largest: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < largest; size *= 2) sizes.push(size);
  return [...sizes, largest];
}

async function attempt(spaces: readonly VerifiedSpace[], ep: string, request: LoadRequest): Promise<Attempt> {
  const sessions = new Map<string, GraphSession>();
  const failed: { id: string; reason: string }[] = [];
  for (const { space, graph } of spaces) {
    let session: GraphSession | undefined;
    try {
      session = await openGraphSession(space, graph, { ep, threads: request.threads });
      for (const size of batchSizes(request.maxBatchWindows[ep] ?? 1)) await checkGolden(space, session, size);
      sessions.set(space.card.id, session);
    } catch (error) {
      failed.push({ id: space.card.id, reason: reasonOf(error) });
      await session?.release();
    }
  }
  return { sessions, failed };
}

async function verifyAll(spaces: readonly Space[]): Promise<{ good: VerifiedSpace[]; bad: Attempt['failed'] }> {
  const good: VerifiedSpace[] = [];
  const bad: Attempt['failed'] = [];
  for (const space of spaces) {
    try {
      good.push({ space, graph: await readVerifiedGraph(space) });
    } catch (error) {
      bad.push({ id: space.card.id, reason: reasonOf(error) });
    }
  }
  return { good, bad };
}

export interface LoadedSpaces {
  readonly sessions: ReadonlyMap<string, GraphSession>;
  readonly answer: Loaded;
}

/**
 * Tries the execution providers one by one, each alone (ONNX Runtime throws instead of falling back), and keeps the first
 * on which every space answers its golden vectors; else the last one, with the spaces that do.
 */
export async function loadSpaces(request: LoadRequest, onTry: (ep: string) => void): Promise<LoadedSpaces> {
  const { good, bad } = await verifyAll(request.spaces);
  const tried: EpMiss[] = [...request.excluded];
  const eps = request.eps.filter((ep) => !request.excluded.some((miss) => miss.ep === ep));
  for (const [index, ep] of eps.entries()) {
    onTry(ep);
    const { sessions, failed } = await attempt(good, ep, request);
    const isLast = index === eps.length - 1;
    if (failed.length > 0) tried.push({ ep, reason: failed.map(({ id, reason }) => `${id}: ${reason}`).join('; ') });
    if (failed.length === 0 || (isLast && sessions.size > 0))
      return { sessions, answer: { type: 'loaded', ep, tried, failed: [...bad, ...failed] } };
    for (const session of sessions.values()) await session.release();
    if (isLast)
      return { sessions: new Map(), answer: { type: 'loaded', ep: null, tried, failed: [...bad, ...failed] } };
  }
  const failed = good.map(({ space }) => ({ id: space.card.id, reason: 'no execution provider works' }));
  return { sessions: new Map(), answer: { type: 'loaded', ep: null, tried, failed: [...bad, ...failed] } };
}
