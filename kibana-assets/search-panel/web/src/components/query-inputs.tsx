// SPDX-License-Identifier: Apache-2.0
import { EuiFieldText, EuiFilePicker, EuiFlexGroup, EuiFlexItem, EuiFormRow } from '@elastic/eui';
import type { MutableRefObject, ReactNode } from 'react';

interface Props {
  /** Undefined when uploads work, else why not. */
  readonly whyNoUpload: string | undefined;
  readonly maxUploadBytes: number;
  readonly onFile: (file: File) => void;
  readonly onId: (id: string) => void;
  readonly idInput: MutableRefObject<HTMLInputElement | null>;
}

const megabytes = (bytes: number): string => `${Math.floor(bytes / 1_000_000)} MB`;

/** Ways to say what to search for: a file, or the id of an indexed recording. */
export function QueryInputs({ whyNoUpload, maxUploadBytes, onFile, onId, idInput }: Props): ReactNode {
  return (
    <EuiFlexGroup>
      <EuiFlexItem>
        <EuiFormRow
          label="A recording of yours"
          helpText={whyNoUpload ?? `wav, mp3, flac, ogg, m4a, … up to ${megabytes(maxUploadBytes)}`}
          fullWidth
        >
          <EuiFilePicker
            compressed
            fullWidth
            display="default"
            accept="audio/*,.flac,.opus,.m4a,.aif,.aiff"
            initialPromptText="Choose or drop an audio file"
            disabled={whyNoUpload !== undefined}
            onChange={(files) => {
              const file = files?.[0];
              if (file) onFile(file);
            }}
            data-test-subj="upload"
          />
        </EuiFormRow>
      </EuiFlexItem>
      <EuiFlexItem>
        <EuiFormRow label="A recording of the library" helpText="Its id, or press “More like this” on a hit" fullWidth>
          <EuiFieldText
            compressed
            fullWidth
            placeholder="Document id, then Enter"
            inputRef={(element) => {
              idInput.current = element;
            }}
            onKeyDown={({ key, currentTarget }) => {
              const id = currentTarget.value.trim();
              if (key === 'Enter' && id !== '') onId(id);
            }}
            data-test-subj="id"
          />
        </EuiFormRow>
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}
