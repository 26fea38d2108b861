// SPDX-License-Identifier: Apache-2.0
import lz from 'lz-string';
import type { DevToolsRequest } from '../../../contract/answers.ts';

/** Longer links break in proxies and chats. */
const MAX_LINK_LENGTH = 8000;

/** A request as it is typed into Dev Tools. */
export const consoleText = ({ method, path, body }: DevToolsRequest): string =>
  `${method} ${path}\n${JSON.stringify(body, undefined, 2)}\n`;

/**
 * Opens Kibana's Dev Tools with the request (Kibana's own codec: lz-string behind `load_from=data:text/plain,`).
 * Undefined when the link would be too long.
 */
export function devToolsLink(kibanaUrl: string, request: DevToolsRequest): string | undefined {
  const text = lz.compressToEncodedURIComponent(consoleText(request));
  const link = `${kibanaUrl.replace(/\/$/, '')}/app/dev_tools#/console?load_from=data:text/plain,${text}`;
  return link.length <= MAX_LINK_LENGTH ? link : undefined;
}
