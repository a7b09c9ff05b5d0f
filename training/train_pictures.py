"""Train a stage of the cascade on the drawings: the text-conditional base, or a super-resolution network.

    python train_pictures.py pictures-16 --minutes 60      # from scratch, or goes on with runs/pictures-16
    python train_pictures.py pictures-32 --minutes 20      # from 16 to 32 pixels; pictures-64 from 32 to 64
    python train_pictures.py pictures-16 --run wide --set channels=[96,256] --images 2_000_000
    python train_pictures.py pictures-16 --run longer --start runs/pictures-16/ema.pt --minutes 120

In float32: without AMX a CPU computed a convolution in bfloat16 at 6 GFLOP/s instead of 103. The text is dropped with
probability p_uncond by a mask of zeros. `--minutes` counts the whole run by the clock, calls before this one too,
and the learning rate falls to 0 towards its end.
"""

import argparse
import dataclasses
import json
import math
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import captions
import data
import drawings
import encoder
from muon import Muon
from text_networks import TextDenoiser, TextUNetConfig
from trainer import RUNS, Paused, Trainer, sample_sigmas
from upsamplers import Upsampler, UpsamplerConfig, augmented


@dataclass
class TextRecipe:
    network: TextUNetConfig = field(default_factory=TextUNetConfig)
    images: int = 3_000_000  # length of the run, where no --minutes are given
    batch: int = 64
    lr: float = 1.5e-3
    warmup: int = 200  # steps
    decay: float = 0.5  # the last share of the run, over which the rate falls linearly to 0
    ema: float = 0.999
    muon: bool = False  # orthogonal momentum for the matrices (muon.py), in place of AdamW
    p_uncond: float = 0.1
    p_mean: float = -0.8  # ln sigma ~ N(p_mean, p_std²), 10 % log-uniform over the whole range
    p_std: float = 1.3
    weak_at: float = 1 / 8  # share of the run at which autoguidance's weak network is taken
    weak: None = None  # no weak network of its own
    auxiliary: float = 0.2  # weight of the auxiliary head's loss
    every: int = 1  # every n-th picture of the plan: fewer captions to encode
    crop: int = 0  # side of the random square that a picture is cut to; 0: the whole picture
    seed: int = 0


@dataclass
class UpsamplerRecipe(TextRecipe):
    """A super-resolution network sees real pictures, and these at half the size as its low-resolution input."""

    network: UpsamplerConfig = field(default_factory=UpsamplerConfig)
    batch: int = 32
    lr: float = 2e-3
    p_mean: float = -1.5
    p_std: float = 1.4
    ema: float = 0.998
    weak_at: float = math.inf  # no autoguidance
    low_levels: float = 0.5  # share of the augmentation levels that are uniform in [0, 0.3], the others in [0, 1]


RECIPES = {
    "pictures-16": TextRecipe(),
    "pictures-32": UpsamplerRecipe(),
    "pictures-64": UpsamplerRecipe(
        network=UpsamplerConfig(shape=(3, 64, 64), channels=(32, 64, 96), sigma_data=0.617, sigma_detail=0.097), crop=32
    ),
}


def cropped(pictures: torch.Tensor, side: int, generator: torch.Generator) -> torch.Tensor:
    """A random square of each picture [B,C,H,W], at even places: whole pixels of the picture at half the size."""
    n, _, height, width = pictures.shape
    y, x = (
        2 * torch.randint((whole - side) // 2 + 1, (n,), generator=generator, device=generator.device)
        for whole in (height, width)
    )
    return torch.stack([p[:, i : i + side, j : j + side] for p, i, j in zip(pictures, y.tolist(), x.tolist())])


class Pictures:
    """Training pictures at the network's size and their captions' token states."""

    def __init__(self, recipe: TextRecipe):
        things, plan, pictures = drawings.load("train", size=recipe.network.shape[1])
        rows = np.arange(0, len(plan), recipe.every)
        self.pictures = torch.from_numpy(np.ascontiguousarray(pictures[rows]))
        told = captions.training_captions([plan[i] for i in rows], things)
        texts = sorted({text for texts in told for text in texts})
        place = {text: i for i, text in enumerate(texts)}
        self.captions = np.array([[place[text] for text in texts] for texts in told])
        self.bank = encoder.bank(texts)

    def batch(self, recipe: TextRecipe, generator: torch.Generator):
        """(clean [B,C,H,W] in [-1,1], sigma [B], noise, text [B,T,D], mask [B,T])."""
        n, at = recipe.batch, generator.device
        i = torch.randint(len(self.pictures), (n,), generator=generator, device=at).cpu()
        j = torch.randint(self.captions.shape[1], (n,), generator=generator, device=at).cpu()
        text, mask = self.bank.batch(self.captions[i.numpy(), j.numpy()])
        mask[(torch.rand(n, generator=generator, device=at) < recipe.p_uncond).cpu()] = 0
        raw = self.pictures[i]
        clean = data.to_unit(cropped(raw, recipe.crop, generator) if recipe.crop else raw)
        noise = torch.randn(clean.shape, generator=generator, device=at)
        return clean, sample_sigmas(n, recipe, generator), noise, text, mask


def low_resolution(
    clean: torch.Tensor, recipe: UpsamplerRecipe, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """(low [B,C,H/2,W/2], augmentation [B]): area-downsampled, and noised to a random level."""
    n, at = len(clean), generator.device
    small = F.avg_pool2d(clean, 2)
    level = torch.rand(n, generator=generator, device=at)
    level = torch.where(torch.rand(n, generator=generator, device=at) < recipe.low_levels, 0.3 * level, level)
    return augmented(small, level, torch.randn(small.shape, generator=generator, device=at)), level


def losses(denoiser, clean, sigma, noise, text, mask, sigma_data: float) -> torch.Tensor:
    """EDM's weighted losses of the network and of its auxiliary head: [2]."""
    weight = (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2
    outputs = denoiser(clean + sigma[:, None, None, None] * noise, sigma, text, mask)
    return torch.stack([((out - clean).square().mean((1, 2, 3)) * weight).mean() for out in outputs])


class TextTrainer(Trainer):
    """A denoiser conditioned on prompts."""

    loss_names = ("loss", "auxiliary")
    precise = True

    def __init__(self, name: str, recipe: TextRecipe, run: Path, **about):
        super().__init__(name, recipe, run, **about)
        self.loss_weights = (1.0, recipe.auxiliary)
        self.pictures = Pictures(recipe)

    def build(self) -> TextDenoiser:
        return TextDenoiser(self.recipe.network)

    def build_optimiser(self) -> torch.optim.Optimizer:
        return Muon(self.parameters, self.recipe.lr) if self.recipe.muon else super().build_optimiser()

    def example(self) -> tuple[torch.Tensor, ...]:
        config = self.recipe.network
        channels, height, width = config.shape
        x = torch.zeros(1, channels, self.recipe.crop or height, self.recipe.crop or width)
        one = (x, torch.ones(1), torch.zeros(1, 16, config.text), torch.ones(1, 16))
        return tuple(t.to(self.device) for t in one)

    def batch(self) -> tuple[torch.Tensor, ...]:
        return tuple(t.to(self.device) for t in self.pictures.batch(self.recipe, self.generator))

    def losses(self, network, *batch: torch.Tensor) -> torch.Tensor:
        return losses(network, *batch, self.recipe.network.sigma_data)


class UpsamplerTrainer(TextTrainer):
    """A super-resolution network."""

    loss_names = ("loss",)

    def build(self) -> Upsampler:
        return Upsampler(self.recipe.network)

    def example(self) -> tuple[torch.Tensor, ...]:
        x, *rest = super().example()
        return x, *rest, F.avg_pool2d(x, 2), torch.zeros(1, device=self.device)

    def batch(self) -> tuple[torch.Tensor, ...]:
        clean, *rest = super().batch()
        return clean, *rest, *low_resolution(clean, self.recipe, self.generator)

    def losses(self, network, clean, sigma, noise, text, mask, low, level) -> torch.Tensor:
        _, deviation = self.denoiser.share_and_deviation(level)
        weight = (sigma**2 + deviation**2) / (sigma * deviation) ** 2
        denoised = network(clean + sigma[:, None, None, None] * noise, sigma, text, mask, low, level)
        return ((denoised - clean).square().mean((1, 2, 3)) * weight).mean()[None]


def load_stage(path: Path) -> tuple[TextDenoiser | Upsampler, dict]:
    """The network of a snapshot that `Trainer` wrote, and what the snapshot says about itself."""
    about = torch.load(path, weights_only=False, map_location="cpu")
    config = {k: tuple(v) if isinstance(v, list) else v for k, v in about["recipe"]["network"].items()}
    upsampler = "sigma_detail" in config
    network = Upsampler(UpsamplerConfig(**config)) if upsampler else TextDenoiser(TextUNetConfig(**config))
    network.load_state_dict({k: v.float() for k, v in about["ema"].items()})
    return network.eval().requires_grad_(False), about


def overridden(recipe: TextRecipe, settings: list[str]) -> TextRecipe:
    """`key=value` settings applied to the recipe or, where it has no such key, to its network."""
    for setting in settings:
        key, _, text = setting.partition("=")
        value = json.loads(text)
        value = tuple(value) if isinstance(value, list) else value
        if key in {f.name for f in dataclasses.fields(recipe)}:
            recipe = dataclasses.replace(recipe, **{key: value})
        elif key in {f.name for f in dataclasses.fields(recipe.network)}:
            recipe = dataclasses.replace(recipe, network=dataclasses.replace(recipe.network, **{key: value}))
        else:
            kinds = " or ".join(type(part).__name__ for part in (recipe, recipe.network))
            raise SystemExit(f"--set: needs a field of {kinds}, got '{key}'")
    return recipe


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--run", help="folder name under runs/ (default: the recipe's name)")
    parser.add_argument("--images", type=lambda s: int(s.replace("_", "")), help="length of the run in images")
    parser.add_argument("--minutes", type=float, help="length of the run in minutes, instead of images")
    parser.add_argument("--pause", type=float, help="save and leave after so many minutes; the same command continues")
    parser.add_argument(
        "--start", type=Path, help="weights to continue from (an ema.pt): fresh optimiser, short warm-up"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change a field of the recipe or the network"
    )
    parser.add_argument("--compile", action="store_true", help="torch.compile: pays in long runs")
    parser.add_argument("--threads", type=int, help="threads of PyTorch")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    recipe = overridden(RECIPES[args.recipe], args.set)
    if args.images:
        recipe = dataclasses.replace(recipe, images=args.images)
    told = {
        "--run": args.run,
        "--images": args.images,
        "--minutes": args.minutes and f"{args.minutes:g}",
        "--start": args.start,
    }
    command = [
        "python train_pictures.py",
        args.recipe,
        *(f"{k} {v}" for k, v in told.items() if v),
        *(f"--set {s}" for s in args.set),
    ]
    try:
        kind = UpsamplerTrainer if isinstance(recipe, UpsamplerRecipe) else TextTrainer
        trainer = kind(
            args.recipe,
            recipe,
            RUNS / (args.run or args.recipe),
            compile=args.compile,
            budget=args.minutes,
            start=args.start,
            command=" ".join(command),
        )
        trainer.train(log_every=50, deadline=time.monotonic() + 60 * args.pause if args.pause else math.inf)
    except Paused as paused:
        print(paused)


if __name__ == "__main__":
    main()
