"""Serves vectors of a small sentence model by OpenAI's API, for measuring how well knowledge is found.

python serve.py FOLDER [PORT]    needs numpy and tokenizers

FOLDER holds `config.json`, `tokenizer.json` and `model.safetensors` of a BERT model with mean pooling, such as
all-MiniLM-L6-v2. The model is run by numpy alone, 25 ms for a sentence.
"""

import json
import math
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

TYPES = {"F32": np.float32, "F16": np.float16, "I64": np.int64}
MAX_TOKENS = 256


def erf(numbers):
    """The error function to seven digits (Abramowitz and Stegun, 7.1.26)."""
    size = np.abs(numbers)
    t = 1 / (1 + 0.3275911 * size)
    sum_ = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return np.sign(numbers) * (1 - sum_ * np.exp(-size * size))


class Model:
    """A BERT model with mean pooling."""

    def __init__(self, folder):
        config = json.loads((folder / "config.json").read_text())
        self.heads, self.layers = config["num_attention_heads"], config["num_hidden_layers"]
        self.epsilon = config.get("layer_norm_eps", 1e-12)
        self.weights = tensors((folder / "model.safetensors").read_bytes())
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(max_length=MAX_TOKENS)
        self.tokenizer.no_padding()

    def norm(self, rows, name):
        mean, variance = rows.mean(-1, keepdims=True), rows.var(-1, keepdims=True)
        return (rows - mean) / np.sqrt(variance + self.epsilon) * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def linear(self, rows, name):
        return rows @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def attention(self, rows, layer):
        size = len(rows), self.heads, rows.shape[1] // self.heads
        query, key, value = (
            self.linear(rows, f"{layer}.attention.self.{part}").reshape(size).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(size[2])
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        return (weights @ value).transpose(1, 0, 2).reshape(rows.shape)

    def embed(self, text):
        ids = self.tokenizer.encode(text).ids
        tables = [self.weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")]
        rows = self.norm(tables[0][ids] + tables[1][: len(ids)] + tables[2][0], "embeddings.LayerNorm")
        for number in range(self.layers):
            layer = f"encoder.layer.{number}"
            attended = self.linear(self.attention(rows, layer), f"{layer}.attention.output.dense")
            rows = self.norm(rows + attended, f"{layer}.attention.output.LayerNorm")
            wide = self.linear(rows, f"{layer}.intermediate.dense")
            wide = 0.5 * wide * (1 + erf(wide / math.sqrt(2)))
            rows = self.norm(rows + self.linear(wide, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        mean = rows.mean(0)
        return (mean / np.linalg.norm(mean)).tolist()


def tensors(raw):
    start = 8 + int.from_bytes(raw[:8], "little")
    found = {}
    for name, entry in json.loads(raw[8:start]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            numbers = np.frombuffer(raw[start + begin : start + end], TYPES[entry["dtype"]])
            found[name.removeprefix("bert.")] = numbers.reshape(entry["shape"])
    return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        texts = [texts] if isinstance(texts, str) else texts
        data = [{"object": "embedding", "index": index, "embedding": self.server.model.embed(text)} for index, text in enumerate(texts)]
        usage = {"prompt_tokens": 0, "total_tokens": 0}
        body = json.dumps({"object": "list", "model": "local", "data": data, "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 8900), Handler)
server.model = Model(Path(sys.argv[1]))
server.serve_forever()
