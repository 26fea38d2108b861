// SPDX-License-Identifier: Apache-2.0
import { EarshotError } from '../core/earshot-error.ts';
import { readConfigFile } from './read-config-file.ts';
import { readSecretFile } from './read-secret-file.ts';
import { SETTINGS, type Setting, type SettingName } from './settings.ts';
import { resolveSources, type SourceSettings } from './source-settings.ts';
import { type Origin, type Origins, type TopLevel, topLevelSchema } from './top-level.ts';

export type Flags = Readonly<Partial<Record<SettingName, string>>>;

export interface LoadedConfig {
  readonly config: Config;
  readonly origins: Origins;
  /** The top-level settings as they were written, before they were understood. */
  readonly texts: Readonly<Partial<Record<SettingName, string>>>;
}

export type Config = TopLevel['config'] & { readonly sources: readonly SourceSettings[] };

/** The variable itself, or the content of the file that `<NAME>_FILE` points at (container secrets). */
function readVariable(env: NodeJS.ProcessEnv, setting: Setting): string | undefined {
  const direct = env[setting.env];
  if (direct !== undefined && direct !== '') return direct;
  const file = env[`${setting.env}_FILE`];
  return file ? readSecretFile(file, `${setting.env}_FILE`) : undefined;
}

/**
 * Effective settings: flag before environment before file before default; all problems are listed together.
 * @param path of the file; else EARSHOT_CONFIG, else `earshot.yaml` where there is one
 * @throws EarshotError with exit code 2
 */
export function loadConfig(flags: Flags, env: NodeJS.ProcessEnv, path?: string): LoadedConfig {
  const file = readConfigFile(path ?? (env.EARSHOT_CONFIG || undefined), env);
  const values: Partial<Record<SettingName, string>> = {};
  const origins: Partial<Record<SettingName, Origin>> = {};
  for (const [name, setting] of Object.entries(SETTINGS) as [SettingName, Setting][]) {
    const candidates: [Origin, string | undefined][] = [
      ['flag', flags[name]],
      ['environment', readVariable(env, setting)],
      ['file', file.values.get(setting.key)],
      ['default', setting.default],
    ];
    const found = candidates.find(([, value]) => value !== undefined);
    if (found?.[1] === undefined) continue;
    values[name] = found[1];
    origins[name] = found[0];
  }
  const parsed = topLevelSchema.safeParse(values);
  if (parsed.success) {
    const sources = resolveSources({ config: parsed.data, origins }, file);
    return { config: { ...parsed.data, sources }, origins, texts: values };
  }
  const problems = parsed.error.issues.map((issue) => {
    const setting = SETTINGS[issue.path[0] as SettingName];
    return `${setting.env} (${setting.key}): ${issue.message}`;
  });
  throw new EarshotError('CONFIG_INVALID', `The configuration is not valid: ${problems.join('; ')}`, {
    remedy: 'Correct these settings; earshot config show prints where each value comes from.',
  });
}
