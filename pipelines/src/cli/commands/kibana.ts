// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  buildBundle,
  dailyConsole,
  devToolsLink,
  type Finding,
  toNdjson,
  validateBundle,
} from '@earshot/kibana-assets';
import type { Command } from 'commander';
import { createHttpKibana } from '../../adapters/http-kibana.ts';
import type { Config } from '../../config/load-config.ts';
import { applySavedObjects } from '../../core/apply-saved-objects.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { Action } from '../command-context.ts';
import { configuredLibraries } from '../configured-libraries.ts';
import { bind } from '../run-action.ts';

const bundleOf = (config: Config): string => toNdjson(buildBundle(configuredLibraries(config)));

function readBundle(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new EarshotError('USAGE', `The saved-object file ${path} cannot be read`, {
      cause,
      remedy: 'Name an existing .ndjson file.',
    });
  }
}

const build: Action = async ({ config, reporter }, _args, options) => {
  const ndjson = bundleOf(config);
  const output = String(options.output);
  const objects = ndjson.trimEnd().split('\n').length;
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, ndjson);
  reporter.result({ output, objects }, `${objects} saved objects written to ${output}`);
  return EXIT.done;
};

const describe = (finding: Finding): string => `${finding.rule}  ${finding.object}: ${finding.message}`;

const validate: Action = async ({ config, reporter }, [file]) => {
  const findings = validateBundle(file === undefined ? bundleOf(config) : readBundle(file));
  const text = findings.length === 0 ? 'every rule holds' : findings.map(describe).join('\n');
  reporter.result({ valid: findings.length === 0, findings }, text);
  return findings.length === 0 ? EXIT.done : EXIT.refused;
};

function linksOf(config: Config): { readonly title: string; readonly url: string | null }[] {
  const kibanaUrl = config.kibanaUrl ?? '';
  const base = `${kibanaUrl.replace(/\/+$/, '')}${config.kibanaSpace ? `/s/${config.kibanaSpace}` : ''}`;
  return configuredLibraries(config).flatMap((of) => {
    const id = `earshot-${of.library}-${of.space}`;
    return [
      { title: `Dashboard ${id}`, url: `${base}/app/dashboards#/view/${id}-home` },
      { title: `Newest audio ${id}`, url: `${base}/app/discover#/view/${id}-newest` },
      { title: `Daily queries ${id}`, url: devToolsLink(kibanaUrl, dailyConsole(of), config.kibanaSpace) },
    ];
  });
}

const linkLines = (config: Config): string =>
  linksOf(config)
    .map(({ title, url }) => `${title}\n  ${url ?? '(too long for a link: see earshot kibana console)'}`)
    .join('\n');

const links: Action = async ({ config, reporter }) => {
  if (!config.kibanaUrl) throw new EarshotError('KIBANA_MISSING', 'No Kibana address is set');
  reporter.result({ links: linksOf(config) }, linkLines(config));
  return EXIT.done;
};

const console: Action = async ({ config, reporter }) => {
  const text = configuredLibraries(config).map(dailyConsole).join('\n');
  reporter.result({ console: text }, text.trimEnd());
  return EXIT.done;
};

const apply: Action = async ({ config, reporter }, _args, options) => {
  const { panelUrl } = config;
  const isDryRun = options.dryRun === true;
  const outcome = await applySavedObjects(createHttpKibana(config), bundleOf(config), { panelUrl, isDryRun });
  const verb = outcome.isDryRun ? 'would be written' : 'written and read back';
  const summary =
    outcome.changed.length === 0
      ? `all ${outcome.total} saved objects are already there, nothing to do`
      : `${outcome.changed.length} of ${outcome.total} saved objects ${verb}: ${outcome.changed.join(', ')}`;
  reporter.result(
    { ...outcome, links: linksOf(config) },
    `Kibana ${outcome.kibanaVersion}: ${summary}\n${linkLines(config)}`,
  );
  return EXIT.done;
};

export function registerKibana(program: Command): void {
  const kibana = program
    .command('kibana')
    .description('saved objects: data views, dashboard, Discover session, daily queries');
  bind(
    kibana
      .command('build')
      .description('write the saved objects of the configured library and spaces to a file')
      .option('--output <file>', 'where to', 'earshot.ndjson'),
    build,
  );
  bind(
    kibana
      .command('validate')
      .description('hold a saved-object file (default: what build would write) against every rule')
      .argument('[file]', 'an .ndjson file'),
    validate,
  );
  bind(
    kibana
      .command('apply')
      .description('install the saved objects in Kibana and read them back; changes nothing when they are there')
      .option('--dry-run', 'say what would change, write nothing'),
    apply,
  );
  bind(kibana.command('links').description('print addresses of dashboards, Discover and Dev Tools'), links);
  bind(kibana.command('console').description('print the daily queries for Dev Tools'), console);
}
