# SPDX-License-Identifier: Apache-2.0
"""Other microphones: python worsen_hums.py HUMS OUT writes a folder of the same 8 kHz WAV files for each way to worsen them.

noise-20, noise-10: low noise so many dB below the hum. room-phone: an echoing room, no bass, white noise 26 dB below.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from numpy.random import Generator
from scipy.signal import fftconvolve, lfilter

RATE = 8000
SEED = 5


def loudness(sound: np.ndarray) -> float:
    return float(np.sqrt((sound**2).mean())) + 1e-6


def noisy(decibels: float) -> Callable[[Generator, np.ndarray], np.ndarray]:
    def worsen(rng: Generator, sound: np.ndarray) -> np.ndarray:
        low = lfilter([1], [1, -0.9], rng.normal(size=len(sound)))
        return sound + low / low.std() * loudness(sound) * 10 ** (-decibels / 20)

    return worsen


def room_and_phone(rng: Generator, sound: np.ndarray) -> np.ndarray:
    length = int(0.4 * RATE)
    tail = rng.normal(size=length) * np.exp(-6.9 * np.arange(length) / length)
    tail *= 0.5 / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    echoing = fftconvolve(sound, tail)[: len(sound)]
    thin = lfilter([1, -1], [1, -np.exp(-2 * np.pi * 350 / RATE)], echoing)
    thin *= 0.5 / np.abs(thin).max()
    return thin + 0.05 * loudness(thin) * rng.normal(size=len(sound))


WAYS = {"noise-20": noisy(20), "noise-10": noisy(10), "room-phone": room_and_phone}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hums", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    for way, worsen in WAYS.items():
        rng = np.random.default_rng(SEED)
        for file in sorted(options.hums.rglob("*.wav")):
            sound, rate = soundfile.read(file)
            if rate != RATE:
                raise SystemExit(f"{file} has {rate} Hz; these ways are made for {RATE} Hz")
            target = options.out / way / file.relative_to(options.hums)
            target.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(target, np.clip(worsen(rng, sound), -1, 1), RATE, subtype="PCM_16")


if __name__ == "__main__":
    main()
