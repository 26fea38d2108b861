# SPDX-License-Identifier: Apache-2.0
"""Makes the melody space: python train.py --out DIR, then node write-card.ts DIR.

Seeded throughout: equal arguments and library versions give equal graphs, whatever the number of workers.
The last line on stdout is JSON: losses, and how far the exported graphs are from the networks.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from export import WINDOW_SAMPLES, export_encoder, export_frames, round_weights
from front_end import Frames
from hum_audio import hum
from hum_set import heard_hums
from melodies import any_melody
from pairs import Pairs, heard_pairs, imagined_pairs
from train_encoder import Encoder, train_dense, train_encoder
from train_gate import train_gate, voiced_chances

FULL = {
    "gate_hums": 8000,
    "gate_epochs": 12,
    "hums": 26_000,
    "imagined": 500_000,
    "steps": 3200,
    "batch": 512,
    "dense_steps": 800,
    "dense_batch": 4096,
}
SMALL = {
    "gate_hums": 128,
    "gate_epochs": 6,
    "hums": 128,
    "imagined": 1000,
    "steps": 60,
    "batch": 64,
    "dense_steps": 20,
    "dense_batch": 256,
}
"""Proves that everything runs, that the losses fall and the graphs match; learns little."""
SEEDS = {"gate_hums": 11, "hums": 21, "heard": 5, "imagined": 31}
FIRST_IMAGINED_ID = 10_000_000


def say(text: str) -> None:
    print(text, flush=True)


def differences(frames: Frames, encoder: Encoder, out: Path) -> dict[str, float]:
    """Largest absolute differences between networks and exported graphs, over hums and contours never seen."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    rng = np.random.default_rng(404)
    waveform = np.zeros((2, WINDOW_SAMPLES), np.float32)
    for row in waveform:
        sound = hum(rng, any_melody(rng)).waveform
        row[: len(sound)] = sound
    contours = rng.normal(0, 4, size=(32, 128)).astype(np.float32)
    answers = []
    for name, feed in (("melody-1.onnx", {"waveform": waveform}), ("melody-1.encoder.onnx", {"contour": contours})):
        session = onnxruntime.InferenceSession(str(out / name), options)
        answers.append(session.run(None, feed)[0])
    with torch.no_grad():
        truths = [frames(torch.from_numpy(waveform)).numpy(), encoder(torch.from_numpy(contours)).numpy()]
    channels = np.abs(answers[0] - truths[0]).reshape(-1, answers[0].shape[2])
    agree = float((channels[:, 0] == 0).mean())
    return {
        "voiced": float(channels[:, 1].max()),
        "frames_with_equal_pitch": agree,
        "embedding": float(np.abs(answers[1] - truths[1]).max()),
    }


def ends(losses: list[float]) -> list[float]:
    """Means of the first and of the last tenth."""
    tenth = max(1, len(losses) // 10)
    return [float(np.mean(losses[:tenth])), float(np.mean(losses[-tenth:]))]


def all_pairs(sizes: dict[str, int], frames: Frames, workers: int) -> Pairs:
    hums = heard_hums(SEEDS["hums"], sizes["hums"], takes=2, workers=workers)
    chances = np.concatenate([voiced_chances(frames.gate, hums[at : at + 2000]) for at in range(0, len(hums), 2000)])
    heard = heard_pairs(SEEDS["heard"], hums, chances, workers=workers)
    say(f"{len(heard[0])} pairs from {len(hums)} hums")
    imagined = imagined_pairs(SEEDS["imagined"], sizes["imagined"], first_id=FIRST_IMAGINED_ID, workers=workers)
    say(f"{len(imagined[0])} pairs without sound")
    return tuple(np.concatenate(both) for both in zip(heard, imagined))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for melody-1.onnx and melody-1.encoder.onnx")
    parser.add_argument("--small", action="store_true", help="a minute instead of an hour; learns little")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0, help="of weights and order; the data have seeds of their own")
    options = parser.parse_args()
    sizes = SMALL if options.small else FULL
    options.out.mkdir(parents=True, exist_ok=True)

    hums = heard_hums(SEEDS["gate_hums"], sizes["gate_hums"], workers=options.workers)
    frames = Frames()
    frames.gate, gate_losses = train_gate(hums, epochs=sizes["gate_epochs"], seed=options.seed)
    say(f"gate: loss {gate_losses[0]:.3f} -> {gate_losses[-1]:.3f}")
    pairs = all_pairs(sizes, frames, options.workers)
    encoder, losses = train_encoder(pairs, steps=sizes["steps"], batch=sizes["batch"], seed=options.seed)
    round_weights(encoder)
    dense_losses = train_dense(encoder, pairs, steps=sizes["dense_steps"], batch=sizes["dense_batch"], seed=options.seed)
    export_frames(frames.eval(), options.out / "melody-1.onnx")
    export_encoder(encoder, options.out / "melody-1.encoder.onnx")
    report = {
        "gate_loss": [gate_losses[0], gate_losses[-1]],
        "encoder_loss": ends(losses),
        "dense_loss": ends(dense_losses),
        "differences": differences(frames, encoder, options.out),
    }
    say(json.dumps(report))


if __name__ == "__main__":
    main()
