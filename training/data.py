"""Training data as uint8 tensors: EMNIST letters from IDX files, synthetic stand-ins, emoji and photographs.

Accepted layouts of the data folder for the letters (photographs.py has those for imagenet-64):
  train-images-idx3-ubyte.gz …                        upright, labels 0–25
  (EMNIST/raw/)emnist-letters-train-images-idx3-ubyte  the public original (torchvision's layout):
                                                       transposed, labels 1–26; .gz or not
"""

import functools
import gzip
import os
import struct
from pathlib import Path

import numpy as np
import torch

import emoji
import emoji_hands
import photographs

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


def data_folder(given: str | None, dataset: str = "emnist-letters") -> Path:
    """The folder given or $GUIDANCE_DATA (or its subfolder `dataset`), else training/data.

    Where neither is there: data/`dataset` beside the project.
    """
    for source, base in (("--data", given), ("$GUIDANCE_DATA", os.environ.get("GUIDANCE_DATA"))):
        if base and not Path(base).is_dir():
            raise FileNotFoundError(f"{source}: must be a folder, got {base}")
    here = Path(__file__).resolve().parent
    beside = sorted(here.parents[1].glob(f"*/data/{dataset}"))
    for base in [given, os.environ.get("GUIDANCE_DATA"), here / "data", *beside]:
        if base and Path(base).is_dir():
            return Path(base) / dataset if (Path(base) / dataset).is_dir() else Path(base)
    raise FileNotFoundError(
        f"{dataset}: needs --data FOLDER or $GUIDANCE_DATA with the files (training/README.md), found neither"
    )


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


COLOURS = ["red", "yellow", "green", "cyan", "blue", "magenta"]


def coloured_discs(count: int, size: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Discs on grey whose colour is the class: uint8 [count, 3, size, size]; the colour stand-in for tests."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 6, count)
    grid = np.linspace(-1, 1, size)
    centre, radius = rng.uniform(-0.3, 0.3, (2, count, 1, 1)), rng.uniform(0.4, 0.6, (count, 1, 1))
    distance = np.hypot(grid[None, :, None] - centre[0], grid[None, None, :] - centre[1])
    inside = (0.5 + (radius - distance) * size / 2).clip(0, 1)[:, None]  # antialiased over one pixel
    pure = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1]])
    colour = 0.15 + 0.7 * pure[y] + rng.uniform(-0.15, 0.15, (count, 3))
    grey = rng.uniform(0.3, 0.9, (count, 1, 1, 1))
    x = grey + inside * (colour[:, :, None, None] - grey)
    return torch.from_numpy((255 * x).round().astype(np.uint8)), torch.from_numpy(y)


@functools.lru_cache(maxsize=2)
def load(dataset: str, split: str, folder: str | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Images uint8 [N, C, H, W] and labels int64 [N] of `train` or `test` of a data set by name, a key of `CARDS`."""
    if dataset == "letters":
        return load_letters(split, folder)
    count, seed = (4096, 0) if split == "train" else (512, 1)
    if dataset == "bars":
        return synthetic(count, 8, 4, seed)
    if dataset == "discs":
        return coloured_discs(count, 16, seed)
    if dataset == "emoji":
        return emoji.load(split, folder)
    if dataset == "emoji-hands":
        return emoji_hands.load(split)
    if dataset == "imagenet-64":
        return photographs.load(split, data_folder(folder, dataset))
    raise ValueError(f"data set: needs one of {', '.join(CARDS)}, got '{dataset}'")


# What a manifest says of each data set.
CARDS = {
    "letters": LETTERS_CARD,
    "bars": {"name": "Synthetic bars", "licence": "CC0", "source": "training/data.py"},
    "discs": {"name": "Synthetic coloured discs", "licence": "CC0", "source": "training/data.py"},
    "emoji": emoji.CARD,
    "emoji-hands": emoji_hands.CARD,
    "imagenet-64": photographs.CARD,
}


# The split that Fréchet distances are to, where it is not the test split: of the emoji that is other drawings.
REFERENCE = {"emoji": "train", "emoji-hands": "train"}


def class_names(dataset: str, folder: str | None = None) -> list[str]:
    """The names of the classes, in the order of the labels."""
    if dataset == "emoji":
        return list(emoji.catalogue(folder))
    if dataset == "emoji-hands":
        return emoji_hands.class_names()
    if dataset == "imagenet-64":
        return [name for _, name in photographs.classes(data_folder(folder, dataset))]
    return {"letters": LETTERS, "bars": list("0123"), "discs": COLOURS}[dataset]


def to_unit(x: torch.Tensor) -> torch.Tensor:
    """uint8 pixels to float32 in [-1, 1]."""
    return x.float() / 127.5 - 1
