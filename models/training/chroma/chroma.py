# SPDX-License-Identifier: Apache-2.0
"""Waveform -> magnitude of the 2-D Fourier transform of its chroma: blind to key and to where a phrase begins.

Bertin-Mahieux & Ellis 2012 for cover songs; here on chroma of harmonic sums, over 9.2 s, without any trained weight.
"""

import math
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parent.parent / "melody"))

from front_end import HOP, MIX_LOWEST, STEP, LoudestLine  # noqa: E402

CLASSES, STEPS, FRAMES_PER_STEP = 12, 72, 4
WINDOW_SAMPLES = STEPS * FRAMES_PER_STEP * HOP
"""9.216 s"""
KEPT_ROWS, KEPT_COLUMNS = 7, 36
DIMS = KEPT_ROWS * KEPT_COLUMNS
FLOOR_SHARE = 0.6
"""So much of a frame's pitches is background: what this percentile holds is taken off."""
CLASS_WIDTH = 0.4
"""Semitones."""


class Chroma(nn.Module):
    """[batch, samples] -> unit vector [batch, 252]."""

    def __init__(self) -> None:
        super().__init__()
        self.line = LoudestLine()
        pitches = MIX_LOWEST + STEP * torch.arange(self.line.steps, dtype=torch.float32)
        distance = (pitches[:, None] - torch.arange(CLASSES) + 6.0) % 12.0 - 6.0
        self.register_buffer("classes", torch.exp(-0.5 * (distance / CLASS_WIDTH) ** 2))
        self.register_buffer("row", torch.arange(KEPT_ROWS, dtype=torch.float32))
        self.register_buffer("tone", torch.arange(CLASSES, dtype=torch.float32))
        self.register_buffer("column", torch.arange(KEPT_COLUMNS, dtype=torch.float32))
        self.register_buffer("step", torch.arange(STEPS, dtype=torch.float32))
        self.register_buffer("mean", torch.zeros(DIMS))

    def spectrum(self, waveform: Tensor) -> Tensor:
        """Square roots of the kept magnitudes, [batch, 252]."""
        salience = self.line.salience(waveform)
        place = round((1.0 - FLOOR_SHARE) * (self.line.steps - 1))
        floor = torch.topk(salience, place + 1, dim=2).values[:, :, place : place + 1]
        above = torch.clamp(salience - floor, min=0.0)
        classes = torch.matmul(above * above, self.classes)
        classes = classes / (classes.amax(dim=2, keepdim=True) + 1e-6)
        steps = nn.functional.avg_pool1d(classes.transpose(1, 2), FRAMES_PER_STEP)
        centred = steps - steps.mean(dim=(1, 2), keepdim=True)
        down = torch.outer(self.row, self.tone) * (2.0 * math.pi / CLASSES)
        across = torch.outer(self.step, self.column) * (2.0 * math.pi / STEPS)
        even, odd = torch.matmul(torch.cos(down), centred), torch.matmul(torch.sin(down), centred)
        real = torch.matmul(even, torch.cos(across)) - torch.matmul(odd, torch.sin(across))
        imaginary = torch.matmul(even, torch.sin(across)) + torch.matmul(odd, torch.cos(across))
        return torch.sqrt(torch.sqrt(real * real + imaginary * imaginary + 1e-12)).flatten(1)

    def forward(self, waveform: Tensor) -> Tensor:
        return nn.functional.normalize(self.spectrum(waveform) - self.mean, dim=1)
