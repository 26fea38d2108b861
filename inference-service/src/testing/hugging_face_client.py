# SPDX-License-Identifier: Apache-2.0
"""Drives `/embed` with Hugging Face's client and prints what came back as one JSON object.

Arguments: address of the route, file with one data: URI a line.
"""

import json
import sys

from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError

address, path = sys.argv[1:]
with open(path, encoding="ascii") as file:
    recordings = file.read().split()
client = InferenceClient(model=address)


def failure(text):
    try:
        client.feature_extraction(text)
    except HfHubHTTPError as error:
        return [error.response.status_code, error.response.json()]
    return None


print(
    json.dumps(
        {
            "one": client.feature_extraction(recordings[0]).tolist(),
            "list": client.feature_extraction(recordings, normalize=True, truncate=False).tolist(),
            "words": failure("rain on a roof"),
        }
    )
)
