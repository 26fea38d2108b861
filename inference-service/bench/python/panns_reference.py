# SPDX-License-Identifier: Apache-2.0
"""PANNs' own Cnn14 in PyTorch, fed by librosa: each line on stdin is a JSON list of files, each answer one JSON line.

The weights are those of the graph under test, saved as a checkpoint of the real layout; HOME must be a folder of the
bench's own, because panns_inference looks for its label list there.
"""

import argparse
import base64
import csv
import json
import os
import sys
import time
from pathlib import Path

CLASSES = 527

# panns_inference talks on stdout, which belongs to the answers.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def write_labels() -> None:
    folder = Path.home() / "panns_data"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "class_labels_indices.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["index", "mid", "display_name"])
        rows.writerows([i, f"/m/{i}", f"class {i}"] for i in range(CLASSES))


parser = argparse.ArgumentParser()
parser.add_argument("--weights", required=True)
parser.add_argument("--index", required=True)
parser.add_argument("--threads", type=int, required=True)
options = parser.parse_args()
write_labels()

import librosa  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from panns_inference import AudioTagging  # noqa: E402
from panns_inference.models import Cnn14  # noqa: E402

torch.set_num_threads(options.threads)


def write_checkpoint() -> str:
    model = Cnn14(
        sample_rate=32000, window_size=1024, hop_size=320, mel_bins=64, fmin=50, fmax=14000, classes_num=CLASSES
    )
    state = model.state_dict()
    values = np.fromfile(options.weights, dtype="<f4")
    for name, (offset, count) in json.loads(Path(options.index).read_text()).items():
        state[name] = torch.from_numpy(values[offset : offset + count]).reshape(state[name].shape)
    path = str(Path.home() / "panns_data" / "random.pth")
    torch.save({"model": state}, path)
    return path


tagging = AudioTagging(checkpoint_path=write_checkpoint(), device="cpu")


def embed(paths: list[str]) -> dict:
    load_seconds = infer_seconds = 0.0
    vector = np.zeros(0, dtype="<f4")
    for path in paths:
        started = time.perf_counter()
        samples, _ = librosa.load(path, sr=32000, mono=True)
        loaded = time.perf_counter()
        _, embedding = tagging.inference(samples[None, :])
        load_seconds += loaded - started
        infer_seconds += time.perf_counter() - loaded
        vector = embedding[0].astype("<f4")
    return {
        "loadSeconds": load_seconds,
        "inferSeconds": infer_seconds,
        "lastVector": base64.b64encode(vector.tobytes()).decode(),
    }


print(json.dumps({"ready": torch.__version__}), file=answers, flush=True)
for line in sys.stdin:
    print(json.dumps(embed(json.loads(line))), file=answers, flush=True)
