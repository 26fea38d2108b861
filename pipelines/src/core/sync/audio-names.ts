// SPDX-License-Identifier: Apache-2.0

/** Extensions that say "audio". Video containers are left out: their name promises pictures. */
const AUDIO_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'wav wave w64 rf64 bwf mp3 mp2 mpga flac ogg oga opus spx m4a m4b m4r aac adts aif aiff aifc caf au snd wma asf mka weba ' +
    'ape wv tta mpc ac3 eac3 dts amr awb 3ga dsf dff'
  ).split(' '),
);

/** Extension in lower case, without the dot; empty when there is none. */
export function extensionOf(key: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

/** By name alone; read only where a recording lies beside it. */
export const isSidecar = (key: string): boolean => key.endsWith('.json');

export const isNamedAudio = (key: string): boolean => AUDIO_EXTENSIONS.has(extensionOf(key));
