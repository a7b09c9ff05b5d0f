"""Training data: EMNIST letters as uint8 tensors, from IDX files.

Accepted layouts of the data folder:
  train-images-idx3-ubyte.gz …                        upright, labels 0–25
  (EMNIST/raw/)emnist-letters-train-images-idx3-ubyte  the public original (torchvision's layout):
                                                       transposed, labels 1–26; .gz or not
"""

import gzip
import os
import struct
from pathlib import Path

import numpy as np
import torch

LETTERS = [chr(ord("A") + i) for i in range(26)]
LETTERS_CARD = {
    "name": "EMNIST Letters",
    "licence": "US government work (public domain)",
    "source": "Cohen et al. 2017, arXiv:1702.05373, derived from NIST Special Database 19",
}


def read_idx(path: Path) -> np.ndarray:
    """An IDX file of unsigned bytes, gzipped or not, as an array."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        raw = file.read()
    zero, kind, dimensions = struct.unpack(">HBB", raw[:4])
    if zero != 0 or kind != 8:
        raise ValueError(f"{path}: needs an IDX file of unsigned bytes (00 00 08 nn), got {raw[:4].hex(' ')}")
    shape = struct.unpack(f">{dimensions}I", raw[4 : 4 + 4 * dimensions])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def data_folder(given: str | None) -> Path:
    """The folder given, else $GUIDANCE_DATA, else training/data, else data/emnist-letters of a folder beside the project."""
    here = Path(__file__).resolve().parent
    beside = sorted(here.parents[1].glob("*/data/emnist-letters"))
    candidates = [given, os.environ.get("GUIDANCE_DATA"), here / "data", *beside]
    for candidate in candidates:
        if candidate and Path(candidate).is_dir():
            return Path(candidate)
    raise FileNotFoundError("EMNIST letters: needs --data FOLDER or $GUIDANCE_DATA with the IDX files, found none")


def load_letters(split: str, folder: str | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Images uint8 [N, 1, 28, 28] and labels int64 [N] in 0…25 of `train` or `test`."""
    root = data_folder(folder)
    for stem, original in ((f"{split}-", False), (f"emnist-letters-{split}-", True)):
        for base in (root, root / "EMNIST/raw", root / "raw"):
            for end in (".gz", ""):
                images, labels = (base / f"{stem}{kind}-ubyte{end}" for kind in ("images-idx3", "labels-idx1"))
                if images.exists() and labels.exists():
                    x, y = read_idx(images), read_idx(labels).astype(np.int64)
                    if original:  # the public files are transposed and count letters from 1
                        x, y = x.transpose(0, 2, 1), y - 1
                    return torch.from_numpy(x.copy())[:, None], torch.from_numpy(y)
    raise FileNotFoundError(f"{root}: no EMNIST letters IDX files for the split '{split}'")


def synthetic(count: int, size: int, classes: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Bars whose angle is the class: a stand-in for tests and the tiny configuration, no files needed."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, count)
    grid = np.linspace(-1, 1, size)
    angle = np.pi * y / classes + rng.normal(0, 0.08, count)
    offset = rng.normal(0, 0.15, count)
    distance = (
        np.cos(angle)[:, None, None] * grid[None, :, None]
        + np.sin(angle)[:, None, None] * grid[None, None, :]
        - offset[:, None, None]
    )
    x = (255 * np.exp(-((distance / 0.25) ** 2))).astype(np.uint8)
    return torch.from_numpy(x)[:, None], torch.from_numpy(y)


def load(dataset: str, split: str, folder: str | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Images uint8 [N, C, H, W] and labels int64 [N] of a data set by name: `letters` or `bars`."""
    if dataset == "letters":
        return load_letters(split, folder)
    if dataset == "bars":
        return synthetic(4096 if split == "train" else 512, 8, 4, seed=0 if split == "train" else 1)
    raise ValueError(f"data set: needs 'letters' or 'bars', got '{dataset}'")


def to_unit(x: torch.Tensor) -> torch.Tensor:
    """uint8 pixels to float32 in [-1, 1]."""
    return x.float() / 127.5 - 1
