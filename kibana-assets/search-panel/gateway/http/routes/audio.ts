// SPDX-License-Identifier: Apache-2.0
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { audioContentType } from '../../core/audio-content-type.ts';
import { PanelError } from '../../core/panel-error.ts';
import type { AudioPlace, AudioSource, ByteRange, TrackStore } from '../../core/ports.ts';

interface Deps {
  readonly tracks: TrackStore;
  readonly audio: AudioSource;
}

/** The one range asked for, or the whole file. Several ranges in one request are answered as a whole. */
function rangeOf(request: Request, size: number): { readonly isPartial: boolean; readonly range: ByteRange } {
  const whole = { isPartial: false, range: { start: 0, end: size - 1 } };
  const ranges = request.range(size, { combine: true });
  if (ranges === -1) throw new PanelError('PANEL_RANGE_INVALID', `The file has ${size} bytes only`);
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes') return whole;
  const [first] = ranges;
  return first && ranges.length === 1 ? { isPartial: true, range: first } : whole;
}

/** Seeking in a browser needs 206: from a 200 answer `currentTime` silently stays at 0. */
async function send(deps: Deps, place: AudioPlace, request: Request, response: Response): Promise<void> {
  const reason = deps.audio.whyNotServed(place);
  if (reason) throw new PanelError('PANEL_AUDIO_NOT_SERVED', reason);
  const size = await deps.audio.size(place);
  if (!size) throw new PanelError('PANEL_AUDIO_MISSING', `${place.uri} is no longer in the source`);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Type', audioContentType(place.key));
  response.setHeader('Content-Disposition', 'inline');
  response.setHeader('Cache-Control', 'private, max-age=300');
  if (place.etag) response.setHeader('ETag', `"${Buffer.from(place.etag).toString('base64url')}"`);
  if (request.method === 'HEAD') {
    response.setHeader('Content-Length', size).end();
    return;
  }
  let chosen: ReturnType<typeof rangeOf>;
  try {
    chosen = rangeOf(request, size);
  } catch (error) {
    response.setHeader('Content-Range', `bytes */${size}`);
    throw error;
  }
  const { isPartial, range } = chosen;
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  const body = await deps.audio.open(place, range, controller.signal);
  if (isPartial) response.status(206).setHeader('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
  response.setHeader('Content-Length', range.end - range.start + 1);
  await pipeline(body, response).catch((error: unknown) => {
    if (!controller.signal.aborted) throw error;
  });
}

/** `GET /api/audio/:id` and `/api/audio?uri=`: only what a document of the library names. */
export function audioRoute(deps: Deps): Router {
  const router = Router();
  router.get('/audio', async (request, response) => {
    const { uri } = request.query;
    if (typeof uri !== 'string' || uri === '')
      throw new PanelError('PANEL_REQUEST_INVALID', 'GET /api/audio takes ?uri= of an indexed recording');
    const place = await deps.tracks.audioByUri(uri);
    if (!place) throw new PanelError('PANEL_TRACK_UNKNOWN', `No recording of this library has the address ${uri}`);
    await send(deps, place, request, response);
  });
  router.get('/audio/:id', async (request, response) => {
    const { id } = request.params;
    const place = await deps.tracks.audioById(id);
    if (!place) throw new PanelError('PANEL_TRACK_UNKNOWN', `No recording of this library has the id ${id}`);
    await send(deps, place, request, response);
  });
  return router;
}
