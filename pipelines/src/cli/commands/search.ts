// SPDX-License-Identifier: Apache-2.0
import { createReadStream, statSync } from 'node:fs';
import { loadSpaces } from '@earshot/models/registry';
import type { Command } from 'commander';
import { clusterCapabilities } from '../../adapters/cluster-capabilities.ts';
import { createSearch } from '../../adapters/create-search.ts';
import { createHttpEmbedder } from '../../adapters/http-embedder.ts';
import type { Config } from '../../config/load-config.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { QueryInput, SearchResult } from '../../ports/search.ts';
import type { Action } from '../command-context.ts';
import { describeResult } from '../hits-table.ts';
import { bind } from '../run-action.ts';

/** The command's own options as commander gives them. */
interface Options {
  readonly id?: string;
  readonly text?: string;
  readonly like?: readonly string[];
  readonly unlike?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly k?: string;
  readonly numCandidates?: string;
  readonly exact?: true;
  readonly filter?: readonly string[];
  readonly segments?: true;
  readonly fuse?: string;
  readonly showRequest?: true;
  readonly explain?: true;
}

const invalid = (message: string): EarshotError => new EarshotError('QUERY_INVALID', message);

function numberOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw invalid(`${flag} takes a number, not ${text}`);
  return value;
}

function audioInput(file: string, options: Options): QueryInput {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw invalid(`There is no file ${file}`);
  const fromSeconds = numberOf(options.from, '--from');
  const toSeconds = numberOf(options.to, '--to');
  if (toSeconds !== undefined && toSeconds <= (fromSeconds ?? 0)) throw invalid('--to must lie after --from');
  return { kind: 'audio', open: () => createReadStream(file), length: stat.size, fromSeconds, toSeconds };
}

function inputOf(file: string | undefined, options: Options): QueryInput {
  const { id, text, like = [], unlike = [] } = options;
  const given = [file, id, text, like.length > 0 || unlike.length > 0 ? 'examples' : undefined];
  if (given.filter((part) => part !== undefined).length !== 1)
    throw invalid('Give one of: a file, --id, --text, or --like (with --unlike)');
  if ((options.from || options.to) && file === undefined) throw invalid('--from and --to go with a file');
  if (id !== undefined) return { kind: 'id', id };
  if (text !== undefined) return { kind: 'text', text };
  return file === undefined ? { kind: 'examples', like, unlike } : audioInput(file, options);
}

function spacesOf({ fuse }: Options, { space }: Config): readonly string[] {
  return fuse === undefined ? space : fuse.split(',').map((id) => id.trim());
}

function describeRequests({ request, requests = [request] }: SearchResult): string {
  return requests.map(({ method, path, body }) => `${method} ${path}\n${JSON.stringify(body, null, 2)}`).join('\n\n');
}

const search: Action = async (context, [file], commandOptions) => {
  const options: Options = commandOptions;
  const { config, reporter, signal } = context;
  const input = inputOf(file, options);
  const client = await context.elasticsearch();
  const searcher = createSearch({
    client,
    capabilities: await clusterCapabilities(client),
    spaces: loadSpaces(config.modelsDir),
    embedder: createHttpEmbedder({ url: config.inferenceUrl, apiKey: config.inferenceApiKey }),
  });
  const result = await searcher.search({
    library: config.library,
    spaces: spacesOf(options, config),
    input,
    k: numberOf(options.k, '-k'),
    numCandidates: numberOf(options.numCandidates, '--num-candidates'),
    filters: options.filter,
    exact: options.exact,
    segments: options.segments,
    explain: options.explain,
    signal,
  });
  const text = describeResult(result);
  reporter.result(result, options.showRequest ? `${text}\n\n${describeRequests(result)}` : text);
  return EXIT.done;
};

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];

export function registerSearch(program: Command): void {
  const command = program
    .command('search')
    .description('find recordings that sound like one')
    .argument('[file]', 'a recording to search with')
    .option('--id <id>', 'search with an indexed recording')
    .option('--text <words>', 'search with words, in spaces that embed them')
    .option('--like <id...>', 'like these indexed recordings')
    .option('--unlike <id...>', '… and unlike these')
    .option('-k, --k <count>', 'hits wanted (default 10)')
    .option('--num-candidates <count>', 'candidates looked at in each shard (default 100, at least k, at most 10,000)')
    .option('--exact', 'compare with every vector')
    .option('--filter <field:value>', 'audio.codec:flac, genre:folk, audio.duration_ms:>=5000; repeatable', collect)
    .option('--segments', 'compare with each window instead of the whole recording')
    .option('--fuse <a,b>', 'search several spaces and fuse their lists by rank')
    .option('--from <seconds>', 'use the file from here')
    .option('--to <seconds>', 'use the file up to here')
    .option('--show-request', 'print the request for Dev Tools')
    .option('--explain', 'say what was compared');
  bind(command, search);
}
