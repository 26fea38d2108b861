// SPDX-License-Identifier: Apache-2.0
import { crc32 } from 'node:zlib';
import { join, latin, type Saved, type SavedTensor, uint32, writePickle } from './write-pickle.ts';

const ALIGNMENT = 64;

const isTensor = (value: Saved): value is SavedTensor => typeof value === 'object' && value !== null && 'data' in value;

/** Storages in the order in which their tensors are met. */
function storagesOf(value: Saved, found = new Map<string, SavedTensor['data']>()): Map<string, SavedTensor['data']> {
  if (isTensor(value)) found.set(value.key, value.data);
  else if (value instanceof Map) for (const inner of value.values()) storagesOf(inner, found);
  return found;
}

const bytesOf = (data: SavedTensor['data']): Uint8Array =>
  new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);

function int64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true);
  return bytes;
}

export interface LegacyOptions {
  readonly isLittleEndian?: boolean;
  /** In place of the pickle of the value. */
  readonly object?: Uint8Array;
}

/** As torch.save wrote before 1.6. */
export function writeLegacyCheckpoint(value: Saved, { isLittleEndian = true, object }: LegacyOptions = {}): Uint8Array {
  const storages = storagesOf(value);
  const sizes = new Map<string, Saved>(Object.entries({ short: 2, int: 4, long: 4 }));
  const system = new Map<string, Saved>([
    ['protocol_version', 1001],
    ['little_endian', isLittleEndian],
    ['type_sizes', sizes],
  ]);
  return join([
    latin('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.'),
    latin('\x80\x02M\xe9\x03.'),
    writePickle(system),
    object ?? writePickle(value, true),
    writePickle([...storages.keys()]),
    ...[...storages.values()].flatMap((data) => [int64(data.length), bytesOf(data)]),
  ]);
}

export interface ZipMember {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** As the directory claims; by default the truth. */
  readonly claims?: {
    readonly method?: number;
    readonly size?: number;
    readonly crc32?: number;
    readonly localOffset?: number;
  };
}

const uint16 = (value: number): Uint8Array => Uint8Array.of(value & 0xff, value >> 8);
/** Sizes follow the data; names are UTF-8. */
const FLAGS = 0x0808;

function localHeader({ name, bytes }: ZipMember, at: number): Uint8Array {
  const dataAt = at + 30 + name.length + 4;
  const padding = (ALIGNMENT - (dataAt % ALIGNMENT)) % ALIGNMENT;
  const head = [uint32(0x04034b50), uint16(0), uint16(FLAGS), uint16(0), uint32(0), uint32(0), uint32(0), uint32(0)];
  const lengths = [uint16(name.length), uint16(4 + padding)];
  return join([...head, ...lengths, latin(name), latin('FB'), uint16(padding), new Uint8Array(padding), bytes]);
}

function centralHeader({ name, bytes, claims = {} }: ZipMember, at: number): Uint8Array {
  const size = claims.size ?? bytes.length;
  return join([
    ...[uint32(0x02014b50), uint16(0), uint16(0), uint16(FLAGS), uint16(claims.method ?? 0), uint32(0)],
    ...[uint32(claims.crc32 ?? crc32(bytes)), uint32(size), uint32(size), uint16(name.length)],
    ...[uint16(0), uint16(0), uint16(0), uint16(0), uint32(0), uint32(claims.localOffset ?? at), latin(name)],
  ]);
}

/** A zip of stored members, laid out as torch does it: data aligned, sizes in the central directory only. */
export function writeZip(members: readonly ZipMember[]): Uint8Array {
  const locals: Uint8Array[] = [];
  const centrals: Uint8Array[] = [];
  let at = 0;
  for (const member of members) {
    const local = localHeader(member, at);
    locals.push(local);
    centrals.push(centralHeader(member, at));
    at += local.length;
  }
  const directory = join(centrals);
  const counts = [uint16(members.length), uint16(members.length), uint32(directory.length), uint32(at), uint16(0)];
  return join([...locals, directory, uint32(0x06054b50), uint16(0), uint16(0), ...counts]);
}

/** Members of a zip as torch.save writes it since 1.6. */
export function zipMembers(value: Saved): ZipMember[] {
  const storages = [...storagesOf(value)].map(([key, data]) => ({ name: `archive/data/${key}`, bytes: bytesOf(data) }));
  return [
    { name: 'archive/data.pkl', bytes: writePickle(value) },
    { name: 'archive/byteorder', bytes: latin('little') },
    ...storages,
    { name: 'archive/version', bytes: latin('3\n') },
  ];
}

export const writeZipCheckpoint = (value: Saved): Uint8Array => writeZip(zipMembers(value));
