# SPDX-License-Identifier: Apache-2.0
"""Makes the graph of the chroma space: python build.py --out DIR, then node write-card.ts DIR.

The only constant that is not a formula is the mean vector, taken over generated covers. With --measure it also prints how
well versions of 25 other generated melodies find each other.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from chroma import WINDOW_SAMPLES, Chroma
from covers import cover

sys.path.insert(0, str(Path(__file__).parent.parent / "melody"))

from export import export  # noqa: E402
from front_end import SAMPLE_RATE_HZ  # noqa: E402
from melodies import any_melody  # noqa: E402

SEED = 41
SECONDS = WINDOW_SAMPLES / SAMPLE_RATE_HZ


def windows(seed: int, melodies: int, takes: int) -> torch.Tensor:
    sounds = []
    for index in range(melodies):
        melody = any_melody(np.random.default_rng([seed, index]))
        sounds += [cover(np.random.default_rng([seed, index, take]), melody, SECONDS) for take in range(takes)]
    return torch.from_numpy(np.stack(sounds))


def mean_average_precision(vectors: np.ndarray, labels: np.ndarray) -> float:
    scores = vectors @ vectors.T
    found = []
    for row, label in enumerate(labels):
        order = [at for at in np.argsort(-scores[row]) if at != row]
        right = (labels[order] == label).astype(float)
        found.append((np.cumsum(right) / np.arange(1, len(right) + 1) * right).sum() / right.sum())
    return float(np.mean(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--melodies", type=int, default=150, help="of the mean vector")
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    model = Chroma().eval()
    with torch.no_grad():
        seen = torch.cat([model.spectrum(block) for block in windows(SEED, options.melodies, 2).split(20)])
        model.mean.copy_(seen.mean(dim=0))
    path = options.out / "chroma-1.onnx"
    description = "8 kHz waveform of 9.2 s -> magnitudes of the 2-D Fourier transform of its chroma"
    export(model, torch.zeros(1, WINDOW_SAMPLES), ("waveform", "embedding"), path, description)
    others = windows(SEED + 1, 25 if options.measure else 2, 3)
    with torch.no_grad():
        ours = torch.cat([model(block) for block in others.split(20)]).numpy()
    theirs = onnxruntime.InferenceSession(str(path)).run(None, {"waveform": others.numpy()})[0]
    report = {"difference": float(np.abs(ours - theirs).max())}
    if options.measure:
        report["covers_map"] = mean_average_precision(ours, np.repeat(np.arange(25), 3))
    print(json.dumps(report))


if __name__ == "__main__":
    main()
