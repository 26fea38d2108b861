// SPDX-License-Identifier: Apache-2.0

/** One line of `--json` output of a long-running command. */
export interface RunEvent {
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface Progress {
  readonly done: number;
  /** 0 while unknown. */
  readonly total: number;
  /** What is counted, e.g. `recordings`. */
  readonly unit: string;
  /** Free text behind the bar, e.g. the rate. */
  readonly note?: string;
}

/** What a command tells its caller: tables and a bar on a terminal, plain lines in a log, JSON lines for scripts. */
export interface Reporter {
  /** A finding or step for people; silent with --quiet and --json. */
  line(text: string): void;
  warn(text: string): void;
  progress(state: Progress): void;
  /** One JSON line on stdout with --json; nothing otherwise. */
  event(event: RunEvent): void;
  /** The result: `json` with --json, otherwise `text`. Called once, at the end. */
  result(json: object, text: string): void;
}
