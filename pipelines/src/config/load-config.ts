// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { EarshotError } from '../core/earshot-error.ts';
import { SETTINGS, type Setting, type SettingName } from './settings.ts';

/** Where an effective value came from. */
export type Origin = 'flag' | 'environment' | 'file' | 'default';
export type Flags = Readonly<Partial<Record<SettingName, string>>>;

export interface LoadedConfig {
  readonly config: Config;
  readonly origins: Readonly<Partial<Record<SettingName, Origin>>>;
}

const url = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });
const name = z.string().regex(/^[a-z0-9][a-z0-9_]*(-[a-z0-9_]+)*$/, 'must be lower-case letters, digits, - or _');

const configSchema = z.strictObject({
  elasticsearchUrl: url,
  elasticsearchApiKey: z.string().optional(),
  elasticsearchUsername: z.string().optional(),
  elasticsearchPassword: z.string().optional(),
  elasticsearchCaFile: z.string().optional(),
  kibanaUrl: url.optional(),
  kibanaApiKey: z.string().optional(),
  kibanaSpace: z.string().optional(),
  inferenceUrl: url,
  inferenceApiKey: z.string().optional(),
  source: z.string().min(1).optional(),
  s3Endpoint: url.optional(),
  s3Region: z.string(),
  s3ForcePathStyle: z.stringbool().optional(),
  s3AccessKeyId: z.string().optional(),
  s3SecretAccessKey: z.string().optional(),
  labels: z.string().min(1).optional(),
  library: name,
  space: z
    .string()
    .transform((list) => list.split(',').map((id) => id.trim()))
    .pipe(z.array(name).min(1)),
  modelsDir: z.string(),
  stateDir: z.string(),
  syncMemoryMb: z.coerce
    .number()
    .int()
    .min(8)
    .max(2 ** 20),
  syncSpoolMb: z.coerce
    .number()
    .int()
    .min(16)
    .max(2 ** 30),
  syncFetchAhead: z.coerce.number().int().min(1).max(48),
  panelHost: z.string().min(1),
  panelPort: z.coerce.number().int().min(0).max(65_535),
  panelUrl: url,
  panelAuth: z
    .string()
    .regex(/^[^:]+:.+$/, 'must be user:password')
    .optional(),
});

export type Config = z.infer<typeof configSchema>;

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8')) ?? {};
  } catch (cause) {
    throw new EarshotError(
      'CONFIG_FILE_UNREADABLE',
      `The configuration file ${path} cannot be read: ${String(cause)}`,
      {
        cause,
        remedy: 'Correct the file, or name another one with --config.',
      },
    );
  }
}

function flatten(value: unknown, prefix = ''): [string, string][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return [[prefix, Array.isArray(value) ? value.join(',') : String(value)]];
  }
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, prefix ? `${prefix}.${key}` : key));
}

function readFileSettings(path: string | undefined): Map<string, string> {
  const file = path ?? 'earshot.yaml';
  if (path === undefined && !existsSync(file)) return new Map();
  const values = new Map(flatten(readYaml(file)).filter(([key]) => key !== ''));
  const known = new Set<string>(Object.values(SETTINGS).map((setting) => setting.key));
  const unknown = [...values.keys()].filter((key) => !known.has(key));
  if (unknown.length > 0) {
    throw new EarshotError('CONFIG_KEY_UNKNOWN', `${file}: unknown key ${unknown.join(', ')}`, {
      remedy: 'earshot config show lists every key.',
    });
  }
  return values;
}

/** The variable itself, or the content of the file that `<NAME>_FILE` points at (container secrets). */
function readVariable(env: NodeJS.ProcessEnv, setting: Setting): string | undefined {
  const direct = env[setting.env];
  if (direct !== undefined && direct !== '') return direct;
  const file = env[`${setting.env}_FILE`];
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new EarshotError('CONFIG_SECRET_UNREADABLE', `${setting.env}_FILE names ${file}, which cannot be read`, {
      cause,
    });
  }
}

/**
 * Effective settings: flag before environment before file before default; all problems are listed together.
 * @throws EarshotError with exit code 2
 */
export function loadConfig(flags: Flags, env: NodeJS.ProcessEnv, file?: string): LoadedConfig {
  const fromFile = readFileSettings(file);
  const values: Partial<Record<SettingName, string>> = {};
  const origins: Partial<Record<SettingName, Origin>> = {};
  for (const [name, setting] of Object.entries(SETTINGS) as [SettingName, Setting][]) {
    const candidates: [Origin, string | undefined][] = [
      ['flag', flags[name]],
      ['environment', readVariable(env, setting)],
      ['file', fromFile.get(setting.key)],
      ['default', setting.default],
    ];
    const found = candidates.find(([, value]) => value !== undefined);
    if (found?.[1] === undefined) continue;
    values[name] = found[1];
    origins[name] = found[0];
  }
  const parsed = configSchema.safeParse(values);
  if (parsed.success) return { config: parsed.data, origins };
  const problems = parsed.error.issues.map((issue) => {
    const setting = SETTINGS[issue.path[0] as SettingName];
    return `${setting.env} (${setting.key}): ${issue.message}`;
  });
  throw new EarshotError('CONFIG_INVALID', `The configuration is not valid: ${problems.join('; ')}`, {
    remedy: 'Correct these settings; earshot config show prints where each value comes from.',
  });
}
