// SPDX-License-Identifier: Apache-2.0
import type { Entry, ObjectStore } from '../ports/object-store.ts';
import { attachSidecars, mayHaveSidecar, sidecarNames } from './sidecar-listing.ts';

/** Behind the version of the recording itself, if it has one. */
const MARK = /\/?sidecar:.*$/s;

/**
 * A recording and its sidecar count as one version: `version_id` names the ETag of the sidecar too, so that a sidecar
 * that is added, changed or removed shows in the listing, without a fetch, as a change of the recording.
 */
function join(entry: Entry, sidecar: Entry | undefined): Entry {
  if (!sidecar) return entry;
  const mark = `sidecar:${sidecar.etag ?? sidecar.size}`;
  return { ...entry, versionId: entry.versionId ? `${entry.versionId}/${mark}` : mark, sidecar };
}

function versionOfItsOwn({ versionId, sidecar: _sidecar, ...entry }: Entry): Entry {
  const own = versionId?.replace(MARK, '');
  return own ? { ...entry, versionId: own } : entry;
}

/** The same store, but recordings come with their sidecars (`x.wav.json`, else `x.json`), wherever they come from. */
export function withSidecars(store: ObjectStore): ObjectStore {
  async function find(key: string): Promise<Entry | undefined> {
    for (const name of sidecarNames(key)) {
      const sidecar = await store.head(name);
      if (sidecar) return sidecar;
    }
    return undefined;
  }

  return {
    ...store,
    list: (options) => attachSidecars(store.list(options), { find, join, signal: options.signal }),
    get: (entry, options) => store.get(versionOfItsOwn(entry), options),
    head: async (key) => {
      const entry = await store.head(key);
      return entry && mayHaveSidecar(key) ? join(entry, await find(key)) : entry;
    },
  };
}
