// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import { Command, CommanderError, Option } from 'commander';
import { SETTINGS, type Setting } from '../config/settings.ts';
import { EXIT } from '../core/exit-codes.ts';
import { COMMANDS } from './commands/index.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

function addSettings(program: Command): void {
  for (const [name, setting] of Object.entries(SETTINGS) as [string, Setting][]) {
    const fallback = setting.default ? ` (default ${setting.default})` : '';
    const option = new Option(setting.flag, `${setting.help} [${setting.env}]${fallback}`);
    option.helpGroup('Settings (each also an environment variable and a key in earshot.yaml):');
    if (option.attributeName() !== name) throw new Error(`flag ${setting.flag} does not name ${name}`);
    program.addOption(option);
  }
}

function createProgram(): Command {
  const program = new Command('earshot')
    .description('Audio similarity search on the Elastic Stack')
    .version(version)
    .option('--config <file>', 'configuration file (default earshot.yaml, if present)')
    .option('--json', 'machine-readable output on stdout')
    .option('--quiet', 'no progress, no remarks')
    .option('--log-level <level>', 'error, warn, info or debug')
    .showHelpAfterError('(add --help for the options)')
    .exitOverride();
  addSettings(program);
  for (const register of COMMANDS) register(program);
  return program;
}

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}
