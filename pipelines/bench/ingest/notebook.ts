// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Client } from '@elastic/elasticsearch';

const FOLDER = fileURLToPath(new URL('../python', import.meta.url));
const MODULES = 'elasticsearch, librosa, onnxruntime';

/** Index of the notebook's documents. */
export const NOTEBOOK_INDEX = 'bench-notebook';

/**
 * The interpreter of `EARSHOT_PYTHON`, if it can run the notebook's loop.
 * @returns undefined after saying on stderr how to get there
 */
export function findNotebook(): string | undefined {
  const python = process.env.EARSHOT_PYTHON;
  if (python && spawnSync(python, ['-c', `import ${MODULES}`], { stdio: 'ignore' }).status === 0) return python;
  console.error(`Without the notebook: ${python ? `${python} lacks one of ${MODULES}` : 'EARSHOT_PYTHON is not set'}.
  → python3 -m venv .cache/venv-ingest
    .cache/venv-ingest/bin/pip install -r pipelines/bench/python/requirements.txt
    EARSHOT_PYTHON=.cache/venv-ingest/bin/python npm run bench -- ingest`);
  return undefined;
}

interface Options {
  readonly python: string;
  readonly card: string;
  readonly source: string;
  readonly elasticsearchUrl: string;
  readonly client: Client;
}

/** Loads, embeds and indexes every recording, one after the other, into a fresh index. */
export async function runNotebook({ python, card, source, elasticsearchUrl, client }: Options): Promise<{
  readonly indexed: number;
  readonly seconds: number;
}> {
  await client.indices.delete({ index: NOTEBOOK_INDEX, ignore_unavailable: true });
  const args = [`${FOLDER}/notebook.py`, '--card', card, '--source', source, '--url', elasticsearchUrl];
  const { status, stdout, stderr } = spawnSync(python, [...args, '--index', NOTEBOOK_INDEX], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the notebook ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as { indexed: number; seconds: number };
}
