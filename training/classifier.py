"""Train the feature network: a classifier of clean pictures.

    python classifier.py letters            # writes runs/letters-features/classifier.pt
"""

import argparse
import copy
import time
from pathlib import Path

import torch
import torch.nn.functional as F

import data
from networks import Classifier
from train import RUNS, save

RECIPES = {
    "letters": dict(dataset="letters", network=dict(), images=900_000, batch=128, lr=2e-3),
    "tiny": dict(dataset="bars", network=dict(shape=(1, 8, 8), classes=4, channels=(8, 16), features=16), images=16_384, batch=64, lr=4e-3),
}


def augment(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Random shift, rotation, scale and shear, small enough to keep a letter what it is."""
    b = len(x)
    turn, shear = 0.15 * torch.randn(2, b, generator=generator)
    scale = 1 + 0.08 * torch.randn(b, generator=generator)
    shift = 0.07 * torch.randn(b, 2, generator=generator)
    matrix = torch.stack(
        [
            torch.stack([scale * turn.cos(), -turn.sin() + shear, shift[:, 0]], 1),
            torch.stack([turn.sin(), scale * turn.cos(), shift[:, 1]], 1),
        ],
        1,
    )
    grid = F.affine_grid(matrix, list(x.shape), align_corners=False)
    return F.grid_sample(x + 1, grid, align_corners=False) - 1  # outside is background, -1


@torch.no_grad()
def logits_and_features(network: Classifier, x: torch.Tensor, batch: int = 512):
    """(logits [N,K], features [N,F]) of pictures in [-1, 1]."""
    parts = [network(x[i : i + batch]) for i in range(0, len(x), batch)]
    return torch.cat([p[1] for p in parts]), torch.cat([p[0] for p in parts])


def train_classifier(name: str, run: Path, folder: str | None, compile: bool, images: int | None = None) -> Path:
    recipe = RECIPES[name]
    total = images or recipe["images"]
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    x, y = data.load(recipe["dataset"], "train", folder)
    network = Classifier(**recipe["network"]).to(memory_format=torch.channels_last)
    ema = copy.deepcopy(network)
    fast = torch.compile(network) if compile else network
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe["lr"], weight_decay=0.05, fused=True)
    seen, step, started = 0, 0, time.monotonic()
    while seen < total:
        for group in optimiser.param_groups:
            group["lr"] = recipe["lr"] * min(1.0, (step + 1) / 200) * (1 - seen / total)
        i = torch.randint(len(x), (recipe["batch"],), generator=generator)
        clean = augment(data.to_unit(x[i]), generator)
        with torch.autocast("cpu", torch.bfloat16):
            loss = F.cross_entropy(fast(clean)[1].float(), y[i], label_smoothing=0.05)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        seen, step = seen + recipe["batch"], step + 1
        beta = min(0.998, (1 + step) / (10 + step))
        with torch.no_grad():
            for average, value in zip(ema.state_dict().values(), network.state_dict().values()):
                average.lerp_(value, 1 - beta) if average.is_floating_point() else average.copy_(value)
        if step % 200 == 0:
            print(f"{seen:>9,} images  {(time.monotonic() - started) / 60:5.1f} min  loss {float(loss.detach()):.4f}", flush=True)
    ema.eval()
    xt, yt = data.load(recipe["dataset"], "test", folder)
    accuracy = float((logits_and_features(ema, data.to_unit(xt))[0].argmax(1) == yt).float().mean())
    print(f"test accuracy {accuracy:.4f}")
    save(run / "classifier.pt", dict(
        name=name, dataset=recipe["dataset"], config=network.config, ema=ema.state_dict(), images=seen,
        minutes=(time.monotonic() - started) / 60, accuracy=accuracy,
    ))
    return run / "classifier.pt"


def load_classifier(path: Path) -> tuple[Classifier, dict]:
    """The classifier of a file written by `train_classifier`, and what the file says about itself."""
    about = torch.load(path, weights_only=False)
    network = Classifier(**about["config"])
    network.load_state_dict(about["ema"])
    return network.eval().requires_grad_(False), about


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--data", help="folder with the data (default: $GUIDANCE_DATA)")
    parser.add_argument("--images", type=lambda s: int(s.replace("_", "")))
    parser.add_argument("--no-compile", action="store_true")
    args = parser.parse_args()
    train_classifier(args.recipe, RUNS / f"{args.recipe}-features", args.data, not args.no_compile, args.images)
