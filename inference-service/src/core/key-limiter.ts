// SPDX-License-Identifier: Apache-2.0
import type { ApiKey, KeyLimits } from './key-ring.ts';
import { ServiceError } from './service-error.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** Nothing is known of when a request of that key will end. */
const BUSY_RETRY_SECONDS = 1;
/** The length of a recording is known only when it has been decoded: who has this much left may send one. */
const LEAST_AUDIO_SECONDS = 1;

interface Usage {
  readonly limits: KeyLimits;
  readonly requests: TokenBucket | undefined;
  readonly audioSeconds: TokenBucket | undefined;
  running: number;
}

export interface KeyLimiter {
  /**
   * A request begins; call what is returned when it is over.
   * @throws ServiceError rate_limited with the seconds to wait
   */
  enter(key: ApiKey): () => void;
  /** So much sound was decoded for the key. More than it had left is made up for later. */
  charge(keyName: string, audioSeconds: number): void;
}

function refuse(name: string, what: string, seconds: number): never {
  throw new ServiceError('rate_limited', `The key ${name} has used up its ${what}`, {
    retryAfterSeconds: Math.max(1, Math.ceil(seconds)),
  });
}

/**
 * Holds every key to its own limits, so that the flood of one is no other's business.
 * @param defaults for what a key does not set; 0 anywhere means no limit
 */
export function createKeyLimiter(defaults: Required<KeyLimits>, now: () => number): KeyLimiter {
  const usages = new Map<string, Usage>();

  const create = ({ limits }: ApiKey): Usage => {
    const own = { ...defaults, ...limits };
    const bucket = (perMinute: number): TokenBucket | undefined =>
      perMinute > 0 ? createTokenBucket(perMinute, now) : undefined;
    return {
      limits,
      requests: bucket(own.requestsPerMinute),
      audioSeconds: bucket(own.audioSecondsPerMinute),
      running: 0,
    };
  };

  const usageOf = (key: ApiKey): Usage => {
    const known = usages.get(key.name);
    // The keys file was read again and says otherwise.
    if (known && known.limits === key.limits) return known;
    const usage = { ...create(key), running: known?.running ?? 0 };
    usages.set(key.name, usage);
    return usage;
  };

  const assertAllowed = (name: string, usage: Usage): void => {
    const most = usage.limits.maxConcurrentRequests ?? defaults.maxConcurrentRequests;
    if (most > 0 && usage.running >= most) refuse(name, `${most} requests at once`, BUSY_RETRY_SECONDS);
    const requestSeconds = usage.requests?.secondsUntil(1) ?? 0;
    if (requestSeconds > 0) refuse(name, 'requests per minute', requestSeconds);
    const audioSeconds = usage.audioSeconds?.secondsUntil(LEAST_AUDIO_SECONDS) ?? 0;
    if (audioSeconds > 0) refuse(name, 'seconds of sound per minute', audioSeconds);
  };

  return {
    enter: (key) => {
      const usage = usageOf(key);
      assertAllowed(key.name, usage);
      usage.requests?.take(1);
      usage.running += 1;
      return () => {
        const current = usages.get(key.name);
        if (current) current.running -= 1;
      };
    },
    charge: (keyName, audioSeconds) => usages.get(keyName)?.audioSeconds?.take(audioSeconds),
  };
}
