# SPDX-License-Identifier: Apache-2.0
"""Trains the gate: which frames are voiced with the right pitch."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from front_end import Gate
from hum_set import HeardHum

RIGHT_SEMITONES = 0.7


def stacked(hums: Sequence[HeardHum], what: str) -> torch.Tensor:
    return torch.from_numpy(np.stack([getattr(one, what) for one in hums]))


def train_gate(hums: Sequence[HeardHum], *, epochs: int = 12, seed: int = 0) -> tuple[Gate, list[float]]:
    """@returns the gate and its mean loss of each epoch"""
    torch.manual_seed(seed)
    gate = Gate()
    pitch, salience, level = (stacked(hums, what) for what in ("pitch", "salience", "level"))
    with torch.no_grad():
        features = gate.features(pitch, salience, level)
    true = stacked(hums, "true_pitch")
    target = ((pitch - true).abs() < RIGHT_SEMITONES).float()
    optimizer = torch.optim.AdamW(gate.parameters(), 4e-3, weight_decay=1e-4)
    batch = min(64, len(hums))
    steps = epochs * (len(hums) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    losses = []
    for _ in range(epochs):
        order, sums = torch.randperm(len(hums)), []
        for chosen in order[: len(hums) // batch * batch].split(batch):
            loss = nn.functional.binary_cross_entropy_with_logits(gate.logits(features[chosen]), target[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            sums.append(loss.item())
        losses.append(float(np.mean(sums)))
    return gate.eval(), losses


def voiced_chances(gate: Gate, hums: Sequence[HeardHum]) -> np.ndarray:
    """[hums, frames]"""
    with torch.no_grad():
        return gate(*(stacked(hums, what) for what in ("pitch", "salience", "level"))).numpy()
