// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { ImportError, ImportErrorCode } from '../import-error.ts';
import { writeLegacyCheckpoint, writeZip, writeZipCheckpoint, zipMembers } from '../testing/write-checkpoint.ts';
import {
  integer,
  join as joinBytes,
  latin,
  type Saved,
  type SavedTensor,
  writePickle,
} from '../testing/write-pickle.ts';
import { openCheckpoint } from './open-checkpoint.ts';

const REPOSITORY = fileURLToPath(new URL('../../../..', import.meta.url));
const FIXTURES = join(process.env.EARSHOT_SHARED_DATA ?? join(REPOSITORY, '../shared/data'), 'weights/fixtures');

const dir = mkdtempSync(join(tmpdir(), 'earshot-checkpoint-'));
afterAll(() => rmSync(dir, { recursive: true }));

function opened<T>(bytes: Uint8Array, use: (checkpoint: ReturnType<typeof openCheckpoint>) => T): T {
  const path = join(dir, 'some.pth');
  writeFileSync(path, bytes);
  const checkpoint = openCheckpoint(path);
  try {
    return use(checkpoint);
  } finally {
    checkpoint.close();
  }
}

function refusal(bytes: Uint8Array): { code: ImportErrorCode; message: string } {
  try {
    opened(bytes, (checkpoint) => [...checkpoint.dims.keys()].map((name) => checkpoint.get(name)));
  } catch (error) {
    const { code, message } = error as ImportError;
    return { code, message };
  }
  throw new Error('nothing was refused');
}

const range = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => i);
const single: SavedTensor = { key: '0', dims: [2, 3], data: range(6) };
const SAVED: Saved = new Map<string, Saved>([
  [
    'model',
    new Map<string, Saved>([
      ['whole', single],
      ['transposed', { ...single, dims: [3, 2], strides: [1, 3] }],
      ['last column', { ...single, dims: [2], strides: [3], offset: 2 }],
      ['half', { key: '7', dims: [4], data: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x3555) }],
      ['steps', { key: '8', dims: [], data: BigInt64Array.of(42n) }],
    ]),
  ],
  ['iteration', 600000],
]);
const CONTAINERS = { zip: writeZipCheckpoint, legacy: (value: Saved) => writeLegacyCheckpoint(value) };
/** A file whose object is these instructions. */
const withObject = (...parts: Uint8Array[]): Uint8Array =>
  writeLegacyCheckpoint(null, { object: joinBytes([Uint8Array.of(0x80, 2), ...parts, latin('.')]) });

describe.each(Object.keys(CONTAINERS) as (keyof typeof CONTAINERS)[])('a %s checkpoint', (kind) => {
  const bytes = CONTAINERS[kind](SAVED);

  test('gives the table of weights, its views and types', () => {
    opened(bytes, (checkpoint) => {
      expect(checkpoint.container).toBe(kind);
      expect(Object.fromEntries(checkpoint.dims)).toEqual({
        whole: [2, 3],
        transposed: [3, 2],
        'last column': [2],
        half: [4],
        steps: [],
      });
      expect([...checkpoint.get('whole')!]).toEqual([0, 1, 2, 3, 4, 5]);
      expect([...checkpoint.get('transposed')!]).toEqual([0, 3, 1, 4, 2, 5]);
      expect([...checkpoint.get('last column')!]).toEqual([2, 5]);
      expect([...checkpoint.get('half')!]).toEqual([1, -2, 2 ** -24, Math.fround(0.333251953125)]);
      expect([...checkpoint.get('steps')!]).toEqual([42]);
      expect(checkpoint.get('nothing')).toBeUndefined();
    });
  });

  test('cut short anywhere is refused by name', () => {
    for (let length = 0; length < bytes.length; length += 31)
      expect(refusal(bytes.subarray(0, length))).toMatchObject({ code: 'CHECKPOINT_INVALID' });
    expect(refusal(bytes.subarray(0, bytes.length - 1)).message).toContain('some.pth');
  });

  test('mutated at will is read or refused, and nothing else', () => {
    let state = 12345;
    const random = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    for (let i = 0; i < 300; i++) {
      const mutated = bytes.slice();
      for (let flips = 1 + random(4); flips > 0; flips--) mutated[random(mutated.length)] = random(256);
      try {
        opened(mutated, (checkpoint) => [...checkpoint.dims.keys()].map((name) => checkpoint.get(name)));
      } catch (error) {
        expect((error as Error).name, String(error)).toBe('ImportError');
      }
    }
  });
});

describe('a hostile pickle', () => {
  test('cannot call anything: the name and its offset are told', () => {
    const { code, message } = refusal(withObject(latin('cos\nsystem\n('), latin('X\x02\x00\x00\x00id'), latin('tR')));
    expect(code).toBe('CHECKPOINT_UNSAFE');
    expect(message).toMatch(/"os\.system".*offset \d+/);
  });

  test.each([
    ['an instruction that torch does not write', [latin('0')], '0x30 is not allowed'],
    ['a storage called as a function', [latin('ctorch\nFloatStorage\n)R')], 'torch.FloatStorage is called'],
    ['text that goes beyond the end', [latin('X\xff\xff\xff\x7fabc')], 'ends where 2147483647 bytes'],
    ['a value that was never memoised', [latin('h\x05')], 'value 5'],
    ['nothing on the stack', [latin('R')], 'empty stack'],
    ['a name without end', [latin(`c${'x'.repeat(5000)}`)], 'no end within 256 bytes'],
    ['an integer of 255 bytes', [latin('\x8a\xff'), new Uint8Array(255)], 'an integer has 255 bytes'],
    ['a key twice', [latin(')}'), latin('(K\x01NK\x01Nu')], 'occurs twice'],
    ['a persistent id that is no storage', [latin('K\x01Q')], 'no storage'],
  ])('with %s is refused', (_title, parts, problem) => {
    expect(refusal(withObject(...parts)).message).toContain(problem);
  });

  test('that nests a hundred thousand tuples is no danger', () => {
    expect(refusal(withObject(latin(')'), latin('\x85'.repeat(100_000)))).code).toBe('CHECKPOINT_MISMATCH');
  });

  test.each([
    ['sizes that are larger than the storage', { dims: [2, 4] }],
    ['sizes whose product is beyond all numbers', { dims: Array(8).fill(0x7fffffff) }],
    ['strides that leave the storage', { strides: [4, 1] }],
    ['stride 0, which repeats a byte at will', { dims: [1000, 1000], strides: [0, 0] }],
    ['an offset behind the end', { offset: 1 }],
    ['more sizes than strides', { strides: [1] }],
  ])('of a tensor with %s is refused', (_title, change) => {
    const value = new Map([['w', { ...single, ...change }]]);
    expect(refusal(writeZipCheckpoint(value))).toMatchObject({ code: 'CHECKPOINT_INVALID' });
  });
});

describe('a legacy file', () => {
  test('that was saved big-endian is refused', () => {
    expect(refusal(writeLegacyCheckpoint(SAVED, { isLittleEndian: false })).message).toContain('big-endian');
  });

  test('whose storage claims another size is refused without reading it', () => {
    const pickled = writePickle(new Map([['w', { ...single, data: range(6) }]]), true);
    const hex = Buffer.from(pickled)
      .toString('latin1')
      .replace(latinText(integer(6)), latinText(integer(2 ** 30)));
    expect(refusal(writeLegacyCheckpoint(new Map([['w', single]]), { object: latin(hex) })).message).toContain(
      'storage "0" has 24 bytes, but 1073741824 × float32 are 4294967296',
    );
  });
});

const latinText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('a zip', () => {
  const members = zipMembers(SAVED);
  const data = members.findIndex(({ name }) => name === 'archive/data/0');

  test.each([
    ['compressed members, such as bombs are made of', { method: 8 }, 'is compressed'],
    ['a member larger than the file', { size: 0x7fffffff }, '2147483647 bytes'],
    ['members over each other', { localOffset: 0 }, 'lies over another'],
    ['bits flipped', { crc32: 1 }, 'is damaged'],
    ['a member that begins elsewhere', { localOffset: 3 }, 'does not'],
  ])('with %s is refused', (_title, claims, problem) => {
    const changed = members.map((member, i) => (i === data ? { ...member, claims } : member));
    expect(refusal(writeZip(changed)).message).toContain(problem);
  });

  test.each([
    [
      'big-endian',
      members.map((m) => (m.name.endsWith('byteorder') ? { ...m, bytes: latin('big') } : m)),
      'big-endian',
    ],
    ['of something else', [{ name: 'a.txt', bytes: latin('a') }], 'without one data.pkl'],
    ['without a storage', members.filter((_, i) => i !== data), 'storage "0" is not in the zip'],
    ['with a name twice', [...members, members[0]!], 'twice'],
  ])('%s is refused', (_title, changed, problem) => {
    expect(refusal(writeZip(changed)).message).toContain(problem);
  });
});

test('a file that is none of torch.save, an empty one, a folder and no file are refused by name', () => {
  expect(refusal(latin('RIFF....WAVE')).message).toContain('some.pth is no file of torch.save');
  expect(refusal(new Uint8Array(0)).message).toContain('some.pth is no file of torch.save');
  expect(() => openCheckpoint(dir)).toThrow('it is not a file');
  expect(() => openCheckpoint(join(dir, 'none.pth'))).toThrow('none.pth cannot be read');
});

const missing = existsSync(FIXTURES) ? '' : ` (skipped: no ${FIXTURES})`;
test.skipIf(missing)(`files of torch itself are read${missing}`, () => {
  const zip = openCheckpoint(join(FIXTURES, 'crepe-tiny.pth'));
  expect([zip.container, zip.dims.size, zip.dims.get('conv1.weight')]).toEqual(['zip', 44, [128, 1, 512, 1]]);
  expect(zip.get('conv1.weight')![0]).toBeCloseTo(-0.18209457, 7);
  zip.close();
  const legacy = openCheckpoint(join(FIXTURES, 'micro-acdnet-legacy.pt'));
  expect([legacy.container, legacy.dims.size, legacy.dims.get('sfeb.0.weight')]).toEqual(['legacy', 74, [7, 1, 1, 9]]);
  expect(legacy.get('sfeb.0.weight')![3]).toBeCloseTo(0.0241281949, 7);
  legacy.close();
});
