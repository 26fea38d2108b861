# SPDX-License-Identifier: Apache-2.0
"""YAMNet in TensorFlow Lite's own interpreter, all in 8 bits: patches in, embedding and scores of each out."""

import argparse

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

SAMPLES = 15600
DIMS = 1024

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("patches", help="raw float32 [n, 15600]")
parser.add_argument("answers", help="gets raw float32 [n, 1024 + classes]")
options = parser.parse_args()

interpreter = Interpreter(
    model_path=options.model,
    experimental_preserve_all_tensors=True,
    experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
)
interpreter.allocate_tensors()
given = interpreter.get_input_details()[0]["index"]
answer = interpreter.get_output_details()[0]["index"]
[mean] = [t for t in interpreter.get_tensor_details() if list(t["shape"]) == [1, 1, 1, DIMS]]
scale, zero_point = mean["quantization"]

rows = []
for patch in np.fromfile(options.patches, dtype="<f4").reshape(-1, SAMPLES):
    interpreter.set_tensor(given, patch)
    interpreter.invoke()
    embedding = (interpreter.get_tensor(mean["index"]).astype(np.float32).ravel() - zero_point) * scale
    rows.append(np.concatenate([embedding, interpreter.get_tensor(answer).ravel()]))
np.stack(rows).astype("<f4").tofile(options.answers)
