// SPDX-License-Identifier: Apache-2.0
import Table from 'cli-table3';
import type { Command } from 'commander';
import { SETTINGS, type Setting, type SettingName } from '../../config/settings.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { Action } from '../command-context.ts';
import { bind } from '../run-action.ts';

const show: Action = async ({ config, loaded, reporter }) => {
  const rows = (Object.entries(SETTINGS) as [SettingName, Setting][]).map(([name, setting]) => {
    const value = config[name];
    const shown = value === undefined ? '' : setting.isSecret ? '********' : String(value);
    return { variable: setting.env, key: setting.key, value: shown, origin: loaded.origins[name] ?? '' };
  });
  const table = new Table({ head: ['variable', 'key', 'value', 'from'], style: { head: [], border: [] } });
  for (const row of rows) table.push([row.variable, row.key, row.value, row.origin]);
  reporter.result({ settings: rows }, table.toString());
  return EXIT.done;
};

export function registerConfig(program: Command): void {
  const config = program.command('config').description('settings');
  bind(
    config.command('show').description('print the effective settings, secrets redacted, and where each comes from'),
    show,
  );
}
