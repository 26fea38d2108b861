// SPDX-License-Identifier: Apache-2.0
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EarshotError } from '../core/earshot-error.ts';
import type { BucketEvents } from '../core/sync/bucket-events.ts';
import { type EventReceiver, startEventReceiver } from './event-receiver.ts';

const TOKEN = 'correct horse battery';
const EVENT = JSON.stringify({ Records: [{ s3: { bucket: { name: 'b' }, object: { key: 'a.wav' } } }] });

describe('the receiver of events', () => {
  let receiver: EventReceiver;
  let isFull = false;
  const taken: BucketEvents[] = [];

  beforeAll(async () => {
    const accept = async (events: BucketEvents): Promise<number> => {
      if (isFull) throw new EarshotError('STATE_UNWRITABLE', 'no space left');
      taken.push(events);
      return events.kind === 'keys' ? events.keys.length : 0;
    };
    receiver = await startEventReceiver({ host: '127.0.0.1', port: 0, token: TOKEN, accept });
  });
  afterAll(() => receiver.close());
  beforeEach(() => {
    taken.length = 0;
    isFull = false;
  });

  async function send(path: string, headers: Record<string, string> = {}, body = EVENT, method = 'POST') {
    const response = await fetch(receiver.url + path, { method, headers, ...(method === 'GET' ? {} : { body }) });
    const { keys, error } = (await response.json()) as { keys?: number; error?: { code: string } };
    return [response.status, keys ?? error?.code];
  }

  test('takes the token as Bearer, as password of an address, or as a parameter; nothing else', async () => {
    const basic = Buffer.from(`earshot:${TOKEN}`).toString('base64');
    expect(await send('/', { authorization: `Bearer ${TOKEN}` })).toEqual([200, 1]);
    expect(await send('/any/path', { authorization: `Basic ${basic}` })).toEqual([200, 1]);
    expect(await send(`/?token=${encodeURIComponent(TOKEN)}`)).toEqual([200, 1]);
    expect(taken).toHaveLength(3);
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: `Basic ${btoa('earshot:')}` }])
      expect(await send('/', headers as Record<string, string>)).toEqual([401, 'invalid_token']);
    expect(await send('/?token=')).toEqual([401, 'invalid_token']);
    expect(taken).toHaveLength(3);
  });

  test('answers 200 only for what is kept', async () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect(await send('/', headers, '{"Event":"s3:TestEvent"}')).toEqual([200, 0]);
    expect(await send('/', headers, 'no JSON')).toEqual([400, 'invalid_json']);
    expect(await send('/', headers, '{"hello":"world"}')).toEqual([400, 'not_an_event']);
    expect(await send('/', headers, '', 'GET')).toEqual([405, 'method_not_allowed']);
    isFull = true;
    const refused = await fetch(receiver.url, { method: 'POST', headers, body: EVENT });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect((await fetch(`${receiver.url}/health/live`)).status).toBe(200);
  });

  test('a body beyond the limit is refused while it comes, said to be so long or not', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request(
        receiver.url,
        { method: 'POST', headers: { authorization: `Bearer ${TOKEN}`, 'transfer-encoding': 'chunked' } },
        (response) => {
          resolve(response.statusCode);
          outgoing.destroy();
        },
      );
      outgoing.on('error', reject);
      const chunk = Buffer.alloc(1 << 20, ' ');
      for (let i = 0; i < 6; i++) outgoing.write(chunk);
    });
    expect(status).toBe(413);
    expect(taken).toHaveLength(0);
  });

  test('an address in use is said to be so', async () => {
    const { port } = new URL(receiver.url);
    const again = startEventReceiver({
      host: '127.0.0.1',
      port: Number(port),
      token: undefined,
      accept: async () => 0,
    });
    await expect(again).rejects.toMatchObject({ code: 'LISTEN_FAILED' });
  });
});
