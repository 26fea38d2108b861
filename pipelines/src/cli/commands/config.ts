// SPDX-License-Identifier: Apache-2.0
import Table from 'cli-table3';
import type { Command } from 'commander';
import { SETTINGS, type Setting, type SettingName } from '../../config/settings.ts';
import type { SourceSettings } from '../../config/source-settings.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { Action } from '../command-context.ts';
import { bind } from '../run-action.ts';

const REDACTED = '********';

/** The source as it is used, without the values of its secrets. */
function redact({ s3, ...source }: SourceSettings) {
  const { accessKeyId, secretAccessKey, sessionToken, ...connection } = s3;
  const hide = (name: string, secret: string | undefined) => (secret === undefined ? {} : { [name]: REDACTED });
  const secrets = {
    ...hide('accessKeyId', accessKeyId),
    ...hide('secretAccessKey', secretAccessKey),
    ...hide('sessionToken', sessionToken),
  };
  return { ...source, s3: { ...connection, ...secrets } };
}

function lines(value: unknown, prefix: string): [string, string][] {
  if (value === undefined) return [];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [[prefix, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => lines(inner, `${prefix}.${key}`));
}

function describeSources(sources: readonly ReturnType<typeof redact>[]): string[] {
  if (sources.length === 0) return [];
  const table = new Table({ head: ['source', 'value'], style: { head: [], border: [] } });
  for (const { id, ...source } of sources) table.push(...lines(source, id));
  return [table.toString()];
}

const show: Action = async ({ config, loaded, reporter }) => {
  const rows = (Object.entries(SETTINGS) as [SettingName, Setting][]).map(([name, setting]) => {
    const value = config[name];
    const shown = value === undefined ? '' : setting.isSecret ? REDACTED : String(value);
    return { variable: setting.env, key: setting.key, value: shown, origin: loaded.origins[name] ?? '' };
  });
  const table = new Table({ head: ['variable', 'key', 'value', 'from'], style: { head: [], border: [] } });
  for (const row of rows) table.push([row.variable, row.key, row.value, row.origin]);
  const sources = config.sources.map(redact);
  reporter.result({ settings: rows, sources }, [table.toString(), ...describeSources(sources)].join('\n'));
  return EXIT.done;
};

export function registerConfig(program: Command): void {
  const config = program.command('config').description('settings');
  bind(
    config.command('show').description('print the effective settings, secrets redacted, and where each comes from'),
    show,
  );
}
