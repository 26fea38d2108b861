# SPDX-License-Identifier: Apache-2.0
"""Weights of the rerank, from what it compares: python fit_rank.py FILE, as pipelines/bench/melody-weights.ts writes it.

Conditional logit (McFadden 1974): the weights under which a softmax over the songs compared makes the right ones likeliest.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp


def fit(options: list[np.ndarray], chosen: list[int]) -> np.ndarray:
    """@param options one array a choice: [songs, numbers]"""
    scale = np.concatenate(options).std(axis=0)
    most = max(len(one) for one in options)
    songs = np.stack([np.pad(one / scale, ((0, most - len(one)), (0, 0))) for one in options])
    absent = np.stack([np.arange(most) >= len(one) for one in options])
    right = np.take_along_axis(songs, np.array(chosen)[:, None, None], axis=1)[:, 0]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = np.where(absent, -np.inf, songs @ weights)
        total = logsumexp(scores, axis=1, keepdims=True)
        expected = (np.exp(scores - total)[:, :, None] * songs).sum(axis=1)
        return float((total[:, 0] - right @ weights).mean()), (expected - right).mean(axis=0)

    return minimize(loss, np.zeros(len(scale)), jac=True).x / scale


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    choices = [json.loads(line) for line in parser.parse_args().file.open()]
    similarity, whole, parts, tempo = fit(
        [np.array(one["options"]) for one in choices], [one["chosen"] for one in choices]
    )
    apart = -(whole + parts)
    print(f"{len(choices)} choices, scale {apart:.2f}")
    print(f"similarity: {similarity / apart:.2f}, parts: {-parts / apart:.2f}, tempo: {-tempo / apart:.2f}")


if __name__ == "__main__":
    main()
