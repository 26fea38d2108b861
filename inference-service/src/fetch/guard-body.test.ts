// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { guardBody } from './guard-body.ts';

const options = { maxBytes: 10, signal: new AbortController().signal, translate: (error: unknown) => error };

test('bytes pass up to the limit', async () => {
  const body = Readable.from([Buffer.from('12345'), Buffer.from('67890')]);
  expect((await buffer(guardBody(body, options))).toString()).toBe('1234567890');
});

test('one byte more fails, and the body is let go', async () => {
  const body = Readable.from([Buffer.from('12345'), Buffer.from('678901')]);
  await expect(buffer(guardBody(body, options))).rejects.toMatchObject({ code: 'audio_too_large' });
  expect(body.destroyed).toBe(true);
});

test('a body that says nothing ends with the signal, with the error the caller makes of it', async () => {
  const body = new Readable({ read: () => undefined });
  const controller = new AbortController();
  const reading = buffer(
    guardBody(body, { ...options, signal: controller.signal, translate: () => new Error('ours') }),
  );
  controller.abort();
  await expect(reading).rejects.toThrow('ours');
  expect(body.destroyed).toBe(true);
});

test('a failure of the body before anyone reads does not end the process', async () => {
  const body = new Readable({ read: () => undefined });
  const guarded = guardBody(body, options);
  body.destroy(new Error('reset'));
  await new Promise(setImmediate);
  await expect(buffer(guarded)).rejects.toThrow('reset');
});
