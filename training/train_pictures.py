"""Train a text-conditional denoiser on the drawings.

    python train_pictures.py pictures-16 --minutes 60      # from scratch, or goes on with runs/pictures-16
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

import captions
import data
import drawings
import encoder
from text_networks import TextDenoiser, TextUNetConfig
from trainer import RUNS, Paused, Trainer, sample_sigmas


@dataclass
class TextRecipe:
    network: TextUNetConfig = field(default_factory=TextUNetConfig)
    images: int = 3_000_000  # length of the run, where no --minutes are given
    batch: int = 64
    lr: float = 1.5e-3
    warmup: int = 200  # steps
    decay: float = 0.5  # the last share of the run, over which the rate falls linearly to 0
    ema: float = 0.999
    p_uncond: float = 0.1
    p_mean: float = -0.8  # ln sigma ~ N(p_mean, p_std²), 10 % log-uniform over the whole range
    p_std: float = 1.3
    weak_at: float = 1 / 8  # share of the run at which autoguidance's weak network is taken
    weak: None = None  # no weak network of its own
    auxiliary: float = 0.2  # weight of the auxiliary head's loss
    every: int = 1  # every n-th picture of the plan: fewer captions to encode
    seed: int = 0


RECIPES = {"pictures-16": TextRecipe()}


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
        clean = data.to_unit(self.pictures[i])
        noise = torch.randn(clean.shape, generator=generator, device=at)
        return clean, sample_sigmas(n, recipe, generator), noise, text, mask


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

    def example(self) -> tuple[torch.Tensor, ...]:
        config = self.recipe.network
        one = (torch.zeros(1, *config.shape), torch.ones(1), torch.zeros(1, 16, config.text), torch.ones(1, 16))
        return tuple(t.to(self.device) for t in one)

    def batch(self) -> tuple[torch.Tensor, ...]:
        return tuple(t.to(self.device) for t in self.pictures.batch(self.recipe, self.generator))

    def losses(self, network, *batch: torch.Tensor) -> torch.Tensor:
        return losses(network, *batch, self.recipe.network.sigma_data)


def load_text_denoiser(path: Path) -> tuple[TextDenoiser, dict]:
    """The denoiser of a snapshot that `Trainer` wrote, and what the snapshot says about itself."""
    about = torch.load(path, weights_only=False, map_location="cpu")
    config = {k: tuple(v) if isinstance(v, list) else v for k, v in about["recipe"]["network"].items()}
    denoiser = TextDenoiser(TextUNetConfig(**config))
    denoiser.load_state_dict({k: v.float() for k, v in about["ema"].items()})
    return denoiser.eval().requires_grad_(False), about


def overridden(recipe: TextRecipe, settings: list[str]) -> TextRecipe:
    """`key=value` settings applied to the recipe or, where it has no such key, to its network."""
    for setting in settings:
        key, _, text = setting.partition("=")
        value = json.loads(text)
        value = tuple(value) if isinstance(value, list) else value
        if key in {f.name for f in dataclasses.fields(TextRecipe)}:
            recipe = dataclasses.replace(recipe, **{key: value})
        elif key in {f.name for f in dataclasses.fields(TextUNetConfig)}:
            recipe = dataclasses.replace(recipe, network=dataclasses.replace(recipe.network, **{key: value}))
        else:
            raise SystemExit(f"--set: needs a field of TextRecipe or TextUNetConfig, got '{key}'")
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
        trainer = TextTrainer(
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
