"""Train a conditional/unconditional denoiser.

    python train.py letters              # from scratch, or resumes runs/letters if it exists
    python train.py letters --images 500_000 --set norm=layer --run comparison-layer
    python train.py tiny                 # the whole recipe on synthetic data in seconds
    python train.py imagenet-64 --minutes 15 --out weights   # a GPU's budget; weights in float16 that travel
    torchrun --nproc-per-node 8 train.py imagenet-64 --minutes 15
    python train.py imagenet-64 --run longer --start runs/imagenet-64/ema.pt --minutes 60   # 15 done, 45 to go

On a CUDA GPU the data lie there as uint8 and the network is compiled into CUDA graphs; the arithmetic is bfloat16
on both. The one line of "Classifier-Free Diffusion Guidance" (2207.12598) is in `training_batch`: the label is
replaced by the null label with probability p_uncond.
"""

import argparse
import dataclasses
import json
import math
import shlex
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch

import data
from networks import Denoiser, UNetConfig
from trainer import RUNS, Paused, Trainer, sample_sigmas


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
    weak_at: float = 1 / 8  # share of the run at which the weak network's snapshot is taken
    weak: UNetConfig | None = None  # a weak network of its own instead of the snapshot
    flip: bool = False  # half of the pictures mirrored
    seed: int = 0
    extra: dict = field(default_factory=dict)


RECIPES = {
    "letters": Recipe("letters", UNetConfig(), images=1_450_000),
    "tiny": Recipe(
        "bars",
        UNetConfig(shape=(1, 8, 8), classes=4, channels=(16, 24), blocks=1, embedding=32, heads=1, sigma_data=0.6),
        images=32_768,
        batch=64,
        lr=4e-3,
        warmup=20,
        ema=0.98,
    ),
    "tiny-colour": Recipe(
        "discs",
        UNetConfig(shape=(3, 16, 16), classes=6, channels=(14, 8), blocks=1, embedding=8, heads=1, sigma_data=0.45),
        images=131_072,
        batch=64,
        lr=6e-3,
        warmup=20,
        ema=0.99,
        flip=True,
        weak=UNetConfig(shape=(3, 16, 16), classes=6, channels=(8, 6), blocks=1, embedding=8, heads=1, sigma_data=0.45),
    ),
    "emoji": Recipe(
        "emoji", UNetConfig(shape=(3, 32, 32), classes=49, sigma_data=0.47), images=3_000_000, p_mean=-0.8, p_std=1.3
    ),
    "emoji-hands": Recipe(
        "emoji-hands",
        UNetConfig(shape=(3, 32, 32), classes=46, sigma_data=0.49),
        images=3_000_000,
        p_mean=-0.8,
        p_std=1.3,
    ),
    "imagenet-64": Recipe(
        "imagenet-64",
        UNetConfig(shape=(3, 64, 64), classes=64, channels=(96, 160, 352), embedding=384, heads=4, sigma_data=0.55),
        images=12_000_000,
        batch=512,
        lr=1.5e-3,
        warmup=500,
        p_uncond=0.12,
        p_mean=-0.8,
        p_std=1.4,
        flip=True,
        weak=UNetConfig(shape=(3, 64, 64), classes=64, channels=(48, 96, 192), embedding=256, heads=4, sigma_data=0.55),
    ),
}


# The weak networks that are networks of their own: a third of the parameters, an eighth of the images.
RECIPES |= {
    f"{name}-weak": dataclasses.replace(
        r, network=r.weak, weak=None, weak_at=math.inf, images=r.images // 8, warmup=min(r.warmup, 200)
    )
    for name, r in RECIPES.items()
    if r.weak
}


def training_batch(x, y, recipe, generator):
    """(clean [B,C,H,W] in [-1,1], sigma [B], noise, label rows [B,K+1]), on the generator's device."""
    at, n = generator.device, recipe.batch
    i = torch.randint(len(x), (n,), generator=generator, device=at)
    k = recipe.network.classes
    dropped = torch.rand(n, generator=generator, device=at) < recipe.p_uncond
    label = torch.where(dropped, k, y[i])  # the null label is row k
    clean = data.to_unit(x[i])
    if recipe.flip:
        mirrored = torch.rand(n, generator=generator, device=at) < 0.5
        clean = torch.where(mirrored[:, None, None, None], clean.flip(3), clean)
    noise = torch.randn(clean.shape, generator=generator, device=at)
    return clean, sample_sigmas(n, recipe, generator), noise, torch.eye(k + 1, device=at)[label]


def weighted_loss(denoiser, clean, sigma, noise, label, sigma_data):
    """EDM loss: mean of lambda(sigma) (D - x0)², lambda = (s² + sd²)/(s sd)²; 1 where nothing is learnt."""
    noisy = clean + sigma[:, None, None, None] * noise
    error = (denoiser(noisy, sigma, label) - clean).square().mean((1, 2, 3))
    return (error * (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2).mean()


class ClassTrainer(Trainer):
    """A denoiser conditioned on class labels, on pictures that lie on the device as uint8."""

    def __init__(self, name: str, recipe: Recipe, run: Path, data_folder: str | None, **about):
        super().__init__(name, recipe, run, **about)
        self.pictures, self.labels = (t.to(self.device) for t in data.load(recipe.dataset, "train", data_folder))

    def build(self) -> Denoiser:
        return Denoiser(self.recipe.network)

    def example(self) -> tuple[torch.Tensor, ...]:
        at, config = self.device, self.recipe.network
        return (
            torch.zeros(1, *config.shape, device=at),
            torch.ones(1, device=at),
            torch.eye(config.classes + 1, device=at)[:1],
        )

    def batch(self) -> tuple[torch.Tensor, ...]:
        return training_batch(self.pictures, self.labels, self.recipe, self.generator)

    def losses(self, network, *batch: torch.Tensor) -> torch.Tensor:
        return weighted_loss(network, *batch, self.recipe.network.sigma_data)[None]


def train(
    name: str,
    recipe: Recipe,
    run: Path,
    data_folder: str | None,
    compile: bool,
    log_every: int = 100,
    checkpoint_every: float = 120.0,
    *,
    deadline: float = math.inf,
    **about,
) -> Path:
    """Trains, or continues, run `name`; returns the weights' file. `about` is what trainer.Trainer takes."""
    trainer = ClassTrainer(name, recipe, run, data_folder, compile=compile, **about)
    return trainer.train(log_every, checkpoint_every, deadline)


def load_denoiser(path: Path) -> tuple[Denoiser, dict]:
    """The denoiser of a snapshot written by `train`, and what the snapshot says about itself."""
    about = torch.load(path, weights_only=False, map_location="cpu")
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
        if key in {f.name for f in dataclasses.fields(recipe)}:
            recipe = dataclasses.replace(recipe, **{key: value})
        elif key in {f.name for f in dataclasses.fields(UNetConfig)}:
            recipe = dataclasses.replace(recipe, network=dataclasses.replace(recipe.network, **{key: value}))
        else:
            raise SystemExit(f"--set: needs a field of {type(recipe).__name__} or UNetConfig, got '{key}'")
    return recipe


def command_of(args: argparse.Namespace) -> str:
    """The command that trains these weights again: without the places of data and copies, and without pauses."""
    options = {
        "--run": args.run,
        "--images": args.images,
        "--minutes": args.minutes and f"{args.minutes:g}",
        "--start": args.start,
    }
    told = [word for name, value in options.items() if value for word in (name, str(value))]
    return shlex.join(
        ["python", "train.py", args.recipe, *told, *(word for value in args.set for word in ("--set", value))]
    )


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--run", help="folder name under runs/ (default: the recipe's name)")
    parser.add_argument("--images", type=lambda s: int(s.replace("_", "")), help="length of the run in images")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="change a field of the recipe")
    parser.add_argument("--data", help="folder with the data (default: $GUIDANCE_DATA)")
    parser.add_argument("--no-compile", action="store_true", help="skip torch.compile (for short runs)")
    parser.add_argument("--minutes", type=float, help="length of the run in minutes, instead of images")
    parser.add_argument("--pause", type=float, help="save and leave after so many minutes; the same command continues")
    parser.add_argument(
        "--start", type=Path, help="weights to continue from (an ema.pt): fresh optimiser, short warm-up"
    )
    parser.add_argument("--out", type=Path, help="folder for a packed copy of the weights (shards.py)")
    return parser


def main() -> None:
    args = arguments().parse_args()
    recipe = overridden(RECIPES[args.recipe], args.set)
    if args.images:
        recipe = dataclasses.replace(recipe, images=args.images)
    try:
        train(
            args.recipe,
            recipe,
            RUNS / (args.run or args.recipe),
            args.data,
            compile=not args.no_compile,
            budget=args.minutes,
            deadline=time.monotonic() + 60 * args.pause if args.pause else math.inf,
            start=args.start,
            out=args.out,
            command=command_of(args),
        )
    except Paused as paused:
        print(paused)


if __name__ == "__main__":
    main()
