"""Train a conditional/unconditional denoiser.

    python train.py letters              # from scratch, or resumes runs/letters if it exists
    python train.py letters --images 500_000 --set norm=layer --run comparison-layer
    python train.py tiny                 # the whole recipe on synthetic data in seconds

The one line of "Classifier-Free Diffusion Guidance" (2207.12598) is in `training_batch`: the label is
replaced by the null label with probability p_uncond.
"""

import argparse
import copy
import csv
import dataclasses
import json
import math
import os
import platform
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch

import data
from networks import Denoiser, UNetConfig

RUNS = Path(__file__).resolve().parent / "runs"


@dataclass
class Recipe:
    dataset: str
    network: UNetConfig
    images: int  # length of the run, in training images
    batch: int = 128
    lr: float = 2e-3
    warmup: int = 300  # steps
    decay: float = 0.4  # the last share of the run, over which the rate falls linearly to 0
    ema: float = 0.9995
    p_uncond: float = 0.1
    p_mean: float = -0.5  # ln sigma ~ N(p_mean, p_std²), 10 % log-uniform over the whole range
    p_std: float = 1.2
    weak_at: float = 1 / 12  # share of the run at which the weak network's snapshot is taken
    seed: int = 0
    extra: dict = field(default_factory=dict)


RECIPES = {
    "letters": Recipe("letters", UNetConfig(), images=1_450_000),
    "tiny": Recipe(
        "bars",
        UNetConfig(shape=(1, 8, 8), classes=4, channels=(16, 24), blocks=1, embedding=32, heads=1, sigma_data=0.6),
        images=32_768, batch=64, lr=4e-3, warmup=20, ema=0.98,
    ),
}


def sample_sigmas(n: int, recipe: Recipe, generator: torch.Generator) -> torch.Tensor:
    """n noise levels, stratified: ln sigma normal, every tenth log-uniform over the network's whole range."""
    u = (torch.arange(n) + torch.rand(n, generator=generator)) / n
    ln = recipe.p_mean + recipe.p_std * math.sqrt(2) * torch.erfinv((2 * u - 1).clamp(-0.999999, 0.999999))
    lo, hi = math.log(recipe.network.sigma_min), math.log(recipe.network.sigma_max)
    uniform = lo + (hi - lo) * torch.rand(n, generator=generator)
    ln = torch.where(torch.rand(n, generator=generator) < 0.1, uniform, ln.clamp(lo, hi))
    return ln.exp()[torch.randperm(n, generator=generator)]


def training_batch(x, y, recipe, generator):
    """(clean [B,C,H,W] in [-1,1], sigma [B], noise, label rows [B,K+1])."""
    i = torch.randint(len(x), (recipe.batch,), generator=generator)
    k = recipe.network.classes
    dropped = torch.rand(recipe.batch, generator=generator) < recipe.p_uncond
    label = torch.where(dropped, k, y[i])  # the null label is row k
    clean = data.to_unit(x[i])
    noise = torch.randn(clean.shape, generator=generator)
    return clean, sample_sigmas(recipe.batch, recipe, generator), noise, torch.eye(k + 1)[label]


def weighted_loss(denoiser, clean, sigma, noise, label, sigma_data):
    """EDM loss: mean of lambda(sigma) (D - x0)², lambda = (s² + sd²)/(s sd)²; 1 where nothing is learnt."""
    noisy = clean + sigma[:, None, None, None] * noise
    error = (denoiser(noisy, sigma, label) - clean).square().mean((1, 2, 3))
    return (error * (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2).mean()


def rate(images: int, step: int, recipe: Recipe, total: int) -> float:
    """Learning rate: linear warm-up, constant, linear decay to 0."""
    left = (1 - images / total) / recipe.decay
    return recipe.lr * min(1.0, (step + 1) / recipe.warmup, max(left, 0.0))


def save(path: Path, value) -> None:
    """Write beside, then rename: an interrupted run never leaves half a checkpoint."""
    temporary = path.with_suffix(".tmp")
    torch.save(value, temporary)
    os.replace(temporary, path)


def forget_log_after(path: Path, images: int) -> None:
    """Drops the rows that an interrupted run wrote after its last checkpoint."""
    head, *rows = path.read_text().splitlines()
    kept = [row for row in rows if int(row.split(",")[0]) <= images]
    path.write_text("\n".join([head, *kept]) + "\n")


def train(name: str, recipe: Recipe, run: Path, data_folder: str | None, compile: bool, log_every: int = 100, checkpoint_every: float = 120.0) -> Path:
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    generator = torch.Generator().manual_seed(recipe.seed)
    x, y = data.load(recipe.dataset, "train", data_folder)
    denoiser = Denoiser(recipe.network).to(memory_format=torch.channels_last)
    ema = copy.deepcopy(denoiser).requires_grad_(False)
    optimiser = torch.optim.AdamW(denoiser.parameters(), lr=recipe.lr, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    images, step, minutes, weak_saved = 0, 0, 0.0, False

    checkpoint = run / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        denoiser.load_state_dict(state["denoiser"])
        ema.load_state_dict(state["ema"])
        optimiser.load_state_dict(state["optimiser"])
        generator.set_state(state["generator"])
        images, step, minutes = state["images"], state["step"], state["minutes"]
        weak_saved = (run / "weak.pt").exists()
        forget_log_after(run / "log.csv", images)
        print(f"resuming {run} at {images:,} of {recipe.images:,} images")

    def snapshot(path, weights):
        about = dict(
            name=name, recipe=dataclasses.asdict(recipe), images=images, minutes=minutes,
            hardware=f"{os.cpu_count()} cores, {platform.machine()}",
        )
        save(path, dict(about, ema=weights.state_dict()))

    def checkpoint_now():
        save(checkpoint, dict(
            denoiser=denoiser.state_dict(), ema=ema.state_dict(), optimiser=optimiser.state_dict(),
            generator=generator.get_state(), images=images, step=step, minutes=minutes,
        ))

    network = torch.compile(denoiser) if compile else denoiser
    log = (run / "log.csv").open("a", newline="")
    writer = csv.writer(log)
    if log.tell() == 0:
        writer.writerow(["images", "minutes", "loss", "lr"])
    started, smoothed, last = time.monotonic() - 60 * minutes, None, time.monotonic()
    parameters, averages = list(denoiser.parameters()), list(ema.parameters())
    while images < recipe.images:
        lr = rate(images, step, recipe, recipe.images)
        for group in optimiser.param_groups:
            group["lr"] = lr
        clean, sigma, noise, label = training_batch(x, y, recipe, generator)
        with torch.autocast("cpu", torch.bfloat16):
            loss = weighted_loss(network, clean, sigma, noise, label, recipe.network.sigma_data)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        images, step = images + recipe.batch, step + 1
        beta = min(recipe.ema, (1 + step) / (10 + step))
        torch._foreach_lerp_(averages, parameters, 1 - beta)

        value = float(loss.detach())
        if not math.isfinite(value):
            raise FloatingPointError(f"loss: needs a finite number, got {value} at {images:,} images; resume from {checkpoint}")
        smoothed = value if smoothed is None else smoothed + 0.01 * (value - smoothed)
        minutes = (time.monotonic() - started) / 60
        if not weak_saved and images >= recipe.weak_at * recipe.images:
            snapshot(run / "weak.pt", ema)
            weak_saved = True
        if step % log_every == 0 or images >= recipe.images:
            writer.writerow([images, f"{minutes:.2f}", f"{smoothed:.5f}", f"{lr:.2e}"])
            log.flush()
            print(f"{images:>9,} images  {minutes:6.1f} min  loss {smoothed:.4f}  lr {lr:.1e}", flush=True)
        if time.monotonic() - last > checkpoint_every:
            checkpoint_now()
            snapshot(run / "ema.pt", ema)
            last = time.monotonic()
    checkpoint_now()
    snapshot(run / "ema.pt", ema)
    return run / "ema.pt"


def load_denoiser(path: Path) -> tuple[Denoiser, dict]:
    """The denoiser of a snapshot written by `train`, and what the snapshot says about itself."""
    about = torch.load(path, weights_only=False)
    config = {k: tuple(v) if isinstance(v, list) else v for k, v in about["recipe"]["network"].items()}
    denoiser = Denoiser(UNetConfig(**config)).to(memory_format=torch.channels_last)
    denoiser.load_state_dict(about["ema"])
    return denoiser.eval().requires_grad_(False), about


def overridden(recipe: Recipe, settings: list[str]) -> Recipe:
    """`key=value` settings applied to the recipe or, where it has no such key, to its network."""
    for setting in settings:
        key, _, text = setting.partition("=")
        try:
            value = json.loads(text)
        except json.JSONDecodeError:
            value = text
        value = tuple(value) if isinstance(value, list) else value
        if key in {f.name for f in dataclasses.fields(Recipe)}:
            recipe = dataclasses.replace(recipe, **{key: value})
        elif key in {f.name for f in dataclasses.fields(UNetConfig)}:
            recipe = dataclasses.replace(recipe, network=dataclasses.replace(recipe.network, **{key: value}))
        else:
            raise SystemExit(f"--set: needs a field of Recipe or UNetConfig, got '{key}'")
    return recipe


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--run", help="folder name under runs/ (default: the recipe's name)")
    parser.add_argument("--images", type=lambda s: int(s.replace("_", "")), help="length of the run in images")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="change a field of the recipe")
    parser.add_argument("--data", help="folder with the data (default: $GUIDANCE_DATA)")
    parser.add_argument("--no-compile", action="store_true", help="skip torch.compile (for short runs)")
    args = parser.parse_args()
    recipe = overridden(RECIPES[args.recipe], args.set)
    if args.images:
        recipe = dataclasses.replace(recipe, images=args.images)
    train(args.recipe, recipe, RUNS / (args.run or args.recipe), args.data, compile=not args.no_compile)


if __name__ == "__main__":
    main()
