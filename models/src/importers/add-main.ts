#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PANNS_VECTORS } from '../build/spaces/panns/layout.ts';
import { openClapFolder } from './clap/clap-folder.ts';
import { createClapReader } from './clap/clap-reader.ts';
import { ImportError } from './import-error.ts';
import { importSpace, type WeightsReader } from './import-space.ts';
import { createOnnxReader } from './onnx/onnx-reader.ts';
import { createPannsReader } from './panns/panns-reader.ts';
import { createYamnetReader } from './yamnet/yamnet-reader.ts';

/**
 * Prints one JSON object a line: `{"event":"step","text"}`, at the end `{"event":"added",…}` or
 * `{"event":"refused","code","message"}` (status 1). Everything else on stderr is a fault.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    file: { type: 'string' },
    card: { type: 'string' },
    vector: { type: 'string' },
    'models-dir': { type: 'string' },
    version: { type: 'string', default: '1' },
    'accept-unverified': { type: 'boolean', default: false },
  },
});

const say = (event: string, fields: object): void => {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
};

// Exit handlers remove what is half made.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));

interface Source {
  readonly path: string;
  readonly reader: WeightsReader;
}

const acceptUnverified = values['accept-unverified'];

async function sourceOf(model: string | undefined): Promise<Source> {
  const version = Number(values.version);
  const path = resolve(values.file ?? '');
  if (model === undefined) return { path, reader: createOnnxReader(resolve(values.card ?? ''), version) };
  if (model === 'yamnet') return { path, reader: createYamnetReader(version) };
  const vector = PANNS_VECTORS.find((name) => name === values.vector);
  if (model !== 'clap-htsat') return { path, reader: createPannsReader(model, version, vector) };
  say('step', { text: `summing what is in ${path}` });
  const folder = await openClapFolder(path, acceptUnverified);
  return { path: folder.audioPath, reader: createClapReader(folder, version) };
}

const started = performance.now();
try {
  const { path, reader } = await sourceOf(positionals[0]);
  const modelsDir = resolve(values['models-dir'] ?? '');
  const onStep = (text: string): void => say('step', { text });
  const { card, fingerprint, isNew, checks } = await importSpace({ path, modelsDir, acceptUnverified, onStep }, reader);
  const { golden: _golden, ...described } = card;
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  const peakRssBytes = process.resourceUsage().maxRSS * 1024;
  say('added', { space: card.id, isNew, fingerprint, seconds, peakRssBytes, checks, card: described });
} catch (error) {
  if (!(error instanceof ImportError)) throw error;
  say('refused', { code: error.code, message: error.message });
  process.exitCode = 1;
}
