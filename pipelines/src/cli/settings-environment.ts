// SPDX-License-Identifier: Apache-2.0
import type { Config } from '../config/load-config.ts';
import { SETTINGS, type Setting, type SettingName } from '../config/settings.ts';

/** The effective settings as variables, for a child process that reads the same table. */
export function settingsEnvironment(config: Config): Record<string, string> {
  const entries = Object.entries(SETTINGS) as [SettingName, Setting][];
  return Object.fromEntries(
    entries.flatMap(([name, setting]) => {
      const value = config[name];
      return value === undefined ? [] : [[setting.env, String(value)]];
    }),
  );
}
