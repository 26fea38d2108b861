# SPDX-License-Identifier: Apache-2.0
"""The graph under test behind litserve: a WAV file in the multipart field `file`, the vector back in base64."""

import argparse
import base64

import litserve
import onnxruntime
import soundfile

parser = argparse.ArgumentParser()
parser.add_argument("--graph", required=True)
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--threads", type=int, required=True)
options = parser.parse_args()


class Embedder(litserve.LitAPI):
    def setup(self, device):
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = options.threads
        self.session = onnxruntime.InferenceSession(options.graph, settings, providers=["CPUExecutionProvider"])

    def decode_request(self, request):
        samples, _ = soundfile.read(request["file"].file, dtype="float32")
        return samples

    def predict(self, samples):
        return self.session.run(["embedding"], {"waveform": samples[None, :]})[0][0]

    def encode_response(self, vector):
        return {"embedding": base64.b64encode(vector.astype("<f4").tobytes()).decode()}


if __name__ == "__main__":
    server = litserve.LitServer(Embedder(), accelerator="cpu", timeout=False)
    server.run(host="127.0.0.1", port=options.port, generate_client_file=False, log_level="error")
