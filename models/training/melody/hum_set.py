# SPDX-License-Identifier: Apache-2.0
"""Many made-up hums at once: what the front end hears of each, and what is true. One seed a hum: workers do not matter."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from front_end import SingleVoice
from hum_audio import Hum, hum
from hum_contours import Performance
from melodies import Melody, any_melody

BLOCK = 64


@dataclass(frozen=True)
class HeardHum:
    """One hum as the front end hears it; arrays have one value a frame."""

    melody_id: int
    melody: Melody
    performance: Performance
    lead_in: float
    pitch: np.ndarray
    salience: np.ndarray
    level: np.ndarray
    true_pitch: np.ndarray


def make_block(seed: int, takes: int, from_start: float, block: int) -> list[HeardHum]:
    """`takes` hums of each melody; melody and take seed their own generators."""
    torch.set_num_threads(1)
    front_end = SingleVoice().eval()
    hums: list[tuple[int, Melody, Hum]] = []
    for index in range(block * BLOCK, (block + 1) * BLOCK):
        melody_id, take = divmod(index, takes)
        melody = any_melody(np.random.default_rng([seed, 1, melody_id]))
        hums.append((melody_id, melody, hum(np.random.default_rng([seed, 2, melody_id, take]), melody, from_start)))
    with torch.no_grad():
        waveforms = torch.from_numpy(np.stack([one.waveform for _, _, one in hums]))
        pitch, salience, level = (part.numpy() for part in front_end(waveforms))
    return [
        HeardHum(melody_id, melody, one.performance, one.lead_in, pitch[i], salience[i], level[i], one.pitch)
        for i, (melody_id, melody, one) in enumerate(hums)
    ]


def heard_hums(seed: int, count: int, *, takes: int = 1, from_start: float = 0.7, workers: int = 2) -> list[HeardHum]:
    """@param count rounded up to whole blocks of 64"""
    blocks = range(-(-count // BLOCK))
    make = partial(make_block, seed, takes, from_start)
    if workers == 1:
        return [one for block in blocks for one in make(block)]
    with ProcessPoolExecutor(workers) as pool:
        return [one for block in pool.map(make, blocks) for one in block]
