#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** What decoding costs: CPU time a five-second file, singly and in bulk, product's decoder beside the distribution's. */
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine, markdownTable } from '@earshot/e2e/support';
import type { LaunchChild } from '../src/decode/child-launch.ts';
import { ChildLauncher } from '../src/decode/child-launcher.ts';
import type { Decoder } from '../src/decode/decoder.ts';
import { findDecoder } from '../src/decode/find-decoder.ts';
import { createSpoolDirectory } from '../src/decode/spool-directory.ts';
import { encodeFiles } from './decode/encode-files.ts';
import { type DecodingCost, measureDecoding } from './decode/measure-decoding.ts';

const { values } = parseArgs({
  options: { files: { type: 'string', default: '16' }, rounds: { type: 'string', default: '5' } },
});

const isSameFile = (a: string, b: string): boolean => statSync(a).ino === statSync(b).ino;

/** The distribution's ffmpeg as it would be used if it were chosen; it need not pass the golden set to be timed. */
function distributionDecoder(product: Decoder): Decoder | undefined {
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, 'ffmpeg'))
    .find(existsSync);
  return path === undefined || isSameFile(path, product.path)
    ? undefined
    : { ...product, path, version: 'as installed', source: 'PATH', refuses: [] };
}

const cell = ({ totalMs, decoderMs }: DecodingCost): string => `${totalMs.toFixed(1)} (${decoderMs.toFixed(1)})`;

async function measureOne(decoder: Decoder, paths: readonly string[], outputDir: string): Promise<string[]> {
  try {
    const { single, bulk } = await measureDecoding(decoder, paths, { rounds: Number(values.rounds), outputDir });
    return [cell(single), cell(bulk)];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error), '–'];
  }
}

async function measure(dir: string, launch: LaunchChild): Promise<void> {
  const product = { ...(await findDecoder(process.env)), launch };
  const other = distributionDecoder(product);
  const decoders = other ? [product, other] : [product];
  console.log(`${describeMachine()}\n`);
  console.log(
    `CPU ms a file, in brackets the part of decoders and of the process that starts them; product: ffmpeg ${product.version} (${product.source})\n`,
  );
  const rows: string[][] = [];
  for (const { name, paths } of encodeFiles(dir, Number(values.files))) {
    const cells: string[] = [];
    for (const decoder of decoders) cells.push(...(await measureOne(decoder, paths, dir)));
    rows.push([name, ...cells]);
  }
  const head = decoders.flatMap(({ source }) => [`${source}: one a process`, `${source}: 16 a process`]);
  console.log(markdownTable(['files of 5 s', ...head], rows));
}

const spool = await createSpoolDirectory();
const launcher = await ChildLauncher.start();
try {
  await measure(spool.path, launcher.launch);
} finally {
  await launcher.stop();
  await spool.remove();
}
