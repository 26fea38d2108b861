# SPDX-License-Identifier: Apache-2.0
"""Trains the encoder: contours of one melody end up close together, however they were sung."""

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

    def forward(self, contour: Tensor) -> Tensor:
        seen = self.convolutions(SCALE * contour[:, None, :])
        return nn.functional.normalize(self.dense(seen.flatten(1)), dim=1)


def contrast(hummed: Tensor, indexed: Tensor, melody: Tensor) -> Tensor:
    """Symmetric InfoNCE (van den Oord et al. 2018); other pairs of the same melody are no negatives."""
    scores = hummed @ indexed.T / TEMPERATURE
    own = torch.eye(len(melody), dtype=torch.bool, device=melody.device)
    scores = scores.masked_fill((melody[:, None] == melody[None, :]) & ~own, -1e4)
    goal = torch.arange(len(melody), device=melody.device)
    return 0.5 * (nn.functional.cross_entropy(scores, goal) + nn.functional.cross_entropy(scores.T, goal))


def train_encoder(
    pairs: Pairs, *, steps: int = 3200, batch: int = 512, seed: int = 0, peak: float = 1.2e-3
) -> tuple[Encoder, list[float]]:
    """@returns the encoder and the loss of each step"""
    torch.manual_seed(seed)
    hummed, indexed, melody = (torch.from_numpy(part) for part in pairs)
    batch = min(batch, len(melody))
    encoder = Encoder().train()
    optimizer = torch.optim.AdamW(encoder.parameters(), peak, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=steps, pct_start=0.06)
    order, place, losses = torch.randperm(len(melody)), 0, []
    for step in range(steps):
        if place + batch > len(order):
            order, place = torch.randperm(len(melody)), 0
        chosen = order[place : place + batch]
        place += batch
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = encoder(torch.cat([hummed[chosen], indexed[chosen]]))
        loss = contrast(*vectors.float().chunk(2), melody[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % 100 == 99:
            print(f"  step {step + 1} of {steps}: loss {np.mean(losses[-100:]):.3f}", flush=True)
    return encoder.eval(), losses
