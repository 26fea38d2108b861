# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime's own static quantisation, per channel: the baseline of `npm run bench -- quantise`.

usage: quantise_reference.py GRAPH WINDOWS.f32 SAMPLES NODES.json OUTPUT_FOLDER
NODES.json lists the nodes that may become 8 bits wide; everything else stays as it is.
Writes qdq.onnx and qoperator.onnx.
"""
import json
import sys

import numpy as np
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static


class Windows(CalibrationDataReader):
    def __init__(self, path, samples):
        self.rows = iter(np.fromfile(path, dtype=np.float32).reshape(-1, 1, samples))

    def get_next(self):
        row = next(self.rows, None)
        return None if row is None else {"waveform": row}


graph, windows, samples, nodes, folder = sys.argv[1:]
with open(nodes) as file:
    chosen = json.load(file)
for name, form in [("qdq", QuantFormat.QDQ), ("qoperator", QuantFormat.QOperator)]:
    quantize_static(
        graph,
        f"{folder}/{name}.onnx",
        Windows(windows, int(samples)),
        quant_format=form,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.MinMax,
        nodes_to_quantize=chosen,
    )
