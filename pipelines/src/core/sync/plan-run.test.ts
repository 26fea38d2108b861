// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createFileSpool } from '../../adapters/file-spool.ts';
import type { Entry, ListEvent } from '../../ports/object-store.ts';
import type { StoredDocument } from '../../ports/sync-index.ts';
import { documentId } from './document-id.ts';
import { planRun } from './plan-run.ts';
import type { SyncRun } from './sync-run.ts';
import { Tally } from './tally.ts';

const name = (i: number): string => `${String(i).padStart(7, '0')}.wav`;

interface Situation {
  readonly listed: Iterable<Entry>;
  readonly stored: Iterable<Omit<StoredDocument, 'id'>>;
}

function runOf({ listed, stored }: Situation): SyncRun {
  async function* listing(): AsyncGenerator<ListEvent> {
    let count = 0;
    for (const entry of listed) {
      count++;
      yield { type: 'entry', entry };
    }
    yield { type: 'end', complete: true, sorted: true, pages: 1, count };
  }
  async function* documents(): AsyncGenerator<StoredDocument> {
    for (const document of stored) yield { id: documentId('default', document.key), fingerprint: 'f', ...document };
  }
  const index = { space: 'tone-1', fingerprint: 'f', stored: documents };
  return {
    store: { id: 'default' },
    listing,
    targets: [{ index, known: new Map(), tally: new Tally(), pipelineFingerprint: 'p' }],
    settings: { filter: { maxBytes: 1e9 }, deletes: { maxDelete: 100, force: false }, force: false },
    makeSpool: createFileSpool,
    signal: new AbortController().signal,
  } as unknown as SyncRun;
}

const entry = (i: number, etag = `e${i}`): Entry => ({ key: name(i), size: 10, etag });

test('counts every state, guesses what moved, and names what would be deleted', async () => {
  const run = runOf({
    listed: [entry(1), entry(2, 'other'), { key: 'cover.jpg', size: 1 }, { key: 'moved/3.wav', size: 10, etag: 'e3' }],
    stored: [entry(1), entry(2), entry(3), entry(4)],
  });
  const plan = await planRun(run, async () => ({ audioSecondsPerByte: 360, audioSecondsPerSecond: 2 }));
  expect(plan).toEqual({
    complete: true,
    spaces: [
      {
        space: 'tone-1',
        new: 1,
        changed: 1,
        unchanged: 1,
        moved_guess: 1,
        skipped: 1,
        skipped_by: { extension: 1 },
        filtered: {},
        failed_known: 0,
        gone: 2,
        bytes: 20,
        audio_hours: 2,
        work_hours: 1,
        deletes: { verdict: 'allowed', keys: [name(3), name(4)], keys_left_out: 0 },
      },
    ],
  });
});

test('what was never measured is unknown, and nothing to do takes no time', async () => {
  const fresh = await planRun(runOf({ listed: [entry(1)], stored: [] }), async () => ({}));
  expect(fresh?.spaces).toMatchObject([{ new: 1, audio_hours: null, work_hours: null }]);
  const idle = await planRun(runOf({ listed: [entry(1)], stored: [entry(1)] }), async () => ({}));
  expect(idle?.spaces).toMatchObject([{ unchanged: 1, audio_hours: 0, work_hours: 0 }]);
});

test('names the first thousand of what would go and counts the rest, with the verdict of the guard', async () => {
  const stored = Array.from({ length: 1500 }, (_, i) => entry(i + 1));
  const plan = await planRun(runOf({ listed: [entry(0)], stored }), async () => ({}));
  const [space] = plan?.spaces ?? [];
  expect(space?.deletes).toMatchObject({ verdict: 'refused', reason: expect.any(String), keys_left_out: 500 });
  expect(space?.deletes.keys).toHaveLength(1000);
});
