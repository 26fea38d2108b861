// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { createStandInBackend, someAnswer } from '../testing/stand-in-backend.ts';
import { BackendError } from './backend-error.ts';
import { createSearchDriver } from './search-driver.ts';
import { DEFAULT_STATE } from './search-state.ts';

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const looking = (like: string) => ({ ...DEFAULT_STATE, like });

describe('the search driver', () => {
  it('drops the answer of an overtaken search, whichever comes last', async () => {
    const { backend, searches } = createStandInBackend();
    const driver = createSearchDriver(backend);
    driver.show(looking('a'));
    driver.show(looking('b'));
    searches[1]?.resolve(someAnswer({ total: 2 }));
    await settle();
    searches[0]?.resolve(someAnswer({ total: 1 }));
    await settle();
    expect(driver.progress()).toMatchObject({ phase: 'done', key: 'like=b', answer: { total: 2 } });
    expect(searches[0]?.signal.aborted).toBe(true);
  });

  it('does not search again for a state whose rows it shows', async () => {
    const { backend, searches } = createStandInBackend();
    const driver = createSearchDriver(backend);
    driver.show(looking('a'));
    driver.show(looking('a'));
    expect(searches).toHaveLength(1);
  });

  it('stands an upload in for its query id and does not ask for it again', async () => {
    const { backend, searches, uploads } = createStandInBackend();
    const driver = createSearchDriver(backend);
    const uploaded = driver.upload(new File(['x'], 'x.wav'), DEFAULT_STATE);
    uploads[0]?.resolve(someAnswer({ queryId: '42' }));
    const state = await uploaded;
    expect(state?.like).toBe('q:42');
    driver.show(state ?? DEFAULT_STATE);
    expect(searches).toHaveLength(0);
    expect(driver.progress().phase).toBe('done');
  });

  it('keeps the earlier rows while it searches, and goes idle without an example', async () => {
    const { backend, searches } = createStandInBackend();
    const driver = createSearchDriver(backend);
    driver.show(looking('a'));
    searches[0]?.resolve(someAnswer({ total: 7 }));
    await settle();
    driver.show(looking('b'));
    expect(driver.progress()).toMatchObject({ phase: 'searching', previous: { total: 7 } });
    driver.show(DEFAULT_STATE);
    expect(driver.progress()).toEqual({ phase: 'idle' });
    searches[1]?.resolve(someAnswer({}));
    await settle();
    expect(driver.progress()).toEqual({ phase: 'idle' });
  });

  it('tells a failure with its code, and tries again when told', async () => {
    const { backend, searches } = createStandInBackend();
    const driver = createSearchDriver(backend);
    driver.show(looking('a'));
    searches[0]?.reject(new BackendError('INFERENCE_UNAVAILABLE', 'away', 'start it'));
    await settle();
    expect(driver.progress()).toMatchObject({ phase: 'failed', error: { code: 'INFERENCE_UNAVAILABLE' } });
    driver.retry(looking('a'));
    searches[1]?.resolve(someAnswer({}));
    await settle();
    expect(driver.progress().phase).toBe('done');
  });
});
