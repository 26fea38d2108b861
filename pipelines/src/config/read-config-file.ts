// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { EarshotError } from '../core/earshot-error.ts';
import { SETTINGS } from './settings.ts';

/** A value of the file with its scalars as text. */
export type FileValue = string | null | readonly FileValue[] | { readonly [key: string]: FileValue };

export interface ConfigFile {
  readonly path: string;
  /** Settings by their dotted key. */
  readonly values: ReadonlyMap<string, string>;
  /** What stands under `sources`, unchecked. */
  readonly sources: FileValue | undefined;
}

interface Reading {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8')) ?? {};
  } catch (cause) {
    throw new EarshotError(
      'CONFIG_FILE_UNREADABLE',
      `The configuration file ${path} cannot be read: ${String(cause)}`,
      { cause, remedy: 'Correct the file, or name another one with --config.' },
    );
  }
}

/** `${NAME}` and `${NAME:default}`; `$${` stands for itself. A variable set to nothing counts as not set. */
function substitute(text: string, key: string, { path, env }: Reading): string {
  return text.replace(/\$\$\{|\$\{(\w+)(?::([^}]*))?\}/g, (whole, variable?: string, fallback?: string) => {
    if (variable === undefined) return whole.slice(1);
    const value = env[variable] || fallback;
    if (value !== undefined) return value;
    throw new EarshotError('CONFIG_INVALID', `${path}: ${key} names the variable ${variable}, which is not set`, {
      remedy: `Set ${variable}, or write \${${variable}:default}.`,
    });
  });
}

/** Scalars as text, variables filled in. They are filled in after parsing, so no value can change the structure. */
function readValue(value: unknown, key: string, reading: Reading): FileValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((inner, i) => readValue(inner, `${key}[${i}]`, reading));
  if (typeof value !== 'object') return substitute(String(value), key, reading);
  return Object.fromEntries(
    Object.entries(value).map(([inner, of]) => [inner, readValue(of, key ? `${key}.${inner}` : inner, reading)]),
  );
}

function flatten(value: FileValue, prefix = ''): [string, string][] {
  if (value === null) return [];
  if (typeof value === 'string') return [[prefix, value]];
  if (Array.isArray(value)) return [[prefix, value.join(',')]];
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, prefix ? `${prefix}.${key}` : key));
}

function refuseUnknownKeys({ path, values }: ConfigFile): void {
  const known = new Set<string>(Object.values(SETTINGS).map((setting) => setting.key));
  const unknown = [...values.keys()].filter((key) => !known.has(key));
  if (unknown.length === 0) return;
  throw new EarshotError('CONFIG_KEY_UNKNOWN', `${path}: unknown key ${unknown.join(', ')}`, {
    remedy: 'earshot config show lists every key; docs/operators/configuration.md those of a source.',
  });
}

/**
 * The file named, or `earshot.yaml` where there is one.
 * @throws EarshotError CONFIG_FILE_UNREADABLE, CONFIG_KEY_UNKNOWN, CONFIG_INVALID for a variable that is not set
 */
export function readConfigFile(given: string | undefined, env: NodeJS.ProcessEnv): ConfigFile {
  const path = given ?? 'earshot.yaml';
  if (given === undefined && !existsSync(path)) return { path, values: new Map(), sources: undefined };
  const content = readValue(readYaml(path), '', { path, env });
  if (content === null || typeof content === 'string' || Array.isArray(content))
    throw new EarshotError('CONFIG_FILE_UNREADABLE', `The configuration file ${path} holds no keys`);
  const { sources, ...settings } = content as { readonly [key: string]: FileValue };
  const file = { path, values: new Map(flatten(settings)), sources };
  refuseUnknownKeys(file);
  return file;
}
