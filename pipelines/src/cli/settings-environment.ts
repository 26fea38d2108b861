// SPDX-License-Identifier: Apache-2.0
import type { LoadedConfig } from '../config/load-config.ts';
import { SETTINGS, type SettingName } from '../config/settings.ts';

/** The effective settings as variables, for a child process that reads the same table. */
export function settingsEnvironment({ texts }: LoadedConfig): Record<string, string> {
  const entries = Object.entries(texts) as [SettingName, string][];
  return Object.fromEntries(entries.map(([name, text]) => [SETTINGS[name].env, text]));
}
