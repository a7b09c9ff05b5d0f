"""Measure a trained denoiser: class accuracy, classifier score, Fréchet distance and diversity against the scale.

    python evaluate.py letters                       # 100 samples a class, Heun, 20 steps; writes runs/letters/quality.json
    python evaluate.py letters --precision bfloat16 # four times faster on a CPU with AMX; each row says which
    python evaluate.py letters --per-class 20 --scales 1,2 --steps 10
    python evaluate.py letters-p20 --judge letters-features   # a network of the p_uncond study
    python evaluate.py letters --compare cmp-group,cmp-layer   # several runs, nothing written

All figures are those of the shipped letter classifier (runs/NAME-features) and say so by their name.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

import data
from classifier import load_classifier, logits_and_features
from sampling import heun
from train import RUNS, load_denoiser


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
    generator = torch.Generator().manual_seed(1)
    rows = torch.eye(denoiser.config.classes + 1)
    parts = []
    for i in range(0, len(labels), batch):
        y = labels[i : i + batch]
        noise = torch.randn(len(y), *denoiser.config.shape, generator=generator)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
            parts.append(heun(denoiser, noise, rows[y], scale, steps))
    return torch.cat(parts)


def measure(x: torch.Tensor, y: torch.Tensor, classifier, reference: torch.Tensor) -> dict:
    logits, features = logits_and_features(classifier, quantised(x))
    return {
        "classAccuracy": round(float((logits.argmax(1) == y).float().mean()), 4),
        "classifierScore": round(classifier_score(logits), 2),
        "frechetDistance": round(frechet(features.numpy(), reference.numpy()), 2),
        "diversity": round(diversity(features, y), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--judge", help="feature network and reference (default: NAME-features)")
    parser.add_argument("--compare", help="comma-separated runs to measure instead, without writing")
    parser.add_argument("--per-class", type=int, default=100)
    parser.add_argument("--scales", default="0,1,1.25,1.5,2,2.5,3,5,8")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--data")
    args = parser.parse_args()

    judge = args.judge or f"{args.name}-features"
    classifier, about = load_classifier(RUNS / judge / "classifier.pt")
    x, y = data.load(about["dataset"], "test", args.data)
    classes = classifier.config["classes"]
    order = torch.argsort(y, stable=True)  # the same number of real pictures of every class
    picked = torch.cat([order[y[order] == k][: args.per_class] for k in range(classes)])
    rest = torch.ones(len(y), dtype=torch.bool).index_fill_(0, picked, False)
    _, reference = logits_and_features(classifier, data.to_unit(x[rest]))
    labels = torch.arange(classes).repeat_interleave(args.per_class)
    result = {
        "samples": len(labels), "sampler": "heun", "steps": args.steps, "judge": judge,
        "real": measure(data.to_unit(x[picked]), y[picked], classifier, reference), "scales": [],
    }
    print("real", result["real"])
    written = RUNS / args.name / "quality.json"
    if not args.compare and written.exists():
        before = json.loads(written.read_text())
        if all(before[k] == result[k] for k in ("samples", "sampler", "steps", "real")):
            result["scales"] = before["scales"]  # rows measured again replace their scale's
    for run in args.compare.split(",") if args.compare else [args.name]:
        denoiser, _ = load_denoiser(RUNS / run / "ema.pt")
        for scale in map(float, args.scales.split(",")):
            started = time.monotonic()
            samples = generate(denoiser, labels, scale, args.steps, args.precision)
            row = {"guidanceScale": scale, "precision": args.precision, **measure(samples, labels, classifier, reference)}
            print(f"{run} {row} {time.monotonic() - started:.0f} s", flush=True)
            if not args.compare:
                others = [r for r in result["scales"] if r["guidanceScale"] != scale]
                result["scales"] = sorted([*others, row], key=lambda r: r["guidanceScale"])
                written.write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
