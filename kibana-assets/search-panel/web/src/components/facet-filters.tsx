// SPDX-License-Identifier: Apache-2.0
import { EuiFacetButton, EuiFacetGroup, EuiSpacer, EuiTitle } from '@elastic/eui';
import { Fragment, type ReactNode } from 'react';
import type { FacetsAnswer } from '../../../contract/answers.ts';
import { FILTER_KEYS, type FilterKey } from '../../../contract/filter-keys.ts';
import { type SearchState, toggleFilter } from '../core/search-state.ts';

const isFilterKey = (key: string): key is FilterKey => (FILTER_KEYS as readonly string[]).includes(key);

interface Props {
  readonly facets: FacetsAnswer['facets'];
  readonly state: SearchState;
  readonly onChange: (state: SearchState) => void;
}

/** Values of the library with their counts; a chosen one narrows the search itself, not its hits afterwards. */
export function FacetFilters({ facets, state, onChange }: Props): ReactNode {
  return facets.map(({ key, values }) =>
    isFilterKey(key) ? (
      <Fragment key={key}>
        <EuiSpacer size="l" />
        <EuiTitle size="xxs">
          <h2 style={{ textTransform: 'capitalize' }}>{key}</h2>
        </EuiTitle>
        <EuiFacetGroup gutterSize="none">
          {values.map(({ value, count }) => (
            <EuiFacetButton
              key={value}
              quantity={count}
              isSelected={state.filters[key]?.includes(value) === true}
              aria-pressed={state.filters[key]?.includes(value) === true}
              onClick={() => onChange(toggleFilter(state, key, value))}
              data-test-subj={`facet-${key}`}
            >
              {value}
            </EuiFacetButton>
          ))}
        </EuiFacetGroup>
      </Fragment>
    ) : null,
  );
}
