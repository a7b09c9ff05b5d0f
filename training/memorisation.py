"""Are a network's samples copies of its training pictures? How near the nearest one is, against unseen real pictures.

    python memorisation.py emoji --scale 2      # writes runs/emoji/memorisation.json, for the manifest
    python memorisation.py emoji --sheet nearest.png   # also a picture: samples above their nearest training pictures

A network that has learnt the distribution draws samples that lie as far from the training pictures as held-out
pictures do; one that recites them, nearer. Distances are in pixels (root mean square difference, pictures in
[-1, 1]) and in the features of runs/NAME-features (Euclidean). With mirrored pictures in training the mirrored ones
count as training pictures. As the measure of "near", the held-out pictures' own first percentile: by definition 1 %
of real unseen pictures are that near.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

import data
from classifier import load_classifier, logits_and_features
from device import device
from evaluate import generate, quantised, save_sheet
from train import load_denoiser
from trainer import RUNS


@torch.no_grad()
def nearest(a: torch.Tensor, b: torch.Tensor, chunk: int = 4096) -> tuple[torch.Tensor, torch.Tensor]:
    """For each row of a the Euclidean distance to the nearest row of b and its index; pictures (uint8) as `flat`."""
    at = device()

    def rows(t: torch.Tensor) -> torch.Tensor:
        return (flat(t) if t.dtype == torch.uint8 else t).to(at)

    a = rows(a)
    best, where = torch.full((len(a),), torch.inf, device=at), torch.zeros(len(a), dtype=torch.long, device=at)
    for start in range(0, len(b), chunk):
        part = rows(b[start : start + chunk])
        # |a - b|² = |a|² - 2ab + |b|²: one matrix product.
        squares = (a.square().sum(1)[:, None] - 2 * a @ part.T + part.square().sum(1)).clamp(min=0)
        value, index = squares.min(1)
        where = torch.where(value < best, index + start, where)
        best = torch.minimum(best, value)
    return best.sqrt().cpu(), where.cpu()


def compared(samples: torch.Tensor, unseen: torch.Tensor) -> dict:
    """Distances to the nearest training picture of samples [N] and of unseen real pictures [M]."""
    first = float(np.percentile(unseen.numpy(), 1))
    figures = {
        "median": float(samples.median()),
        "heldOutMedian": float(unseen.median()),
        "least": float(samples.min()),
        "heldOutFirstPercentile": first,
        "shareNearer": float((samples < first).float().mean()),
    }
    return {key: round(value, 4) for key, value in figures.items()}


def flat(x: torch.Tensor) -> torch.Tensor:
    """Pictures uint8 [N,…] as rows whose Euclidean distance is the root mean square difference in [-1, 1]."""
    return data.to_unit(x).flatten(1) / x[0].numel() ** 0.5


def memorisation(
    name: str,
    scale: float = 2.0,
    per_class: int = 20,
    steps: int = 20,
    precision: str = "float32",
    folder: str | None = None,
    sheet: Path | None = None,
) -> dict:
    """Measures run `name` and writes runs/NAME/memorisation.json."""
    judge, about = load_classifier(RUNS / f"{name}-features/classifier.pt")
    judge = judge.to(device())
    denoiser, trained = load_denoiser(RUNS / name / "ema.pt")
    seen, _ = data.load(about["dataset"], "train", folder)
    unseen, y = data.load(about["dataset"], "test", folder)
    if trained["recipe"].get("flip"):
        seen = torch.cat([seen, seen.flip(3)])
    labels = torch.arange(denoiser.config.classes).repeat_interleave(per_class)
    samples = ((quantised(generate(denoiser, labels, scale, steps, precision)) + 1) * 127.5).round().byte()
    order = torch.argsort(y, stable=True)
    held_out = unseen[torch.cat([order[y[order] == k][:per_class] for k in y.unique()])]

    in_pixels = [nearest(x, seen) for x in (samples, held_out)]
    features = [logits_and_features(judge, x)[1] for x in (samples, held_out, seen)]
    in_features = [nearest(f, features[2])[0] for f in features[:2]]
    result = {
        "guidanceScale": scale,
        "samples": len(samples),
        "heldOutPictures": len(held_out),
        "trainingPictures": len(seen),
        "featureNetwork": f"{name}-features",
        "pixels": compared(*(d for d, _ in in_pixels)),
        "features": compared(*in_features),
    }
    print(json.dumps(result, indent=2))
    (RUNS / name / "memorisation.json").write_text(json.dumps(result, indent=2))
    if sheet:
        distance, where = in_pixels[0]
        shown = distance.argsort()[torch.linspace(0, len(distance) - 1, 16).long()]  # from the nearest to the farthest
        save_sheet(data.to_unit(torch.cat([samples[shown], seen[where[shown]]])), sheet, 16)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--scale", type=float, default=2.0)
    parser.add_argument("--per-class", type=int, default=20)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--data")
    args = parser.parse_args()
    memorisation(args.name, args.scale, args.per_class, args.steps, args.precision, args.data, args.sheet)


if __name__ == "__main__":
    main()
