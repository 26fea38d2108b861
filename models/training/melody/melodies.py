# SPDX-License-Identifier: Apache-2.0
"""Made-up melodies. Nothing but these trains what ships."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

HOP_SECONDS = 0.032


@dataclass(frozen=True)
class Melody:
    """Notes in order: MIDI pitch, start and end in seconds of the written tempo; gaps are rests."""

    pitch: np.ndarray
    start: np.ndarray
    end: np.ndarray

    @property
    def seconds(self) -> float:
        return float(self.end[-1])

    def pitch_at(self, seconds: np.ndarray) -> np.ndarray:
        """The note that sounds or sounded last; before the first one, the first."""
        place = np.searchsorted(self.start, seconds, side="right") - 1
        return self.pitch[np.clip(place, 0, len(self.pitch) - 1)]


def of_notes(pitch: list[float], beats: list[float], rests: list[bool], beat_seconds: float) -> Melody:
    """`rests[i]`: the i-th entry is silence."""
    ends = np.cumsum(np.asarray(beats)) * beat_seconds
    starts = np.concatenate([[0.0], ends[:-1]])
    sounds = ~np.asarray(rests)
    first = starts[sounds][0]
    return Melody(np.asarray(pitch, float)[sounds], starts[sounds] - first, ends[sounds] - first)


STEPS = np.arange(-4, 5)
STEP_CHANCES = np.array([0.03, 0.05, 0.12, 0.23, 0.14, 0.23, 0.12, 0.05, 0.03])
SIMPLE_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "pentatonic": (0, 2, 4, 7, 9), "minor": (0, 2, 3, 5, 7, 8, 10)}


def degree_pitch(scale: tuple[int, ...], key: float, degree: int) -> float:
    octave, step = divmod(degree, len(scale))
    return key + 12 * octave + scale[step]


def simple_melody(rng: Generator) -> Melody:
    """Two or three motifs, chained: the first generator, also that of the distractors in the evaluation."""
    name = "major" if rng.random() < 0.6 else ("pentatonic" if rng.random() < 0.5 else "minor")
    scale, key = SIMPLE_SCALES[name], float(rng.integers(55, 68))
    motifs = []
    for _ in range(rng.integers(2, 4)):
        length = int(rng.integers(4, 10))
        moves = rng.choice(STEPS, size=length, p=STEP_CHANCES)
        if rng.random() < 0.5:
            beats = np.full(length, rng.choice([0.5, 1.0]))
        else:
            beats = rng.choice([0.25, 0.5, 1.0, 1.5, 2.0], size=length, p=[0.04, 0.4, 0.38, 0.08, 0.1])
        beats[-1] = rng.choice([1.0, 2.0, 3.0])
        motifs.append((moves, beats))
    least, degree = int(rng.integers(24, 60)), int(rng.integers(0, 5))
    starts = [degree + int(rng.integers(-2, 3)) for _ in motifs]
    pitch: list[float] = []
    durations: list[float] = []
    while len(pitch) < least:
        which = int(rng.integers(len(motifs)))
        moves, beats = motifs[which]
        if rng.random() < 0.5:
            degree = starts[which]
        for move, beat in zip(moves, beats):
            degree = int(np.clip(degree + move, -5, 10))
            pitch.append(degree_pitch(scale, key, degree))
            durations.append(float(beat))
    return of_notes(pitch, durations, [False] * len(pitch), 0.5)


MODES = (
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 2, 3, 5, 7, 8, 11),
    (0, 2, 3, 5, 7, 9, 10),
    (0, 2, 4, 5, 7, 9, 10),
    (0, 1, 3, 5, 7, 8, 10),
    (0, 2, 4, 7, 9),
    (0, 3, 5, 7, 10),
)
MODE_CHANCES = np.array([0.36, 0.12, 0.08, 0.08, 0.08, 0.04, 0.16, 0.08])
FORMS = ("AABA", "ABAB", "AABB", "ABAC", "AAB", "ABCA", "ABA", "AABC", "ABCB")
CELLS = (
    (1,), (0.5, 0.5), (2,), (1.5, 0.5), (0.75, 0.25), (0.25, 0.25, 0.5), (0.5, 0.25, 0.25), (0.25,) * 4,
    (1, 1), (0.5, 1, 0.5), (1 / 3,) * 3, (2 / 3, 1 / 3), (3,), (0.5,) * 4,
)  # fmt: skip
METERS = (2, 3, 4, 6, 5)
METER_CHANCES = np.array([0.15, 0.22, 0.48, 0.11, 0.04])


def bar_rhythm(rng: Generator, beats: int, liking: np.ndarray) -> list[float]:
    rhythm: list[float] = []
    while (left := beats - sum(rhythm)) > 1e-6:
        fits = [i for i, cell in enumerate(CELLS) if sum(cell) <= left + 1e-6]
        if not fits:
            rhythm.append(left)
            break
        chances = liking[fits] / liking[fits].sum()
        rhythm.extend(CELLS[fits[int(rng.choice(len(fits), p=chances))]])
    return rhythm


def phrase_of(rng: Generator, meter: int, mode: tuple[int, ...], taste: dict) -> tuple[list[int], list[float], list[bool]]:
    """Degrees, beats and rests of 2 to 4 bars; rhythms of bars come back, and so do their shapes."""
    bars = int(rng.choice([2, 4, 3], p=[0.45, 0.45, 0.1]))
    kinds = [bar_rhythm(rng, meter, taste["cells"]) for _ in range(2)]
    degree = int(rng.choice([0, 2, 4, len(mode), -1], p=[0.35, 0.25, 0.25, 0.1, 0.05]))
    degrees: list[int] = []
    beats: list[float] = []
    rests: list[bool] = []
    moves_of: dict[int, list[int]] = {}
    for bar in range(bars):
        kind = int(rng.random() < taste["variety"]) if bar else 0
        rhythm = list(kinds[kind])
        if bar == bars - 1 and rng.random() < 0.7:
            rhythm = [*rhythm[: max(1, len(rhythm) // 2)]]
            rhythm.append(max(0.5, meter - sum(rhythm)))
        moves = moves_of.get(kind) if rng.random() < taste["sequence"] else None
        if moves is None or len(moves) < len(rhythm):
            moves = next_moves(rng, len(rhythm), taste)
            moves_of[kind] = moves
        for index, length in enumerate(rhythm):
            low, high = taste["range"]
            inside = low <= degree + moves[index] <= high
            degree = int(np.clip(degree + (moves[index] if inside else -moves[index]), low, high))
            degrees.append(degree)
            beats.append(length)
            rests.append(rng.random() < taste["rests"] and index > 0)
    if rng.random() < 0.6:
        degrees[-1] = int(rng.choice([0, 0, 4, 2, len(mode)]))
    rests[-1] = rests[0] = False
    if rng.random() < 0.35:
        degrees.append(0)
        beats.append(float(rng.choice([0.5, 1, 2])))
        rests.append(True)
    return degrees, beats, rests


def next_moves(rng: Generator, count: int, taste: dict) -> list[int]:
    moves: list[int] = []
    while len(moves) < count:
        draw = rng.random()
        if draw < taste["repeats"]:
            moves.extend([0] * int(rng.integers(1, 4)))
        elif draw < taste["repeats"] + taste["arpeggios"]:
            way = int(rng.choice([-1, 1]))
            moves.extend([2 * way] * int(rng.integers(2, 4)))
        elif draw < taste["repeats"] + taste["arpeggios"] + 0.25:
            moves.extend([int(rng.choice([-1, 1]))] * int(rng.integers(2, 5)))
        else:
            moves.append(int(rng.choice(STEPS, p=STEP_CHANCES)))
    return moves[:count]


def rich_melody(rng: Generator) -> Melody:
    """Modes, meters, phrases in song forms, rests, repeated notes and arpeggios; at least 22 s."""
    mode = MODES[int(rng.choice(len(MODES), p=MODE_CHANCES))]
    meter = METERS[int(rng.choice(len(METERS), p=METER_CHANCES))]
    taste = {
        "range": (-int(rng.integers(0, 5)), int(rng.integers(len(mode) // 2, len(mode) + 3))),
        "cells": rng.dirichlet(np.full(len(CELLS), 0.5)) + 0.01,
        "variety": rng.uniform(0.1, 0.8),
        "sequence": rng.uniform(0.2, 0.9),
        "rests": rng.choice([0.0, 0.03, 0.1], p=[0.5, 0.3, 0.2]),
        "repeats": rng.choice([0.05, 0.2, 0.4], p=[0.4, 0.4, 0.2]),
        "arpeggios": rng.choice([0.03, 0.12, 0.3], p=[0.5, 0.35, 0.15]),
    }
    key, beat = float(rng.integers(52, 70)), float(rng.uniform(0.33, 0.75))
    phrases = {name: phrase_of(rng, meter, mode, taste) for name in "ABC"}
    pitch: list[float] = []
    beats: list[float] = []
    rests: list[bool] = []
    if rng.random() < 0.3:
        for _ in range(int(rng.integers(1, 3))):
            pitch.append(degree_pitch(mode, key, int(rng.choice([-3, 0, -1, 2]))))
            beats.append(0.5)
            rests.append(False)
    while sum(beats) * beat < 22.0:
        for name in str(rng.choice(FORMS)):
            degrees, lengths, silent = phrases[name]
            shift = int(rng.choice([0, 0, 0, 0, 0, 0, 1, -1])) if len(pitch) else 0
            pitch.extend(degree_pitch(mode, key, degree + shift) for degree in degrees)
            beats.extend(lengths)
            rests.extend(silent)
            if rng.random() < 0.08:
                pitch[-1] += float(rng.choice([-1, 1]))
    return of_notes(pitch, beats, rests, beat)


def any_melody(rng: Generator) -> Melody:
    return simple_melody(rng) if rng.random() < 0.35 else rich_melody(rng)
