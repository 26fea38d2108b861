# SPDX-License-Identifier: Apache-2.0
"""Waveform -> one row of numbers per 32 ms: pitch of a single voice, whether it is voiced, pitch of the loudest line in a mix.

Everything here is exported to ONNX (export.py), so it uses plain operators only: no FFT, no sort but top-k.
Kernels are computed from short vectors inside the graph: the runtime folds them when it loads, and the file stays small.
"""

import math

import torch
from torch import Tensor, nn

SAMPLE_RATE_HZ = 8000
HOP = 256
"""Samples between frames: 32 ms."""
FRAME = 512
FFT = 1024
LOWEST_HZ = 60.0
PRE_EMPHASIS = 0.475
LOWEST_PITCH, HIGHEST_PITCH, STEP = 36.0, 84.0, 0.25
"""Pitches of a single voice, MIDI semitones: 65 Hz to 1047 Hz. An octave more is tried only for what looks whistled:
with it in the same race a third of all sung frames lands an octave too high."""
WHISTLE_MARGIN = 0.03
"""A pure tone fits its own period and twice of it alike; a voice fits half of its period far worse."""
LAG_PENALTY = 0.0015
"""Per step of pitch: of two lags that fit alike the shorter one is the period."""
LEAST_WINDOW_CORRELATION = 0.3
QUIET_DB = 35.0
"""So far below the loudest frame a frame has no say in the smoothing."""

MIX_FRAME = 2048
MIX_LOWEST, MIX_HIGHEST = 48.0, 90.0
MIX_HARMONICS = 10
MIX_DECAY = 0.85
MIX_COMPRESSION = 200.0
MIX_WHITENING_BINS = 12
"""Half the width of the moving mean that is taken off the spectrum, in quarter tones of the log-frequency axis."""

FEATURES = 6
SILENT_DB = -89.0
"""A frame of digital silence has -90 dB; percentiles leave it out."""


def hz(pitch: Tensor) -> Tensor:
    """MIDI semitones -> Hz, A4 = 69 = 440 Hz."""
    return 440.0 * torch.exp2((pitch - 69.0) / 12.0)


def hann(length: int) -> Tensor:
    """Periodic Hann window."""
    return 0.5 - 0.5 * torch.cos(2.0 * math.pi * torch.arange(length) / length)


def mean_of_neighbours(rows: Tensor, radius: int) -> Tensor:
    """[batch, channels, frames], mean over 2*radius+1 frames, edges repeated."""
    padded = nn.functional.pad(rows, (radius, radius), mode="replicate")
    return nn.functional.avg_pool1d(padded, 2 * radius + 1, 1)


def ranked(values: Tensor) -> Tensor:
    """[batch, frames] in descending order."""
    return torch.topk(values, values.shape[1], dim=1, largest=True, sorted=True).values


def percentile(descending: Tensor, count: Tensor, share: float) -> Tensor:
    """The value below which `share` of the first `count` of each row lie; [batch, 1], nearest rank."""
    place = torch.clamp(torch.round((1.0 - share) * (count - 1.0)), min=0.0).to(torch.int64)
    return torch.gather(descending, 1, place)


class SingleVoice(nn.Module):
    """Autocorrelation at fractional lags from the power spectrum, one matrix product for all pitches."""

    def __init__(self) -> None:
        super().__init__()
        steps = round((HIGHEST_PITCH - LOWEST_PITCH) / STEP) + 1
        self.steps = steps
        self.register_buffer("sample", torch.arange(FRAME, dtype=torch.float32))
        self.register_buffer("window", hann(FRAME))
        self.register_buffer("bin", torch.arange(FFT // 2 + 1, dtype=torch.float32))
        pitches = LOWEST_PITCH + STEP * torch.arange(steps, dtype=torch.float32)
        self.register_buffer("pitches", pitches)
        self.register_buffer("lag", SAMPLE_RATE_HZ / hz(pitches))
        self.register_buffer("audible", (self.bin * SAMPLE_RATE_HZ / FFT >= LOWEST_HZ).float())
        power = torch.fft.rfft(hann(FRAME), FFT).abs().double() ** 2
        power[1:-1] *= 2.0
        angle = 2.0 * math.pi / FFT * torch.outer(self.bin.double(), self.lag.double())
        own = (power[:, None] * torch.cos(angle)).sum(0) / power.sum()
        self.register_buffer("own", torch.clamp(own, min=LEAST_WINDOW_CORRELATION).float())
        angle = 2.0 * math.pi / FFT * torch.outer(self.bin.double(), self.lag[-round(12.0 / STEP) :].double() / 2.0)
        own = (power[:, None] * torch.cos(angle)).sum(0) / power.sum()
        self.register_buffer("own_above", torch.clamp(own, min=LEAST_WINDOW_CORRELATION).float())
        self.register_buffer("penalty", LAG_PENALTY * torch.arange(steps - 1, -1, -1, dtype=torch.float32))

    def forward(self, waveform: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[batch, samples] -> pitch (semitones), salience, level (dB), each [batch, frames]."""
        centred = waveform - waveform.mean(dim=1, keepdim=True)
        emphasised = nn.functional.pad(centred[:, 1:] - PRE_EMPHASIS * centred[:, :-1], (1, 0))
        padded = nn.functional.pad(emphasised, (FRAME // 2, FRAME // 2))
        angle = torch.outer(self.bin, self.sample) * (2.0 * math.pi / FFT)
        cosine = (torch.cos(angle) * self.window)[:, None, :]
        sine = (torch.sin(angle) * self.window)[:, None, :]
        real = nn.functional.conv1d(padded[:, None, :], cosine, stride=HOP)
        imaginary = nn.functional.conv1d(padded[:, None, :], sine, stride=HOP)
        power = (real * real + imaginary * imaginary)[:, :, : waveform.shape[1] // HOP]
        level = 10.0 * torch.log10(power.mean(dim=1) + 1e-9)
        heard = (power * self.audible[None, :, None]).transpose(1, 2)
        lags = torch.cos(torch.outer(self.bin, self.lag) * (2.0 * math.pi / FFT))
        total = heard.sum(dim=2, keepdim=True) + 1e-9
        fit = torch.matmul(heard, lags) / total / self.own - self.penalty
        loudness = torch.clamp(level - level.amax(dim=1, keepdim=True) + QUIET_DB, 1.0, QUIET_DB) / QUIET_DB
        smooth = mean_of_neighbours((fit * loudness[:, :, None]).transpose(1, 2), 1).transpose(1, 2)
        best = torch.argmax(smooth, dim=2, keepdim=True)
        salience = torch.gather(fit, 2, best)[:, :, 0]
        pitch = LOWEST_PITCH + STEP * best[:, :, 0].float()
        # Half the lag, an octave higher: rows of `fit` hold it up to the highest pitch, `above` beyond.
        octave = round(12.0 / STEP)
        above = torch.cos(torch.outer(self.bin, self.lag[-octave:] / 2.0) * (2.0 * math.pi / FFT))
        higher = torch.matmul(heard, above) / total / self.own_above
        index = torch.clamp(best - (self.steps - octave), min=0)
        fits_higher = torch.gather(higher, 2, index)[:, :, 0]
        is_whistled = (pitch > HIGHEST_PITCH - 12.0) & (fits_higher > salience - WHISTLE_MARGIN)
        return pitch + 12.0 * is_whistled.float(), salience, level


class Gate(nn.Module):
    """P(voiced and the pitch is right) of each frame, from six features; 4,057 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(FEATURES, 24, 7, padding=3),
            nn.ReLU(),
            nn.Conv1d(24, 24, 5, padding=2),
            nn.ReLU(),
            nn.Conv1d(24, 1, 5, padding=2),
        )

    def features(self, pitch: Tensor, salience: Tensor, level: Tensor) -> Tensor:
        """[batch, 6, frames]"""
        sounding = (level > SILENT_DB).float()
        count = sounding.sum(dim=1, keepdim=True)
        descending = ranked(torch.where(level > SILENT_DB, level, torch.full_like(level, -200.0)))
        p95 = percentile(descending, count, 0.95)
        p10 = percentile(descending, count, 0.10)
        weight = torch.clamp(salience, 0.0, 1.0) ** 2 * torch.clamp(level - p95 + 20.0, 0.01, 20.0) * sounding
        middle = weighted_median(pitch, weight + 1e-6)
        jump = torch.clamp((pitch[:, 1:] - pitch[:, :-1]).abs(), 0.0, 4.0) / 4.0
        return torch.stack(
            [
                2.0 * salience - 1.0,
                torch.clamp((level - p95) / 10.0, -4.0, 1.0),
                torch.clamp((level - p10) / 15.0, -0.5, 3.0),
                torch.clamp((pitch - middle) / 12.0, -2.5, 2.5),
                nn.functional.pad(jump, (1, 0)),
                nn.functional.pad(jump, (0, 1)),
            ],
            dim=1,
        )

    def logits(self, features: Tensor) -> Tensor:
        return self.layers(features)[:, 0, :]

    def forward(self, pitch: Tensor, salience: Tensor, level: Tensor) -> Tensor:
        voiced = torch.sigmoid(self.logits(self.features(pitch, salience, level)))
        return voiced * (level > SILENT_DB).float()


def weighted_median(values: Tensor, weights: Tensor) -> Tensor:
    """[batch, frames] -> [batch, 1]: half of the weight lies on either side."""
    order = torch.topk(values, values.shape[1], dim=1, largest=True, sorted=True)
    reached = torch.cumsum(torch.gather(weights, 1, order.indices), dim=1)
    half = 0.5 * weights.sum(dim=1, keepdim=True)
    place = (reached < half).to(torch.int64).sum(dim=1, keepdim=True)
    return torch.gather(order.values, 1, torch.clamp(place, max=values.shape[1] - 1))


class LoudestLine(nn.Module):
    """Pitch of the dominant melody of a mix: harmonic sums over a whitened log-frequency spectrum."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = round((MIX_HIGHEST - MIX_LOWEST) / STEP) + 1
        lowest = MIX_LOWEST - 12.0
        top = 69.0 + 12.0 * math.log2(0.48 * SAMPLE_RATE_HZ / 440.0)
        count = int((top - lowest) / STEP) + 1
        tones = lowest + STEP * torch.arange(count, dtype=torch.float32)
        self.register_buffer("tone", hz(tones))
        self.register_buffer("sample", torch.arange(MIX_FRAME, dtype=torch.float32) - MIX_FRAME / 2)
        self.register_buffer("window", hann(MIX_FRAME))
        self.register_buffer("pitches", MIX_LOWEST + STEP * torch.arange(self.steps, dtype=torch.float32))
        sums = torch.zeros(count, self.steps)
        for harmonic in range(1, MIX_HARMONICS + 1):
            for step in range(self.steps):
                place = (MIX_LOWEST - lowest + 12.0 * math.log2(harmonic)) / STEP + step
                left = math.floor(place)
                for row, share in ((left, 1.0 - (place - left)), (left + 1, place - left)):
                    if row < count:
                        sums[row, step] += MIX_DECAY ** (harmonic - 1) * share
        self.register_buffer("sums", sums)

    def salience(self, waveform: Tensor) -> Tensor:
        """[batch, samples] -> [batch, frames, pitches], mean over 5 frames."""
        padded = nn.functional.pad(waveform, (MIX_FRAME // 2, MIX_FRAME // 2))
        angle = torch.outer(self.tone, self.sample) * (2.0 * math.pi / SAMPLE_RATE_HZ)
        real = nn.functional.conv1d(padded[:, None, :], (torch.cos(angle) * self.window)[:, None, :], stride=HOP)
        imaginary = nn.functional.conv1d(padded[:, None, :], (torch.sin(angle) * self.window)[:, None, :], stride=HOP)
        magnitude = torch.sqrt(real * real + imaginary * imaginary + 1e-12)[:, :, : waveform.shape[1] // HOP]
        loudest = magnitude.amax(dim=1, keepdim=True).amax(dim=2, keepdim=True)
        log = torch.log(1.0 + MIX_COMPRESSION * magnitude / (loudest + 1e-6))
        along = log.transpose(1, 2)
        white = torch.clamp(along - mean_of_neighbours(along, MIX_WHITENING_BINS), min=0.0)
        harmonic = torch.matmul(white, self.sums)
        return mean_of_neighbours(harmonic.transpose(1, 2), 2).transpose(1, 2)

    def forward(self, waveform: Tensor) -> tuple[Tensor, Tensor]:
        """Pitch (semitones) and strength 0...1 of each frame."""
        salience = self.salience(waveform)
        best = torch.topk(salience, 1, dim=2)
        strength = best.values[:, :, 0]
        pitch = MIX_LOWEST + STEP * best.indices[:, :, 0].float()
        return pitch, strength / (strength.amax(dim=1, keepdim=True) + 1e-6)


class Frames(nn.Module):
    """The graph `frames`: [batch, samples] -> [batch, frames, 6]."""

    def __init__(self) -> None:
        super().__init__()
        self.voice = SingleVoice()
        self.gate = Gate()
        self.line = LoudestLine()

    def forward(self, waveform: Tensor) -> Tensor:
        pitch, salience, level = self.voice(waveform)
        voiced = self.gate(pitch, salience, level)
        line, strength = self.line(waveform)
        return torch.stack([pitch, voiced, salience, line, strength, level], dim=2)
