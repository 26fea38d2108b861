# SPDX-License-Identifier: Apache-2.0
"""Drives the service with NVIDIA's client and prints what came back as one JSON object.

Arguments: host:port, space id, file of little-endian float32 windows, samples a window.
"""

import json
import sys

import numpy
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

address, model, path, window_samples = sys.argv[1:]
windows = numpy.fromfile(path, dtype="<f4").reshape(-1, int(window_samples))
client = triton.InferenceServerClient(address)


def infer(binary_in, outputs, **options):
    tensor = triton.InferInput("waveform", windows.shape, "FP32")
    tensor.set_data_from_numpy(windows, binary_data=binary_in)
    options.setdefault("parameters", {"sample_rate": 8000})
    result = client.infer(model, [tensor], outputs=outputs, **options)
    return result.as_numpy("embedding").tolist(), result.get_response().get("id")


def output(binary):
    return [triton.InferRequestedOutput("embedding", binary_data=binary)]


def failure(call):
    try:
        call()
    except InferenceServerException as error:
        return [error.status(), error.message()]
    return None


def compressed():
    return infer(True, None, request_compression_algorithm="gzip")


def states():
    return {entry["name"]: entry["state"] for entry in client.get_model_repository_index()}


def reload():
    client.unload_model(model)
    unloaded = states()[model]
    client.load_model(model)
    return [unloaded, states()[model]]


print(
    json.dumps(
        {
            "live": client.is_server_live(),
            "ready": client.is_server_ready(),
            "modelReady": client.is_model_ready(model),
            "otherReady": client.is_model_ready("nope"),
            "server": client.get_server_metadata(),
            "model": client.get_model_metadata(model, "1"),
            "binary": infer(True, None, request_id="q1"),
            "binaryNamed": infer(True, output(True), model_version="1"),
            "json": infer(False, output(False), priority=1, timeout=9_000_000),
            "jsonToBinary": infer(False, None),
            "binaryToJson": infer(True, output(False), parameters={}, query_params={"sample_rate": 8000}),
            "unknownModel": failure(lambda: client.get_model_metadata("nope")),
            "wrongRate": failure(lambda: infer(True, None, parameters={"sample_rate": 44100})),
            "noRate": failure(lambda: infer(True, None, parameters={})),
            "compressed": failure(compressed),
            "reloaded": reload(),
            "unknownLoad": failure(lambda: client.load_model("nope")),
        }
    )
)
