// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../byte-source.ts';
import { ImportError, quote } from '../import-error.ts';

/** A file stored in a zip as it is. */
export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  /** Of its bytes, as the central directory says. */
  readonly crc32: number;
  /** Of its first byte in the zip. */
  readonly offset: number;
}

const END_BYTES = 22;
const END_SIGNATURE = 0x06054b50;
const LOCATOR_BYTES = 20;
const LOCATOR_SIGNATURE = 0x07064b50;
const END_64_BYTES = 56;
const END_64_SIGNATURE = 0x06064b50;
const CENTRAL_BYTES = 46;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_BYTES = 30;
const LOCAL_SIGNATURE = 0x04034b50;
const MAX_COMMENT_BYTES = 0xffff;
const MAX_DIRECTORY_BYTES = 16 * 2 ** 20;
const ZIP_64_EXTRA = 1;
const IN_ZIP_64 = 0xffffffff;

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly entries: number;
}

interface CentralEntry {
  readonly name: string;
  readonly size: number;
  readonly crc32: number;
  readonly localOffset: number;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** Sizes beyond 2⁵³ become inexact, but stay larger than any file. */
const uint64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

function invalid(source: ByteSource, problem: string): never {
  throw new ImportError('CHECKPOINT_INVALID', `${source.name}: ${problem}`);
}

/** The record of zip64, where the old one has no room for its numbers. */
function directory64(source: ByteSource, endOffset: number): Directory {
  const locator = viewOf(source.read(endOffset - LOCATOR_BYTES, LOCATOR_BYTES));
  if (locator.getUint32(0, true) !== LOCATOR_SIGNATURE) invalid(source, `no zip64 locator before offset ${endOffset}`);
  const at = uint64(locator, 8);
  const end = viewOf(source.read(at, END_64_BYTES));
  if (end.getUint32(0, true) !== END_64_SIGNATURE) invalid(source, `no zip64 directory record at offset ${at}`);
  return { entries: uint64(end, 32), size: uint64(end, 40), offset: uint64(end, 48) };
}

function findDirectory(source: ByteSource): Directory {
  const length = Math.min(source.size, END_BYTES + MAX_COMMENT_BYTES);
  const view = viewOf(source.read(source.size - length, length));
  for (let at = length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) !== length) continue;
    const found = {
      entries: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    };
    const isLarge = found.entries === 0xffff || found.size === IN_ZIP_64 || found.offset === IN_ZIP_64;
    return isLarge ? directory64(source, source.size - length + at) : found;
  }
  return invalid(source, 'it begins like a zip, but has no directory at its end: it is cut short');
}

/** Values of the zip64 extra field, in the order of those that the entry itself has no room for. */
function zip64Values(extra: Uint8Array): number[] {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const [id, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    const end = Math.min(extra.length, at + 4 + length);
    if (id === ZIP_64_EXTRA)
      return Array.from({ length: Math.floor((end - at - 4) / 8) }, (_, i) => uint64(view, at + 4 + i * 8));
    at = end;
  }
  return [];
}

function readCentralEntry(source: ByteSource, directory: Uint8Array, at: number): [CentralEntry, next: number] {
  const view = viewOf(directory);
  if (at + CENTRAL_BYTES > directory.length || view.getUint32(at, true) !== CENTRAL_SIGNATURE)
    return invalid(source, `no entry at byte ${at} of the zip directory`);
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const nameEnd = at + CENTRAL_BYTES + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > directory.length) return invalid(source, 'the zip directory is cut short');
  const name = new TextDecoder().decode(directory.subarray(at + CENTRAL_BYTES, nameEnd));
  if (flags & 1) return invalid(source, `${quote(name)} is encrypted`);
  const wide = zip64Values(directory.subarray(nameEnd, extraEnd));
  const field = (offset: number): number => {
    const value = view.getUint32(at + offset, true);
    return value === IN_ZIP_64 ? (wide.shift() ?? value) : value;
  };
  const [size, stored, localOffset] = [field(24), field(20), field(42)];
  if (method !== 0 || size !== stored)
    return invalid(source, `${quote(name)} is compressed; torch stores, so nothing here is inflated`);
  return [{ name, size, crc32: view.getUint32(at + 16, true), localOffset }, next];
}

/** Where an entry's bytes begin: the local header has an extra field of its own, which aligns them. */
function dataOffset(source: ByteSource, { name, localOffset }: CentralEntry): number {
  const local = viewOf(source.read(localOffset, LOCAL_BYTES));
  if (local.getUint32(0, true) !== LOCAL_SIGNATURE)
    return invalid(source, `${quote(name)} should begin at offset ${localOffset}, but does not`);
  return localOffset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
}

function refuseOverlaps(source: ByteSource, entries: readonly ZipEntry[], directory: Directory): void {
  let end = 0;
  for (const { name, offset, size } of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (offset < end) invalid(source, `${quote(name)} lies over another entry`);
    end = offset + size;
    if (end > directory.offset) invalid(source, `${quote(name)} has ${size} bytes, more than lie at offset ${offset}`);
  }
}

/**
 * The files in a zip, which must be stored and may not overlap: so everything that is read from it together is no larger
 * than the zip itself.
 * @throws ImportError CHECKPOINT_INVALID
 */
export function readZipEntries(source: ByteSource): ReadonlyMap<string, ZipEntry> {
  const directory = findDirectory(source);
  if (directory.size > MAX_DIRECTORY_BYTES || directory.entries * CENTRAL_BYTES > directory.size)
    invalid(source, `the zip directory claims ${directory.entries} entries in ${directory.size} bytes`);
  const bytes = source.read(directory.offset, directory.size);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < directory.entries; i++) {
    const [entry, next] = readCentralEntry(source, bytes, at);
    const { name, size, crc32 } = entry;
    if (entries.has(name)) invalid(source, `${quote(name)} is in the zip twice`);
    entries.set(name, { name, size, crc32, offset: dataOffset(source, entry) });
    at = next;
  }
  refuseOverlaps(source, [...entries.values()], directory);
  return entries;
}
