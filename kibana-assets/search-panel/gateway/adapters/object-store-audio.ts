// SPDX-License-Identifier: Apache-2.0
import { type ObjectStore, ObjectStoreError } from '@earshot/pipelines/ports';
import { PanelError } from '../core/panel-error.ts';
import type { AudioPlace, AudioSource } from '../core/ports.ts';

function failure(error: unknown, { uri }: AudioPlace): unknown {
  if (!(error instanceof ObjectStoreError)) return error;
  const options = { cause: error };
  const isGone = error.trouble === 'vanished' || error.trouble === 'changed' || error.trouble === 'archived';
  if (isGone) return new PanelError('PANEL_AUDIO_MISSING', `${uri}: ${error.message}`, options);
  const remedy = 'Check that the source is up and that the panel may read it.';
  return new PanelError('PANEL_AUDIO_NOT_SERVED', `${uri}: ${error.message}`, { ...options, remedy });
}

/**
 * Audio out of the configured sources. A document is served only when its address is the one that a source gives its
 * key, so a document that names another bucket or folder leads nowhere.
 * @param stores none when no source is configured
 */
export function createObjectStoreAudio(stores: readonly ObjectStore[]): AudioSource {
  const find = ({ uri, key }: AudioPlace): ObjectStore | undefined => stores.find((store) => store.uriOf(key) === uri);
  const whyNotServed: AudioSource['whyNotServed'] = (place) => {
    if (stores.length === 0) return 'The panel was started without EARSHOT_SOURCE, so it cannot play recordings';
    if (find(place)) return undefined;
    return `${place.uri} is not in the configured source ${stores.map(({ root }) => root).join(', ')}`;
  };
  const storeOf = (place: AudioPlace): ObjectStore => {
    const store = find(place);
    if (!store) throw new PanelError('PANEL_AUDIO_NOT_SERVED', whyNotServed(place) ?? '');
    return store;
  };
  return {
    whyNotServed,
    size: async (place) => {
      const entry = await storeOf(place)
        .head(place.key)
        .catch((error: unknown) => {
          throw failure(error, place);
        });
      return entry?.size;
    },
    open: async (place, range, signal) => {
      const entry = { key: place.key, size: range.end - range.start + 1 };
      const fetched = await storeOf(place)
        .get(entry, { signal, range })
        .catch((error: unknown) => {
          throw failure(error, place);
        });
      return fetched.body;
    },
  };
}
