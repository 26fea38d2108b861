# SPDX-License-Identifier: Apache-2.0
"""Trained networks -> the two ONNX graphs that ship."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from contour import POINTS
from front_end import Frames

OPSET = 17
WINDOW_SAMPLES = 81_920
LEAST_HALVED = 1000
"""Constants of at least so many numbers are stored in 16 bits."""


def export(module: nn.Module, example: torch.Tensor, names: tuple[str, str], path: Path, description: str) -> None:
    """Exports without folding constants, so that kernels stay formulas, and names every size but the batch."""
    torch.onnx.export(
        module.eval(),
        (example,),
        str(path),
        input_names=[names[0]],
        output_names=[names[1]],
        dynamic_axes={names[0]: {0: "batch"}, names[1]: {0: "batch"}},
        opset_version=OPSET,
        do_constant_folding=False,
        dynamo=False,
    )
    model = onnx.load(str(path))
    model.producer_name, model.producer_version, model.doc_string = "earshot", "", description
    model.graph.name, model.graph.doc_string = path.stem, description
    for node in model.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))


def halve_weights(path: Path) -> None:
    """Stores large constants as float16 and casts them when the graph is loaded: half the file, vectors within 1e-4."""
    model = onnx.load(str(path))
    casts = []
    for index, tensor in enumerate(list(model.graph.initializer)):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < LEAST_HALVED:
            continue
        name = tensor.name
        half = numpy_helper.from_array(values.astype(np.float16), f"{name}.half")
        model.graph.initializer[index].CopyFrom(half)
        casts.append(helper.make_node("Cast", [half.name], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))


def round_weights(module: nn.Module) -> None:
    """Rounds the weights to what `halve_weights` will keep of them."""
    with torch.no_grad():
        for weights in module.parameters():
            if weights.numel() >= LEAST_HALVED:
                weights.copy_(weights.half())


def export_frames(frames: Frames, path: Path) -> None:
    description = "8 kHz waveform -> pitch, P(voiced), salience, dominant pitch, its strength, level of each 32 ms"
    export(frames, torch.zeros(1, WINDOW_SAMPLES), ("waveform", "frames"), path, description)


def export_encoder(encoder: nn.Module, path: Path) -> None:
    description = "contour of a melody, 128 points in semitones -> unit vector of 128"
    export(encoder, torch.zeros(2, POINTS), ("contour", "embedding"), path, description)
    halve_weights(path)
