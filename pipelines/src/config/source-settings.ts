// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { EarshotError } from '../core/earshot-error.ts';
import type { WantedObjects } from '../core/sync/make-filter.ts';
import type { FileValue } from './read-config-file.ts';
import { readSecretFile } from './read-secret-file.ts';
import type { TopLevel } from './top-level.ts';
import {
  byteSize,
  deleteMode,
  duration,
  globs,
  name,
  positiveNumber,
  spaceIds,
  time,
  url,
  wholeNumber,
} from './value-schemas.ts';

/** How to reach the object store of one source; without a key the standard AWS credential chain is used. */
export interface S3Settings {
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly forcePathStyle?: boolean | undefined;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
  /** Of the shared AWS files, instead of a key. */
  readonly profile?: string | undefined;
  /** Patience with the beginning of an answer. */
  readonly timeoutMs?: number | undefined;
}

export interface SourceDeletes {
  readonly mode: 'hard' | 'soft';
  readonly maxDelete: number;
  /** Complete listings in a row that must miss an object. */
  readonly strikes: number;
}

/** One source: where recordings lie, and which library and spaces they go to. */
export interface SourceSettings {
  /** Its name in the file; `default` when it comes from EARSHOT_SOURCE. */
  readonly id: string;
  /** A folder, or s3://bucket/prefix. */
  readonly location: string;
  readonly s3: S3Settings;
  readonly library: string;
  readonly spaces: readonly string[];
  readonly labels?: string | undefined;
  readonly filter: WantedObjects;
  readonly deletes: SourceDeletes;
}

/** Source id when the source comes from EARSHOT_SOURCE alone. */
const DEFAULT_SOURCE_ID = 'default';

const text = z.string().min(1);
const s3Schema = z.strictObject({
  endpoint: url.nullable().optional(),
  region: text.optional(),
  forcePathStyle: z.stringbool().optional(),
  accessKeyId: text.nullable().optional(),
  accessKeyIdFile: text.optional(),
  secretAccessKey: text.optional(),
  secretAccessKeyFile: text.optional(),
  sessionToken: text.optional(),
  sessionTokenFile: text.optional(),
  profile: text.optional(),
});
const sourceSchema = z.strictObject({
  location: text,
  s3: s3Schema.optional(),
  library: name.optional(),
  spaces: spaceIds.optional(),
  labels: text.optional(),
  include: globs.optional(),
  exclude: globs.optional(),
  minSize: byteSize.optional(),
  maxSize: byteSize.optional(),
  modifiedAfter: time.optional(),
  modifiedBefore: time.optional(),
  minAge: duration.optional(),
  maxAge: duration.optional(),
  sidecars: z.stringbool('must be true or false').optional(),
  deletes: z
    .strictObject({
      mode: deleteMode.optional(),
      maxDelete: wholeNumber.optional(),
      strikes: positiveNumber.optional(),
    })
    .optional(),
});
const sourcesSchema = z.record(name, sourceSchema);

type OwnS3 = z.infer<typeof s3Schema>;
type OwnSettings = z.infer<typeof sourceSchema>;

/** A source's own value, unless the command line says otherwise; what it leaves out comes from the top level. */
function createPick({ config, origins }: TopLevel) {
  return <K extends keyof TopLevel['config']>(
    setting: K,
    own: TopLevel['config'][K] | undefined,
  ): TopLevel['config'][K] => (own === undefined || origins[setting] === 'flag' ? config[setting] : own);
}

function secretOf(own: OwnS3, key: 'accessKeyId' | 'secretAccessKey' | 'sessionToken', at: string): string | undefined {
  const file = own[`${key}File`];
  const given = own[key] ?? undefined;
  if (file === undefined) return given;
  if (given === undefined) return readSecretFile(file, `${at}.${key}File`);
  throw new EarshotError('CONFIG_INVALID', `${at}: give either ${key} or ${key}File`);
}

/** Key, secret and token belong together: a source brings all of its own or takes all from the top level. */
function credentialsOf(own: OwnS3, { config }: TopLevel, at: string) {
  const { s3AccessKeyId, s3SecretAccessKey, s3SessionToken } = config;
  const accessKeyId = secretOf(own, 'accessKeyId', at);
  const secretAccessKey = secretOf(own, 'secretAccessKey', at);
  const sessionToken = secretOf(own, 'sessionToken', at);
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw new EarshotError('CONFIG_INVALID', `${at}: accessKeyId and secretAccessKey belong together`, {
      remedy: 'Give both, or neither to use those of the top level or the standard AWS credential chain.',
    });
  if (accessKeyId !== undefined && own.profile !== undefined)
    throw new EarshotError('CONFIG_INVALID', `${at}: give either a profile or an access key`);
  if (accessKeyId !== undefined) return { accessKeyId, secretAccessKey, sessionToken };
  if (own.profile !== undefined || own.accessKeyId === null) return { profile: own.profile };
  return { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey, sessionToken: s3SessionToken };
}

function resolveSource(id: string, own: OwnSettings, top: TopLevel): SourceSettings {
  const pick = createPick(top);
  const { s3 = {}, deletes = {} } = own;
  return {
    id,
    location: own.location,
    s3: {
      endpoint: s3.endpoint === null ? undefined : pick('s3Endpoint', s3.endpoint),
      region: pick('s3Region', s3.region),
      forcePathStyle: pick('s3ForcePathStyle', s3.forcePathStyle),
      ...credentialsOf(s3, top, `sources.${id}.s3`),
      timeoutMs: top.config.s3Timeout * 1000,
    },
    library: pick('library', own.library),
    spaces: pick('space', own.spaces),
    labels: pick('labels', own.labels),
    filter: {
      sidecars: pick('sidecars', own.sidecars),
      include: pick('include', own.include) ?? [],
      exclude: pick('exclude', own.exclude) ?? [],
      minBytes: pick('minSize', own.minSize),
      maxBytes: pick('maxSize', own.maxSize),
      modifiedAfter: pick('modifiedAfter', own.modifiedAfter),
      modifiedBefore: pick('modifiedBefore', own.modifiedBefore),
      minAgeSeconds: pick('minAge', own.minAge),
      maxAgeSeconds: pick('maxAge', own.maxAge),
    },
    deletes: {
      mode: pick('deleteMode', deletes.mode),
      maxDelete: pick('maxDelete', deletes.maxDelete),
      strikes: pick('deleteStrikes', deletes.strikes),
    },
  };
}

function parseSources(given: FileValue, path: string): Readonly<Record<string, OwnSettings>> {
  const parsed = sourcesSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const why = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
    return `${['sources', ...issue.path].join('.')}: ${why ?? issue.message}`;
  });
  throw new EarshotError('CONFIG_INVALID', `${path} is not valid: ${problems.join('; ')}`, {
    remedy: 'docs/operators/configuration.md lists the keys of a source.',
  });
}

/**
 * The sources of a command: the one of a flag or variable, else those of the file.
 * @throws EarshotError CONFIG_INVALID naming source and key; CONFIG_SECRET_UNREADABLE
 */
export function resolveSources(
  top: TopLevel,
  file: { readonly path: string; readonly sources?: FileValue | undefined },
) {
  const { source } = top.config;
  const one = source === undefined ? [] : [resolveSource(DEFAULT_SOURCE_ID, { location: source }, top)];
  if (file.sources === undefined || (source !== undefined && top.origins.source !== 'file')) return one;
  if (source !== undefined)
    throw new EarshotError('CONFIG_INVALID', `${file.path} has both source and sources`, {
      remedy: 'Move source into sources; under the name default it keeps its documents.',
    });
  const own = parseSources(file.sources, file.path);
  return Object.entries(own).map(([id, settings]) => resolveSource(id, settings, top));
}
