"""Loaders: this project's files and the public originals give the same pictures."""

import gzip
import struct

import numpy as np
import pytest
import torch

import data


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def test_upright_and_original_layouts_agree(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (5, 28, 28), dtype=np.uint8), np.array([0, 3, 25, 7, 1], np.uint8)
    ours, original = tmp_path / "ours", tmp_path / "theirs/EMNIST/raw"
    ours.mkdir()
    original.mkdir(parents=True)
    with gzip.open(ours / "train-images-idx3-ubyte.gz", "wb") as f:
        f.write(idx(x))
    with gzip.open(ours / "train-labels-idx1-ubyte.gz", "wb") as f:
        f.write(idx(y))
    (original / "emnist-letters-train-images-idx3-ubyte").write_bytes(idx(np.ascontiguousarray(x.transpose(0, 2, 1))))
    (original / "emnist-letters-train-labels-idx1-ubyte").write_bytes(idx(y + 1))
    a, b = data.load_letters("train", str(ours)), data.load_letters("train", str(tmp_path / "theirs"))
    assert torch.equal(a[0], b[0]) and torch.equal(a[1], b[1])
    assert a[0].shape == (5, 1, 28, 28) and a[1].tolist() == [0, 3, 25, 7, 1]


def test_bad_files_are_named(tmp_path):
    bad = tmp_path / "train-images-idx3-ubyte"
    bad.write_bytes(b"\x01\x02\x03\x04rest")
    with pytest.raises(ValueError, match="train-images-idx3-ubyte.*01 02 03 04"):
        data.read_idx(bad)
    with pytest.raises(FileNotFoundError, match="test"):
        data.load_letters("test", str(tmp_path))


def test_synthetic_bars_are_deterministic_and_balanced():
    x, y = data.synthetic(400, 8, 4)
    again, _ = data.synthetic(400, 8, 4)
    assert torch.equal(x, again) and y.bincount(minlength=4).min() > 70
    assert data.to_unit(x).min() >= -1 and data.to_unit(x).max() <= 1
