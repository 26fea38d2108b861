# SPDX-License-Identifier: Apache-2.0
"""Somebody hums a melody: as a pitch track with a singer's and a tracker's errors, without the sound itself. Fast."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

import contour
from melodies import HOP_SECONDS, Melody


@dataclass(frozen=True)
class Performance:
    """Which notes are sung, when, and how far off; seconds of the performance."""

    pitch: np.ndarray
    """As sung, one a note."""
    start: np.ndarray
    end: np.ndarray
    written_start: float
    """Where in the melody it begins, seconds of the written tempo."""
    written: np.ndarray
    """Written time of each note's start, and of the last one's end."""

    def written_at(self, seconds: float) -> float:
        """Performance time -> written time."""
        return float(np.interp(seconds, [*self.start, self.end[-1]], self.written))


def first_note(rng: Generator, melody: Melody, from_start: float) -> int:
    last = int(np.searchsorted(melody.start, max(0.0, melody.seconds - 8.0)))
    return 0 if rng.random() < from_start or last < 1 else int(rng.integers(0, last))


def perform(
    rng: Generator, melody: Melody, seconds: float, from_start: float = 0.5, unsteadiness: float = 1.0
) -> Performance:
    """Tempo, timing, key and intonation of one try at a melody, cut at `seconds`.

    @param unsteadiness of the pitch: 2 is somebody who sings twice as far off, and loses the key twice as often
    """
    first = first_note(rng, melody, from_start)
    tempo = float(np.clip(rng.lognormal(0.0, 0.28), 0.45, 2.2))
    written = np.append(melody.start[first:], melody.end[-1])
    gaps = np.diff(written)
    drift = np.zeros(len(gaps))
    for index in range(1, len(gaps)):
        drift[index] = 0.85 * drift[index - 1] + 0.06 * np.sqrt(1 - 0.85**2) * rng.normal()
    lengths = gaps / tempo * np.exp(drift + 0.08 * rng.normal(size=len(gaps)))
    start = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(2, int(np.searchsorted(start[:-1], seconds)))
    count = min(count, len(gaps))
    sounding = (melody.end[first:] - melody.start[first:]) / np.maximum(gaps, 1e-6)
    end = start[:count] + lengths[:count] * np.minimum(sounding[:count], 1.0)
    pitch = sung_pitch(rng, melody.pitch[first : first + count], unsteadiness)
    end[-1] = min(end[-1], max(seconds, start[count - 1] + 0.1))
    return Performance(pitch, start[:count], end, float(written[0]), written[: count + 1])


def sung_pitch(rng: Generator, pitch: np.ndarray, unsteadiness: float) -> np.ndarray:
    count = len(pitch)
    middle = np.median(pitch)
    scaled = middle + (pitch - middle) * (1.0 + 0.05 * rng.normal())
    error = unsteadiness * abs(rng.normal(0.25, 0.15)) * rng.normal(size=count)
    drift = np.cumsum(0.05 * unsteadiness * rng.normal(size=count))
    wrong = rng.choice([-2, -1, 1, 2], size=count) * (rng.random(count) < 0.03 * unsteadiness)
    slip = rng.choice([-12, 12], size=count) * (rng.random(count) < 0.01 * unsteadiness)
    octave = 12 * float(rng.choice([-1, 1])) if rng.random() < 0.04 else 0.0
    broken = octave * (np.arange(count) >= rng.integers(1, count + 1))
    shift = key_break(rng, count, unsteadiness)
    return scaled + rng.uniform(-9, 6) + error + drift + wrong + slip + broken + shift


def key_break(rng: Generator, count: int, unsteadiness: float) -> np.ndarray:
    """Some lose the key once and go on in another."""
    if rng.random() > 0.06 * unsteadiness:
        return np.zeros(count)
    return rng.normal(0.0, 1.2) * (np.arange(count) >= rng.integers(1, count + 1))


def pitch_track(rng: Generator, performance: Performance) -> np.ndarray:
    """One value a frame, held through rests, with glides and jitter."""
    frames = max(12, int(performance.end[-1] / HOP_SECONDS))
    seconds = (np.arange(frames) + 0.5) * HOP_SECONDS
    place = np.clip(np.searchsorted(performance.start, seconds, side="right") - 1, 0, len(performance.pitch) - 1)
    track = performance.pitch[place].astype(float)
    for note in np.flatnonzero(np.diff(place)) + 1:
        if rng.random() < 0.6:
            length = min(int(rng.integers(1, 5)), frames - note)
            share = (np.arange(length) + 1) / (length + 1)
            track[note : note + length] = track[note - 1] * (1 - share) + track[note + length - 1] * share
    return track + 0.12 * rng.normal(size=frames)


def tracked(rng: Generator, track: np.ndarray) -> np.ndarray:
    """What a pitch tracker makes of it: stray beginnings and ends, stretches an octave off."""
    for _ in range(rng.poisson(0.8)):
        length = int(rng.integers(3, 14))
        at = int(rng.integers(0, max(1, len(track) - length)))
        track[at : at + length] += float(rng.choice([-12, 12])) if rng.random() < 0.5 else rng.normal(0, 6)
    middle = float(np.median(track))
    if rng.random() < 0.25:
        track = track[int(rng.integers(1, 12)) :]
    if rng.random() < 0.35:
        track = np.concatenate([stray(rng, middle, int(rng.integers(2, 16))), track])
    if rng.random() < 0.30:
        track = np.concatenate([track, stray(rng, middle, int(rng.integers(3, 25)))])
    return track


def stray(rng: Generator, middle: float, count: int) -> np.ndarray:
    return middle + rng.normal(0, 6) + np.cumsum(rng.normal(0, 0.7, size=count))


def window_of(rng: Generator, melody: Melody, start: float, seconds: float, mismatch: float = 0.08) -> np.ndarray:
    """Contour of the written melody from `start`, about `seconds` long: what an index window holds."""
    length = max(1.6, seconds * float(np.exp(rng.uniform(-mismatch, mismatch))))
    at = start + (np.arange(max(60, round(length / HOP_SECONDS))) + 0.5) * length / max(60, round(length / HOP_SECONDS))
    return contour.centred(contour.resample(contour.smooth(melody.pitch_at(np.minimum(at, melody.seconds - 1e-3)))))


def contour_pair(rng: Generator, melody: Melody) -> tuple[np.ndarray, np.ndarray]:
    """Hummed and written contour of the same stretch, 128 points each."""
    performance = perform(rng, melody, rng.uniform(4.0, 9.0))
    track = tracked(rng, pitch_track(rng, performance))
    hummed = contour.centred(contour.resample(contour.smooth(track)))
    seconds = float(performance.written_at(performance.end[-1])) - performance.written_start
    return hummed.astype(np.float32), window_of(rng, melody, performance.written_start, seconds).astype(np.float32)
