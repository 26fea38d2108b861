// SPDX-License-Identifier: Apache-2.0
import { EuiButtonEmpty, EuiPageTemplate, EuiPanel, EuiSpacer, EuiTitle } from '@elastic/eui';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useMemo, useRef, useState } from 'react';
import type { StatusAnswer } from '../../../contract/answers.ts';
import { useBackend } from '../components/backend-context.tsx';
import { ColourModeButton } from '../components/colour-mode.tsx';
import { FacetFilters } from '../components/facet-filters.tsx';
import { usePlayer } from '../components/player-context.tsx';
import { QueryInputs } from '../components/query-inputs.tsx';
import { Results } from '../components/results.tsx';
import { SearchOptions } from '../components/search-options.tsx';
import { StatusBadges } from '../components/status-badges.tsx';
import { useKeyboard } from '../components/use-keyboard.ts';
import { useSearch } from '../components/use-search.ts';
import { ICON } from '../core/icon-names.ts';
import type { SearchState } from '../core/search-state.ts';

/** What is not needed to show rows loads when it is: code highlighting alone is two thirds of the page's weight. */
const InspectFlyout = lazy(async () => ({
  default: (await import('../components/inspect-flyout.tsx')).InspectFlyout,
}));

const PlayerDock = lazy(async () => ({ default: (await import('../components/player-dock.tsx')).PlayerDock }));

const StatusCallOuts = lazy(async () => ({
  default: (await import('../components/status-call-outs.tsx')).StatusCallOuts,
}));

const STATUS_EVERY_MS = 30_000;
const DEFAULT_UPLOAD_BYTES = 100_000_000;

function useStatus(): StatusAnswer | undefined {
  const backend = useBackend();
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => backend.status(signal),
    refetchInterval: STATUS_EVERY_MS,
  }).data;
}

const isWell = ({ elasticsearch, inference, spaces }: StatusAnswer): boolean =>
  [elasticsearch, inference, ...spaces].every(({ ok }) => ok);

function Sidebar({ state, onGo }: { state: SearchState; onGo: (state: SearchState) => void }): ReactNode {
  const backend = useBackend();
  const { data } = useQuery({
    queryKey: ['facets', state.space],
    queryFn: ({ signal }) => backend.facets(state.space, signal),
  });
  return (
    <aside aria-label="Filters">
      <EuiTitle size="s">
        <p>Earshot</p>
      </EuiTitle>
      <Suspense fallback={null}>{data && <FacetFilters facets={data.facets} state={state} onChange={onGo} />}</Suspense>
    </aside>
  );
}

/** Search by a file or by an indexed recording; see, hear and inspect what sounds alike. */
export function SearchView(): ReactNode {
  const status = useStatus();
  const { state, progress, go, upload, retry } = useSearch();
  const { clip, toggle } = usePlayer();
  const [isInspecting, setIsInspecting] = useState(false);
  const idInput = useRef<HTMLInputElement | null>(null);
  const keys = useMemo(
    () => ({ '/': () => idInput.current?.focus(), ' ': () => clip && toggle(clip) }),
    [clip, toggle],
  );
  useKeyboard(keys);
  const answer = progress.phase === 'done' ? progress.answer : undefined;
  const uploadPart = status?.capabilities.upload;
  return (
    <EuiPageTemplate restrictWidth={false} panelled>
      <EuiPageTemplate.Sidebar sticky minWidth={200}>
        <Sidebar state={state} onGo={go} />
      </EuiPageTemplate.Sidebar>
      <EuiPageTemplate.Header
        pageTitle="Find similar audio"
        paddingSize="m"
        rightSideItems={[
          <ColourModeButton key="mode" />,
          <EuiButtonEmpty
            key="inspect"
            iconType={ICON.inspect}
            isDisabled={answer === undefined}
            onClick={() => setIsInspecting(true)}
            data-test-subj="inspect"
          >
            Inspect
          </EuiButtonEmpty>,
        ]}
      >
        <StatusBadges status={status} />
      </EuiPageTemplate.Header>
      <EuiPageTemplate.Section paddingSize="m">
        <Suspense fallback={null}>{status && !isWell(status) && <StatusCallOuts status={status} />}</Suspense>
        <EuiPanel hasBorder hasShadow={false} paddingSize="m">
          <QueryInputs
            key={state.like ?? ''}
            whyNoUpload={uploadPart && !uploadPart.ok ? uploadPart.reason : undefined}
            maxUploadBytes={status?.maxUploadBytes ?? DEFAULT_UPLOAD_BYTES}
            onFile={upload}
            onId={(id) => go({ ...state, like: id })}
            idInput={idInput}
          />
          <EuiSpacer size="m" />
          <SearchOptions state={state} spaces={status?.spaces.map(({ id }) => id) ?? []} onChange={go} />
        </EuiPanel>
        <EuiSpacer size="m" />
        <Results
          progress={progress}
          state={state}
          canPlay={status?.capabilities.audio.ok ?? true}
          onGo={go}
          onRetry={retry}
        />
      </EuiPageTemplate.Section>
      {clip && (
        <Suspense fallback={null}>
          <PlayerDock />
        </Suspense>
      )}
      {isInspecting && answer && (
        <Suspense fallback={null}>
          <InspectFlyout answer={answer} kibanaUrl={status?.kibanaUrl ?? null} onClose={() => setIsInspecting(false)} />
        </Suspense>
      )}
    </EuiPageTemplate>
  );
}
