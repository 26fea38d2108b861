// SPDX-License-Identifier: Apache-2.0
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export const SCOPES = ['embed', 'admin', 'metrics'] as const;
export type Scope = (typeof SCOPES)[number];

const keySchema = z.strictObject({
  name: z.string().regex(/^[\w.-]+$/, 'a name has letters, digits, "_", "-" and "."'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/i, 'sha256 has 64 hexadecimal digits'),
  scopes: z.array(z.enum(SCOPES)).min(1),
});

export interface ApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

export interface KeyRing {
  /** The key whose secret this is, or undefined. */
  find(secret: string): ApiKey | undefined;
}

function parseLine(line: string): unknown {
  const [name, sha256, scopes] = line.split(':').map((part) => part.trim());
  return { name, sha256, scopes: (scopes ?? 'embed').split(',').map((scope) => scope.trim()) };
}

function parseEntries(text: string): unknown[] {
  if (/^\s*\[/.test(text)) return JSON.parse(text) as unknown[];
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseLine);
}

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/**
 * API keys from `name:sha256hex:scope,scope` lines (`#` starts a remark) or a JSON list of {name, sha256, scopes}.
 * Only sums of keys are stored; a key is compared in constant time.
 * @throws Error naming the entry that cannot be used
 */
export function parseKeyRing(text: string): KeyRing {
  const parsed = z.array(keySchema).min(1, 'the file holds no key').safeParse(parseEntries(text));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const keys = parsed.data.map(({ name, sha256, scopes }) => ({ name, scopes, sum: Buffer.from(sha256, 'hex') }));
  return {
    find: (secret) => {
      const sum = digest(secret);
      let found: ApiKey | undefined;
      for (const key of keys) if (timingSafeEqual(key.sum, sum)) found = key;
      return found;
    },
  };
}
