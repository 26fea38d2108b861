# SPDX-License-Identifier: Apache-2.0
"""Load, embed, index: one recording after the other, as notebooks do it, with the graph of a card of ours.

Prints one JSON line with the number of documents and the seconds they took, imports and session not counted.
"""

import argparse
import json
import time
from pathlib import Path

import librosa
import numpy as np
import onnxruntime
from elasticsearch import Elasticsearch

parser = argparse.ArgumentParser()
for name in ("card", "source", "url", "index"):
    parser.add_argument(f"--{name}", required=True)
options = parser.parse_args()

card = json.loads(Path(options.card).read_text())
inputs = card["input"]
session = onnxruntime.InferenceSession(str(Path(options.card).parent / card["graph"]["file"]))
client = Elasticsearch(options.url)
client.indices.create(
    index=options.index,
    mappings={
        "properties": {
            "audio": {"properties": {"key": {"type": "keyword"}}},
            "embedding": {
                "type": "dense_vector",
                "dims": card["dims"],
                "similarity": card["similarity"],
                "index_options": card["indexOptions"],
            },
        }
    },
)


def windows_of(samples):
    """All windows of the card, the last one reaching to the end; a short recording is padded as the card says."""
    length, hop = inputs["windowSamples"], inputs["hopSamples"]
    if len(samples) < length:
        if inputs["padding"] == "repeat":
            samples = np.resize(samples, length)
        else:
            samples = np.pad(samples, (0, length - len(samples)))
    starts = list(range(0, len(samples) - length + 1, hop))
    rest = len(samples) - (starts[-1] + length)
    if rest > 0.02 * length:
        starts.append(len(samples) - length)
    return np.stack([samples[start : start + length] for start in starts])


def embed(path):
    samples, _ = librosa.load(path, sr=inputs["sampleRateHz"], mono=True)
    rows = [
        session.run([card["output"]["tensor"]], {inputs["tensor"]: window[None]})[0][0]
        for window in windows_of(samples)
    ]
    rows = [row / np.linalg.norm(row) for row in rows]
    vector = np.max(rows, axis=0) if card["pooling"] == "max" else np.mean(rows, axis=0)
    return vector / np.linalg.norm(vector)


started = time.perf_counter()
indexed = 0
for path in sorted(p for p in Path(options.source).rglob("*") if p.is_file()):
    key = path.relative_to(options.source).as_posix()
    client.index(index=options.index, document={"audio": {"key": key}, "embedding": embed(path).tolist()})
    indexed += 1
print(json.dumps({"indexed": indexed, "seconds": time.perf_counter() - started}))
