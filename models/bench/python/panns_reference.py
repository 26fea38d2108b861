# SPDX-License-Identifier: Apache-2.0
"""PANNs in PyTorch: saves random checkpoints in both containers, and answers signals with embedding and tags.

Cnn14 is panns_inference's own. Cnn10 and Cnn6, which that package leaves out, are put together from its parts as
section III of the paper describes them. HOME must be a folder of the bench's own, because panns_inference looks for its
label list there.
"""

import argparse
import csv
from pathlib import Path

import numpy as np

CLASSES = 527


def write_labels() -> None:
    folder = Path.home() / "panns_data"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "class_labels_indices.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["index", "mid", "display_name"])
        rows.writerows([i, f"/m/{i}", f"class {i}"] for i in range(CLASSES))


write_labels()

import torch  # noqa: E402
from panns_inference.models import Cnn14, ConvBlock  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

FRONT_END = {"sample_rate": 32000, "window_size": 1024, "hop_size": 320, "mel_bins": 64, "fmin": 50, "fmax": 14000}


class ConvBlock5x5(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 5, padding=2, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return F.avg_pool2d(F.relu(self.bn1(self.conv1(image))), 2)


class FourBlocks(nn.Module):
    def __init__(self, block: type) -> None:
        super().__init__()
        whole = Cnn14(**FRONT_END, classes_num=CLASSES)
        self.spectrogram_extractor = whole.spectrogram_extractor
        self.logmel_extractor = whole.logmel_extractor
        self.bn0 = nn.BatchNorm2d(64)
        widths = [1, 64, 128, 256, 512]
        for i in range(4):
            setattr(self, f"conv_block{i + 1}", block(widths[i], widths[i + 1]))
        self.fc1 = nn.Linear(512, 512)
        self.fc_audioset = nn.Linear(512, CLASSES)

    def forward(self, samples: torch.Tensor) -> dict:
        image = self.logmel_extractor(self.spectrogram_extractor(samples))
        image = self.bn0(image.transpose(1, 3)).transpose(1, 3)
        for i in range(4):
            image = getattr(self, f"conv_block{i + 1}")(image)
        by_time = image.mean(dim=3)
        embedding = F.relu(self.fc1(by_time.amax(dim=2) + by_time.mean(dim=2)))
        return {"embedding": embedding, "clipwise_output": torch.sigmoid(self.fc_audioset(embedding))}


def make(network: str) -> nn.Module:
    if network == "cnn14":
        return Cnn14(**FRONT_END, classes_num=CLASSES)
    return FourBlocks(ConvBlock if network == "cnn10" else ConvBlock5x5)


def randomise(model: nn.Module, seed: int) -> None:
    """Kernels keep the variance of a rectified input; bn0 centres a log-mel spectrogram; nothing is at its default."""
    torch.manual_seed(seed)
    for name, values in model.state_dict().items():
        if name.startswith(("spectrogram", "logmel")) or name.endswith("num_batches_tracked"):
            continue
        if name == "bn0.running_mean":
            values.normal_(-30, 5)
        elif name == "bn0.running_var":
            values.uniform_(300, 500)
        elif name.endswith("running_var"):
            values.uniform_(0.8, 1.2)
        elif values.dim() > 1:
            values.normal_(0, (2 / values[0].numel()) ** 0.5)
        elif name.endswith("weight"):
            values.uniform_(0.8, 1.2)
        else:
            values.normal_(0, 0.1)


parser = argparse.ArgumentParser()
parser.add_argument("network", choices=["cnn14", "cnn10", "cnn6"])
parser.add_argument("folder", type=Path, help="gets NETWORK-zip.pth, NETWORK-legacy.pth and SIGNAL.NETWORK.answer.f32")
parser.add_argument("signals", nargs="+", type=Path, help="raw float32, mono, 32 kHz")
parser.add_argument("--seed", type=int, default=14)
options = parser.parse_args()

model = make(options.network).eval()
randomise(model, options.seed)
# Means over time and mels of what the two blocks before the last give, their pooling included.
middle = {}
last = 6 if options.network == "cnn14" else 4
for number in [last - 2, last - 1]:
    keep = lambda _module, _inputs, image, number=number: middle.__setitem__(number, image.mean(dim=(2, 3)))
    getattr(model, f"conv_block{number}").register_forward_hook(keep)
for container in ["zip", "legacy"]:
    path = options.folder / f"{options.network}-{container}.pth"
    torch.save({"model": model.state_dict()}, path, _use_new_zipfile_serialization=container == "zip")
for signal in options.signals:
    with torch.no_grad():
        answer = model(torch.from_numpy(np.fromfile(signal, dtype="<f4"))[None, :])
    parts = [answer[name][0].numpy() for name in ["embedding", "clipwise_output"]]
    parts += [middle[number][0].numpy() for number in sorted(middle)]
    np.concatenate(parts).astype("<f4").tofile(f"{signal.with_suffix('')}.{options.network}.answer.f32")
print(torch.__version__)
