// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { registerConfig } from './config.ts';

/** One entry per command file, in the order of --help. */
export const COMMANDS: readonly ((program: Command) => void)[] = [registerConfig];
