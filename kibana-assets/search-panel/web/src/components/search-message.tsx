// SPDX-License-Identifier: Apache-2.0
import { EuiButton, EuiEmptyPrompt, EuiLoadingSpinner } from '@elastic/eui';
import type { ReactNode } from 'react';
import type { BackendError } from '../core/backend-error.ts';
import { ICON } from '../core/icon-names.ts';
import { failureTitle } from '../core/texts.ts';

/** Nothing searched yet. */
export function StartPrompt(): ReactNode {
  return (
    <EuiEmptyPrompt
      iconType={ICON.search}
      title={<h2>What does your library have that sounds like this?</h2>}
      body={<p>Drop an audio file above, or enter the id of a recording that is already indexed.</p>}
      data-test-subj="start"
    />
  );
}

export function SearchingPrompt({ isUpload }: { isUpload: boolean }): ReactNode {
  return (
    <EuiEmptyPrompt
      icon={<EuiLoadingSpinner size="xl" />}
      title={<h2>{isUpload ? 'Listening to your recording …' : 'Searching …'}</h2>}
      data-test-subj="searching"
    />
  );
}

export function NoHitsPrompt({ hasFilters, onClear }: { hasFilters: boolean; onClear: () => void }): ReactNode {
  const body = hasFilters
    ? 'No recording passes the chosen filters.'
    : 'No recording of this library can be compared with it.';
  return (
    <EuiEmptyPrompt
      iconType={ICON.search}
      title={<h2>Nothing found</h2>}
      body={<p>{body}</p>}
      actions={
        hasFilters
          ? [
              <EuiButton key="clear" onClick={onClear}>
                {'Clear the filters'}
              </EuiButton>,
            ]
          : []
      }
      data-test-subj="no-hits"
    />
  );
}

export function FailurePrompt({ error, onRetry }: { error: BackendError; onRetry: () => void }): ReactNode {
  return (
    <EuiEmptyPrompt
      iconType={ICON.warning}
      color="danger"
      title={<h2>{failureTitle(error.code)}</h2>}
      body={
        <>
          <p>{error.message}</p>
          <p>{error.remedy}</p>
        </>
      }
      actions={[
        <EuiButton key="retry" iconType={ICON.retry} onClick={onRetry} data-test-subj="retry">
          Try again
        </EuiButton>,
      ]}
      role="alert"
      data-test-subj="failure"
    />
  );
}
