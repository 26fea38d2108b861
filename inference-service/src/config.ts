// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { type AllowList, parseAllowList } from './fetch/allow-list.ts';

interface Row<T> {
  readonly env: string;
  readonly help: string;
  /** As it would be written in the environment; none means unset. */
  readonly default?: string;
  readonly schema: z.ZodType<T, string>;
}

const row = <T>(entry: Row<T>): Row<T> => entry;

const number = (smallest: number, largest: number): z.ZodType<number, string> =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= smallest && Number(text) <= largest, {
      error: `must be a whole number between ${smallest} and ${largest}`,
    })
    .transform(Number);

const text = z.string();

const allowList: z.ZodType<AllowList, string> = text.transform((list, context) => {
  try {
    return parseAllowList(list);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

const cores = availableParallelism();
const EPS = ['cuda', 'webgpu', 'cpu'];
const DEVICE = /^(?:cuda(?::\d{1,3})?|webgpu|cpu)$/;

/** The one table of settings of the service. `docs/operators/inference-service.md` is checked against it. */
export const SERVICE_SETTINGS = {
  host: row({
    env: 'EARSHOT_INFERENCE_HOST',
    help: 'address to listen on',
    default: '127.0.0.1',
    schema: z.string(),
  }),
  port: row({
    env: 'EARSHOT_INFERENCE_PORT',
    help: 'port; 0 picks a free one and prints it',
    default: '8700',
    schema: number(0, 65_535),
  }),
  metricsPort: row({
    env: 'EARSHOT_METRICS_PORT',
    help: 'a further port on the same address, with /metrics and the probes only',
    schema: number(0, 65_535),
  }),
  keysFile: row({
    env: 'EARSHOT_INFERENCE_KEYS_FILE',
    help: 'file of API keys; without it no key is asked for',
    schema: z.string(),
  }),
  isInsecureAllowed: row({
    env: 'EARSHOT_INFERENCE_INSECURE',
    help: 'true: listen beyond loopback without keys',
    default: 'false',
    schema: z.stringbool({ error: 'must be true or false' }),
  }),
  eps: row({
    env: 'EARSHOT_EP',
    help: 'execution providers in order of preference',
    default: 'cuda,webgpu,cpu',
    schema: z
      .string()
      .transform((list) => list.split(',').map((name) => name.trim()))
      .refine((list) => list.every((name) => EPS.includes(name)), { error: `must be a list of ${EPS.join(', ')}` }),
  }),
  devices: row({
    env: 'EARSHOT_DEVICES',
    help: 'devices with a host each, e.g. cuda:0,cuda:1 or cpu,cpu; empty: the first provider that works, with every GPU that CUDA shows',
    default: '',
    schema: z
      .string()
      .transform((list) => list.split(',').flatMap((name) => name.trim() || []))
      .refine((list) => list.every((name) => DEVICE.test(name)), {
        error: 'must be a list of cuda:<number>, webgpu, cpu',
      }),
  }),
  modelsDir: row({
    env: 'EARSHOT_MODELS_DIR',
    help: 'folder of imported cards and graphs, beside the shipped ones',
    default: '.earshot/models',
    schema: z.string(),
  }),
  maxAudioSeconds: row({
    env: 'EARSHOT_MAX_AUDIO_SECONDS',
    help: 'longest recording, seconds',
    default: '14400',
    schema: number(1, 86_400),
  }),
  maxUploadBytes: row({
    env: 'EARSHOT_MAX_UPLOAD_BYTES',
    help: 'largest upload, bytes',
    default: '268435456',
    schema: number(1, 2 ** 40),
  }),
  fetchAllow: row({
    env: 'EARSHOT_FETCH_ALLOW',
    help: 'places that recordings may be fetched from, separated by commas; empty: none',
    default: '',
    schema: allowList,
  }),
  fetchTimeoutMs: row({
    env: 'EARSHOT_FETCH_TIMEOUT_MS',
    help: 'longest time for fetching one recording',
    default: '30000',
    schema: number(100, 3_600_000),
  }),
  maxConcurrentFetches: row({
    env: 'EARSHOT_MAX_CONCURRENT_FETCHES',
    help: 'recordings fetched at once; more wait',
    default: '8',
    schema: number(1, 256),
  }),
  s3Endpoint: row({
    env: 'S3_ENDPOINT',
    help: 'object store behind s3:// addresses; without it AWS',
    schema: z.url({ protocol: /^https?$/, error: 'must be http://… or https://…' }),
  }),
  s3Region: row({ env: 'S3_REGION', help: 'its region', default: 'us-east-1', schema: text }),
  s3ForcePathStyle: row({
    env: 'S3_FORCE_PATH_STYLE',
    help: 'bucket in the path instead of the host name (default: true with S3_ENDPOINT)',
    schema: z.stringbool({ error: 'must be true or false' }),
  }),
  s3AccessKeyId: row({
    env: 'AWS_ACCESS_KEY_ID',
    help: 'its access key; without it the standard chain of AWS credentials',
    schema: text,
  }),
  s3SecretAccessKey: row({ env: 'AWS_SECRET_ACCESS_KEY', help: 'secret of that key', schema: text }),
  s3SessionToken: row({ env: 'AWS_SESSION_TOKEN', help: 'token of a temporary key', schema: text }),
  ffmpegPath: row({ env: 'FFMPEG_PATH', help: 'a decoder of your own', schema: z.string() }),
  maxQueueWindows: row({
    env: 'EARSHOT_MAX_QUEUE_WINDOWS',
    help: 'windows that may wait for one space; beyond it 429',
    default: '4096',
    schema: number(1, 1_000_000),
  }),
  maxSpoolBytes: row({
    env: 'EARSHOT_MAX_SPOOL_BYTES',
    help: 'uploads and bodies in hand at once, all together, bytes; beyond it 429',
    default: '2147483648',
    schema: number(1, 2 ** 40),
  }),
  keyMaxConcurrentRequests: row({
    env: 'EARSHOT_KEY_MAX_CONCURRENT_REQUESTS',
    help: 'requests of one key at once, for keys that set nothing else; 0: no limit',
    default: '0',
    schema: number(0, 1_000_000),
  }),
  keyRequestsPerMinute: row({
    env: 'EARSHOT_KEY_REQUESTS_PER_MINUTE',
    help: 'requests of one key per minute, for keys that set nothing else; 0: no limit',
    default: '0',
    schema: number(0, 1_000_000),
  }),
  keyAudioSecondsPerMinute: row({
    env: 'EARSHOT_KEY_AUDIO_SECONDS_PER_MINUTE',
    help: 'seconds of sound decoded for one key per minute, for keys that set nothing else; 0: no limit',
    default: '0',
    schema: number(0, 1_000_000_000),
  }),
  maxConnections: row({
    env: 'EARSHOT_MAX_CONNECTIONS',
    help: 'connections at once; further ones are closed',
    default: '1024',
    schema: number(1, 1_000_000),
  }),
  cacheBytes: row({
    env: 'EARSHOT_CACHE_BYTES',
    help: 'memory for results of recordings seen before, bytes; 0: none is kept',
    default: '67108864',
    schema: number(0, 2 ** 40),
  }),
  holdMs: row({
    env: 'EARSHOT_HOLD_MS',
    help: 'how long a call that finds everything full is held before 429, ms',
    default: '2500',
    schema: number(0, 60_000),
  }),
  maxConcurrentDecodes: row({
    env: 'EARSHOT_MAX_CONCURRENT_DECODES',
    help: 'recordings decoded at once (default: one per core, 8 at most)',
    default: String(Math.min(8, cores)),
    schema: number(1, 256),
  }),
  threads: row({
    env: 'EARSHOT_INFERENCE_THREADS',
    help: 'threads of inference, shared out among the hosts on the CPU (default: one per core)',
    default: String(cores),
    schema: number(1, 1024),
  }),
  batchTimeoutMs: row({
    env: 'EARSHOT_BATCH_TIMEOUT_MS',
    help: 'after this long a batch counts as hung and its host is restarted',
    default: '30000',
    schema: number(100, 3_600_000),
  }),
  canarySeconds: row({
    env: 'EARSHOT_CANARY_SECONDS',
    help: 'after so many seconds without a success a host runs its golden signals; 0: never',
    default: '30',
    schema: number(0, 86_400),
  }),
  maxHostRssBytes: row({
    env: 'EARSHOT_HOST_MAX_RSS_BYTES',
    help: 'memory at which a host is replaced; 0: never; empty: twice what it has after loading, and 512 MiB',
    schema: number(0, 2 ** 50),
  }),
  requestTimeoutMs: row({
    env: 'EARSHOT_REQUEST_TIMEOUT_MS',
    help: 'longest time for one request; X-Request-Timeout-Ms may ask for less',
    default: '600000',
    schema: number(100, 3_600_000),
  }),
  drainTimeoutMs: row({
    env: 'EARSHOT_DRAIN_TIMEOUT_MS',
    help: 'how long running requests may take after SIGTERM',
    default: '20000',
    schema: number(0, 600_000),
  }),
  logLevel: row({
    env: 'EARSHOT_LOG_LEVEL',
    help: 'error, warn, info or debug',
    default: 'info',
    schema: z.enum(['error', 'warn', 'info', 'debug']),
  }),
} as const;

type Settings = typeof SERVICE_SETTINGS;
type Value<R> = R extends Row<infer T> ? T : never;
type Optional =
  | 'metricsPort'
  | 'keysFile'
  | 'ffmpegPath'
  | 's3Endpoint'
  | 's3ForcePathStyle'
  | 's3AccessKeyId'
  | 's3SecretAccessKey'
  | 's3SessionToken'
  | 'maxHostRssBytes';
export type ServiceConfig = { readonly [K in Exclude<keyof Settings, Optional>]: Value<Settings[K]> } & {
  readonly [K in Optional]: Value<Settings[K]> | undefined;
};

/** Every problem of the settings in one message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

function readVariable(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const direct = env[name];
  if (direct !== undefined && direct !== '') return direct;
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return undefined;
  return readFileSync(file, 'utf8').trim();
}

/**
 * Settings from the environment (`<NAME>_FILE` reads the value from a file).
 * @throws ConfigError listing all problems together
 */
export function loadServiceConfig(env: NodeJS.ProcessEnv): ServiceConfig {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(SERVICE_SETTINGS) as [string, Row<unknown>][]) {
    try {
      const text = readVariable(env, setting.env) ?? setting.default;
      const parsed = text === undefined ? undefined : setting.schema.safeParse(text);
      values[name] = parsed?.data;
      if (parsed?.error)
        problems.push(`${setting.env}: ${parsed.error.issues.map((issue) => issue.message).join(', ')}`);
    } catch (error) {
      problems.push(`${setting.env}_FILE cannot be read: ${String(error)}`);
    }
  }
  const config = values as ServiceConfig;
  if (!LOOPBACK.includes(config.host) && config.keysFile === undefined && !config.isInsecureAllowed)
    problems.push(
      `EARSHOT_INFERENCE_HOST: ${config.host} can be reached from other machines; name EARSHOT_INFERENCE_KEYS_FILE, or set EARSHOT_INFERENCE_INSECURE=true`,
    );
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return config;
}
