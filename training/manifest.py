"""What stands beside a network in public/models: its manifest, the index, and the reference of its metrics."""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch

import data
from classifier import logits_and_features
from networks import Classifier

ROOT = Path(__file__).resolve().parents[1]


def described_files(folder: Path, names: tuple[str, ...]) -> list[dict]:
    """Name, size and checksum of files."""
    raw = {name: (folder / name).read_bytes() for name in names}
    return [{"name": n, "bytes": len(b), "sha256": hashlib.sha256(b).hexdigest()} for n, b in raw.items()]


def write_manifest(folder: Path, manifest: dict, names: tuple[str, ...] = ("model.onnx",)) -> None:
    files = described_files(folder, names)
    path, kept = folder / "manifest.json", {}
    if path.exists() and (before := json.loads(path.read_text()))["files"] == files:
        kept = {
            key: before[key] for key in ("thumbnail", "selfCheck") if key in before
        }  # of the same network: npm run stamp, npm run thumbnails
    path.write_text(json.dumps({"schema": 1, **manifest, **kept, "files": files}, indent=2) + "\n")


TITLES = {
    "letters": "Handwritten letters",
    "tiny": "Bars (test network)",
    "tiny-colour": "Coloured discs (test network)",
    "emoji": "Emoji",
    "emoji-hands": "Emoji of nine hands",
    "imagenet-64": "ImageNet photographs",
}
# The files of runs/ that a model is made of, by what they are to it.
CLASSIFIERS = {"classifier": "classifier", "smallClassifier": "small-classifier"}
KIND = {
    "weak": "weak",
    "features": "classifier",
    "classifier": "noisy classifier",
    "smallClassifier": "small noisy classifier",
}


def report(folder: Path, difference: float) -> None:
    print(f"{folder}: {(folder / 'model.onnx').stat().st_size / 1e6:.2f} MB, max |ONNX - PyTorch| {difference:.1e}")


# Real pictures of each class whose features are kept for precision and recall.
REFERENCE_PER_CLASS = 100


def export_reference(network: Classifier, dataset: str, path: Path, folder: str | None) -> dict:
    """What the feature network says of the whole test split (of data.REFERENCE's, where that names another): the
    reference of Fréchet distance, precision and recall.

    Little-endian: mean float32 [F], covariance float32 [F,F] (normalised by N - 1, as evaluate.py's), then the
    features float16 [M,F] of the first pictures of every class. Returns the manifest's description.
    """
    split = data.REFERENCE.get(dataset, "test")
    x, y = data.load(dataset, split, folder)
    _, features = logits_and_features(network, x)
    order = torch.argsort(y, stable=True)
    kept = torch.cat([order[y[order] == k][:REFERENCE_PER_CLASS] for k in y.unique()])
    return write_reference(features, kept, split, path)


def write_reference(features: torch.Tensor, kept: torch.Tensor, split: str, path: Path) -> dict:
    """Writes the reference that `export_reference` describes, of features [N,F] and the places [M] of those to keep."""
    values = features.double().numpy()
    parts = [values.mean(0).astype("<f4"), np.cov(values.T).astype("<f4"), features[kept].numpy().astype("<f2")]
    path.write_bytes(b"".join(part.tobytes() for part in parts))
    count, size = features.shape
    return {"file": path.name, "split": split, "pictures": count, "features": size, "kept": len(kept)}


def write_index(out: Path) -> None:
    """index.json lists every model folder, because a static host cannot."""
    ids = sorted(p.parent.name for p in out.glob("*/manifest.json"))
    denoisers = [i for i in ids if json.loads((out / i / "manifest.json").read_text())["role"] == "denoiser"]
    path = out / "index.json"
    before = json.loads(path.read_text())["default"] if path.exists() else None
    index = {"schema": 1, "models": ids, "default": before if before in denoisers else denoisers[0]}
    (out / "index.json").write_text(json.dumps(index, indent=2) + "\n")
