// SPDX-License-Identifier: Apache-2.0
// node synthesis/src/library/main.ts DIR [--encoder PATH_OF_FFMPEG]
import { parseArgs } from 'node:util';
import { writeDemoLibrary } from './write-demo-library.ts';

const USAGE = 'Usage: node synthesis/src/library/main.ts DIR [--encoder PATH_OF_FFMPEG]\n';

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({ options: { encoder: { type: 'string' } }, allowPositionals: true });
  const [directory] = positionals;
  if (directory === undefined || positionals.length > 1) {
    process.stderr.write(USAGE);
    return 2;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => stop.abort(new Error(`Stopped by ${name}.`)));
  const { files, reused } = await writeDemoLibrary(directory, {
    encoder: values.encoder,
    signal: stop.signal,
    onProgress: (done, total) => {
      if (done % 24 === 0) process.stderr.write(`${done} of ${total} clips\n`);
    },
  });
  process.stdout.write(`${files.length} clips in ${directory}${reused ? ' (already there)' : ''}\n`);
  return 0;
};

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
