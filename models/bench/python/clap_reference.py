# SPDX-License-Identifier: Apache-2.0
"""What Hugging Face's libraries make of strings and signals, and a pair of CLAP's architecture with random weights.

usage: clap_reference.py FOLDER
FOLDER has strings.json, sentences.json, lengths.json and signals.f32 (one after the other). Writes
  tokenizer.json          byte-level BPE in RoBERTa's layout, trained on generated words
  ids.json                token numbers of each string
  features.f32            ClapFeatureExtractor's [1001, 64] of each signal (rand_trunc, repeatpad; none is longer than 10 s)
  onnx/audio_model.onnx, onnx/text_model.onnx   ClapAudioModelWithProjection and ClapTextModelWithProjection
  audio.f32, text.f32     their unit vectors of the signals and of the sentences, by PyTorch
"""

import json
import os
import sys
import time

import numpy as np
import torch
from byte_tokenizer import train
from transformers import (
    ClapAudioModelWithProjection,
    ClapConfig,
    ClapFeatureExtractor,
    ClapTextModelWithProjection,
    PreTrainedTokenizerFast,
)

FOLDER = sys.argv[1]
MAX_TOKENS = 77


def read(name):
    with open(f"{FOLDER}/{name}", encoding="utf-8") as file:
        return json.load(file)


class Embeds(torch.nn.Module):
    """Gives the projected vectors alone, with the arguments by position."""

    def __init__(self, model, names, output):
        super().__init__()
        self.model, self.names, self.output = model, names, output
        # The exporter gives the mode back that it found, to the model inside as well.
        self.eval()

    def forward(self, *arguments):
        return self.model(**dict(zip(self.names, arguments)))[self.output]


def export(path, module, names, output, arguments, axes):
    with torch.no_grad():
        torch.onnx.export(
            module,
            arguments,
            path,
            input_names=names,
            output_names=[output],
            dynamic_axes={**axes, output: {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )


def unit(tensor):
    return torch.nn.functional.normalize(tensor, dim=-1).numpy().astype("<f4")


tokenizer = train(3000)
tokenizer.save(f"{FOLDER}/tokenizer.json", pretty=False)
with open(f"{FOLDER}/ids.json", "w", encoding="utf-8") as file:
    json.dump([tokenizer.encode(text).ids for text in read("strings.json")], file)

extractor = ClapFeatureExtractor(frequency_min=50, frequency_max=14000, truncation="rand_trunc", padding="repeatpad")
samples = np.fromfile(f"{FOLDER}/signals.f32", dtype="<f4")
signals = np.split(samples, np.cumsum(read("lengths.json"))[:-1])
features = [extractor(signal, sampling_rate=48000, return_tensors="np")["input_features"][0] for signal in signals]
np.stack(features).astype("<f4").tofile(f"{FOLDER}/features.f32")

torch.manual_seed(20260101)
config = ClapConfig()
config.text_config.vocab_size = tokenizer.get_vocab_size()
audio = ClapAudioModelWithProjection(config.audio_config).eval()
text = ClapTextModelWithProjection(config.text_config).eval()
os.makedirs(f"{FOLDER}/onnx", exist_ok=True)
inputs = torch.from_numpy(np.stack(features).astype(np.float32))
export(
    f"{FOLDER}/onnx/audio_model.onnx",
    Embeds(audio, ["input_features"], "audio_embeds"),
    ["input_features"],
    "audio_embeds",
    (inputs[:2],),
    {"input_features": {0: "audio_batch_size", 1: "num_channels", 2: "height", 3: "width"}},
)
fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", model_max_length=MAX_TOKENS)
tokens = fast(read("sentences.json"), padding=True, truncation=True, return_tensors="pt")
names = ["input_ids", "attention_mask"]
export(
    f"{FOLDER}/onnx/text_model.onnx",
    Embeds(text, names, "text_embeds"),
    names,
    "text_embeds",
    tuple(tokens[name] for name in names),
    {name: {0: "text_batch_size", 1: "sequence_length"} for name in names},
)
with torch.no_grad():
    started = time.perf_counter()
    heard = [audio(input_features=inputs[i : i + 1])["audio_embeds"] for i in range(len(inputs))]
    seconds = time.perf_counter() - started
    unit(torch.cat(heard)).tofile(f"{FOLDER}/audio.f32")
    read_words = text(**{name: tokens[name] for name in names})["text_embeds"]
    unit(read_words).tofile(f"{FOLDER}/text.f32")
print(json.dumps({"seconds_per_window": seconds / len(inputs)}))
