// SPDX-License-Identifier: Apache-2.0
import { EuiFieldNumber, EuiFlexGroup, EuiFlexItem, EuiFormRow, EuiSelect, EuiSwitch } from '@elastic/eui';
import type { ReactNode } from 'react';
import { LIMITS, type SearchState } from '../core/search-state.ts';

interface Props {
  readonly state: SearchState;
  /** Space ids; the first is the default. */
  readonly spaces: readonly string[];
  readonly onChange: (state: SearchState) => void;
}

/** Keeps 1 ≤ k ≤ candidates; a senseless entry changes nothing. */
function withNumbers(state: SearchState, k: number, candidates: number): SearchState {
  const isValid = Number.isInteger(k) && Number.isInteger(candidates) && k >= 1 && candidates >= 1;
  if (!isValid || k > LIMITS.k || candidates > LIMITS.candidates) return state;
  return { ...state, k, candidates: Math.max(k, candidates) };
}

interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  /** Its `data-test-subj`. */
  readonly name: string;
  readonly onChange: (isOn: boolean) => void;
}

function Switch({ label, checked, name, onChange }: SwitchProps): ReactNode {
  return (
    <EuiFlexItem grow={false}>
      <EuiFormRow hasChildLabel={false}>
        <EuiSwitch
          compressed
          label={label}
          checked={checked}
          onChange={(event) => onChange(event.target.checked)}
          data-test-subj={name}
        />
      </EuiFormRow>
    </EuiFlexItem>
  );
}

export function SearchOptions({ state, spaces, onChange }: Props): ReactNode {
  const { k, candidates, isExact, bySegments, space } = state;
  return (
    <EuiFlexGroup gutterSize="m" alignItems="flexEnd" wrap>
      <EuiFlexItem grow={false} style={{ width: 96 }}>
        <EuiFormRow label="Hits (k)">
          <EuiFieldNumber
            compressed
            min={1}
            max={LIMITS.k}
            value={k}
            onChange={(event) => onChange(withNumbers(state, event.target.valueAsNumber, candidates))}
            data-test-subj="k"
          />
        </EuiFormRow>
      </EuiFlexItem>
      <EuiFlexItem grow={false} style={{ width: 120 }}>
        <EuiFormRow label="Candidates">
          <EuiFieldNumber
            compressed
            min={k}
            max={LIMITS.candidates}
            value={candidates}
            disabled={isExact}
            onChange={(event) => onChange(withNumbers(state, k, event.target.valueAsNumber))}
            data-test-subj="candidates"
          />
        </EuiFormRow>
      </EuiFlexItem>
      {spaces.length > 1 && (
        <EuiFlexItem grow={false}>
          <EuiFormRow label="Space">
            <EuiSelect
              compressed
              value={space ?? spaces[0] ?? ''}
              options={spaces.map((id) => ({ value: id, text: id }))}
              onChange={(event) => onChange({ ...state, space: event.target.value })}
              data-test-subj="space"
            />
          </EuiFormRow>
        </EuiFlexItem>
      )}
      <Switch label="Exact" checked={isExact} name="exact" onChange={(on) => onChange({ ...state, isExact: on })} />
      <Switch
        label="Match windows"
        checked={bySegments}
        name="segments"
        onChange={(on) => onChange({ ...state, bySegments: on })}
      />
    </EuiFlexGroup>
  );
}
