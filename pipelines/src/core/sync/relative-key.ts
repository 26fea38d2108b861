// SPDX-License-Identifier: Apache-2.0
import type { ObjectStore } from '../../ports/object-store.ts';

/** A key below the prefix of its source, as globs and label templates read it: `music/in` and `music/in/` mean the same. */
export const relativeKey = ({ prefix }: Pick<ObjectStore, 'prefix'>, key: string): string =>
  key.slice(prefix.length).replace(/^\//, '');
