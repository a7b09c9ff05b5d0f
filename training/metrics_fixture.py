"""Write the metrics' fixture: what evaluate.py and NumPy make of stored features, for the TypeScript tests.

python metrics_fixture.py      # e2e/fixtures/metrics.json
"""

import json

import numpy as np
import torch

import evaluate
from manifest import ROOT

PATH = ROOT / "e2e/fixtures/metrics.json"
NEIGHBOURS, BALLS, GROUPS = 3, 5, 10


def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.sqrt(((a[:, None] - b[None]) ** 2).sum(-1))


def share_inside(points: np.ndarray, of: np.ndarray) -> float:
    """Share of the points within the k-NN manifold of a set (1904.06991): precision; recall with the sets exchanged."""
    reach = np.sort(distances(of, of), 1)[:, NEIGHBOURS]  # column 0 is the point itself
    return float((distances(points, of) <= reach).any(1).mean())


def in_balls(points: np.ndarray, real: np.ndarray) -> np.ndarray:
    """[points, real]: whether each point is in the ball to the fifth neighbour of each real one (2002.09797)."""
    return distances(points, real) <= np.sort(distances(real, real), 1)[:, BALLS]


def kernel_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Unbiased MMD² with the kernel (x·y/d + 1)³ (1801.01401)."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    of_a, of_b, across = ((x @ y.T / x.shape[1] + 1) ** 3 for x, y in ((a, a), (b, b), (a, b)))
    off = lambda k: (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))  # noqa: E731
    return float(off(of_a) + off(of_b) - 2 * across.mean())


def figures(logits: np.ndarray, features: np.ndarray, labels: np.ndarray, real: np.ndarray) -> dict[str, float]:
    return {
        "classAccuracy": float((logits.argmax(1) == labels).mean()),
        "classifierScore": evaluate.classifier_score(torch.from_numpy(logits)),
        "frechetDistance": evaluate.frechet(features.astype(np.float64), real.astype(np.float64)),
        "kernelDistance": kernel_distance(features, real),
        "precision": share_inside(features, real),
        "recall": share_inside(real, features),
        "density": float(in_balls(features, real).sum() / (BALLS * len(features))),
        "coverage": float(in_balls(features, real).any(0).mean()),
        "diversity": evaluate.diversity(torch.from_numpy(features).double(), torch.from_numpy(labels)),
    }


def groups(labels: np.ndarray) -> np.ndarray:
    """The jackknife's group of each sample: its number within its class, shifted by the class."""
    return np.array([((labels[:i] == label).sum() + label) % GROUPS for i, label in enumerate(labels)])


def with_spread(logits: np.ndarray, features: np.ndarray, labels: np.ndarray, real: np.ndarray) -> dict[str, dict]:
    """Each figure, and its standard deviation by the jackknife over the groups."""
    group, everything = groups(labels), (logits, features, labels)
    others = [figures(*(part[group != g] for part in everything), real) for g in range(GROUPS)]
    return {
        name: {"value": value, "spread": float(np.std([o[name] for o in others]) * np.sqrt(GROUPS - 1))}
        for name, value in figures(*everything, real).items()
    }


def samples(count: int = 60, size: int = 6, classes: int = 4) -> tuple[np.ndarray, ...]:
    """Logits, features and labels of made-up samples, and features of made-up real pictures."""
    rng = np.random.default_rng(0)
    mix = rng.normal(size=(size, size))
    real = (rng.normal(size=(80, size)) @ mix + 1).astype(np.float32)
    features = (0.8 * rng.normal(size=(count, size)) @ mix + 0.7).astype(np.float32)
    labels = np.arange(count) % classes
    logits = (2 * rng.normal(size=(count, classes)) + 2 * np.eye(classes)[labels]).astype(np.float32)
    return logits, features, labels, real


if __name__ == "__main__":
    names = ("logits", "features", "labels", "real")
    made = samples()
    fixture = {**{n: a.tolist() for n, a in zip(names, made)}, "figures": with_spread(*made)}
    PATH.write_text(json.dumps(fixture) + "\n")
    print(f"{PATH}: {PATH.stat().st_size / 1e3:.0f} kB")
