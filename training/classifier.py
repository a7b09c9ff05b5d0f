"""Train the classifiers: of clean pictures (the feature network) and of noisy ones (for classifier guidance).

    python classifier.py letters-features          # writes runs/letters-features/classifier.pt
    python classifier.py letters-classifier        # p(y | x, sigma), over the denoiser's whole noise range
    python classifier.py letters-small-classifier  # the same with a tenth of the parameters
"""

import argparse
import copy
import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F

import data
from networks import Classifier, NoisyClassifier
from train import RUNS, save

BARS = dict(shape=(1, 8, 8), classes=4)
RECIPES = {
    "letters-features": dict(dataset="letters", kind=Classifier, network=dict(), images=900_000, batch=128, lr=2e-3),
    "letters-classifier": dict(dataset="letters", kind=NoisyClassifier, network=dict(), images=1_200_000, batch=128, lr=2e-3),
    "letters-small-classifier": dict(
        dataset="letters", kind=NoisyClassifier, network=dict(channels=(16, 32), embedding=32), images=1_200_000, batch=128, lr=3e-3,
    ),
    "tiny-features": dict(dataset="bars", kind=Classifier, network=dict(**BARS, channels=(8, 16), features=16), images=16_384, batch=64, lr=4e-3),
    "tiny-classifier": dict(
        dataset="bars", kind=NoisyClassifier, network=dict(**BARS, channels=(8, 16), blocks=1, embedding=16, sigma_data=0.6),
        images=16_384, batch=64, lr=4e-3,
    ),
    "tiny-small-classifier": dict(
        dataset="bars", kind=NoisyClassifier, network=dict(**BARS, channels=(8, 8), blocks=1, embedding=8, sigma_data=0.6),
        images=16_384, batch=64, lr=4e-3,
    ),
}
# Noise levels at which the accuracy of a noisy classifier is recorded.
SIGMAS = (0.002, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 80.0)


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


def noise_levels(n: int, config: dict, generator: torch.Generator) -> torch.Tensor:
    """Noise levels to train on: where letters are told apart or not, and a third over the whole range."""
    ln = torch.randn(n, generator=generator) * 1.3 - 0.2
    lo, hi = math.log(config["sigma_min"]), math.log(config["sigma_max"])
    uniform = lo + (hi - lo) * torch.rand(n, generator=generator)
    return torch.where(torch.rand(n, generator=generator) < 1 / 3, uniform, ln.clamp(lo, hi)).exp()


@torch.no_grad()
def accuracy_by_sigma(network: NoisyClassifier, x: torch.Tensor, y: torch.Tensor, batch: int = 512) -> list[dict]:
    """Accuracy and mean negative log-likelihood (nats) on noisy pictures, noise level by noise level."""
    rows = []
    for sigma in SIGMAS:
        generator = torch.Generator().manual_seed(0)
        logits = []
        for part in x.split(batch):
            noise = torch.randn(part.shape, generator=generator)
            logits.append(network(part + sigma * noise, torch.full((len(part),), sigma)))
        logits = torch.cat(logits)
        accuracy = float((logits.argmax(1) == y).float().mean())
        rows.append({"sigma": sigma, "accuracy": round(accuracy, 4), "nll": round(float(F.cross_entropy(logits, y)), 4)})
    return rows


def train_classifier(name: str, run: Path, folder: str | None, compile: bool, images: int | None = None) -> Path:
    recipe = RECIPES[name]
    noisy = recipe["kind"] is NoisyClassifier
    total = images or recipe["images"]
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    x, y = data.load(recipe["dataset"], "train", folder)
    network = recipe["kind"](**recipe["network"]).to(memory_format=torch.channels_last)
    ema = copy.deepcopy(network)
    fast = torch.compile(network) if compile else network
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe["lr"], weight_decay=0.05, fused=True)
    seen, step, started = 0, 0, time.monotonic()
    while seen < total:
        for group in optimiser.param_groups:
            group["lr"] = recipe["lr"] * min(1.0, (step + 1) / 200) * (1 - seen / total)
        i = torch.randint(len(x), (recipe["batch"],), generator=generator)
        clean = data.to_unit(x[i])
        if noisy:
            sigma = noise_levels(len(i), network.config, generator)
            inputs = clean + sigma[:, None, None, None] * torch.randn(clean.shape, generator=generator), sigma
        else:
            inputs = (augment(clean, generator),)
        with torch.autocast("cpu", torch.bfloat16):
            # Probabilities of noisy pictures must be honest: their gradient is used. No smoothing there.
            logits = fast(*inputs) if noisy else fast(*inputs)[1]
            loss = F.cross_entropy(logits.float(), y[i], label_smoothing=0.0 if noisy else 0.05)
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
    minutes = (time.monotonic() - started) / 60
    if noisy:
        quality = {"testAccuracyBySigma": accuracy_by_sigma(ema, data.to_unit(xt), yt)}
    else:
        right = logits_and_features(ema, data.to_unit(xt))[0].argmax(1) == yt
        quality = {"testAccuracy": round(float(right.float().mean()), 4)}
    print(quality)
    save(run / "classifier.pt", dict(
        name=name, dataset=recipe["dataset"], kind=recipe["kind"].__name__, config=network.config, ema=ema.state_dict(),
        images=seen, minutes=minutes, quality=quality,
    ))
    return run / "classifier.pt"


def load_classifier(path: Path) -> tuple[Classifier | NoisyClassifier, dict]:
    """The classifier of a file written by `train_classifier`, and what the file says about itself."""
    about = torch.load(path, weights_only=False)
    network = {"Classifier": Classifier, "NoisyClassifier": NoisyClassifier}[about["kind"]](**about["config"])
    network.load_state_dict(about["ema"])
    return network.eval().requires_grad_(False), about


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--data", help="folder with the data (default: $GUIDANCE_DATA)")
    parser.add_argument("--images", type=lambda s: int(s.replace("_", "")))
    parser.add_argument("--no-compile", action="store_true")
    args = parser.parse_args()
    train_classifier(args.recipe, RUNS / args.recipe, args.data, not args.no_compile, args.images)
