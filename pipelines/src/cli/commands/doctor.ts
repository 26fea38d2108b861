// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import pc from 'picocolors';
import type { Action } from '../command-context.ts';
import { checkDefinitions } from '../doctor/check-definitions.ts';
import { checkElasticsearch } from '../doctor/check-elasticsearch.ts';
import { checkInference } from '../doctor/check-inference.ts';
import { checkKibana } from '../doctor/check-kibana.ts';
import { checkSource } from '../doctor/check-source.ts';
import { examine, exitCodeOf, type Finding } from '../doctor/finding.ts';
import { bind } from '../run-action.ts';

const MARKS = { ok: pc.green('ok  '), info: pc.yellow('–   '), fail: pc.red('FAIL') } as const;
const AREA_WIDTH = 13;

function describe({ area, state, message, remedy }: Finding): string {
  const line = `${MARKS[state]} ${area.padEnd(AREA_WIDTH)} ${message}`;
  return remedy && state !== 'ok' ? `${line}\n     ${' '.repeat(AREA_WIDTH)} → ${remedy}` : line;
}

const doctor: Action = async (context) => {
  const findings = await Promise.all([
    examine('elasticsearch', () => checkElasticsearch(context)),
    examine('inference', () => checkInference(context)),
    examine('source', () => checkSource(context)),
    examine('kibana', () => checkKibana(context)),
  ]);
  const [elasticsearch = []] = findings;
  const isUp = elasticsearch.every(({ state }) => state !== 'fail');
  const definitions = isUp ? await examine('definitions', () => checkDefinitions(context)) : [];
  const all = [...elasticsearch, ...definitions, ...findings.slice(1).flat()];
  const exitCode = exitCodeOf(all);
  context.reporter.result({ healthy: exitCode === 0, findings: all }, all.map(describe).join('\n'));
  return exitCode;
};

export function registerDoctor(program: Command): void {
  bind(program.command('doctor').description('check Elasticsearch, inference service, source and Kibana'), doctor);
}
