// SPDX-License-Identifier: Apache-2.0
import express, { type Request, type RequestHandler, type Response } from 'express';
import { ServiceError } from '../core/service-error.ts';
import type { Spool } from '../core/spool-port.ts';

/** Beyond this the parsing of JSON would hold up everybody else. */
export const MOST_JSON_BYTES = 32 * 1024 * 1024;

/** Clients name types as they like, or none: a route knows what it reads. */
const anyType = (): boolean => true;

const run = (parse: RequestHandler, request: Request, response: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    parse(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
  });

/** A body of unknown length counts as the largest one until the answer is out. */
function countBody(
  request: Request,
  response: Response,
  limits: { readonly spool: Pick<Spool, 'reserve'>; readonly maxBytes: number },
): void {
  const { spool, maxBytes } = limits;
  const declared = Number(request.get('content-length') ?? maxBytes);
  response.once('close', spool.reserve(Math.min(Number.isFinite(declared) ? declared : maxBytes, maxBytes)));
}

const parseJson = express.json({ limit: MOST_JSON_BYTES, type: anyType });

/**
 * The body as JSON, whatever type it claims; undefined without a body.
 * @throws ServiceError queue_full; errors of Express for what is too large or no JSON
 */
export async function readJson(request: Request, response: Response, spool: Pick<Spool, 'reserve'>): Promise<unknown> {
  countBody(request, response, { spool, maxBytes: MOST_JSON_BYTES });
  await run(parseJson, request, response);
  return request.body as unknown;
}

/**
 * The body's bytes, uncompressed.
 * @throws ServiceError empty_body, queue_full; errors of Express for what is too large or compressed
 */
export async function readBytes(
  request: Request,
  response: Response,
  limits: { readonly spool: Pick<Spool, 'reserve'>; readonly maxBytes: number },
): Promise<Buffer> {
  const { maxBytes } = limits;
  countBody(request, response, limits);
  await run(express.raw({ limit: maxBytes, type: anyType, inflate: false }), request, response);
  const body = request.body as unknown;
  if (!Buffer.isBuffer(body) || body.length === 0) throw new ServiceError('empty_body', 'The body is empty');
  return body;
}
