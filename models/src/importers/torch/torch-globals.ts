// SPDX-License-Identifier: Apache-2.0
import { type Dtype, isCount, isKind, type PickleValue, type Storage, type TensorView } from './pickle-values.ts';

/** Says what is wrong at the place the interpreter stands at. */
export type Refuse = (problem: string) => never;

const STORAGE_TYPES: Readonly<Record<string, Dtype>> = {
  'torch.FloatStorage': 'float32',
  'torch.LongStorage': 'int64',
  'torch.HalfStorage': 'float16',
};

const MAX_DIMS = 8;

/** A tuple of counts, as sizes and strides are given. */
function countsOf(value: PickleValue | undefined): readonly number[] | undefined {
  if (!isKind(value, 'tuple') || value.items.length > MAX_DIMS) return undefined;
  const counts = value.items.filter(isCount);
  return counts.length === value.items.length ? counts : undefined;
}

/** Elements from the first one of a view to its last, both included; Infinity stays Infinity. */
export const extentOf = (dims: readonly number[], strides: readonly number[]): number =>
  dims.includes(0) ? 0 : dims.reduce((extent, dim, i) => extent + (dim - 1) * (strides[i] ?? 0), 1);

export const elementsOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

function rebuildTensor(args: readonly PickleValue[], refuse: Refuse): TensorView {
  const [storage, offset] = args;
  const [dims, strides] = [countsOf(args[2]), countsOf(args[3])];
  if (args.length < 6 || args.length > 7 || !isKind(storage, 'storage') || !isCount(offset) || !dims || !strides)
    return refuse('a tensor is not made of storage, offset, sizes and strides');
  if (dims.length !== strides.length) return refuse(`a tensor has ${dims.length} sizes but ${strides.length} strides`);
  const [elements, extent] = [elementsOf(dims), extentOf(dims, strides)];
  // A view of stride 0 repeats what is stored: a few bytes could claim any size.
  if (!(elements <= storage.elements) || !(offset + extent <= storage.elements))
    return refuse(`a tensor [${dims}] from element ${offset} on leaves its storage of ${storage.elements} elements`);
  return { kind: 'tensor', storage, offset, dims, strides };
}

function rebuildParameter([tensor]: readonly PickleValue[], refuse: Refuse): PickleValue {
  return isKind(tensor, 'tensor') ? tensor : refuse('a parameter is made of something that is no tensor');
}

function orderedDict(args: readonly PickleValue[], refuse: Refuse): PickleValue {
  return args.length === 0 ? { kind: 'dict', entries: new Map() } : refuse('an OrderedDict is made with arguments');
}

const FUNCTIONS: Readonly<Record<string, (args: readonly PickleValue[], refuse: Refuse) => PickleValue>> = {
  'collections.OrderedDict': orderedDict,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': rebuildParameter,
};

/** The only names a file may refer to. */
export const isAllowedGlobal = (name: string): boolean =>
  Object.hasOwn(FUNCTIONS, name) || Object.hasOwn(STORAGE_TYPES, name);

/** What our own counterpart of an allowed function of Python's makes of its arguments. */
export function applyGlobal(name: string, args: readonly PickleValue[], refuse: Refuse): PickleValue {
  const apply = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  return apply ? apply(args, refuse) : refuse(`${name} is called, but it is a type of storage`);
}

/** The storage that a persistent id speaks of: ('storage', type, key, device, elements[, None]). */
export function storageOf(id: PickleValue, refuse: Refuse): Storage {
  if (!isKind(id, 'tuple') || id.items[0] !== 'storage') return refuse('a persistent id is no storage');
  const [, type, key, , elements, view = null] = id.items;
  const dtype =
    isKind(type, 'global') && Object.hasOwn(STORAGE_TYPES, type.name) ? STORAGE_TYPES[type.name] : undefined;
  if (!dtype || typeof key !== 'string' || !isCount(elements)) return refuse('a persistent id is no storage');
  if (view !== null)
    return refuse(`storage ${key} is a view of another storage, which torch has not written since 0.4`);
  return { kind: 'storage', key, dtype, elements };
}
