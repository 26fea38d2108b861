# SPDX-License-Identifier: Apache-2.0
"""Made-up melodies in made-up arrangements: lead, chords and drums in any key and tempo."""

import sys
from pathlib import Path

import numpy as np
from numpy.random import Generator

sys.path.insert(0, str(Path(__file__).parent.parent / "melody"))

from front_end import SAMPLE_RATE_HZ  # noqa: E402
from melodies import Melody  # noqa: E402

CHORD_DEGREES = (0, 5, 7, 9)


def tone(rng: Generator, pitch: float, seconds: float, tilt: float, decay: float) -> np.ndarray:
    at = np.arange(int(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    hertz = 440.0 * 2 ** ((pitch - 69) / 12)
    sound = np.zeros(len(at))
    for number in range(1, 12):
        if hertz * number < 3800:
            sound += np.sin(2 * np.pi * hertz * number * at + rng.uniform(0, 6)) * number**-tilt
    return sound * np.clip(at / 0.01, 0, 1) * np.exp(-at / decay) * np.clip((seconds - at) / 0.02, 0, 1)


def add(target: np.ndarray, start: float, sound: np.ndarray) -> None:
    first = int(start * SAMPLE_RATE_HZ)
    room = max(0, min(len(sound), len(target) - first))
    target[first : first + room] += sound[:room]


def chord_of(melody: Melody, seconds: float, root: float) -> list[float]:
    """The triad on I, IV, V or vi that the sounding note fits best, pitch classes."""
    note = float(melody.pitch_at(np.array([seconds]))[0])

    def triad(degree: int) -> list[float]:
        return [root + degree, root + degree + (3 if degree == 9 else 4), root + degree + 7]

    return min((triad(d) for d in CHORD_DEGREES), key=lambda t: min(abs((note - p + 6) % 12 - 6) for p in t))


def cover(rng: Generator, melody: Melody, seconds: float) -> np.ndarray:
    """float32 at 8 kHz"""
    tempo, shift = float(np.exp(rng.normal(0, 0.18))), int(rng.integers(-5, 7))
    sound = np.zeros(int(seconds * SAMPLE_RATE_HZ))
    tilt, decay = rng.uniform(0.6, 2.0), rng.uniform(0.2, 1.5)
    for pitch, start, end in zip(melody.pitch, melody.start / tempo, melody.end / tempo):
        if start < seconds - 0.1 and end - start > 0.02:
            add(sound, start, tone(rng, pitch + shift, (end - start) * rng.uniform(0.8, 1.0), tilt, decay))
    tilt, decay, beat = rng.uniform(0.6, 2.0), rng.uniform(0.2, 1.5), 0.5 / tempo
    gain, root = rng.uniform(0.2, 0.5), float(melody.pitch.min() % 12)
    for start in np.arange(0, seconds, 2 * beat):
        for number, pitch in enumerate(chord_of(melody, start * tempo, root)):
            octave = 36 if number == 0 else 48
            add(sound, start, gain * tone(rng, octave + (pitch + shift) % 12, 2 * beat, tilt, decay))
    for start in np.arange(0, seconds, beat):
        add(sound, start, rng.uniform(0.1, 0.5) * rng.normal(size=600) * np.exp(-np.arange(600) / 120))
    return (0.7 * sound / np.abs(sound).max()).astype(np.float32)
