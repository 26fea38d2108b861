// SPDX-License-Identifier: Apache-2.0
export { type Config, type LoadedConfig, loadConfig } from './load-config.ts';
export { SETTINGS, type Setting, type SettingName } from './settings.ts';
export type { SourceSettings } from './source-settings.ts';
