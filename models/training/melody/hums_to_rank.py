# SPDX-License-Identifier: Apache-2.0
"""Makes hums for weighing what the rerank compares: python hums_to_rank.py --graph melody-1.onnx --out FILE.

Half of them as the training has them, half by people who sing twice as far off; melodies and takes of seeds of their own.
One JSON object a line: `pitch` as the shipped graph hears it, MIDI semitones each 32 ms, null where nothing is voiced,
and the `notes` of the melody: [semitones, start, end], seconds.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime

import contour
from export import WINDOW_SAMPLES
from front_end import HOP
from hum_audio import SAMPLES, hum
from melodies import any_melody

SEED = 9001
UNSTEADINESS = (1.0, 2.0)


def hums(session: onnxruntime.InferenceSession, count: int) -> Iterator[dict]:
    waveform = np.zeros((1, WINDOW_SAMPLES), np.float32)
    for index in range(count):
        melody = any_melody(np.random.default_rng([SEED, 1, index]))
        unsteadiness = UNSTEADINESS[index % len(UNSTEADINESS)]
        sung = hum(np.random.default_rng([SEED, 2, index]), melody, from_start=1.0, unsteadiness=unsteadiness)
        waveform[0, :SAMPLES] = sung.waveform
        frames = session.run(None, {"waveform": waveform})[0][0, : SAMPLES // HOP]
        voiced = contour.voiced_frames(frames[:, 1])
        yield {
            "pitch": [float(pitch) if is_voiced else None for pitch, is_voiced in zip(frames[:, 0], voiced)],
            "notes": np.stack([melody.pitch, melody.start, melody.end], axis=1).tolist(),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graph", type=Path, required=True, help="melody-1.onnx")
    parser.add_argument("--out", type=Path, required=True, help="file of JSON lines")
    parser.add_argument("--count", type=int, default=3072)
    options = parser.parse_args()
    session = onnxruntime.InferenceSession(str(options.graph))
    with options.out.open("w") as file:
        for one in hums(session, options.count):
            file.write(json.dumps(one) + "\n")


if __name__ == "__main__":
    main()
