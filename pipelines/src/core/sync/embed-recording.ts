// SPDX-License-Identifier: Apache-2.0
import type { EmbeddedRecording, Embedder, EmbedFailure } from '../../ports/embedder.ts';
import type { Recording } from '../../ports/recording-reader.ts';

/** Peaks kept for drawing the waveform. */
const PEAKS = 800;

interface Request {
  readonly recording: Recording;
  readonly spaces: readonly string[];
  readonly signal: AbortSignal;
}

async function embedOnce(embedder: Embedder, { recording, spaces, signal }: Request) {
  const outcome = await embedder.embed({
    open: () => recording.open(),
    length: recording.length,
    models: spaces,
    priority: 'bulk',
    peaks: PEAKS,
    signal,
  });
  return new Map<string, EmbeddedRecording | EmbedFailure>(
    spaces.map((space, i) => [
      space,
      outcome.state === 'embedded' ? (outcome.recordings[i] as EmbeddedRecording) : outcome,
    ]),
  );
}

export const isFailure = (answer: EmbeddedRecording | EmbedFailure): answer is EmbedFailure => 'state' in answer;

/**
 * One request for all spaces, decoded once; if it is refused, each space is asked alone, since one may take what
 * another calls too short.
 */
export async function embedRecording(
  embedder: Embedder,
  request: Request,
): Promise<ReadonlyMap<string, EmbeddedRecording | EmbedFailure>> {
  const answers = await embedOnce(embedder, request);
  const isRefused = [...answers.values()].some((answer) => isFailure(answer) && answer.state === 'poison');
  if (!isRefused || request.spaces.length === 1) return answers;
  const alone = await Promise.all(request.spaces.map((space) => embedOnce(embedder, { ...request, spaces: [space] })));
  return new Map(alone.flatMap((answer) => [...answer]));
}
