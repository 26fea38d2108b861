// SPDX-License-Identifier: Apache-2.0
import {
  EuiBottomBar,
  EuiButtonIcon,
  EuiFlexGroup,
  EuiFlexItem,
  EuiRange,
  EuiText,
  EuiTextTruncate,
} from '@elastic/eui';
import { type ReactNode, useEffect, useState } from 'react';
import { ICON } from '../core/icon-names.ts';
import { spanText, timeText } from '../core/time-text.ts';
import { type Clip, usePlayer } from './player-context.tsx';

/** Position and length in seconds, as the element tells them. */
function useClock(audio: HTMLAudioElement | null): { readonly now: number; readonly length: number } {
  const [clock, setClock] = useState({ now: 0, length: 0 });
  useEffect(() => {
    if (!audio) return;
    const read = (): void => setClock({ now: audio.currentTime, length: audio.duration });
    const events = ['timeupdate', 'loadedmetadata', 'durationchange', 'seeked', 'emptied'] as const;
    for (const name of events) audio.addEventListener(name, read);
    return () => {
      for (const name of events) audio.removeEventListener(name, read);
    };
  }, [audio]);
  return clock;
}

const matchText = ({ fromSeconds, toSeconds }: Clip): string =>
  toSeconds === undefined ? '' : `match ${spanText({ start_ms: fromSeconds * 1000, end_ms: toSeconds * 1000 })}`;

/** The one player, at the bottom of every view while something is loaded. */
export function PlayerDock(): ReactNode {
  const { clip, isPlaying, failure, audio, toggle, seek, close } = usePlayer();
  const { now, length } = useClock(audio);
  if (!clip) return null;
  const canSeek = Number.isFinite(length) && length > 0;
  return (
    <EuiBottomBar paddingSize="s" landmarkHeading="Player" data-test-subj="player-dock">
      <EuiFlexGroup alignItems="center" gutterSize="m" responsive={false}>
        <EuiFlexItem grow={false}>
          <EuiButtonIcon
            iconType={isPlaying ? ICON.pause : ICON.play}
            aria-label={isPlaying ? 'Pause' : 'Play'}
            aria-pressed={isPlaying}
            onClick={() => toggle(clip)}
            display="base"
            size="m"
            data-test-subj="player-toggle"
          />
        </EuiFlexItem>
        <EuiFlexItem style={{ minWidth: 0 }}>
          <EuiText size="s">
            <EuiTextTruncate text={clip.title} />
          </EuiText>
          <EuiText size="xs">{failure ?? matchText(clip)}</EuiText>
        </EuiFlexItem>
        <EuiFlexItem grow={2} style={{ minWidth: 0 }}>
          <EuiRange
            aria-label="Position in the recording, in seconds"
            min={0}
            max={canSeek ? length : 1}
            step={0.1}
            value={canSeek ? Math.min(now, length) : 0}
            disabled={!canSeek}
            onChange={(event) => seek(Number(event.currentTarget.value))}
            fullWidth
            data-test-subj="player-position"
          />
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiText size="xs">
            {timeText(now)} / {timeText(length || Number.NaN)}
          </EuiText>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiButtonIcon iconType={ICON.close} aria-label="Close the player" color="text" onClick={close} />
        </EuiFlexItem>
      </EuiFlexGroup>
    </EuiBottomBar>
  );
}
