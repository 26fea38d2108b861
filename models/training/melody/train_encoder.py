# SPDX-License-Identifier: Apache-2.0
"""Trains the encoder: contours of one melody end up close together, however they were sung."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from contour import POINTS
from pairs import Pairs

DIMS = 128
SCALE = 0.25
"""Contours are in semitones; the network sees a quarter of that."""
CHANNELS = ((48, 9), (96, 5), (160, 5), (224, 3))
HIDDEN = 640
TEMPERATURE = 0.05


class Residual(nn.Module):
    """One more convolution of the same width, added to what comes in (He et al. 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, seen: Tensor) -> Tensor:
        return nn.functional.relu(seen + self.norm(self.convolution(seen)))


class Encoder(nn.Module):
    """Contour [batch, 128] in semitones -> unit vector [batch, 128]."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 1
        for channels, kernel in CHANNELS:
            layers += [nn.Conv1d(before, channels, kernel, stride=2, padding=kernel // 2, bias=False)]
            layers += [nn.BatchNorm1d(channels), nn.ReLU(), Residual(channels)]
            before = channels
        self.convolutions = nn.Sequential(*layers)
        self.dense = nn.Sequential(nn.Linear(before * POINTS // 16, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, DIMS))

    def features(self, contour: Tensor) -> Tensor:
        """[batch, 1792]: what the dense layers see"""
        return self.convolutions(SCALE * contour[:, None, :]).flatten(1)

    def forward(self, contour: Tensor) -> Tensor:
        return nn.functional.normalize(self.dense(self.features(contour)), dim=1)


def contrast(hummed: Tensor, indexed: Tensor, melody: Tensor) -> Tensor:
    """Symmetric InfoNCE (van den Oord et al. 2018); other pairs of the same melody are no negatives."""
    scores = hummed @ indexed.T / TEMPERATURE
    own = torch.eye(len(melody), dtype=torch.bool, device=melody.device)
    scores = scores.masked_fill((melody[:, None] == melody[None, :]) & ~own, -1e4)
    goal = torch.arange(len(melody), device=melody.device)
    return 0.5 * (nn.functional.cross_entropy(scores, goal) + nn.functional.cross_entropy(scores.T, goal))


def shuffled(count: int, batch: int, steps: int) -> Iterator[Tensor]:
    """Places of so many batches; every pair comes once before any comes again."""
    order, place = torch.randperm(count), 0
    for _ in range(steps):
        if place + batch > count:
            order, place = torch.randperm(count), 0
        yield order[place : place + batch]
        place += batch


def fit(
    network: nn.Module,
    vectors_of: Callable[[Tensor], Tensor],
    melody: Tensor,
    *,
    steps: int,
    batch: int,
    peak: float,
) -> list[float]:
    """
    @param vectors_of places of pairs -> vectors of their hums, then of their windows
    @returns the loss of each step
    """
    optimizer = torch.optim.AdamW(network.parameters(), peak, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=steps, pct_start=0.06)
    losses = []
    for chosen in shuffled(len(melody), min(batch, len(melody)), steps):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = vectors_of(chosen)
        loss = contrast(*vectors.float().chunk(2), melody[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if len(losses) % 100 == 0:
            print(f"  step {len(losses)} of {steps}: loss {np.mean(losses[-100:]):.3f}", flush=True)
    return losses


def train_encoder(
    pairs: Pairs, *, steps: int = 3200, batch: int = 512, seed: int = 0, peak: float = 1.2e-3
) -> tuple[Encoder, list[float]]:
    """@returns the encoder and the loss of each step"""
    torch.manual_seed(seed)
    hummed, indexed, melody = (torch.from_numpy(part) for part in pairs)
    encoder = Encoder().train()

    def vectors_of(chosen: Tensor) -> Tensor:
        return encoder(torch.cat([hummed[chosen], indexed[chosen]]))

    losses = fit(encoder, vectors_of, melody, steps=steps, batch=batch, peak=peak)
    return encoder.eval(), losses


def seen_of(encoder: Encoder, contours: np.ndarray) -> Tensor:
    """Features of many contours, in 16 bits: 3.6 kB each."""
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        return torch.cat([encoder.features(part).bfloat16() for part in torch.from_numpy(contours).split(4096)])


def train_dense(
    encoder: Encoder, pairs: Pairs, *, steps: int = 800, batch: int = 4096, seed: int = 0, peak: float = 5e-4
) -> list[float]:
    """
    Trains the dense layers on, with eight times as many melodies to be told apart in each step: affordable, since the
    convolutions stay and what they give is worked out once.
    @returns the loss of each step
    """
    torch.manual_seed(seed)
    hummed, indexed = (seen_of(encoder, part) for part in pairs[:2])
    encoder.dense.train()

    def vectors_of(chosen: Tensor) -> Tensor:
        outputs = encoder.dense(torch.cat([hummed[chosen], indexed[chosen]]))
        return nn.functional.normalize(outputs.float(), dim=1)

    losses = fit(encoder.dense, vectors_of, torch.from_numpy(pairs[2]), steps=steps, batch=batch, peak=peak)
    encoder.eval()
    return losses
