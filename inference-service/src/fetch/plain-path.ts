// SPDX-License-Identifier: Apache-2.0

const MOST_DECODINGS = 4;

const decodeOnce = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

/** `..;x` is a step up for servers that cut off path parameters. */
const isStep = (segment: string): boolean => ['.', '..'].includes(segment.split(';', 1)[0] ?? '');

const hasStep = (path: string): boolean => path.includes('\0') || path.split(/[/\\]/).some(isStep);

/**
 * Whether a path has no `.` or `..` for anyone who reads it, however often that one decodes it: a prefix of the
 * allow-list must mean the same here and at the origin.
 */
export function isPlainPath(path: string): boolean {
  let text = path;
  for (let round = 0; round < MOST_DECODINGS; round++) {
    if (hasStep(text)) return false;
    const decoded = decodeOnce(text);
    if (decoded === text) return true;
    text = decoded;
  }
  return false;
}

/**
 * Whether `path` is `prefix` or lies below it.
 * @param prefix without a slash at its end; empty for everything
 */
export const isBelow = (path: string, prefix: string): boolean =>
  prefix === '' || path === prefix || path.startsWith(`${prefix}/`);
