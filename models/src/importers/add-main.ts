#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
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

function readerOf(model: string | undefined): WeightsReader {
  const version = Number(values.version);
  if (model === undefined) return createOnnxReader(resolve(values.card ?? ''), version);
  return model === 'yamnet' ? createYamnetReader(version) : createPannsReader(model, version);
}

const started = performance.now();
try {
  const options = {
    path: resolve(values.file ?? ''),
    modelsDir: resolve(values['models-dir'] ?? ''),
    acceptUnverified: values['accept-unverified'],
    onStep: (text: string) => say('step', { text }),
  };
  const { card, fingerprint, isNew, checks } = await importSpace(options, readerOf(positionals[0]));
  const { golden: _golden, ...described } = card;
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  const peakRssBytes = process.resourceUsage().maxRSS * 1024;
  say('added', { space: card.id, isNew, fingerprint, seconds, peakRssBytes, checks, card: described });
} catch (error) {
  if (!(error instanceof ImportError)) throw error;
  say('refused', { code: error.code, message: error.message });
  process.exitCode = 1;
}
