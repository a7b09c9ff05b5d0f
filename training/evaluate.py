"""Measure a trained denoiser: class accuracy, classifier score, Fréchet distance and diversity against the scale.

    python evaluate.py letters                # 100 samples a class, Heun, 20 steps; writes runs/letters/quality.json
    python evaluate.py letters --precision bfloat16 # four times faster on a CPU with AMX; each row says which
    python evaluate.py letters --per-class 20 --scales 1,2 --steps 10
    python evaluate.py letters-p20 --judge letters-features   # a network of the p_uncond study
    python evaluate.py letters --compare cmp-group,cmp-layer   # several runs, nothing written
    python evaluate.py imagenet-64 --sheet sheet.png --scales 2  # eight columns of classes, one sample each, to look at

All figures are those of the data set's own classifier (runs/NAME-features) and say so by their name.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import data
from classifier import load_classifier, logits_and_features
from device import autocast, device
from sampling import heun
from train import load_denoiser
from trainer import RUNS


def frechet(a: np.ndarray, b: np.ndarray) -> float:
    """Fréchet distance of two Gaussians fitted to features [N,F]: |μ1-μ2|² + tr(Σ1 + Σ2 - 2 (Σ1 Σ2)^½)."""
    difference = a.mean(0) - b.mean(0)
    ca, cb = np.cov(a.T), np.cov(b.T)
    # tr (Σ1 Σ2)^½ = Σ sqrt of the eigenvalues of Σ1^½ Σ2 Σ1^½, which is symmetric.
    values, vectors = np.linalg.eigh(ca)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ cb @ root), 0)).sum()
    return float(difference @ difference + np.trace(ca) + np.trace(cb) - 2 * cross)


def classifier_score(logits: torch.Tensor) -> float:
    """exp E KL(p(y|x) ‖ p(y)), the Inception Score's formula (1606.03498)."""
    log_p = logits.double().log_softmax(1)
    p = log_p.exp()
    return float((p * (log_p - p.mean(0).log())).sum(1).mean().exp())


def diversity(features: torch.Tensor, labels: torch.Tensor) -> float:
    """Mean Euclidean distance of two samples of one class, averaged over the classes."""
    groups = [torch.pdist(features[labels == k]) for k in labels.unique()]
    return float(torch.stack([g.mean() for g in groups]).mean())


def quantised(x: torch.Tensor) -> torch.Tensor:
    """Clamped to [-1, 1] and rounded to 8 bits, as a picture on a screen is."""
    return ((x.clamp(-1, 1) + 1) * 127.5).round() / 127.5 - 1


def generate(denoiser, labels, scale: float, steps: int, precision: str = "float32", batch: int = 130) -> torch.Tensor:
    """Samples [N,C,H,W] of the labels [N]; the noise depends on their number only, not on the scale."""
    at, generator = device(), torch.Generator().manual_seed(1)
    denoiser, rows = denoiser.to(at), torch.eye(denoiser.config.classes + 1)
    parts = []
    for i in range(0, len(labels), batch):
        y = labels[i : i + batch]
        noise = torch.randn(len(y), *denoiser.config.shape, generator=generator)
        with autocast(precision == "bfloat16"):
            parts.append(heun(denoiser, noise.to(at), rows[y].to(at), scale, steps).cpu())
    return torch.cat(parts)


def measure(x: torch.Tensor, y: torch.Tensor, classifier, reference: torch.Tensor) -> dict:
    logits, features = logits_and_features(classifier, quantised(x))
    return {
        "classAccuracy": round(float((logits.argmax(1) == y).float().mean()), 4),
        "classifierScore": round(classifier_score(logits), 2),
        "frechetDistance": round(frechet(features.numpy(), reference.numpy()), 2),
        "diversity": round(diversity(features, y), 2),
    }


def real_pictures(dataset: str, per_class: int, folder: str | None = None):
    """(pictures, labels, reference pictures): unseen real pictures of every class to compare samples with, and those
    that Fréchet distances are to: the rest of the test split, or what data.REFERENCE names."""
    x, y = data.load(dataset, "test", folder)
    order = torch.argsort(y, stable=True)
    whole = data.REFERENCE.get(dataset, "test") == "train"
    most = [per_class if whole else min(per_class, int((y == k).sum()) // 2) for k in range(int(y.max()) + 1)]
    picked = torch.cat([order[y[order] == k][:n] for k, n in enumerate(most)])
    rest = torch.ones(len(y), dtype=torch.bool).index_fill_(0, picked, False)
    return x[picked], y[picked], data.load(dataset, "train", folder)[0] if whole else x[rest]


def save_sheet(samples: torch.Tensor, path: Path, columns: int = 8) -> None:
    """Samples [N,C,H,W] as a picture, `columns` a row."""
    n, c, h, w = samples.shape
    rows = -(-n // columns)
    canvas = torch.ones(rows * columns, c, h, w)
    canvas[:n] = samples.clamp(-1, 1)
    sheet = canvas.reshape(rows, columns, c, h, w).permute(0, 3, 1, 4, 2).reshape(rows * h, columns * w, c)
    Image.fromarray(((sheet + 1) * 127.5).round().byte().expand(-1, -1, 3).contiguous().numpy()).save(path)


def evaluate(
    name: str,
    per_class: int = 100,
    scales: tuple[float, ...] = (0, 1, 1.25, 1.5, 2, 2.5, 3, 5, 8),
    steps: int = 20,
    precision: str = "float32",
    folder: str | None = None,
    compare: list[str] | None = None,
    reuse: bool = False,
    judge: str | None = None,
) -> dict:
    """Measures run `name` scale by scale and writes runs/NAME/quality.json; `reuse` keeps scales measured before.

    `judge` is the run of the feature network, by default NAME-features.
    """
    judge = judge or f"{name}-features"
    classifier, about = load_classifier(RUNS / judge / "classifier.pt")
    classifier = classifier.to(device())
    x, y, others = real_pictures(about["dataset"], per_class, folder)
    _, reference = logits_and_features(classifier, others)
    labels = torch.arange(classifier.config["classes"]).repeat_interleave(per_class)
    result = {
        "samples": len(labels),
        "sampler": "heun",
        "steps": steps,
        "judge": judge,
        "real": measure(data.to_unit(x), y, classifier, reference),
        "scales": [],
    }
    print("real", result["real"])
    written = RUNS / name / "quality.json"
    if not compare and written.exists():
        before = json.loads(written.read_text())
        if all(before[k] == result[k] for k in ("samples", "sampler", "steps", "judge", "real")):
            result["scales"] = before["scales"]  # rows measured again replace their scale's
    for run in compare or [name]:
        denoiser, _ = load_denoiser(RUNS / run / "ema.pt")
        for scale in scales:
            if reuse and any(r["guidanceScale"] == scale for r in result["scales"]):
                continue
            started = time.monotonic()
            samples = generate(denoiser, labels, scale, steps, precision)
            row = {"guidanceScale": scale, "precision": precision, **measure(samples, labels, classifier, reference)}
            print(f"{run} {row} {time.monotonic() - started:.0f} s", flush=True)
            if not compare:
                rows = [r for r in result["scales"] if r["guidanceScale"] != scale]
                result["scales"] = sorted([*rows, row], key=lambda r: r["guidanceScale"])
                written.write_text(json.dumps(result, indent=2))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--judge", help="run of the feature network (default: NAME-features)")
    parser.add_argument("--compare", help="comma-separated runs to measure instead, without writing")
    parser.add_argument("--per-class", type=int, default=100)
    parser.add_argument("--scales", default="0,1,1.25,1.5,2,2.5,3,5,8")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--sheet", type=Path, help="write a picture of one sample a class at the first scale instead")
    parser.add_argument("--data")
    args = parser.parse_args()
    scales = tuple(map(float, args.scales.split(",")))
    if args.sheet:
        denoiser, _ = load_denoiser(RUNS / args.name / "ema.pt")
        save_sheet(
            generate(denoiser, torch.arange(denoiser.config.classes), scales[0], args.steps, args.precision), args.sheet
        )
        return
    compare = args.compare.split(",") if args.compare else None
    evaluate(args.name, args.per_class, scales, args.steps, args.precision, args.data, compare, judge=args.judge)


if __name__ == "__main__":
    main()
