# SPDX-License-Identifier: Apache-2.0
"""Pitch per frame -> contours, as models/src/melody does it in the product (melody.golden.test.ts holds one against the other)."""

import numpy as np
from scipy.signal import medfilt

POINTS = 128
MEDIAN_FRAMES = 7
CLIP_SEMITONES = 12.0
LEAST_VOICED = 10
VOICED_CHANCE = 0.4
"""Above this a frame may be voiced, if 3 of the 5 around it are above."""


def voiced_frames(chance: np.ndarray) -> np.ndarray:
    likely = chance > VOICED_CHANCE
    around = np.convolve(np.concatenate([[0, 0], likely, [0, 0]]), np.ones(5), "valid")
    return likely & (around >= 3)


def hold(track: np.ndarray) -> np.ndarray | None:
    """Cut to the first and last voiced frame (others are NaN), pitch held through gaps, median of 7."""
    voiced = np.flatnonzero(~np.isnan(track))
    if len(voiced) < LEAST_VOICED:
        return None
    cut = track[voiced[0] : voiced[-1] + 1]
    place = np.maximum.accumulate(np.where(np.isnan(cut), 0, np.arange(len(cut))))
    return smooth(cut[place])


def smooth(held: np.ndarray) -> np.ndarray:
    """Running median, edges repeated."""
    radius = MEDIAN_FRAMES // 2
    padded = np.concatenate([np.repeat(held[0], radius), held, np.repeat(held[-1], radius)])
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, MEDIAN_FRAMES), axis=1)


def resample(held: np.ndarray, points: int = POINTS) -> np.ndarray:
    places = (np.arange(points) + 0.5) * len(held) / points - 0.5
    return np.interp(places, np.arange(len(held)), held)


def centred(points: np.ndarray) -> np.ndarray:
    clipped = np.clip(points - np.median(points), -CLIP_SEMITONES, CLIP_SEMITONES)
    return clipped - clipped.mean()


def contour_of(track: np.ndarray) -> np.ndarray | None:
    held = hold(track)
    return None if held is None else centred(resample(held)).astype(np.float32)
