"""Train the classifiers: of clean pictures (the feature network) and of noisy ones (for classifier guidance).

python classifier.py letters-features          # writes runs/letters-features/classifier.pt
python classifier.py letters-classifier        # p(y | x, sigma), over the denoiser's whole noise range
python classifier.py letters-small-classifier  # the same with a tenth of the parameters
python classifier.py imagenet-64-features --minutes 2
"""

import argparse
import copy
import math
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F

import data
from device import autocast, compiled, device, hardware
from networks import Classifier, NoisyClassifier
from trainer import RUNS, Paused, save


@dataclass(frozen=True)
class Augmentation:
    """Standard deviations of random affine maps, small enough to keep a picture what it is."""

    turn: float = 0.15  # radians, and shear
    scale: float = 0.08
    shift: float = 0.07  # of half the picture
    flip: bool = False
    outside: str = "zeros"  # grid_sample's padding; a letter's background, -1, where zeros
    mixed: float = 0.0  # share of another picture and its label, at most


COLOUR = Augmentation(turn=0.06, scale=0.08, shift=0.05, outside="border")
PHOTOGRAPH = Augmentation(turn=0.1, scale=0.15, shift=0.1, flip=True, outside="reflection", mixed=0.4)
BARS = dict(shape=(1, 8, 8), classes=4)
DISCS = dict(shape=(3, 16, 16), classes=6)
EMOJI = dict(shape=(3, 32, 32), classes=49)
IMAGENET = dict(shape=(3, 64, 64), classes=64)
RECIPES = {
    "letters-features": dict(dataset="letters", kind=Classifier, network=dict(), images=900_000, batch=128, lr=2e-3),
    "letters-classifier": dict(
        dataset="letters", kind=NoisyClassifier, network=dict(), images=1_200_000, batch=128, lr=2e-3
    ),
    "letters-small-classifier": dict(
        dataset="letters",
        kind=NoisyClassifier,
        network=dict(channels=(16, 32), embedding=32),
        images=1_200_000,
        batch=128,
        lr=3e-3,
    ),
    "tiny-features": dict(
        dataset="bars",
        kind=Classifier,
        network=dict(**BARS, channels=(8, 16), features=16),
        images=16_384,
        batch=64,
        lr=4e-3,
    ),
    "tiny-colour-features": dict(
        dataset="discs",
        kind=Classifier,
        network=dict(**DISCS, channels=(8, 16), features=16),
        images=32_768,
        batch=64,
        lr=4e-3,
    ),
    "tiny-colour-classifier": dict(
        dataset="discs",
        kind=NoisyClassifier,
        network=dict(**DISCS, channels=(12, 16), blocks=1, embedding=8, sigma_data=0.45),
        images=32_768,
        batch=64,
        lr=4e-3,
    ),
    "emoji-features": dict(
        dataset="emoji",
        kind=Classifier,
        network=dict(**EMOJI, channels=(32, 64, 128)),
        images=600_000,
        batch=128,
        lr=2e-3,
        augmentation=COLOUR,
    ),
    "emoji-classifier": dict(
        dataset="emoji",
        kind=NoisyClassifier,
        network=dict(**EMOJI, channels=(48, 96), sigma_data=0.47),
        images=800_000,
        batch=128,
        lr=2e-3,
    ),
    "imagenet-64-features": dict(
        dataset="imagenet-64",
        kind=Classifier,
        network=dict(**IMAGENET, channels=(48, 96, 192, 320)),
        images=4_000_000,
        batch=256,
        lr=2e-3,
        augmentation=PHOTOGRAPH,
    ),
    "imagenet-64-classifier": dict(
        dataset="imagenet-64",
        kind=NoisyClassifier,
        network=dict(**IMAGENET, channels=(64, 128, 192, 256), embedding=128, sigma_data=0.55),
        images=4_000_000,
        batch=256,
        lr=1e-3,
        augmentation=Augmentation(0, 0, 0, flip=True),
    ),
    "tiny-classifier": dict(
        dataset="bars",
        kind=NoisyClassifier,
        network=dict(**BARS, channels=(8, 16), blocks=1, embedding=16, sigma_data=0.6),
        images=16_384,
        batch=64,
        lr=4e-3,
    ),
    "tiny-small-classifier": dict(
        dataset="bars",
        kind=NoisyClassifier,
        network=dict(**BARS, channels=(8, 8), blocks=1, embedding=8, sigma_data=0.6),
        images=16_384,
        batch=64,
        lr=4e-3,
    ),
}


def by_nine_hands(recipe: dict, **network) -> dict:
    """The recipe of an emoji classifier on the drawings of nine hands, its network changed by `network`."""
    return recipe | dict(dataset="emoji-hands", network=recipe["network"] | dict(classes=46) | network)


RECIPES |= {
    "emoji-hands-features": by_nine_hands(RECIPES["emoji-features"]),
    "emoji-hands-classifier": by_nine_hands(RECIPES["emoji-classifier"], sigma_data=0.49),
    "emoji-hands-small-classifier": by_nine_hands(
        RECIPES["emoji-classifier"], sigma_data=0.49, channels=(16, 32), embedding=32
    )
    | dict(lr=3e-3),
}
# Noise levels at which the accuracy of a noisy classifier is recorded.
SIGMAS = (0.002, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 80.0)


def augment(x: torch.Tensor, generator: torch.Generator, by: Augmentation = Augmentation()) -> torch.Tensor:
    """Random shift, rotation, scale and shear, and mirroring where `by` says so."""
    b, at = len(x), x.device
    turn, shear = by.turn * torch.randn(2, b, generator=generator, device=at)
    scale = 1 + by.scale * torch.randn(b, generator=generator, device=at)
    shift = by.shift * torch.randn(b, 2, generator=generator, device=at)
    mirror = torch.where(torch.rand(b, generator=generator, device=at) < 0.5, -1.0, 1.0) if by.flip else 1.0
    matrix = torch.stack(
        [
            torch.stack([mirror * scale * turn.cos(), -turn.sin() + shear, shift[:, 0]], 1),
            torch.stack([mirror * turn.sin(), scale * turn.cos(), shift[:, 1]], 1),
        ],
        1,
    )
    grid = F.affine_grid(matrix, list(x.shape), align_corners=False)
    return F.grid_sample(x + 1, grid, align_corners=False, padding_mode=by.outside) - 1


def flipped(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Half of the pictures mirrored."""
    mirrored = torch.rand(len(x), generator=generator, device=x.device) < 0.5
    return torch.where(mirrored[:, None, None, None], x.flip(3), x)


def mixed(
    x: torch.Tensor, y: torch.Tensor, classes: int, most: float, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Every picture and label row mixed with another's, by a share up to `most` (mixup, 1710.09412)."""
    share = most * torch.rand(len(x), generator=generator, device=x.device)
    other = torch.randperm(len(x), generator=generator, device=x.device)
    rows = F.one_hot(y, classes).float()
    return x.lerp(x[other], share[:, None, None, None]), rows.lerp(rows[other], share[:, None])


@torch.no_grad()
def logits_and_features(network: Classifier, x: torch.Tensor, batch: int = 512):
    """(logits [N,K], features [N,F]) of pictures uint8 or in [-1, 1], computed on the network's device."""
    at = network.logits.weight.device
    parts = [network((data.to_unit(p) if p.dtype == torch.uint8 else p).to(at)) for p in x.split(batch)]
    return torch.cat([p[1] for p in parts]).cpu(), torch.cat([p[0] for p in parts]).cpu()


def noise_levels(n: int, config: dict, generator: torch.Generator) -> torch.Tensor:
    """Noise levels to train on: where letters are told apart or not, and a third over the whole range."""
    at = generator.device
    ln = torch.randn(n, generator=generator, device=at) * 1.3 - 0.2
    lo, hi = math.log(config["sigma_min"]), math.log(config["sigma_max"])
    uniform = lo + (hi - lo) * torch.rand(n, generator=generator, device=at)
    return torch.where(torch.rand(n, generator=generator, device=at) < 1 / 3, uniform, ln.clamp(lo, hi)).exp()


@torch.no_grad()
def accuracy_by_sigma(network: NoisyClassifier, x: torch.Tensor, y: torch.Tensor, batch: int = 512) -> list[dict]:
    """Accuracy and mean negative log-likelihood (nats) on noisy pictures, noise level by noise level."""
    rows, at = [], network.logits.weight.device
    for sigma in SIGMAS:
        generator = torch.Generator().manual_seed(0)
        logits = []
        for part in x.split(batch):
            noise = torch.randn(part.shape, generator=generator)
            logits.append(network((part + sigma * noise).to(at), torch.full((len(part),), sigma, device=at)).cpu())
        logits = torch.cat(logits)
        accuracy = float((logits.argmax(1) == y).float().mean())
        rows.append(
            {"sigma": sigma, "accuracy": round(accuracy, 4), "nll": round(float(F.cross_entropy(logits, y)), 4)}
        )
    return rows


def train_classifier(
    name: str,
    run: Path,
    folder: str | None,
    compile: bool,
    images: int | None = None,
    *,
    budget: float | None = None,
    deadline: float = math.inf,
    checkpoint_every: float = 120.0,
    command: str | None = None,
) -> Path:
    """Train, or continue, until `images` were seen or, with a `budget`, for so many minutes.

    At the `deadline` as in trainer.py.
    """
    recipe = RECIPES[name]
    noisy = recipe["kind"] is NoisyClassifier
    total, by = images or recipe["images"], recipe.get("augmentation", Augmentation())
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    at = device()
    generator = torch.Generator(at).manual_seed(0)
    x, y = (t.to(at) for t in data.load(recipe["dataset"], "train", folder))
    network = recipe["kind"](**recipe["network"]).to(at, memory_format=torch.channels_last)
    ema = copy.deepcopy(network)
    fast = compiled(network) if compile else network
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe["lr"], weight_decay=0.05, fused=True)
    seen, step, minutes = 0, 0, 0.0
    checkpoint = run / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False, map_location="cpu")
        network.load_state_dict(state["network"])
        ema.load_state_dict(state["ema"])
        optimiser.load_state_dict(state["optimiser"])
        seen, step, minutes = state["seen"], state["step"], state["minutes"]
        generator.manual_seed(step)
        print(f"resuming {run} at {seen:,} images")
    averages = [v for v in ema.state_dict().values() if v.is_floating_point()]
    values = [v for v in network.state_dict().values() if v.is_floating_point()]
    started, last = time.monotonic() - 60 * minutes, time.monotonic()
    while (progress := minutes / budget if budget else seen / total) < 1:
        for group in optimiser.param_groups:
            group["lr"] = recipe["lr"] * min(1.0, (step + 1) / 200) * (1 - progress)
        i = torch.randint(len(x), (recipe["batch"],), generator=generator, device=at)
        clean, target = data.to_unit(x[i]), y[i]
        if noisy:
            clean = flipped(clean, generator) if by.flip else clean
            sigma = noise_levels(len(i), network.config, generator)
            inputs = (
                clean + sigma[:, None, None, None] * torch.randn(clean.shape, generator=generator, device=at),
                sigma,
            )
        else:
            inputs = (augment(clean, generator, by),)
            if by.mixed:
                pictures, target = mixed(inputs[0], target, network.config["classes"], by.mixed, generator)
                inputs = (pictures,)
        if at.type == "cuda":
            torch.compiler.cudagraph_mark_step_begin()
        with autocast():
            # Probabilities of noisy pictures must be honest: their gradient is used. No smoothing there.
            logits = fast(*inputs) if noisy else fast(*inputs)[1]
            loss = F.cross_entropy(logits.float(), target, label_smoothing=0.0 if noisy else 0.05)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        seen, step, minutes = seen + recipe["batch"], step + 1, (time.monotonic() - started) / 60
        with torch.no_grad():
            torch._foreach_lerp_(averages, values, 1 - min(0.998, (1 + step) / (10 + step)))
        if step % 200 == 0:
            print(f"{seen:>9,} images  {minutes:5.1f} min  loss {float(loss.detach()):.4f}", flush=True)
        late = time.monotonic() > deadline
        if late or time.monotonic() - last > checkpoint_every:
            save(
                checkpoint,
                dict(
                    network=network.state_dict(),
                    ema=ema.state_dict(),
                    optimiser=optimiser.state_dict(),
                    seen=seen,
                    step=step,
                    minutes=minutes,
                ),
            )
            last = time.monotonic()
        if late:
            raise Paused(f"{run}: paused at {seen:,} images; the same command continues it")
    ema.eval()
    xt, yt = data.load(recipe["dataset"], "test", folder)
    minutes = (time.monotonic() - started) / 60
    if noisy:
        quality = {"testAccuracyBySigma": accuracy_by_sigma(ema, data.to_unit(xt), yt)}
    else:
        right = logits_and_features(ema, xt)[0].argmax(1) == yt
        quality = {"testAccuracy": round(float(right.float().mean()), 4)}
    print(quality)
    save(
        run / "classifier.pt",
        dict(
            name=name,
            dataset=recipe["dataset"],
            kind=recipe["kind"].__name__,
            config=network.config,
            ema={k: v.cpu() for k, v in ema.state_dict().items()},
            images=seen,
            minutes=minutes,
            quality=quality,
            hardware=hardware(),
            command=command or f"python classifier.py {name}",
        ),
    )
    checkpoint.unlink(missing_ok=True)
    return run / "classifier.pt"


def load_classifier(path: Path) -> tuple[Classifier | NoisyClassifier, dict]:
    """The classifier of a file written by `train_classifier`, and what the file says about itself."""
    about = torch.load(path, weights_only=False, map_location="cpu")
    network = {"Classifier": Classifier, "NoisyClassifier": NoisyClassifier}[about["kind"]](**about["config"])
    network.load_state_dict(about["ema"])
    return network.eval().requires_grad_(False), about


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--data", help="folder with the data (default: $GUIDANCE_DATA)")
    parser.add_argument("--images", type=lambda s: int(s.replace("_", "")))
    parser.add_argument("--minutes", type=float, help="length of the run in minutes, instead of images")
    parser.add_argument("--no-compile", action="store_true")
    args = parser.parse_args()
    train_classifier(args.recipe, RUNS / args.recipe, args.data, not args.no_compile, args.images, budget=args.minutes)
