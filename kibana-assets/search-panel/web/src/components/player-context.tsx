// SPDX-License-Identifier: Apache-2.0
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useBackend } from './backend-context.tsx';

export interface Clip {
  readonly id: string;
  readonly title: string;
  readonly fromSeconds: number;
  /** Playback pauses here; to the end when absent. */
  readonly toSeconds?: number;
}

interface PlayerState {
  readonly clip: Clip | undefined;
  readonly isPlaying: boolean;
  readonly failure: string | undefined;
}

interface Player extends PlayerState {
  /** Plays the clip from its start, or pauses it when it is playing. */
  toggle(clip: Clip): void;
  seek(seconds: number): void;
  close(): void;
  readonly audio: HTMLAudioElement | null;
}

const PlayerContext = createContext<Player | undefined>(undefined);
const SILENT: PlayerState = { clip: undefined, isPlaying: false, failure: undefined };

const isSame = (a: Clip | undefined, b: Clip): boolean => a?.id === b.id && a.fromSeconds === b.fromSeconds;

/** Pauses at the end of the matched window; a seek behind it plays on. */
function usePauseAtEnd(audio: HTMLAudioElement | null, clip: Clip | undefined): void {
  useEffect(() => {
    const to = clip?.toSeconds;
    if (!audio || to === undefined) return;
    let hasPassed = false;
    const check = (): void => {
      if (hasPassed || audio.currentTime < to) return;
      hasPassed = true;
      audio.pause();
    };
    audio.addEventListener('timeupdate', check);
    return () => audio.removeEventListener('timeupdate', check);
  }, [audio, clip]);
}

/** One `<audio>` for the whole page: never two sounds at once. */
export function PlayerProvider({ children }: { children: ReactNode }): ReactNode {
  const backend = useBackend();
  const [audio, setAudio] = useState<HTMLAudioElement | null>(null);
  const [state, setState] = useState(SILENT);
  const startAt = useRef(0);
  usePauseAtEnd(audio, state.clip);

  const player = useMemo<Player>(() => {
    const start = (clip: Clip): void => {
      if (!audio) return;
      const url = backend.audioUrl(clip.id);
      startAt.current = clip.fromSeconds;
      setState({ clip, isPlaying: false, failure: undefined });
      if (audio.getAttribute('src') === url && audio.readyState >= HTMLMediaElement.HAVE_METADATA)
        audio.currentTime = clip.fromSeconds;
      else audio.setAttribute('src', url);
      audio.play().catch(() => {
        // The error event tells it; being overtaken by another clip is no failure.
      });
    };
    return {
      ...state,
      audio,
      toggle: (clip) => {
        if (!isSame(state.clip, clip)) return start(clip);
        if (state.isPlaying) return audio?.pause();
        const isOver = audio !== null && clip.toSeconds !== undefined && audio.currentTime >= clip.toSeconds;
        if (isOver || audio?.ended || state.failure) return start({ ...clip });
        audio?.play().catch(() => {});
      },
      seek: (seconds) => {
        if (audio) audio.currentTime = seconds;
      },
      close: () => {
        audio?.pause();
        audio?.removeAttribute('src');
        setState(SILENT);
      },
    };
  }, [audio, backend, state]);

  return (
    <PlayerContext.Provider value={player}>
      {/* biome-ignore lint/a11y/useMediaCaption: recordings of the user's library have no captions */}
      <audio
        ref={setAudio}
        preload="metadata"
        data-test-subj="player-audio"
        onLoadedMetadata={(event) => {
          event.currentTarget.currentTime = startAt.current;
        }}
        onPlay={() => setState((now) => ({ ...now, isPlaying: true }))}
        onPause={() => setState((now) => ({ ...now, isPlaying: false }))}
        onError={() =>
          setState((now) =>
            now.clip ? { ...now, isPlaying: false, failure: 'This browser cannot play the recording' } : now,
          )
        }
      />
      {children}
    </PlayerContext.Provider>
  );
}

export function usePlayer(): Player {
  const player = useContext(PlayerContext);
  if (!player) throw new Error('usePlayer outside of PlayerProvider');
  return player;
}
