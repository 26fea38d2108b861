# SPDX-License-Identifier: Apache-2.0
"""Pairs of a hummed contour and the contour of the same stretch in the index, for the encoder to bring together."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from numpy.random import Generator

import contour
from hum_contours import contour_pair, window_of
from hum_set import HeardHum
from melodies import HOP_SECONDS, any_melody

LEAST_SPREAD = 0.25
"""Contours with less than this standard deviation, in semitones, are one note: nothing to learn from."""
PREFIX = (0.55, 1.0)
HUM_BLOCK = 512

Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]
"""hummed [n, 128], indexed [n, 128] in semitones, melody ids [n]"""


def track_of(hum: HeardHum, chance: np.ndarray) -> np.ndarray:
    return np.where(contour.voiced_frames(chance), hum.pitch, np.nan)


def stretch(hum: HeardHum, track: np.ndarray, share: float) -> tuple[np.ndarray, float, float] | None:
    """The first `share` of what is voiced: contour, and from where to where in the written melody, seconds."""
    voiced = np.flatnonzero(~np.isnan(track))
    if len(voiced) < contour.LEAST_VOICED:
        return None
    first, last = voiced[0], voiced[0] + max(20, round(share * (voiced[-1] + 1 - voiced[0])))
    points = contour.contour_of(track[first : min(last, voiced[-1] + 1)])
    if points is None or points.std() < LEAST_SPREAD:
        return None
    begins = hum.performance.written_at(max(0.0, first * HOP_SECONDS - hum.lead_in))
    ends = hum.performance.written_at(min(last, voiced[-1] + 1) * HOP_SECONDS - hum.lead_in)
    return points, begins, ends


def snapped(rng: Generator, hum: HeardHum, begins: float) -> float:
    """Index windows begin at notes: the nearest one."""
    starts = hum.melody.start
    return float(starts[np.argmin(np.abs(starts - begins))]) if rng.random() < 0.9 else begins


def pairs_of_hum(rng: Generator, hum: HeardHum, track: np.ndarray, variants: int) -> list[tuple[np.ndarray, np.ndarray]]:
    pairs = []
    for variant in range(variants):
        share = 1.0 if variant == 0 else rng.uniform(*PREFIX)
        cut = stretch(hum, track, share)
        if cut is None:
            continue
        points, begins, ends = cut
        begins = snapped(rng, hum, begins)
        indexed = window_of(rng, hum.melody, begins, max(1.6, ends - begins))
        if indexed.std() >= LEAST_SPREAD:
            pairs.append((points, indexed))
    return pairs


def pairs_of_takes(hums: Sequence[HeardHum], tracks: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray, int]]:
    """Two takes of one melody, both from its start: a recording is found by a hum as well."""
    pairs = []
    for (one, heard), (other, target) in zip(zip(hums[::2], tracks[::2]), zip(hums[1::2], tracks[1::2])):
        if one.melody_id != other.melody_id or one.performance.written_start or other.performance.written_start:
            continue
        first, second = stretch(one, heard, 1.0), stretch(other, target, 1.0)
        if first is None or second is None or min(first[2], second[2]) < 2.0:
            continue
        if first[2] > second[2]:
            first = stretch(one, heard, second[2] / first[2])
        else:
            second = stretch(other, target, first[2] / second[2])
        if first is not None and second is not None:
            pairs.append((first[0], second[0], one.melody_id))
    return pairs


def stack(pairs: list[tuple[np.ndarray, np.ndarray, int]]) -> Pairs:
    return (
        np.stack([pair[0] for pair in pairs]).astype(np.float32),
        np.stack([pair[1] for pair in pairs]).astype(np.float32),
        np.array([pair[2] for pair in pairs], np.int64),
    )


def heard_block(seed: int, variants: int, block: tuple[int, Sequence[HeardHum], np.ndarray]) -> list:
    first, hums, chances = block
    tracks = [track_of(hum, chance) for hum, chance in zip(hums, chances)]
    pairs = []
    for index, (hum, track) in enumerate(zip(hums, tracks)):
        rng = np.random.default_rng([seed, 3, first + index])
        pairs += [(*pair, hum.melody_id) for pair in pairs_of_hum(rng, hum, track, variants)]
    return pairs + pairs_of_takes(hums, tracks)


def heard_pairs(
    seed: int, hums: Sequence[HeardHum], chances: np.ndarray, *, variants: int = 8, workers: int = 2
) -> Pairs:
    """Pairs from hums as the front end and the gate hear them; takes of one melody follow each other."""
    blocks = [(at, hums[at : at + HUM_BLOCK], chances[at : at + HUM_BLOCK]) for at in range(0, len(hums), HUM_BLOCK)]
    make = partial(heard_block, seed, variants)
    if workers == 1:
        return stack([pair for block in blocks for pair in make(block)])
    with ProcessPoolExecutor(workers) as pool:
        return stack([pair for block in pool.map(make, blocks) for pair in block])


def imagined_block(seed: int, size: int, first_id: int, block: int) -> list[tuple[np.ndarray, np.ndarray, int]]:
    rng = np.random.default_rng([seed, 4, block])
    pairs = []
    while len(pairs) < size:
        melody, melody_id = any_melody(rng), first_id + block * size + len(pairs)
        for _ in range(4):
            hummed, indexed = contour_pair(rng, melody)
            if min(hummed.std(), indexed.std()) >= LEAST_SPREAD:
                pairs.append((hummed, indexed, melody_id))
    return pairs


def imagined_pairs(seed: int, count: int, *, first_id: int, workers: int = 2) -> Pairs:
    """Pairs without sound; melody ids begin at `first_id`."""
    size = min(2000, count)
    make = partial(imagined_block, seed, size, first_id)
    blocks = range(-(-count // size))
    if workers == 1:
        return stack([pair for block in blocks for pair in make(block)])
    with ProcessPoolExecutor(workers) as pool:
        return stack([pair for block in pool.map(make, blocks) for pair in block])
