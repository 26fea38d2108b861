// SPDX-License-Identifier: Apache-2.0
import { EuiScreenReaderLive, EuiSpacer, EuiText } from '@elastic/eui';
import type { ReactNode } from 'react';
import type { SearchAnswer } from '../../../contract/answers.ts';
import type { SearchProgress } from '../core/search-progress.ts';
import type { SearchState } from '../core/search-state.ts';
import { hitCount } from '../core/texts.ts';
import { ExampleLine } from './example-line.tsx';
import { ResultsTable } from './results-table.tsx';
import { FailurePrompt, NoHitsPrompt, SearchingPrompt, StartPrompt } from './search-message.tsx';

interface Props {
  readonly progress: SearchProgress;
  readonly state: SearchState;
  readonly canPlay: boolean;
  readonly onGo: (state: SearchState) => void;
  readonly onRetry: () => void;
}

/** Where the time went: `10 hits · decode 12 ms · embed 38 ms · search 4 ms · 61 ms in all`. */
function latencyText({ hits, took_ms }: SearchAnswer): string {
  const { decode, embed, search, total } = took_ms;
  const audio = embed > 0 ? [`decode ${decode} ms`, `embed ${embed} ms`] : [];
  return [hitCount(hits.length), ...audio, `search ${search} ms`, `${total} ms in all`].join(' · ');
}

function Rows({ answer, isLoading, ...props }: Props & { answer: SearchAnswer; isLoading: boolean }): ReactNode {
  const { state, canPlay, onGo } = props;
  if (answer.hits.length === 0 && !isLoading)
    return (
      <NoHitsPrompt
        hasFilters={Object.keys(state.filters).length > 0}
        onClear={() => onGo({ ...state, filters: {} })}
      />
    );
  return (
    <>
      {state.like !== undefined && <ExampleLine like={state.like} />}
      <EuiText size="xs" data-test-subj="latency">
        {latencyText(answer)}
      </EuiText>
      <EuiScreenReaderLive>{isLoading ? 'Searching' : `${hitCount(answer.hits.length)} found`}</EuiScreenReaderLive>
      <EuiSpacer size="s" />
      <ResultsTable
        hits={answer.hits}
        isLoading={isLoading}
        canPlay={canPlay}
        onLike={(id) => onGo({ ...state, like: id })}
      />
    </>
  );
}

/** Rows, or what to say instead of them. */
export function Results(props: Props): ReactNode {
  const { progress, onRetry } = props;
  switch (progress.phase) {
    case 'idle':
      return <StartPrompt />;
    case 'failed':
      return <FailurePrompt error={progress.error} onRetry={onRetry} />;
    case 'searching':
      if (!progress.previous || progress.isUpload) return <SearchingPrompt isUpload={progress.isUpload} />;
      return <Rows {...props} answer={progress.previous} isLoading />;
    case 'done':
      return <Rows {...props} answer={progress.answer} isLoading={false} />;
  }
}
