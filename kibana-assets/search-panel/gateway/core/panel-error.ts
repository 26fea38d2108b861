// SPDX-License-Identifier: Apache-2.0

interface PanelErrorKind {
  readonly status: number;
  readonly remedy: string;
}

/** Errors of the gateway itself: one row per code. Those of search and connections keep the command line's codes. */
export const PANEL_ERROR_KINDS = {
  PANEL_REQUEST_INVALID: { status: 400, remedy: 'Correct the request as the message says.' },
  PANEL_UPLOAD_INVALID: { status: 400, remedy: 'Send multipart/form-data with one audio file in the field "file".' },
  PANEL_AUTH_REQUIRED: { status: 401, remedy: 'Send the name and password of EARSHOT_PANEL_AUTH.' },
  PANEL_CROSS_SITE: { status: 403, remedy: 'Open the panel on its own address.' },
  PANEL_AUDIO_NOT_SERVED: {
    status: 403,
    remedy: 'Start the panel with the EARSHOT_SOURCE that the library was synced from.',
  },
  PANEL_ROUTE_UNKNOWN: { status: 404, remedy: 'See docs/operators/panel.md for the routes.' },
  PANEL_TRACK_UNKNOWN: { status: 404, remedy: 'It may have been deleted; search again.' },
  PANEL_QUERY_EXPIRED: { status: 404, remedy: 'Upload the recording again.' },
  PANEL_AUDIO_MISSING: { status: 404, remedy: 'Run earshot sync run: the source has changed.' },
  PANEL_UPLOAD_TOO_LARGE: { status: 413, remedy: 'Send a shorter or compressed recording.' },
  PANEL_RANGE_INVALID: { status: 416, remedy: 'Ask for bytes within the file.' },
  PANEL_INTERNAL: { status: 500, remedy: 'Look at the log of the panel.' },
} as const satisfies Record<string, PanelErrorKind>;

export type PanelErrorCode = keyof typeof PANEL_ERROR_KINDS;

/** A failure that the page can show: code, message naming the thing, remedy. */
export class PanelError extends Error {
  readonly code: PanelErrorCode;
  readonly status: number;
  readonly remedy: string;

  constructor(code: PanelErrorCode, message: string, options: { cause?: unknown; remedy?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PanelError';
    this.code = code;
    this.status = PANEL_ERROR_KINDS[code].status;
    this.remedy = options.remedy ?? PANEL_ERROR_KINDS[code].remedy;
  }
}
