// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { evaluateLabels } from '../../core/evaluate/evaluate-labels.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { Action } from '../command-context.ts';
import { readEvaluateOptions } from '../evaluate/evaluate-options.ts';
import { evaluationJson, type FinishedEvaluation } from '../evaluate/evaluation-json.ts';
import { evaluationText } from '../evaluate/evaluation-text.ts';
import { hummingJson } from '../evaluate/humming/humming-json.ts';
import { readHummingOptions } from '../evaluate/humming/humming-options.ts';
import { hummingReport } from '../evaluate/humming/humming-report.ts';
import { hummingText } from '../evaluate/humming/humming-text.ts';
import { openHumming } from '../evaluate/humming/open-humming.ts';
import { collectFromFolder } from '../evaluate/open-folder.ts';
import { collectFromIndices } from '../evaluate/open-indices.ts';
import { evaluationReport } from '../evaluate/report/evaluation-report.ts';
import { checkReportFolder, writeReport } from '../evaluate/report/write-report.ts';
import { bind } from '../run-action.ts';

const labels: Action = async (context, _args, commandOptions) => {
  const { config, reporter, signal } = context;
  const options = readEvaluateOptions(commandOptions, config);
  const { dir, seed, report } = options;
  if (report) await checkReportFolder(report);
  const request = { ...options, signal };
  const collection = await (dir === undefined
    ? collectFromIndices(context, request)
    : collectFromFolder(context, { dir, labelsCsv: options.labelsCsv }, request));
  const evaluation = await evaluateLabels(collection, { seed, signal, reporter });
  const library = dir === undefined ? config.library : undefined;
  const finished: FinishedEvaluation = { options, library, collection, evaluation };
  const files = report ? await writeReport(report, evaluationReport(finished)) : [];
  const written = files.length > 0 ? `\n\nReport: ${files.join(', ')}` : '';
  reporter.result({ ...evaluationJson(finished), report: files }, `${evaluationText(finished)}${written}`);
  return collection.unreadable.length > 0 ? EXIT.itemsFailed : EXIT.done;
};

const humming: Action = async (context, _args, commandOptions) => {
  const options = readHummingOptions(commandOptions);
  if (options.report) await checkReportFolder(options.report);
  const described = { options, evaluation: await openHumming(context, options) };
  const files = options.report ? await writeReport(options.report, hummingReport(described)) : [];
  const written = files.length > 0 ? `\n\nReport: ${files.join(', ')}` : '';
  context.reporter.result({ ...hummingJson(described), report: files }, `${hummingText(described)}${written}`);
  return described.evaluation.unreadable.length > 0 ? EXIT.itemsFailed : EXIT.done;
};

const EXAMPLES = `
Examples:
  earshot evaluate labels --label-field labels.instrument               the index of --library and --space
  earshot evaluate labels --label-field tags.genre --group-by tags.artist --report genres.html
  earshot evaluate labels --label-field labels.class --compare spectral-1,yamnet-1
  earshot evaluate labels --dir recordings/ --space spectral-1          folders are the labels
  earshot evaluate labels --dir esc-10 --labels '{class}/{fold}-{clip}' --group-by fold
  earshot evaluate labels --dir audio --labels-csv meta/esc50.csv --label-field category --group-by fold
`;

const HUMMING_EXAMPLES = `
Examples:
  earshot evaluate humming --hums hums/ --targets songs/                    a hum means the song of its name: 7.wav, 7.mid
  earshot evaluate humming --hums hums/ --targets songs/ --truth truth.csv  a table with the columns hum and target
  earshot evaluate humming --hums hums/ --targets songs/ --distractors 2000 --from start --report humming.html
`;

export function registerEvaluate(program: Command): void {
  const evaluate = program.command('evaluate').description('measure how good a space is');
  const command = evaluate
    .command('labels')
    .description('do neighbours share labels? kNN accuracy, P@10 and mAP, with intervals and chance')
    .option('--label-field <field>', 'what the classes are; in a folder by default the folder')
    .option('--dir <folder>', 'embed the recordings of a folder now, without Elasticsearch')
    .option('--labels-csv <file>', 'labels of the recordings in the folder: a column filename, the others are labels')
    .option('--group-by <field>', 'recordings with one value never answer each other, e.g. a fold or a source')
    .option('--sample <n>', 'evaluate at most so many recordings, drawn at random (default 5000)')
    .option('--seed <n>', 'of the sample and of the bootstrap (default 1)')
    .option('--compare <a,b>', 'these spaces side by side, with differences, instead of --space')
    .option('--report <file>', 'write a report with plots: .html or .md')
    .addHelpText('after', EXAMPLES);
  bind(command, labels);
  const hums = evaluate
    .command('humming')
    .description('do hums find their songs? R@1, R@5, R@10 and MRR in a melody space, with intervals')
    .option('--hums <folder>', 'recordings of hums; a .pv file beside one is its labelled pitch')
    .option('--targets <folder>', 'the songs, as MIDI files or recordings')
    .option('--truth <file>', 'CSV with the columns hum and target; without it names decide')
    .option('--distractors <n>', 'so many generated melodies among the songs (default 0)')
    .option('--from <where>', 'where in the song a hum begins: start, anywhere or both (default both)')
    .option('--seed <n>', 'of generated melodies and of the bootstrap (default 1)')
    .option('--report <file>', 'write a report with plots: .html or .md')
    .addHelpText('after', HUMMING_EXAMPLES);
  bind(hums, humming);
}
