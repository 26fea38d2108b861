// SPDX-License-Identifier: Apache-2.0

export interface KibanaStatus {
  readonly version: string;
  readonly isAvailable: boolean;
}

export interface ImportProblem {
  readonly type: string;
  readonly id: string;
  /** Kibana's error type with what belongs to it, e.g. `missing_references`. */
  readonly reason: string;
}

export interface ImportOutcome {
  /** Only this says that something was written: Kibana fills successCount even when it wrote nothing. */
  readonly success: boolean;
  readonly successCount: number;
  readonly problems: readonly ImportProblem[];
}

export interface ObjectName {
  readonly type: string;
  readonly id: string;
}

/** The part of Kibana's HTTP interface that installing saved objects needs. */
export interface Kibana {
  status(): Promise<KibanaStatus>;
  importObjects(ndjson: string): Promise<ImportOutcome>;
  /** The named objects as newline-delimited JSON; null when any of them is missing. */
  exportObjects(names: readonly ObjectName[]): Promise<string | null>;
}
