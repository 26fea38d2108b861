// SPDX-License-Identifier: Apache-2.0
import type { HostJob, HostResults, LoadJob } from './host-protocol.ts';
import { loadSpaces } from './load-spaces.ts';
import { checkSpace, openSpaceSession, type SpaceSession } from './space-session.ts';
import { readVerifiedFiles } from './verified-files.ts';

export interface HostSessions {
  /** @throws Error with the reason */
  perform(job: HostJob): Promise<HostResults[keyof HostResults]>;
}

/** The sessions of one host, by fingerprint, and what can be asked of them. */
export function createHostSessions(onTry: (ep: string) => void): HostSessions {
  let sessions = new Map<string, SpaceSession>();
  let device: { readonly ep: string; readonly deviceId: number; readonly threads: number } | undefined;

  const sessionOf = (fingerprint: string): SpaceSession => {
    const session = sessions.get(fingerprint);
    if (!session) throw new Error(`the space with fingerprint ${fingerprint} is not open`);
    return session;
  };

  const load = async (job: LoadJob): Promise<HostResults['load']> => {
    for (const session of sessions.values()) await session.release();
    const loaded = await loadSpaces(job, onTry);
    sessions = loaded.sessions;
    const { ep } = loaded.answer;
    device = ep === null ? undefined : { ep, deviceId: job.deviceId, threads: job.threads };
    return loaded.answer;
  };

  return {
    perform: async (job) => {
      switch (job.type) {
        case 'load':
          return load(job);
        case 'open': {
          if (!device) throw new Error('no execution provider is in use');
          const { fingerprint } = job.space;
          const files = await readVerifiedFiles(job.space);
          if (!sessions.has(fingerprint)) sessions.set(fingerprint, await openSpaceSession(job.space, files, device));
          return null;
        }
        case 'check':
          await checkSpace(job.space, sessionOf(job.space.fingerprint), job.batchSize);
          return null;
        case 'close':
          await sessions.get(job.fingerprint)?.release();
          sessions.delete(job.fingerprint);
          return null;
        case 'run': {
          const startedAt = performance.now();
          const vectors = await sessionOf(job.fingerprint).run(job.windows, job.count);
          return { vectors, inferMs: performance.now() - startedAt };
        }
        case 'run-contours': {
          const startedAt = performance.now();
          const vectors = await sessionOf(job.fingerprint).runContours(job.contours, job.count);
          return { vectors, inferMs: performance.now() - startedAt };
        }
        case 'run-texts': {
          const startedAt = performance.now();
          const answer = await sessionOf(job.fingerprint).runTexts(job.texts);
          return { ...answer, inferMs: performance.now() - startedAt };
        }
      }
    },
  };
}
