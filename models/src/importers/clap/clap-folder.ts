// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { ImportError } from '../import-error.ts';
import { type FileSums, isPublished, type PublishedFile, sumFile } from '../published-file.ts';

type Part = 'audio' | 'text' | 'tokenizer';

/** Names that exporters give, those of the published pair first. */
const NAMES: Readonly<Record<Part, readonly string[]>> = {
  audio: ['audio_model.onnx', 'audio_model_with_projection.onnx'],
  text: ['text_model.onnx', 'text_model_with_projection.onnx'],
  tokenizer: ['tokenizer.json'],
};

/** Xenova/clap-htsat-unfused, revision c28f2883; the sums of the graphs are shown on the pages of the files. */
const PUBLISHED: Readonly<Record<Part, PublishedFile>> = {
  audio: {
    file: 'onnx/audio_model.onnx',
    bytes: 117_528_416,
    sha256: 'a1c2b43c44f71e0fa841a4b86700886c199bf87699ea45632c4d831bc6c88957',
  },
  text: {
    file: 'onnx/text_model.onnx',
    bytes: 501_513_769,
    sha256: '6df7c51f2d78e236a03f2b816e613d538c815639d13644fe7c2124f439da9648',
  },
  tokenizer: {
    file: 'tokenizer.json',
    bytes: 2_108_774,
    sha256: 'dc239041d98de27ffc3975473a1a23e3db4c937b23c138c38bbc66588bd247e5',
  },
};

export const PUBLISHED_AUDIO = PUBLISHED.audio;

/** A file of the folder, summed. */
export interface FolderFile extends FileSums {
  readonly path: string;
  readonly isPublished: boolean;
}

export interface ClapFolder {
  readonly audioPath: string;
  readonly text: FolderFile;
  readonly tokenizer: FolderFile;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

function locate(dir: string, part: Part): string {
  const candidates = NAMES[part].flatMap((name) => [join(dir, name), join(dir, 'onnx', name)]);
  const found = candidates.find(isFile);
  if (found) return found;
  throw new ImportError(
    'CHECKPOINT_UNREADABLE',
    `${dir} has no ${NAMES[part].join(' or ')}, neither itself nor in its folder onnx`,
  );
}

async function sumPart(path: string, part: Part, acceptUnverified: boolean): Promise<FolderFile> {
  const sums = await sumFile(path);
  const published = PUBLISHED[part];
  if (isPublished(sums, published)) return { ...sums, path, isPublished: true };
  if (acceptUnverified) return { ...sums, path, isPublished: false };
  throw new ImportError(
    'CHECKPOINT_UNVERIFIED',
    `${path} (${sums.bytes} bytes, sha256 ${sums.sha256}) is not the published ${published.file} (sha256 ${published.sha256})`,
  );
}

/** What the exporter wrote down about sounds; only what would make the front-end another one is looked at. */
const preprocessor = z.object({
  truncation: z.literal('rand_trunc', 'it is of a fused CLAP; take an unfused one').optional(),
  sampling_rate: z.literal(48_000).optional(),
  feature_size: z.literal(64).optional(),
  fft_window_size: z.literal(1024).optional(),
  hop_length: z.literal(480).optional(),
  frequency_min: z.literal(50).optional(),
  frequency_max: z.literal(14_000).optional(),
  max_length_s: z.literal(10).optional(),
  top_db: z.null().optional(),
});

function assertPreprocessor(dir: string): void {
  const path = join(dir, 'preprocessor_config.json');
  if (!isFile(path)) return;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ImportError('CHECKPOINT_INVALID', `${path} is no JSON`, cause);
  }
  const parsed = preprocessor.safeParse(json);
  if (parsed.success) return;
  throw new ImportError('CHECKPOINT_MISMATCH', `${basename(path)}: ${z.prettifyError(parsed.error)}`);
}

/**
 * The files of a folder laid out as on the Hub: graphs in it or in `onnx`, `tokenizer.json`, and the configuration of the
 * front-end if it is there. The audio graph is summed later.
 * @throws ImportError CHECKPOINT_UNREADABLE, CHECKPOINT_UNVERIFIED, CHECKPOINT_MISMATCH naming the file
 */
export async function openClapFolder(dir: string, acceptUnverified: boolean): Promise<ClapFolder> {
  const [audioPath, textPath, tokenizerPath] = [locate(dir, 'audio'), locate(dir, 'text'), locate(dir, 'tokenizer')];
  assertPreprocessor(dir);
  return {
    audioPath,
    text: await sumPart(textPath, 'text', acceptUnverified),
    tokenizer: await sumPart(tokenizerPath, 'tokenizer', acceptUnverified),
  };
}
