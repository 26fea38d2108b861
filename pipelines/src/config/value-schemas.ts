// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** Every value arrives as text: from a flag, a variable, or a scalar of the file. */

export const url = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });
export const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_]*(-[a-z0-9_]+)*$/, 'must be lower-case letters, digits, - or _');

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};
const TIME_UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

function quantity(units: Readonly<Record<string, number>>, error: string) {
  return z.string().transform((text, context) => {
    const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
    const factor = units[unit.toLowerCase()];
    if (number !== undefined && factor !== undefined) return Math.round(Number(number) * factor);
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

/** Bytes. */
export const byteSize = quantity(SIZE_UNITS, 'must be a size such as 500, 10KiB or 200MB');
/** Seconds. */
export const duration = quantity(TIME_UNITS, 'must be a duration such as 90s, 10m, 12h, 30d or 2w');

/** Seconds, at least one. */
export const timeout = duration.refine((seconds) => seconds >= 1, 'must be at least a second');

export const time = z.union(
  [z.iso.date(), z.iso.datetime({ offset: true })],
  'must be a time such as 2026-01-31 or 2026-01-31T12:00:00Z',
);

export const wholeNumber = z
  .string()
  .regex(/^\d+$/, 'must be a whole number')
  .transform((text) => Number(text));

export const positiveNumber = wholeNumber.refine((value) => value > 0, 'must be 1 or more');

/** Commas inside brackets belong to a glob: `*.{wav,flac}` is one. */
function splitList(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if ('{(['.includes(character)) depth++;
    if ('})]'.includes(character)) depth = Math.max(0, depth - 1);
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

const list = z.union([z.string().transform(splitList), z.array(z.string())], 'must be a list');

export const globs = list.refine(
  (patterns) => patterns.every((pattern) => pattern !== '' && !pattern.startsWith('!') && !pattern.startsWith('/')),
  'must be globs that begin with neither ! nor /; what to leave out goes into exclude',
);
export const spaceIds = list.pipe(z.array(name).min(1, 'must name at least one space'));
export const deleteMode = z.enum(['hard', 'soft'], 'must be hard or soft');

/** `127.0.0.1:8790`, `[::1]:8790`; port 0 picks a free one. */
export const hostAndPort = z.string().transform((text, context) => {
  const [, bracketed, plain, port] = /^(?:\[([\da-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text.trim()) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  context.addIssue({ code: 'custom', message: 'must be host:port, such as 127.0.0.1:8790' });
  return z.NEVER;
});
