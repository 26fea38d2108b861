// SPDX-License-Identifier: Apache-2.0

/** A UTF-16 unit such that units compare like code points: surrogates stand above the rest of the basic plane. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/**
 * UTF-8 byte order, as S3 lists and Elasticsearch sorts keywords, of well-formed strings; JavaScript's own order (UTF-16
 * units) differs. It is the order of code points, found without encoding either string.
 */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
  }
  return a.length - b.length;
}
