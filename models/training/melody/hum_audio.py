# SPDX-License-Identifier: Apache-2.0
"""Somebody hums, sings, whistles or plays a melody into a microphone: 8 kHz sound with the true pitch of every frame."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.signal import fftconvolve, lfilter

from front_end import HOP, SAMPLE_RATE_HZ
from hum_contours import Performance, perform
from melodies import Melody

SECONDS = 8.0
SAMPLES = int(SECONDS * SAMPLE_RATE_HZ)
GRAIN = 80
"""Pitch, loudness and timbre move in steps of 10 ms, with straight lines between."""
GRAINS = SAMPLES // GRAIN
KINDS = ("hum", "syllables", "words", "whistle", "instrument")
KIND_CHANCES = np.array([0.26, 0.30, 0.24, 0.08, 0.12])
VOWELS = np.array(
    [[300, 870, 2240], [270, 2290, 3010], [570, 840, 2410], [730, 1090, 2440], [530, 1840, 2480], [660, 1720, 2410]]
)
"""Formants of /u i o a e ae/, Hz (Peterson & Barney 1952, men); others scale them."""


@dataclass(frozen=True)
class Hum:
    waveform: np.ndarray
    """float32, 8 s."""
    pitch: np.ndarray
    """True pitch of each frame of 32 ms, MIDI semitones; NaN where nothing sounds."""
    performance: Performance
    lead_in: float
    """Seconds before the first note."""


def spread(grains: np.ndarray) -> np.ndarray:
    """One value each 10 ms -> one a sample, straight lines between."""
    after = np.append(grains[1:], grains[-1])
    share = np.arange(GRAIN) / GRAIN
    return (grains[:, None] * (1 - share) + after[:, None] * share).reshape(-1)


def smooth(values: np.ndarray, length: int) -> np.ndarray:
    if length < 2:
        return values
    padded = np.pad(values, (length // 2, length - 1 - length // 2), mode="edge")
    return np.convolve(padded, np.ones(length) / length, "valid")


def slow_noise(rng: Generator, length: int) -> np.ndarray:
    """Unit variance, changing within about `length` grains."""
    points = rng.normal(size=GRAINS // length + 3)
    return np.interp(np.arange(GRAINS) / length, np.arange(len(points)), points)


def register_of(rng: Generator, kind: str, pitch: np.ndarray) -> float:
    """Shift in semitones that brings the melody where such a voice lies."""
    middle = float(np.median(pitch))
    if kind == "whistle":
        return rng.uniform(76, 90) - middle
    if kind == "instrument":
        return rng.uniform(50, 78) - middle
    return (rng.uniform(45, 57) if rng.random() < 0.5 else rng.uniform(55, 69)) - middle


def pitch_curve(rng: Generator, kind: str, notes: Performance, at: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """MIDI semitones each 10 ms: scoops into notes, glides between them, vibrato, jitter."""
    place = np.clip(np.searchsorted(notes.start, at, side="right") - 1, 0, len(pitch) - 1)
    curve = pitch[place]
    since = at - notes.start[place]
    if kind == "instrument":
        return curve + 0.02 * rng.normal()
    curve = smooth(curve, int(rng.choice([1, 4, 8, 14], p=[0.15, 0.35, 0.35, 0.15])))
    scoops = rng.uniform(-2.5, 0.4, size=len(pitch)) * (rng.random(len(pitch)) < rng.choice([0.1, 0.5]))
    curve = curve + scoops[place] * np.exp(-np.clip(since, 0, None) / rng.uniform(0.03, 0.09))
    falls = rng.uniform(-2.0, 0.0, size=len(pitch)) * (rng.random(len(pitch)) < 0.12)
    curve = curve + falls[place] * np.exp(-np.clip(notes.end[place] - at, 0, None) / 0.05)
    if rng.random() < 0.45:
        depth = rng.uniform(0.1, 0.8) * np.clip(since / 0.25, 0, 1)
        rate = rng.uniform(4.5, 7.0)
        curve = curve + depth * np.sin(2 * np.pi * rate * at + rng.uniform(0, 6))
    return curve + rng.uniform(0.02, 0.16) * slow_noise(rng, 4) + rng.uniform(0.03, 0.2) * slow_noise(rng, 25)


def loudness_curve(rng: Generator, kind: str, notes: Performance, at: np.ndarray) -> np.ndarray:
    """Amplitude each 10 ms; 0 in rests."""
    count = len(notes.pitch)
    place = np.clip(np.searchsorted(notes.start, at, side="right") - 1, 0, count - 1)
    legato = rng.choice([1.0, 0.92, 0.75, 0.5], p=[0.4, 0.3, 0.22, 0.08])
    end = notes.start + (notes.end - notes.start) * legato
    if kind == "hum" and rng.random() < 0.5:
        end = np.append(np.maximum(end[:-1], notes.start[1:] - 0.02), end[-1])
    amplitude = 10 ** (rng.normal(0, 2.5, size=count) / 20)
    since, left = at - notes.start[place], end[place] - at
    attack = rng.uniform(0.01, 0.08)
    curve = amplitude[place] * np.clip(since / attack, 0, 1) * np.clip(left / rng.uniform(0.02, 0.1), 0, 1)
    if kind == "instrument" and rng.random() < 0.6:
        curve = curve * np.exp(-np.clip(since, 0, None) / rng.uniform(0.2, 1.2))
    elif rng.random() < 0.5:
        curve = curve * np.exp(-np.clip(since, 0, None) / rng.uniform(0.6, 3.0))
    curve[(at < notes.start[0]) | (at > notes.end[-1])] = 0.0
    return curve * 10 ** (rng.uniform(0, 3) * slow_noise(rng, 60) / 20)


def resonances(rng: Generator, kind: str, formants: np.ndarray, frequency: np.ndarray) -> np.ndarray:
    """Amplitude of a partial at `frequency` [grains, partials] with `formants` [grains, 3], Hz."""
    tilt = rng.uniform(3.0, 14.0)
    amplitude = 10 ** (-tilt * np.log2(np.maximum(frequency, 50) / 100) / 20)
    if kind == "hum":
        nasal = rng.uniform(180, 400)
        return amplitude * (1 / (1 + ((frequency - nasal) / rng.uniform(100, 300)) ** 2) + rng.uniform(0.003, 0.1))
    shape = np.full_like(frequency, 0.02)
    for index, gain in enumerate((1.0, rng.uniform(0.2, 0.9), rng.uniform(0.05, 0.5))):
        width = 60 + 0.08 * formants[:, index : index + 1]
        shape += gain / (1 + ((frequency - formants[:, index : index + 1]) / width) ** 2)
    return amplitude * shape


def partial_amplitudes(rng: Generator, kind: str, notes: Performance, at: np.ndarray, hertz: np.ndarray) -> np.ndarray:
    """[grains, partials]"""
    partials = 1 if kind == "whistle" else int(min(32, 3700 / hertz.min()))
    numbers = np.arange(1, max(1, partials) + 1)
    frequency = hertz[:, None] * numbers
    if kind == "whistle":
        amplitude = np.ones_like(frequency)
        if rng.random() < 0.3:
            return amplitude
        numbers = np.arange(1, 3)
        frequency = hertz[:, None] * numbers
        amplitude = np.ones_like(frequency) * np.array([1.0, rng.uniform(0.003, 0.05)])
    elif kind == "instrument":
        odd = rng.uniform(0.0, 1.0) if rng.random() < 0.25 else 1.0
        fixed = numbers ** -rng.uniform(0.5, 2.2) * np.where(numbers % 2 == 0, odd, 1.0)
        amplitude = fixed * np.exp(0.5 * rng.normal(size=len(numbers))) * np.ones_like(frequency)
    else:
        count = len(notes.pitch)
        palette = VOWELS * rng.uniform(0.9, 1.35)
        some = rng.integers(0, len(VOWELS), size=count) if kind == "words" else np.full(count, rng.integers(len(VOWELS)))
        place = np.clip(np.searchsorted(notes.start, at, side="right") - 1, 0, count - 1)
        formants = palette[some][place]
        amplitude = resonances(rng, kind, formants, frequency)
    return amplitude * (frequency < 3800)


def voiced_sound(rng: Generator, curve: np.ndarray, amplitudes: np.ndarray) -> np.ndarray:
    """Sum of partials: powers of one rotating phasor."""
    hertz = spread(440.0 * 2 ** ((curve - 69) / 12))
    turn = np.exp(1j * (2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE_HZ + rng.uniform(0, 6))).astype(np.complex64)
    power = np.ones_like(turn)
    sound = np.zeros(len(turn), np.float32)
    for number in range(amplitudes.shape[1]):
        power = power * turn
        phase = np.exp(1j * rng.uniform(0, 6)).astype(np.complex64)
        sound += (power * phase).imag * spread(amplitudes[:, number]).astype(np.float32)
    return sound


def consonants(rng: Generator, kind: str, notes: Performance, at: np.ndarray, loudness: np.ndarray):
    """Dips of the voice at note onsets, and the noise in them: (factor on the voice, amplitude of noise)."""
    factor, noise = np.ones(GRAINS), np.zeros(GRAINS)
    if kind not in ("syllables", "words"):
        return factor, noise
    chance = 0.9 if kind == "syllables" else 0.75
    for start in notes.start:
        if rng.random() > chance:
            continue
        length, before = rng.uniform(0.02, 0.13), rng.uniform(0.0, 0.06)
        inside = (at > start - before) & (at < start - before + length)
        factor[inside] *= 10 ** (-rng.uniform(6, 45) / 20)
        if kind == "words" or rng.random() < 0.25:
            noise[inside] = rng.uniform(0.0, 0.6)
    level = loudness.max()
    return smooth(factor, 2), noise * level


def coloured(rng: Generator, count: int) -> np.ndarray:
    """White, pink-like, low or high noise of unit variance."""
    white = rng.normal(size=count)
    kind = rng.integers(4)
    if kind == 1:
        white = lfilter([1], [1, -rng.uniform(0.7, 0.97)], white)
    elif kind == 2:
        white = lfilter([1, -1], [1, -rng.uniform(0.0, 0.6)], white)
    elif kind == 3:
        white = lfilter([1], [1, -0.9], white) + 0.1 * white
    return white / white.std()


def room(rng: Generator, sound: np.ndarray) -> np.ndarray:
    """Early reflections and a decaying tail."""
    length = int(rng.uniform(0.05, 0.35) * SAMPLE_RATE_HZ)
    tail = rng.normal(size=length) * np.exp(-6.9 * np.arange(length) / length)
    tail *= rng.uniform(0.02, 0.35) / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    return fftconvolve(sound, tail)[: len(sound)]


def microphone(rng: Generator, sound: np.ndarray, level: float) -> np.ndarray:
    """Room, noise, mains, band limits, gain, clipping, few bits."""
    if rng.random() < 0.5:
        sound = room(rng, sound)
    snr = rng.uniform(12, 50)
    background = coloured(rng, len(sound)) * (1 + 0.5 * rng.random() * spread(np.abs(slow_noise(rng, 80))))
    sound = sound + background * level * 10 ** (-snr / 20)
    if rng.random() < 0.25:
        mains = rng.choice([50, 60]) * np.arange(len(sound)) / SAMPLE_RATE_HZ * 2 * np.pi
        hum = np.sin(mains) + rng.uniform(0, 1) * np.sin(2 * mains + 1) + rng.uniform(0, 0.6) * np.sin(3 * mains)
        sound = sound + hum * level * 10 ** (-rng.uniform(8, 40) / 20)
    for _ in range(rng.poisson(0.4)):
        at, length = int(rng.integers(len(sound) - 2000)), int(rng.integers(80, 1600))
        sound[at : at + length] += rng.normal(size=length) * level * rng.uniform(0.2, 2) * np.hanning(length)
    if rng.random() < 0.4:
        pole = np.exp(-2 * np.pi * rng.uniform(60, 380) / SAMPLE_RATE_HZ)
        sound = lfilter([1, -1], [1, -pole], sound)
    if rng.random() < 0.3:
        pole = np.exp(-2 * np.pi * rng.uniform(700, 3000) / SAMPLE_RATE_HZ)
        sound = lfilter([1 - pole], [1, -pole], sound)
    sound = sound / max(1e-6, np.abs(sound).max()) * 10 ** (rng.uniform(-34, 0) / 20)
    if rng.random() < 0.05:
        sound = np.clip(sound * rng.uniform(1.5, 4), -1, 1)
    if rng.random() < 0.45:
        sound = np.round(sound * 127) / 127
    return sound.astype(np.float32)


def hum(rng: Generator, melody: Melody, from_start: float = 0.7, unsteadiness: float = 1.0) -> Hum:
    kind = str(rng.choice(KINDS, p=KIND_CHANCES))
    lead_in = rng.uniform(0.0, 1.0) if rng.random() < 0.6 else 0.02
    sung = SECONDS - lead_in - (rng.uniform(0.0, 1.5) if rng.random() < 0.35 else 0.0)
    notes = perform(rng, melody, sung, from_start, unsteadiness)
    pitch = notes.pitch + register_of(rng, kind, notes.pitch)
    at = np.arange(GRAINS) * GRAIN / SAMPLE_RATE_HZ - lead_in
    curve = np.clip(pitch_curve(rng, kind, notes, at, pitch), 34, 95)
    loudness = loudness_curve(rng, kind, notes, at)
    amplitudes = partial_amplitudes(rng, kind, notes, at, 440.0 * 2 ** ((curve - 69) / 12))
    amplitudes = amplitudes / (np.sqrt((amplitudes**2).sum(axis=1, keepdims=True)) + 1e-6)
    factor, noise = consonants(rng, kind, notes, at, loudness)
    voice = loudness * factor
    sound = voiced_sound(rng, curve, amplitudes * voice[:, None])
    breath = noise + (loudness * rng.uniform(0.0, 0.06) if kind != "whistle" else loudness * rng.uniform(0.02, 0.3))
    sound = sound + spread(breath) * coloured(rng, SAMPLES)
    if rng.random() < 0.3:
        sound = sound + breaths(rng, notes, at) * coloured(rng, SAMPLES)
    level = float(np.sqrt((sound**2).mean())) + 1e-6
    frames = np.arange(SAMPLES // HOP) * HOP // GRAIN
    true = np.where(voice[frames] > 0.06 * max(1e-6, voice.max()), curve[frames], np.nan)
    return Hum(microphone(rng, sound, level), true.astype(np.float32), notes, lead_in)


def breaths(rng: Generator, notes: Performance, at: np.ndarray) -> np.ndarray:
    amplitude = np.zeros(GRAINS)
    for _ in range(int(rng.integers(1, 4))):
        place = float(rng.choice(notes.start)) - rng.uniform(0.1, 0.5)
        amplitude[(at > place) & (at < place + rng.uniform(0.1, 0.35))] = rng.uniform(0.05, 0.4)
    return spread(smooth(amplitude, 6))
