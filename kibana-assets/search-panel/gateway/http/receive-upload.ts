// SPDX-License-Identifier: Apache-2.0
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyHeaders } from '@fastify/busboy';
import type { Request } from 'express';
import { PanelError } from '../core/panel-error.ts';
import type { Upload } from '../core/ports.ts';

export interface ReceivedForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly upload: Upload | undefined;
  /** Removes the spooled file. */
  dispose(): Promise<void>;
}

const LIMITS = { files: 1, fields: 20, fieldSize: 10_000, parts: 25, headerPairs: 50 };

const tooLarge = (maxBytes: number): PanelError =>
  new PanelError('PANEL_UPLOAD_TOO_LARGE', `The file is larger than the ${maxBytes} bytes that are accepted`);

async function spool(stream: BusboyFileStream, path: string, maxBytes: number): Promise<void> {
  await pipeline(stream, createWriteStream(path));
  if (stream.truncated) throw tooLarge(maxBytes);
}

interface Collected {
  readonly fields: Record<string, string>;
  readonly names: string[];
}

async function collect(request: Request, path: string, maxBytes: number): Promise<Collected> {
  const busboy = new Busboy({
    headers: request.headers as BusboyHeaders,
    limits: { ...LIMITS, fileSize: maxBytes },
  });
  const fields: Record<string, string> = {};
  const names: string[] = [];
  let spooled: Promise<void> = Promise.resolve();
  busboy.on('field', (name, value) => {
    fields[name] = value;
  });
  busboy.on('file', (field, stream, name) => {
    if (field !== 'file') return void stream.resume();
    names.push(basename(name || 'recording'));
    spooled = spool(stream, path, maxBytes);
    spooled.catch(() => {});
  });
  try {
    await pipeline(request, busboy);
  } catch (cause) {
    if (cause instanceof PanelError) throw cause;
    throw new PanelError('PANEL_UPLOAD_INVALID', 'The upload broke off or is not valid multipart/form-data', { cause });
  }
  await spooled;
  return { fields, names };
}

/**
 * Receives a multipart form; its file goes to a temporary folder, never to memory.
 * @throws PanelError PANEL_UPLOAD_INVALID, PANEL_UPLOAD_TOO_LARGE; nothing stays on disk then
 */
export async function receiveUpload(request: Request, maxBytes: number): Promise<ReceivedForm> {
  if (Number(request.get('content-length') ?? 0) > maxBytes + LIMITS.fields * LIMITS.fieldSize)
    throw tooLarge(maxBytes);
  const folder = await mkdtemp(join(tmpdir(), 'earshot-panel-'));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'upload');
  try {
    const { fields, names } = await collect(request, path, maxBytes);
    const [name] = names;
    const upload = name === undefined ? undefined : { path, name, bytes: (await stat(path)).size };
    return { fields, upload, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
