// SPDX-License-Identifier: Apache-2.0
import {
  EuiBadge,
  EuiBadgeGroup,
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiButtonEmpty,
  EuiButtonIcon,
  EuiProgress,
  EuiText,
} from '@elastic/eui';
import type { ReactNode } from 'react';
import type { SearchHit } from '../../../contract/answers.ts';
import { ICON } from '../core/icon-names.ts';
import { spanText } from '../core/time-text.ts';
import { type Clip, usePlayer } from './player-context.tsx';

const clipOf = ({ id, title, segment }: SearchHit): Clip => ({
  id,
  title,
  fromSeconds: (segment?.start_ms ?? 0) / 1000,
  ...(segment ? { toSeconds: segment.end_ms / 1000 } : {}),
});

function PlayButton({ hit }: { hit: SearchHit }): ReactNode {
  const { clip, isPlaying, toggle } = usePlayer();
  const isOn = isPlaying && clip?.id === hit.id;
  return (
    <EuiButtonIcon
      iconType={isOn ? ICON.pause : ICON.play}
      aria-label={`Play ${hit.title}`}
      aria-pressed={isOn}
      onClick={() => toggle(clipOf(hit))}
      display="base"
      data-test-subj="play"
    />
  );
}

function Labels({ tags, labels }: Pick<SearchHit, 'tags' | 'labels'>): ReactNode {
  const values = Object.entries({ ...tags, ...labels }).flatMap(([key, value]) =>
    [value].flat().map((one) => ({ key, text: String(one) })),
  );
  return (
    <EuiBadgeGroup gutterSize="xs">
      {values.map(({ key, text }) => (
        <EuiBadge key={`${key}:${text}`} title={`${key}: ${text}`}>
          {text}
        </EuiBadge>
      ))}
    </EuiBadgeGroup>
  );
}

/** The raw measure as a bar and a number, and how far it lies behind the hit above. */
function Similarity({ hit, above }: { hit: SearchHit; above: SearchHit | undefined }): ReactNode {
  const gap = above === undefined ? '' : `−${(above.similarity - hit.similarity).toFixed(3)}`;
  return (
    <div style={{ width: '100%' }} title={`score ${hit.score}`}>
      <EuiProgress
        value={Math.min(1, Math.max(0, hit.similarity))}
        max={1}
        size="s"
        color="primary"
        aria-label={`Similarity of ${hit.title}`}
      />
      <EuiText size="xs">
        <strong>{hit.similarity.toFixed(3)}</strong> {gap}
      </EuiText>
    </div>
  );
}

interface Props {
  readonly hits: readonly SearchHit[];
  readonly isLoading: boolean;
  readonly canPlay: boolean;
  readonly onLike: (id: string) => void;
}

function columnsOf({ hits, canPlay, onLike }: Props): EuiBasicTableColumn<SearchHit>[] {
  const aboveOf = (hit: SearchHit): SearchHit | undefined => hits[hits.indexOf(hit) - 1];
  const play: EuiBasicTableColumn<SearchHit> = {
    name: 'Play',
    width: '56px',
    render: (hit: SearchHit) => <PlayButton hit={hit} />,
  };
  return [
    { field: 'rank', name: 'Rank', width: '56px' },
    ...(canPlay ? [play] : []),
    {
      field: 'title',
      name: 'Title',
      render: (title: string, hit: SearchHit) => (
        <EuiText size="s" title={hit.uri} data-test-subj="hit-title">
          {title}
        </EuiText>
      ),
      mobileOptions: { header: false, width: '100%' },
    },
    { name: 'Labels', render: (hit: SearchHit) => <Labels tags={hit.tags} labels={hit.labels} /> },
    {
      name: 'Match',
      width: '96px',
      render: ({ segment }: SearchHit) => (segment ? spanText(segment) : 'whole'),
    },
    {
      name: 'Similarity',
      width: '140px',
      render: (hit: SearchHit) => <Similarity hit={hit} above={aboveOf(hit)} />,
    },
    {
      name: 'More',
      width: '150px',
      render: (hit: SearchHit) => (
        <EuiButtonEmpty
          size="xs"
          iconType={ICON.like}
          onClick={() => onLike(hit.id)}
          aria-label={`More like this: ${hit.title}`}
          data-test-subj="like"
        >
          More like this
        </EuiButtonEmpty>
      ),
    },
  ];
}

export function ResultsTable(props: Props): ReactNode {
  return (
    <EuiBasicTable<SearchHit>
      tableCaption="Recordings that sound most alike, best first"
      items={[...props.hits]}
      itemId="id"
      columns={columnsOf(props)}
      loading={props.isLoading}
      rowHeader="title"
      rowProps={(hit) => ({ 'data-test-subj': 'hit', 'data-hit-id': hit.id })}
      tableLayout="auto"
      data-test-subj="results"
    />
  );
}
