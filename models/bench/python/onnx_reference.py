# SPDX-License-Identifier: Apache-2.0
"""Spectrograms by torchaudio and librosa, and networks exported by PyTorch, with what PyTorch makes of a waveform.

usage: onnx_reference.py FOLDER, which holds windows-<rate>.f32 (two windows of ten seconds each, float32)
writes <front-end>.f32 spectrograms, <network>-<exporter>.onnx, <network>.f32 vectors, names.json
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

# The CPU is enough; torchaudio refuses to start beside a torch that was built for another CUDA.
torch.version.cuda = None
import librosa  # noqa: E402
import torchaudio  # noqa: E402
from torchaudio.compliance import kaldi  # noqa: E402

folder = Path(sys.argv[1])
torch.manual_seed(7)


def windows(rate):
    samples = np.fromfile(folder / f"windows-{rate}.f32", dtype=np.float32)
    return torch.from_numpy(samples.reshape(-1, rate * 10).copy())


def efficientat_mel(x):
    """mn10's front-end, as its authors' preprocessing does it in evaluation."""
    x = nn.functional.conv1d(x[:, None], torch.tensor([[[-0.97, 1.0]]]))[:, 0]
    window = torch.hann_window(800, periodic=False)
    spectrum = torch.stft(x, 1024, hop_length=320, win_length=800, window=window, center=True, return_complex=True)
    banks, _ = kaldi.get_mel_banks(128, 1024, 32000, 0.0, 15000.0, 100.0, -500.0, 1.0)
    banks = nn.functional.pad(banks, (0, 1))
    return (torch.log(banks @ spectrum.abs().square() + 1e-5) + 4.5) / 5


def ced_mel(x):
    mel = torchaudio.transforms.MelSpectrogram(16000, n_fft=512, win_length=512, hop_length=160, f_min=0, f_max=8000, n_mels=64)
    decibel = torchaudio.transforms.AmplitudeToDB(top_db=120)
    # One by one: in a batch of spectrograms without channels, torchaudio takes the largest value of the whole batch.
    return torch.stack([decibel(mel(row)) for row in x])


def ast_fbank(x):
    rows = [
        kaldi.fbank(row[None], htk_compat=True, sample_frequency=16000, use_energy=False, window_type="hanning", num_mel_bins=128, dither=0.0, frame_shift=10)
        for row in x
    ]
    return (torch.stack(rows) + 4.2677393) / (4.5689974 * 2)


def librosa_mel(x):
    rows = [
        librosa.power_to_db(librosa.feature.melspectrogram(y=row.numpy(), sr=16000, n_fft=1024, hop_length=256, n_mels=96, fmin=20), ref=np.max)
        for row in x
    ]
    return torch.from_numpy(np.stack(rows))


def whisper_mel(x):
    spectrum = torch.stft(x, 400, 160, window=torch.hann_window(400), return_complex=True)[..., :-1]
    banks = torch.from_numpy(librosa.filters.mel(sr=16000, n_fft=400, n_mels=80))
    level = torch.clamp(banks @ spectrum.abs().square(), min=1e-10).log10()
    level = torch.maximum(level, level.amax(dim=(1, 2), keepdim=True) - 8.0)
    return (level + 4.0) / 4.0


class SqueezeExcite(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.down, self.up = nn.Conv2d(width, width // 4, 1), nn.Conv2d(width // 4, width, 1)

    def forward(self, x):
        scale = nn.functional.adaptive_avg_pool2d(x, 1)
        return x * nn.functional.hardsigmoid(self.up(nn.functional.relu(self.down(scale))))


def layer(inputs, outputs, kernel, stride=1, groups=1, act=nn.Hardswish):
    conv = nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs, eps=1e-3), act())


class Inverted(nn.Module):
    def __init__(self, inputs, kernel, expanded, outputs, excites, act, stride):
        super().__init__()
        self.adds = stride == 1 and inputs == outputs
        grow = [layer(inputs, expanded, 1, act=act)] if expanded != inputs else []
        squeeze = [SqueezeExcite(expanded)] if excites else []
        self.body = nn.Sequential(*grow, layer(expanded, expanded, kernel, stride, expanded, act), *squeeze, layer(expanded, outputs, 1, act=nn.Identity))

    def forward(self, x):
        return x + self.body(x) if self.adds else self.body(x)


class MobileNet(nn.Module):
    """MobileNetV3-Large with one input channel, the shape of mn10: 4.9 million weights with its head."""

    def __init__(self):
        super().__init__()
        r, h = nn.ReLU, nn.Hardswish
        plan = [
            (16, 3, 16, 16, False, r, 1), (16, 3, 64, 24, False, r, 2), (24, 3, 72, 24, False, r, 1),
            (24, 5, 72, 40, True, r, 2), (40, 5, 120, 40, True, r, 1), (40, 5, 120, 40, True, r, 1),
            (40, 3, 240, 80, False, h, 2), (80, 3, 200, 80, False, h, 1), (80, 3, 184, 80, False, h, 1),
            (80, 3, 184, 80, False, h, 1), (80, 3, 480, 112, True, h, 1), (112, 3, 672, 112, True, h, 1),
            (112, 5, 672, 160, True, h, 2), (160, 5, 960, 160, True, h, 1), (160, 5, 960, 160, True, h, 1),
        ]
        self.features = nn.Sequential(layer(1, 16, 3, 2), *[Inverted(*row) for row in plan], layer(160, 960, 1))
        self.head = nn.Sequential(nn.Linear(960, 1280), nn.Hardswish(), nn.Linear(1280, 527))

    def forward(self, mel):
        pooled = nn.functional.adaptive_avg_pool2d(self.features(mel), 1).flatten(1)
        return self.head(pooled), pooled


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-2, -1) * (c // self.heads) ** -0.5).softmax(dim=-1)
        x = x + self.proj((weights @ v).transpose(1, 2).reshape(b, n, c))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    """The shape of CED mini: patches of 16 x 16, 12 blocks 256 wide, mean over patches, probabilities of 527 classes."""

    def __init__(self):
        super().__init__()
        self.norm_in = nn.BatchNorm2d(64)
        self.patch = nn.Conv2d(1, 256, 16, 16)
        self.time, self.freq = nn.Parameter(torch.randn(1, 256, 1, 63) * 0.02), nn.Parameter(torch.randn(1, 256, 4, 1) * 0.02)
        self.blocks = nn.Sequential(*[Block(256, 4) for _ in range(12)])
        self.norm = nn.LayerNorm(256, eps=1e-6)
        self.head = nn.Sequential(nn.LayerNorm(256), nn.Linear(256, 527))

    def embed(self, mel):
        x = self.norm_in(mel[:, None].permute(0, 2, 1, 3)).permute(0, 2, 1, 3)
        x = self.patch(x)
        x = x + self.time[..., : x.shape[-1]] + self.freq
        return self.norm(self.blocks(x.flatten(2).transpose(1, 2))).mean(1)

    def forward(self, mel):
        return self.head(self.embed(mel)).sigmoid()


def lively(network, example):
    """Statistics of the example, so that a random network answers differently to different sounds."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None
    network.train()(example)
    return network.eval()


def save(name, values):
    values.detach().numpy().astype(np.float32).tofile(folder / f"{name}.f32")


def export(network, example, name, **options):
    torch.onnx.export(network, (example,), folder / f"{name}.onnx", **options)


with torch.no_grad():
    x32, x16 = windows(32000), windows(16000)
    save("efficientat", efficientat_mel(x32))
    save("ced", ced_mel(x16))
    save("ast", ast_fbank(x16))
    save("librosa", librosa_mel(x16))
    save("whisper", whisper_mel(x16))

    mel = efficientat_mel(x32)[:, None]
    mobile = lively(MobileNet(), mel)
    save("mobilenet", mobile(mel)[1])
    names = dict(input_names=["mel"], output_names=["logits", "features"])
    export(mobile, mel, "mobilenet-torchscript", dynamo=False, opset_version=17, dynamic_axes={"mel": {0: "batch"}, "logits": {0: "batch"}, "features": {0: "batch"}}, **names)
    batch = torch.export.Dim("batch", min=1, max=64)
    export(mobile, mel, "mobilenet-dynamo", dynamo=True, external_data=True, dynamic_shapes=({0: batch},), verbose=False, **names)

    feats = ced_mel(x16)
    transformer = lively(Transformer(), feats)
    save("transformer", transformer.embed(feats))
    names = dict(input_names=["feats"], output_names=["prob"])
    export(transformer, feats, "transformer-torchscript", dynamo=False, opset_version=12, dynamic_axes={"feats": {0: "batch_size", 2: "time_dim"}}, **names)

import onnx  # noqa: E402

graph = onnx.load(folder / "transformer-torchscript.onnx").graph
means = [node.output[0] for node in graph.node if node.op_type == "ReduceMean" and list(a.ints for a in node.attribute if a.name == "axes")[0][:] == [1]]
(folder / "names.json").write_text(json.dumps({"transformer": means[-1]}))
