// SPDX-License-Identifier: Apache-2.0
import { whyNoElasticsearch } from '@earshot/e2e/support';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CrashCourse, startCrashCourse } from '../../testing/crash-course.ts';
import { makeCrashStates } from '../../testing/crash-source.ts';
import { killAndRepeat, runUndisturbed } from '../../testing/crash-trial.ts';

const reason = whyNoElasticsearch();

/** `npm run bench -- crash` does the same at a hundred random points of 2,000 objects. */
describe.skipIf(reason)(`a sync run that is killed${reason ? ` (${reason})` : ''}`, () => {
  const objects = 60;
  let course: CrashCourse;

  beforeAll(async () => {
    course = await startCrashCourse({ objects, seed: 1, fromNothingEvery: 1000 });
  });
  afterAll(() => course?.stage.stop());

  test('is followed by one that ends in the same index, and embeds nothing again that was stored', async () => {
    for (let i = 0; i < 2; i++) {
      const { passage, point, ...result } = await course.next();
      expect({ passage, point, ...result }).toMatchObject({ isSame: true, storedAndEmbeddedAgain: 0, leftOver: [] });
      expect([0, 3]).toContain(result.next.code);
    }
  });

  test('between the acknowledgement of a bulk request and its arrival: what was stored is not embedded again', async () => {
    const { stage, references } = course;
    const trial = { stage, library: await stage.addLibrary(), contents: makeCrashStates(objects).a };
    const result = await killAndRepeat(trial, { phase: 'bulk', nth: 1, moment: 'after' });
    expect(result).toMatchObject({ wasKilled: true, storedAndEmbeddedAgain: 0, leftOver: [] });
    expect(result.snapshot).toEqual(references['from nothing'].snapshot);
    expect(result.snapshot[0]).toContain('"embedding"');

    const { gets, heads } = stage.bucket.counts;
    const writesOf = async (): Promise<unknown> => {
      const { _all } = await stage.client.indices.stats({ index: trial.library.index, metric: 'indexing' });
      return [_all.total?.indexing?.index_total, _all.total?.indexing?.delete_total];
    };
    const before = await writesOf();
    const idle = await runUndisturbed(trial);
    expect({ ...stage.bucket.counts, pages: 0 }).toEqual({ gets, heads, pages: 0 });
    expect([idle.requests, idle.counts.bulk, idle.counts.delete]).toEqual([0, undefined, undefined]);
    expect(await writesOf()).toEqual(before);
  });
});
