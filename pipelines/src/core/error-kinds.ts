// SPDX-License-Identifier: Apache-2.0
import { EXIT } from './exit-codes.ts';

interface ErrorKind {
  readonly exitCode: number;
  readonly remedy: string;
}

/** The error catalogue of the command line: one row per code (`docs/operators/errors.md` is checked against it). */
const KINDS = {
  INTERNAL: {
    exitCode: EXIT.internal,
    remedy: 'This is a fault of Earshot; report it with the output of --log-level debug.',
  },
  USAGE: { exitCode: EXIT.usage, remedy: 'See earshot --help.' },
  CONFIG_FILE_UNREADABLE: { exitCode: EXIT.usage, remedy: 'Correct the configuration file.' },
  CONFIG_KEY_UNKNOWN: { exitCode: EXIT.usage, remedy: 'Remove or correct the key.' },
  CONFIG_SECRET_UNREADABLE: { exitCode: EXIT.usage, remedy: 'Point the variable at a readable file.' },
  CONFIG_INVALID: { exitCode: EXIT.usage, remedy: 'Correct the settings named.' },
  SPACE_UNKNOWN: { exitCode: EXIT.usage, remedy: 'earshot models list shows the spaces known here.' },
  SOURCE_MISSING: {
    exitCode: EXIT.usage,
    remedy: 'Set EARSHOT_SOURCE or --source to a folder or s3://bucket/prefix, or name sources in earshot.yaml.',
  },
  CHECKPOINT_UNREADABLE: { exitCode: EXIT.usage, remedy: 'Name a readable file.' },
  CHECKPOINT_INVALID: {
    exitCode: EXIT.usage,
    remedy: 'Fetch the file again: it is damaged, or of another format.',
  },
  CHECKPOINT_UNSAFE: {
    exitCode: EXIT.refused,
    remedy: 'Nothing of the file was run; take one that holds weights only, as a state_dict.',
  },
  CHECKPOINT_MISMATCH: {
    exitCode: EXIT.usage,
    remedy: 'Take the file of the network that was named, as its makers publish it.',
  },
  CHECKPOINT_UNVERIFIED: {
    exitCode: EXIT.refused,
    remedy: 'Fetch the published file, or repeat with --accept-unverified if you trust this one.',
  },
  CARD_DRAFT_INVALID: {
    exitCode: EXIT.usage,
    remedy: 'Correct what is named; docs/operators/models.md describes the card.',
  },
  GRAPH_MISMATCH: {
    exitCode: EXIT.usage,
    remedy: 'Correct the card, or export the graph again so that it fits.',
  },
  GRAPH_UNSUPPORTED: {
    exitCode: EXIT.refused,
    remedy: 'Export the graph with the standard operators of ONNX.',
  },
  MODELS_PROGRAM_DIED: {
    exitCode: EXIT.internal,
    remedy: 'Look whether memory ran out; if not, the file makes ONNX Runtime fail, or never end. Nothing was changed.',
  },
  MODEL_EXISTS: {
    exitCode: EXIT.refused,
    remedy: 'Choose another number with --as-version, or remove card and graph first.',
  },
  ALREADY_QUANTISED: {
    exitCode: EXIT.usage,
    remedy: 'Name a space with 32-bit weights; earshot models show ID tells.',
  },
  GRAPH_UNSUITABLE: {
    exitCode: EXIT.usage,
    remedy: 'Use the space as it is; earshot models verify ID checks its graph.',
  },
  CALIBRATION_UNUSABLE: { exitCode: EXIT.usage, remedy: 'Name a folder of recordings like those of your collection.' },
  DECODER_MISSING: { exitCode: EXIT.unavailable, remedy: 'Run npm run build:ffmpeg, or set FFMPEG_PATH.' },
  QUANTISED_TOO_DIFFERENT: {
    exitCode: EXIT.refused,
    remedy: 'Calibrate with more, and more varied, recordings, or repeat with --accept-loss.',
  },
  FIT_TOO_FEW_RECORDINGS: {
    exitCode: EXIT.refused,
    remedy: 'Name a larger collection, or stay with spectral-1: it needs none. Nothing was written.',
  },
  SOURCE_UNREADABLE: { exitCode: EXIT.usage, remedy: 'Check that the source exists and may be read.' },
  SOURCE_UNAVAILABLE: { exitCode: EXIT.unavailable, remedy: 'Try again when the object store answers.' },
  SOURCE_MOVED: {
    exitCode: EXIT.refused,
    remedy: 'Repeat with --source-moved if this is the same collection in a new place.',
  },
  QUERY_INVALID: { exitCode: EXIT.usage, remedy: 'See earshot search --help.' },
  QUERY_AUDIO_UNUSABLE: { exitCode: EXIT.usage, remedy: 'Use another recording.' },
  DOCUMENT_NOT_FOUND: { exitCode: EXIT.usage, remedy: 'Take an id from earshot search --json.' },
  NOTHING_TO_EVALUATE: {
    exitCode: EXIT.usage,
    remedy: 'Choose another field, or index recordings of which several share a label.',
  },
  REPORT_UNWRITABLE: { exitCode: EXIT.usage, remedy: 'Name a file in a folder that exists and may be written.' },
  INDEX_MISSING: { exitCode: EXIT.usage, remedy: 'Run earshot apply and earshot sync run first.' },
  ELASTICSEARCH_UNAVAILABLE: {
    exitCode: EXIT.unavailable,
    remedy: 'Check ELASTICSEARCH_URL and that the cluster is up; earshot doctor tells more.',
  },
  ELASTICSEARCH_DENIED: {
    exitCode: EXIT.usage,
    remedy: 'Check the credentials and the role (docs/operators/security.md).',
  },
  ELASTICSEARCH_REFUSED: {
    exitCode: EXIT.internal,
    remedy: 'Read the reason; --show-request prints the request for Dev Tools.',
  },
  ELASTICSEARCH_TOO_OLD: { exitCode: EXIT.refused, remedy: 'Use Elasticsearch 8.19 or later.' },
  INFERENCE_UNAVAILABLE: {
    exitCode: EXIT.unavailable,
    remedy: 'Start it with earshot inference, or set EARSHOT_INFERENCE_URL.',
  },
  INFERENCE_DENIED: { exitCode: EXIT.usage, remedy: 'Set EARSHOT_INFERENCE_API_KEY.' },
  INFERENCE_ANSWER_INVALID: {
    exitCode: EXIT.internal,
    remedy: 'Use an inference service of the same version; report it if the versions agree.',
  },
  FINGERPRINT_MISMATCH: {
    exitCode: EXIT.refused,
    remedy: 'Vectors of different fingerprints do not mix: use the same card and graph, or a new space version.',
  },
  CAPABILITY_MISSING: { exitCode: EXIT.refused, remedy: 'Use a cluster with the named module or licence.' },
  DEFINITION_FOREIGN: {
    exitCode: EXIT.refused,
    remedy: 'Rename or remove the foreign object; Earshot never overwrites what it does not own.',
  },
  DEFINITION_BLOCKED: { exitCode: EXIT.refused, remedy: 'The change needs a new index.' },
  GUARD_REFUSED: { exitCode: EXIT.refused, remedy: 'Read the reason; nothing was deleted.' },
  SPOOL_UNWRITABLE: {
    exitCode: EXIT.unavailable,
    remedy: 'Make room in the folder for temporary files (TMPDIR), or lower EARSHOT_SYNC_SPOOL_MB.',
  },
  SOFT_DELETES_VISIBLE: {
    exitCode: EXIT.refused,
    remedy: 'Run earshot apply with the same settings: it makes the alias hide them.',
  },
  STATE_UNWRITABLE: {
    exitCode: EXIT.unavailable,
    remedy: 'Make room in the folder that EARSHOT_STATE_DIR names, and make it writable.',
  },
  LISTEN_FAILED: { exitCode: EXIT.usage, remedy: 'Name a free address and port of this machine.' },
  INTERRUPTED: {
    exitCode: EXIT.interrupted,
    remedy: 'Run it again: a sync goes on where it ended, other commands begin anew.',
  },
  LOCK_HELD: { exitCode: EXIT.locked, remedy: 'Wait for the other run to end.' },
  SUMS_DIFFER: { exitCode: EXIT.internal, remedy: 'This is a fault of Earshot; report it with the summary line.' },
  KIBANA_MISSING: { exitCode: EXIT.usage, remedy: 'Set KIBANA_URL or --kibana-url.' },
  KIBANA_DENIED: {
    exitCode: EXIT.usage,
    remedy: 'Set KIBANA_API_KEY to a key that may manage saved objects in this space.',
  },
  KIBANA_TOO_OLD: { exitCode: EXIT.refused, remedy: 'Use Kibana 8.19 or later.' },
  KIBANA_UNAVAILABLE: { exitCode: EXIT.unavailable, remedy: 'Check KIBANA_URL and that Kibana is up.' },
  KIBANA_REFUSED: { exitCode: EXIT.refused, remedy: 'Read the errors Kibana gave.' },
  KIBANA_ASSETS_INVALID: { exitCode: EXIT.refused, remedy: 'Correct the findings; nothing was sent.' },
  PANEL_BUILD_FAILED: { exitCode: EXIT.internal, remedy: 'Run npm run build:panel and read its output.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof KINDS;
export const ERROR_CODES = Object.keys(KINDS) as ErrorCode[];
export const errorKind = (code: ErrorCode): ErrorKind => KINDS[code];
