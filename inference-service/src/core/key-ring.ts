// SPDX-License-Identifier: Apache-2.0
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export const SCOPES = ['embed', 'admin', 'metrics'] as const;
export type Scope = (typeof SCOPES)[number];

const limit = z.int('a limit is a whole number').min(0).optional();

const keySchema = z.strictObject({
  name: z.string().regex(/^[\w.-]+$/, 'a name has letters, digits, "_", "-" and "."'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/i, 'sha256 has 64 hexadecimal digits'),
  scopes: z.array(z.enum(SCOPES)).min(1),
  limits: z
    .strictObject({ max_concurrent_requests: limit, requests_per_minute: limit, audio_seconds_per_minute: limit })
    .optional(),
});

/** What a key may use; 0 means no limit, and what is missing is as for all keys. */
export interface KeyLimits {
  readonly maxConcurrentRequests?: number;
  readonly requestsPerMinute?: number;
  readonly audioSecondsPerMinute?: number;
}

export interface ApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly limits: KeyLimits;
}

export interface KeyRing {
  /** The key whose secret this is, or undefined. */
  find(secret: string): ApiKey | undefined;
}

const listOf = (text: string): string[] => text.split(',').map((part) => part.trim());

function parseLimits(text: string): Record<string, number> {
  return Object.fromEntries(
    listOf(text).map((entry) => {
      const [name = '', value = ''] = entry.split('=').map((part) => part.trim());
      return [name, /^\d+$/.test(value) ? Number(value) : Number.NaN];
    }),
  );
}

function parseLine(line: string): unknown {
  const [name, sha256, scopes, limits] = line.split(':').map((part) => part.trim());
  return { name, sha256, scopes: listOf(scopes || 'embed'), ...(limits ? { limits: parseLimits(limits) } : {}) };
}

function limitsOf(limits: z.infer<typeof keySchema>['limits'] = {}): KeyLimits {
  const { max_concurrent_requests, requests_per_minute, audio_seconds_per_minute } = limits;
  return {
    ...(max_concurrent_requests === undefined ? {} : { maxConcurrentRequests: max_concurrent_requests }),
    ...(requests_per_minute === undefined ? {} : { requestsPerMinute: requests_per_minute }),
    ...(audio_seconds_per_minute === undefined ? {} : { audioSecondsPerMinute: audio_seconds_per_minute }),
  };
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
 * API keys from `name:sha256hex:scope,scope:limit=n,limit=n` lines (scopes and limits may be missing, `#` starts a
 * remark) or a JSON list of {name, sha256, scopes, limits}.
 * Only sums of keys are stored; a key is compared in constant time.
 * @throws Error naming the entry that cannot be used
 */
export function parseKeyRing(text: string): KeyRing {
  const parsed = z.array(keySchema).min(1, 'the file holds no key').safeParse(parseEntries(text));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const keys = parsed.data.map(({ name, sha256, scopes, limits }) => ({
    name,
    scopes,
    limits: limitsOf(limits),
    sum: Buffer.from(sha256, 'hex'),
  }));
  return {
    find: (secret) => {
      const sum = digest(secret);
      let found: ApiKey | undefined;
      for (const key of keys) if (timingSafeEqual(key.sum, sum)) found = key;
      return found;
    },
  };
}
