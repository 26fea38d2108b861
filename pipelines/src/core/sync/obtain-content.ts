// SPDX-License-Identifier: Apache-2.0
import type { Embedder, EmbedFailure } from '../../ports/embedder.ts';
import type { Recording } from '../../ports/recording-reader.ts';
import type { ContentReuse } from './content-reuse.ts';
import { embedRecording, isFailure } from './embed-recording.ts';
import type { RecordingContent } from './indexed-content.ts';

export type Obtained =
  | { readonly kind: 'content'; readonly content: RecordingContent; readonly isReused: boolean }
  | { readonly kind: 'failure'; readonly failure: EmbedFailure };

interface Wanted {
  readonly recording: Recording;
  /** Where each space may find what was made before; without one it is always embedded. */
  readonly spaces: ReadonlyMap<string, ContentReuse | undefined>;
  readonly signal: AbortSignal;
}

/** What each space needs to know of a recording: found where the same bytes were indexed before, else embedded. */
export async function obtainContent(
  embedder: Embedder,
  { recording, spaces, signal }: Wanted,
): Promise<ReadonlyMap<string, Obtained>> {
  const obtained = new Map<string, Obtained>();
  // All at once: who comes later with the same bytes then waits for all of it, and nobody for each other.
  await Promise.all(
    [...spaces].map(async ([space, reuse]) => {
      const content = await reuse?.find(recording.sha256);
      if (content) obtained.set(space, { kind: 'content', content, isReused: true });
    }),
  );
  const missing = [...spaces.keys()].filter((space) => !obtained.has(space));
  if (missing.length === 0) return obtained;
  for (const [space, answer] of await embedRecording(embedder, { recording, spaces: missing, signal }))
    obtained.set(
      space,
      isFailure(answer) ? { kind: 'failure', failure: answer } : { kind: 'content', content: answer, isReused: false },
    );
  return obtained;
}
