// SPDX-License-Identifier: Apache-2.0
import { type ByteSource, openByteSource } from '../byte-source.ts';
import { ImportError, quote } from '../import-error.ts';
import type { Container } from './container.ts';
import { isLegacy, readLegacyContainer } from './legacy-container.ts';
import { type Dict, isKind, type PickleValue, type TensorView } from './pickle-values.ts';
import { readTensorView } from './read-tensor-view.ts';
import { readZipContainer } from './zip-container.ts';

/** The weights in a file of torch.save; each is read when it is asked for. */
export interface Checkpoint {
  readonly container: Container['kind'];
  /** File name without folders. */
  readonly file: string;
  /** Name → sizes, in the order of the file. */
  readonly dims: ReadonlyMap<string, readonly number[]>;
  /** Row-major values as float32, in an array of their own; undefined when there is no such tensor. */
  get(name: string): Float32Array | undefined;
  close(): void;
}

const ZIP_HEAD = [0x50, 0x4b, 0x03, 0x04];
const HEAD_BYTES = 4;

const tensorsOf = (value: PickleValue | undefined): [string, TensorView][] =>
  isKind(value, 'dict')
    ? [...value.entries].flatMap(([name, entry]): [string, TensorView][] =>
        isKind(entry, 'tensor') ? [[String(name), entry]] : [],
      )
    : [];

/** The table of weights: what was saved, or the one dict in it that holds tensors (`model`, `state_dict`, …). */
function findWeights(source: ByteSource, value: PickleValue): [string, TensorView][] {
  const direct = tensorsOf(value);
  if (direct.length > 0) return direct;
  const dicts = isKind(value, 'dict')
    ? [...(value as Dict).entries].filter(([, entry]) => tensorsOf(entry).length > 0)
    : [];
  const [only] = dicts;
  if (only && dicts.length === 1) return tensorsOf(only[1]);
  const names = dicts.map(([name]) => quote(String(name))).join(', ');
  const problem = only ? `it holds several tables of weights: ${names}` : 'it holds no table of weights';
  throw new ImportError('CHECKPOINT_MISMATCH', `${source.name}: ${problem}`);
}

function readContainer(source: ByteSource): Container {
  const head = source.read(0, Math.min(HEAD_BYTES, source.size));
  if (ZIP_HEAD.every((byte, i) => head[i] === byte)) return readZipContainer(source);
  if (isLegacy(head)) return readLegacyContainer(source);
  throw new ImportError('CHECKPOINT_INVALID', `${source.name} is no file of torch.save, neither zip nor legacy`);
}

/**
 * Opens a checkpoint of PyTorch (zip or legacy) without running anything from it: the description is read and checked
 * against the file's size, the weights stay in the file.
 * @throws ImportError naming file, offset or storage
 */
export function openCheckpoint(path: string): Checkpoint {
  const source = openByteSource(path);
  try {
    const { kind, value, offsets } = readContainer(source);
    const tensors = new Map(findWeights(source, value));
    return {
      container: kind,
      file: source.name,
      dims: new Map([...tensors].map(([name, { dims }]) => [name, dims])),
      get: (name) => {
        const view = tensors.get(name);
        return view && readTensorView(source, view, offsets.get(view.storage.key) ?? 0);
      },
      close: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw error;
  }
}
