// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type RunningObjectStore, startVersitygw, whyNoVersitygw } from '@earshot/e2e/support';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AddressSource } from '../core/address-source.ts';
import { ServiceError } from '../core/service-error.ts';
import { parseAllowList } from './allow-list.ts';
import { createAddressSource } from './create-address-source.ts';
import type { S3Connection } from './object-source.ts';
import { createVettedLookup, type Resolve } from './vetted-lookup.ts';

const MAX_BYTES = 10_000;
const NO_STORE: S3Connection = {
  endpoint: undefined,
  region: 'us-east-1',
  forcePathStyle: undefined,
  accessKeyId: undefined,
  secretAccessKey: undefined,
  sessionToken: undefined,
};

let origin: Server;
let other: Server;
let routes: Record<string, RequestListener>;
let seen: IncomingMessage[];
let seenByOther: number;
let logged: { readonly address: string; readonly reason: string }[];

const listen = async (server: Server, host = '127.0.0.1', port = 0): Promise<Server> => {
  server.listen(port, host);
  await once(server, 'listening');
  return server;
};
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const base = (): string => `http://127.0.0.1:${portOf(origin)}`;
const close = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};

beforeAll(async () => {
  origin = await listen(
    createServer((request, response) => {
      seen.push(request);
      const route = routes[new URL(request.url ?? '/', 'http://x').pathname];
      if (route) return route(request, response);
      response.writeHead(404).end('nothing');
    }),
  );
  other = await listen(
    createServer((_request, response) => {
      response.end('secret');
    }),
  );
  other.on('connection', () => {
    seenByOther += 1;
  });
});
afterAll(async () => {
  await close(origin);
  await close(other);
});
beforeEach(() => {
  routes = { '/a.wav': (_request, response) => response.end('sound') };
  seen = [];
  seenByOther = 0;
  logged = [];
});
afterEach(() => {
  vi.unstubAllEnvs();
  // Whatever happened: nothing that is not listed was spoken to.
  expect(seenByOther).toBe(0);
});

interface Faults {
  readonly allow?: string;
  readonly timeoutMs?: number;
  readonly maxConcurrent?: number;
  readonly lookup?: LookupFunction;
  readonly s3?: S3Connection;
}

const create = ({ allow = base(), timeoutMs = 10_000, ...rest }: Faults = {}): AddressSource =>
  createAddressSource({
    allowList: parseAllowList(allow),
    timeoutMs,
    maxConcurrent: rest.maxConcurrent ?? 4,
    lookup: rest.lookup ?? createVettedLookup(),
    s3: rest.s3 ?? NO_STORE,
    log: { warn: (details: object) => void logged.push(details as (typeof logged)[number]) },
  });
const idle = new AbortController().signal;
const options = { maxBytes: MAX_BYTES, priority: 'interactive', signal: idle } as const;
const read = async (source: AddressSource, address: string, signal: AbortSignal = idle): Promise<string> =>
  (await buffer(await source.open(address, { ...options, signal }))).toString();
const failure = (reading: Promise<unknown>): Promise<ServiceError> =>
  reading.then(
    () => expect.unreachable('it was fetched'),
    (error: ServiceError) => error,
  );
const redirect =
  (location: string): RequestListener =>
  (_request, response) =>
    response.writeHead(302, { location, 'set-cookie': 'session=1' }).end();

describe('what is listed', () => {
  test('comes as it is, without anything of ours but the request', async () => {
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${portOf(other)}`);
    vi.stubEnv('http_proxy', `http://127.0.0.1:${portOf(other)}`);
    expect(await read(create(), `${base()}/a.wav?signature=x`)).toBe('sound');
    expect(seen[0]?.url).toBe('/a.wav?signature=x');
    expect(Object.keys(seen[0]?.headers ?? {}).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ]);
    expect(seen[0]?.headers['accept-encoding']).toBe('identity');
    expect(logged).toEqual([]);
  });

  test('three redirects are followed, without the cookies they set', async () => {
    routes['/1'] = redirect('/2');
    routes['/2'] = redirect(`${base()}/3`);
    routes['/3'] = redirect('a.wav');
    expect(await read(create(), `${base()}/1`)).toBe('sound');
    expect(seen.map(({ url }) => url)).toEqual(['/1', '/2', '/3', '/a.wav']);
    expect(seen.some(({ headers }) => headers.cookie || headers.referer)).toBe(false);
  });

  test('a name is fetched from the address that was looked at', async () => {
    const name = `http://media.example.org:${portOf(origin)}`;
    const resolve: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const lookup = createVettedLookup({ resolve, isAllowed: (ip) => ip === '127.0.0.1' });
    expect(await read(create({ allow: name, lookup }), `${name}/a.wav`)).toBe('sound');
    expect(seen[0]?.headers.host).toBe(`media.example.org:${portOf(origin)}`);
  });
});

describe('what is not listed', () => {
  test('nothing is, while the list is empty, and the message names the setting', async () => {
    const off = create({ allow: '' });
    for (const address of [`${base()}/a.wav`, 's3://library/key', 'file:///etc/passwd', 'ftp://x/', 'https://'])
      expect(() => off.assertListed(address)).toThrow('EARSHOT_FETCH_ALLOW is empty');
    expect(await failure(read(off, `${base()}/a.wav`))).toMatchObject({ code: 'url_not_allowed', status: 400 });
    expect(seen).toEqual([]);
  });

  test.each([
    ['another place', (host: string) => `http://${host}:${portOf(other)}/`],
    ['a user', (host: string) => `http://user@${host}:${portOf(origin)}/a.wav`],
    ['a user and a password', (host: string) => `http://user:secret@${host}:${portOf(origin)}/a.wav`],
    ['the listed place as the user', (host: string) => `http://${host}:${portOf(origin)}@${host}:${portOf(other)}/`],
    ['a longer address than any', () => `${base()}/${'a'.repeat(9000)}`],
    ['a scheme that nobody fetches', () => 'gs://bucket/key'],
    ['no address at all', () => 'http://[::1'],
  ])('%s is refused before anything is sent', async (_name, address) => {
    const source = create();
    expect(() => source.assertListed(address('127.0.0.1'))).toThrow('not among the places');
    expect(await failure(read(source, address('127.0.0.1')))).toMatchObject({ code: 'url_not_allowed' });
    expect(seen).toEqual([]);
    expect(JSON.stringify(logged)).not.toContain('secret');
  });
});

describe('what goes wrong at the origin', () => {
  const cases: Record<string, RequestListener | undefined> = {
    'nothing there': undefined,
    'no content': (_request, response) => response.writeHead(204).end(),
    'a part of it': (_request, response) => response.writeHead(206).end('so'),
    'a redirect without a target': (_request, response) => response.writeHead(302).end(),
    'a redirect to a private place': (request, response) =>
      redirect(`http://127.0.0.1:${portOf(other)}/?token=secret`)(request, response),
    'a redirect to loopback in decimal': (request, response) =>
      redirect(`http://2130706433:${portOf(other)}/`)(request, response),
    'a redirect to a file': redirect('file:///etc/passwd'),
    'a redirect to an object': redirect('s3://library/key'),
    'a redirect to data': redirect('data:audio/wav;base64,AAAA'),
    'a redirect with a user': (request, response) =>
      redirect(`http://user:secret@127.0.0.1:${portOf(origin)}/a.wav`)(request, response),
    'more than three redirects': redirect('/x'),
    'gzip, however small': (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000))),
    'an end before the declared length': (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('so', () => response.socket?.destroy());
    },
    'no answer': (_request, response) => void response.socket?.destroy(),
  };
  const listsToo = ',s3://library,file:/etc';

  test.each(Object.keys(cases))('%s: one code, one text, the reason in the log', async (name) => {
    const route = cases[name];
    if (route) routes['/x'] = route;
    const error = await failure(read(create({ allow: base() + listsToo }), `${base()}/x?token=secret`));
    expect(error).toBeInstanceOf(ServiceError);
    expect([error.code, error.message]).toEqual(['fetch_failed', 'The recording cannot be fetched']);
    expect(logged).toEqual([{ address: `${base()}/x`, reason: expect.stringMatching(/\S/) }]);
    expect(JSON.stringify(logged)).not.toContain('secret');
    expect(seen.length).toBeLessThanOrEqual(4);
  });

  test('nobody listening', async () => {
    const server = await listen(createServer());
    const gone = `http://127.0.0.1:${portOf(server)}`;
    await close(server);
    const error = await failure(read(create({ allow: gone }), `${gone}/a.wav`));
    expect([error.code, error.message]).toEqual(['fetch_failed', 'The recording cannot be fetched']);
    expect(logged[0]?.reason).toContain('ECONNREFUSED');
  });

  test('a body longer than declared is cut at the declared length', async () => {
    const liar = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsound${'x'.repeat(100_000)}`);
    });
    liar.listen(0, '127.0.0.1');
    await once(liar, 'listening');
    const place = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`;
    const result = await read(create({ allow: place }), `${place}/a.wav`).catch((error: ServiceError) => error.code);
    expect(['sound', 'fetch_failed']).toContain(result);
    liar.close();
  });
});

describe('limits', () => {
  test('a declared length beyond the limit is refused without reading', async () => {
    routes['/big'] = (_request, response) => {
      response.writeHead(200, { 'content-length': String(MAX_BYTES + 1) });
      response.write('x');
    };
    expect(await failure(read(create(), `${base()}/big`))).toMatchObject({ code: 'audio_too_large' });
  });

  test('a body without end is refused at the limit, and its connection closed', async () => {
    const closed = Promise.withResolvers<void>();
    routes['/endless'] = (_request, response) => {
      response.once('close', closed.resolve);
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1024)));
        response.once('drain', pour);
      };
      pour();
    };
    expect(await failure(read(create(), `${base()}/endless`))).toMatchObject({
      code: 'audio_too_large',
      message: `The recording is larger than ${MAX_BYTES} bytes`,
    });
    await closed.promise;
  });

  test('a body of exactly the limit is taken', async () => {
    routes['/just'] = (_request, response) => response.end(Buffer.alloc(MAX_BYTES, 'x'));
    expect(await read(create(), `${base()}/just`)).toHaveLength(MAX_BYTES);
  });

  test.each([
    ['drips', (response: Parameters<RequestListener>[1]) => void response.write('x')],
    ['says nothing', () => undefined],
  ])('an origin that %s is given up after the timeout, and its connection closed', async (_name, begin) => {
    const closed = Promise.withResolvers<void>();
    routes['/slow'] = (_request, response) => {
      begin(response);
      response.once('close', closed.resolve);
    };
    const error = await failure(read(create({ timeoutMs: 200 }), `${base()}/slow`));
    expect([error.code, error.message]).toEqual(['deadline_exceeded', 'The recording was not fetched within 200 ms']);
    await closed.promise;
  });

  test('a client that leaves ends the fetch, with the reason it left', async () => {
    const closed = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    routes['/slow'] = (_request, response) => {
      response.write('x', () => begun.resolve());
      response.once('close', closed.resolve);
    };
    const gone = new AbortController();
    const reading = failure(read(create(), `${base()}/slow`, gone.signal));
    await begun.promise;
    const reason = new Error('gone');
    gone.abort(reason);
    expect(await reading).toBe(reason);
    await closed.promise;
    expect(logged).toEqual([]);
  });

  test('a fetch that nobody reads frees its connection when it is thrown away', async () => {
    const closed = Promise.withResolvers<void>();
    routes['/slow'] = (_request, response) => {
      response.once('close', closed.resolve);
      response.write('x');
    };
    (await create().open(`${base()}/slow`, options)).destroy();
    await closed.promise;
  });

  test('so many fetches at once: the next begins when one was read or thrown away', async () => {
    const source = create({ maxConcurrent: 1 });
    const first = await source.open(`${base()}/a.wav`, options);
    const second = source.open(`${base()}/a.wav`, options);
    await sleep(50);
    expect(seen).toHaveLength(1);
    first.destroy();
    expect((await buffer(await second)).toString()).toBe('sound');
    expect(await read(source, `${base()}/a.wav`)).toBe('sound');
  });
});

describe('names', () => {
  test('one that resolves to loopback is not spoken to, however it is listed', async () => {
    const name = `http://media.example.org:${portOf(other)}`;
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      const resolve: Resolve = async () => [
        { address: '8.8.8.8', family: 4 },
        { address, family: address.includes(':') ? 6 : 4 },
      ];
      const error = await failure(read(create({ allow: name, lookup: createVettedLookup({ resolve }) }), `${name}/`));
      expect([error.code, error.message]).toEqual(['fetch_failed', 'The recording cannot be fetched']);
    }
    expect(logged.map(({ reason }) => reason)).toEqual(Array(3).fill(expect.stringContaining('not public')));
  });

  test('one that resolves elsewhere after the first connection is looked at again', async () => {
    const inside = await listen(createServer(), '127.0.0.2', portOf(origin));
    let connections = 0;
    inside.on('connection', () => {
      connections += 1;
    });
    const name = `http://rebind.example.org:${portOf(origin)}`;
    const answers = ['127.0.0.1', '127.0.0.1', '127.0.0.2'];
    const resolve: Resolve = async () => [{ address: answers.shift() ?? '127.0.0.2', family: 4 }];
    // For this test the public internet is 127.0.0.1.
    const lookup = createVettedLookup({ resolve, isAllowed: (ip) => ip === '127.0.0.1' });
    routes['/again'] = redirect('/a.wav');
    const source = create({ allow: name, lookup });
    expect(await read(source, `${name}/a.wav`)).toBe('sound');
    expect(await failure(read(source, `${name}/again`))).toMatchObject({ code: 'fetch_failed' });
    expect(seen.map(({ url }) => url)).toEqual(['/a.wav', '/again']);
    expect(connections).toBe(0);
    await close(inside);
  });
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-fetch-'));
  const root = join(folder, 'audio');
  const at = (name: string): string => pathToFileURL(join(root, name)).href;
  const files = (): AddressSource => create({ allow: `file:${root}` });
  beforeAll(() => {
    mkdirSync(join(root, 'inner'), { recursive: true });
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(root, 'a ä%.wav'), 'sound');
    writeFileSync(join(folder, 'secrets', 'key'), 'secret');
    symlinkSync('a ä%.wav', join(root, 'link.wav'));
    symlinkSync('../secrets/key', join(root, 'escape.wav'));
    symlinkSync('../secrets', join(root, 'door'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('below the root are read, also through a link that stays there', async () => {
    expect(await read(files(), at('a ä%.wav'))).toBe('sound');
    expect(await read(files(), at('link.wav'))).toBe('sound');
  });

  test('a root may itself be reached by a link', async () => {
    const link = join(folder, 'way');
    symlinkSync(root, link);
    expect(await read(create({ allow: `file:${link}` }), pathToFileURL(join(link, 'link.wav')).href)).toBe('sound');
  });

  test.each(['escape.wav', 'door/key', 'inner', 'nothing.wav'])('%s cannot be fetched', async (name) => {
    const error = await failure(read(files(), at(name)));
    expect([error.code, error.message]).toEqual(['fetch_failed', 'The recording cannot be fetched']);
  });

  test('a folder that is exchanged for a link is not followed', async () => {
    writeFileSync(join(root, 'inner', 'key'), 'sound');
    const source = files();
    expect(await read(source, at('inner/key'))).toBe('sound');
    renameSync(join(root, 'inner'), join(folder, 'moved'));
    symlinkSync('../secrets', join(root, 'inner'));
    expect(await failure(read(source, at('inner/key')))).toMatchObject({ code: 'fetch_failed' });
  });

  test('a pipe is no recording, and does not make the service wait', async () => {
    execFileSync('mkfifo', [join(root, 'pipe.wav')]);
    expect(await failure(read(files(), at('pipe.wav')))).toMatchObject({ code: 'fetch_failed' });
    expect(logged.at(-1)?.reason).toBe('not a regular file');
  });

  test('nothing outside is read while a folder and a link change places', async () => {
    const swapped = join(root, 'swapped');
    const aside = (name: string): string => join(folder, `aside-${name}`);
    mkdirSync(swapped);
    writeFileSync(join(swapped, 'key'), 'sound');
    symlinkSync(join(folder, 'secrets'), aside('link'));
    let isDone = false;
    const swapping = (async () => {
      while (!isDone) {
        await rename(swapped, aside('folder'));
        await rename(aside('link'), swapped);
        await rename(swapped, aside('link'));
        await rename(aside('folder'), swapped);
      }
    })();
    const source = files();
    const results = new Set<string>();
    for (let round = 0; round < 200; round++)
      results.add(await read(source, at('swapped/key')).catch((error: ServiceError) => error.code));
    isDone = true;
    await swapping;
    expect(['sound', 'fetch_failed']).toEqual(expect.arrayContaining([...results]));
  });

  test('outside of every root are not listed', async () => {
    expect(() => files().assertListed(pathToFileURL(join(folder, 'secrets', 'key')).href)).toThrow(ServiceError);
    expect(() => files().assertListed(`file://${root}/../secrets/key`)).toThrow(ServiceError);
  });

  test('larger than the limit are refused', async () => {
    writeFileSync(join(root, 'big.wav'), Buffer.alloc(MAX_BYTES + 1));
    expect(await failure(read(files(), at('big.wav')))).toMatchObject({ code: 'audio_too_large' });
  });
});

const noStore = whyNoVersitygw();

describe.skipIf(noStore)(`objects of a real S3 server ${noStore ?? ''}`, () => {
  let store: RunningObjectStore;
  let s3: S3Connection;
  const keys = ['prefix/a ä+%20?x=1#y.wav', 'other/secret'];
  beforeAll(async () => {
    store = await startVersitygw({ buckets: ['library', 'private'] });
    const { endpoint, region, accessKeyId, secretAccessKey } = store;
    s3 = { ...NO_STORE, endpoint, region, accessKeyId, secretAccessKey };
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    for (const Bucket of ['library', 'private'])
      for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: `${Bucket}:${Key}` }));
    await client.send(
      new PutObjectCommand({ Bucket: 'library', Key: 'prefix/big', Body: Buffer.alloc(MAX_BYTES + 1) }),
    );
    client.destroy();
  });
  afterAll(() => store?.stop());
  const objects = (): AddressSource => create({ allow: 's3://library/prefix', s3 });

  test('below the prefix are read, whatever their key holds', async () => {
    expect(await read(objects(), `s3://library/${keys[0]}`)).toBe(`library:${keys[0]}`);
  });

  test.each([
    's3://library/other/secret',
    's3://library/prefix/../other/secret',
    's3://library/prefix/%2e%2e/other/secret',
    's3://private/prefix/a',
  ])('%s is not listed', async (address) => {
    expect(await failure(read(objects(), address))).toMatchObject({ code: 'url_not_allowed' });
  });

  test('a key that is missing and a store that refuses us look the same', async () => {
    const refused = create({ allow: 's3://library', s3: { ...s3, secretAccessKey: 'wrong' } });
    const missing = await failure(read(objects(), 's3://library/prefix/none'));
    const denied = await failure(read(refused, `s3://library/${keys[0]}`));
    for (const { code, message } of [missing, denied])
      expect([code, message]).toEqual(['fetch_failed', 'The recording cannot be fetched']);
    expect(logged.map(({ reason }) => reason)).toEqual(['NoSuchKey', expect.stringMatching(/\w/)]);
  });

  test('larger than the limit are refused', async () => {
    expect(await failure(read(objects(), 's3://library/prefix/big'))).toMatchObject({ code: 'audio_too_large' });
    expect(logged[0]?.reason).toBe(`${MAX_BYTES + 1} bytes`);
  });

  test('a store that drips is given up after the timeout, and its connection closed', async () => {
    const closed = Promise.withResolvers<void>();
    routes['/library/a'] = (_request, response) => {
      response.once('close', closed.resolve);
      response.writeHead(200, { 'content-length': '1000' });
      response.write('x');
    };
    const source = create({ allow: 's3://library', s3: { ...s3, endpoint: base() }, timeoutMs: 500 });
    expect(await failure(read(source, 's3://library/a'))).toMatchObject({ code: 'deadline_exceeded' });
    await closed.promise;
  });

  test('a store that does not answer is given up after the timeout', async () => {
    const silent = createTcpServer(() => undefined);
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const source = create({ allow: 's3://library', s3: { ...s3, endpoint }, timeoutMs: 300 });
    expect(await failure(read(source, 's3://library/a'))).toMatchObject({ code: 'deadline_exceeded' });
    silent.close();
  });
});
