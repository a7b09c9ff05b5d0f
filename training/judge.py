"""The judge of pictures from words: what is in a picture, and how well it fits a text.

    python judge.py pictures-judge --minutes 30      # trains, or goes on; then measures on the held-out pictures
    python judge.py longer --start runs/pictures-judge/ema.pt --minutes 90

A convolutional network sees pictures at 16, 32 and 64 pixels (smaller ones enlarged by repeating pixels, as a
screen does), a little displaced, blurred, noisy and of other contrast: what people hardly see must not change its
mind, or it would judge a drawing by the last trace of noise on it. From its features come four parts (thing, set,
background, count) and an embedding that a contrastive loss (CLIP, 2103.00020) brings near to the frozen text
encoder's mean state of the caption.
"""

import argparse
import itertools
import json
import math
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import captions
import data
import drawings
import encoder
from emoji_sets import SETS
from muon import Muon
from networks import GroupNorm
from trainer import RUNS, Paused, Trainer

SIZES = (16, 32, 64)
NOISE = (0.05, 0.1, 0.2)  # standard deviations
COUNTS = ("one", "two", "three", "four", "two things")


@dataclass(frozen=True)
class JudgeConfig:
    things: int = 1294
    channels: tuple[int, ...] = (24, 48, 96, 160)  # at 32², 16², 8², 4²
    features: int = 128
    text: int = 384


class Judge(nn.Module):
    """x [B,3,64,64] in [-1, 1] → features [B,F], logits of the parts, embedding [B,384] of length 1."""

    def __init__(self, config: JudgeConfig):
        super().__init__()
        self.config, c = config, config.channels
        self.stem = nn.Conv2d(3, c[0], 3, stride=2, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in itertools.pairwise(c))
        self.norm = nn.ModuleList(GroupNorm(w) for w in c)
        self.conv1 = nn.ModuleList(nn.Conv2d(w, w, 3, padding=1) for w in c)
        self.conv2 = nn.ModuleList(nn.Conv2d(w, w, 3, padding=1) for w in c)
        self.features = nn.Linear(2 * c[-1], config.features)
        self.parts = nn.ModuleDict(
            {
                "thing": nn.Linear(config.features, config.things),
                "style": nn.Linear(config.features, len(SETS)),
                "background": nn.Linear(config.features, len(drawings.COLOURS)),
                "count": nn.Linear(config.features, len(COUNTS)),
            }
        )
        self.embed = nn.Linear(config.features, config.text)
        self.sharpness = nn.Parameter(torch.tensor(math.log(14.0)))  # inverse temperature, as CLIP starts it

    def forward(self, x) -> tuple[torch.Tensor, dict[str, torch.Tensor], torch.Tensor]:
        h = self.stem(x)
        for i, (norm, conv1, conv2) in enumerate(zip(self.norm, self.conv1, self.conv2)):
            if i:
                h = self.down[i - 1](h)
            h = h + conv2(F.silu(conv1(F.silu(norm(h)))))
        # The mean sees everything, the maximum what is small.
        f = self.features(torch.cat([h.mean((2, 3)), h.amax((2, 3))], 1))
        e = F.silu(f)
        return f, {name: part(e) for name, part in self.parts.items()}, F.normalize(self.embed(e), dim=1)


def pooled(text: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean token state of each text, of length 1: [B,D] of [B,T,D] and [B,T]."""
    return F.normalize((text * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1), dim=1)


def targets(plan: list[drawings.Picture], things: int) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """(things in each picture [N,2], a single one twice), and the other parts' right answers [N]."""
    last = max(max(p.a, p.b or 0) for p in plan)
    if last >= things:
        raise ValueError(f"things: needs places below {things}, got a picture of thing {last}")
    sets, colours = list(SETS), list(drawings.COLOURS)
    shown = torch.tensor([(p.a, p.a if p.b is None else p.b) for p in plan])
    return shown, {
        "style": torch.tensor([sets.index(p.key) for p in plan]),
        "background": torch.tensor([colours.index(p.colour) for p in plan]),
        "count": torch.tensor([p.count - 1 if p.b is None else len(COUNTS) - 1 for p in plan]),
    }


def disturbed(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Pictures [B,C,S,S] in [-1, 1], changed in ways that people hardly see.

    All are displaced by up to a sixteenth of their side and have up to a tenth more or less contrast; two in five
    are blurred; one in two has Gaussian noise with a standard deviation of .01 to .2.
    """
    n, at, reach = len(x), x.device, max(1, x.shape[-1] // 16)

    def uniform(low: float, high: float) -> torch.Tensor:
        return (low + (high - low) * torch.rand(n, 1, 1, 1, generator=generator, device=generator.device)).to(at)

    wide = F.pad(x, (reach,) * 4, mode="replicate")
    places = torch.randint(2 * reach + 1, (n, 2), generator=generator, device=generator.device).tolist()
    x = torch.stack([p[:, i : i + x.shape[2], j : j + x.shape[3]] for p, (i, j) in zip(wide, places)])
    x = x * uniform(0.9, 1.1) + uniform(-0.05, 0.05)
    smooth = F.avg_pool2d(F.pad(x, (1,) * 4, mode="replicate"), 3, stride=1)
    x = x + (smooth - x) * (uniform(0, 1) < 0.4) * uniform(0, 0.8)
    noise = torch.randn(x.shape, generator=generator, device=generator.device).to(at)
    return (x + noise * (uniform(0, 1) < 0.5) * uniform(math.log(0.01), math.log(0.2)).exp()).clamp(-1, 1)


def enlarged(x: torch.Tensor, size: int = 64) -> torch.Tensor:
    """Pictures of any of the stages at the judge's size, pixels repeated."""
    if size % x.shape[-1]:
        raise ValueError(f"picture: needs a side that divides {size}, got {x.shape[-1]}")
    return F.interpolate(x, scale_factor=size // x.shape[-1], mode="nearest") if x.shape[-1] != size else x


@dataclass
class JudgeRecipe:
    network: JudgeConfig = field(default_factory=JudgeConfig)
    images: int = 1_000_000
    batch: int = 128
    lr: float = 2e-3
    warmup: int = 200
    decay: float = 0.5
    ema: float = 0.999
    weak_at: float = math.inf
    weak: None = None
    every: int = 1  # every n-th picture of the plan
    muon: bool = True  # orthogonal momentum for the matrices (muon.py), in place of AdamW
    seed: int = 0


class JudgeTrainer(Trainer):
    loss_names = ("contrast", "thing", "style", "background", "count")
    loss_weights = (1.0, 1.0, 1.0, 0.5, 0.5)
    precise = True

    def __init__(self, name: str, recipe: JudgeRecipe, run: Path, **about):
        super().__init__(name, recipe, run, **about)
        things, plan, pictures = drawings.load("train")
        rows = np.arange(0, len(plan), recipe.every)
        self.pictures, self.rows = pictures, rows
        told = [texts[0] for texts in captions.training_captions([plan[i] for i in rows], things)]
        texts = sorted(set(told))
        place = {text: i for i, text in enumerate(texts)}
        self.told, self.bank = np.array([place[t] for t in told]), encoder.bank(texts)
        self.shown, self.parts = targets([plan[i] for i in rows], recipe.network.things)

    def build(self) -> Judge:
        return Judge(self.recipe.network)

    def build_optimiser(self) -> torch.optim.Optimizer:
        return Muon(self.parameters, self.recipe.lr) if self.recipe.muon else super().build_optimiser()

    def example(self) -> tuple[torch.Tensor, ...]:
        return (torch.zeros(1, 3, 64, 64, device=self.device),)

    def batch(self) -> tuple[torch.Tensor, ...]:
        """Pictures, a third of them of each size, the captions' pooled states, and the right answers."""
        n, g = self.recipe.batch, self.generator
        i = torch.randint(len(self.rows), (n,), generator=g, device=g.device).cpu()
        raw = np.stack([self.pictures[self.rows[j]] for j in i])
        parts = np.array_split(raw, len(SIZES))
        small = [p if size == 64 else drawings.shrunk(p, size) for p, size in zip(parts, SIZES)]
        x = torch.cat([enlarged(disturbed(data.to_unit(torch.from_numpy(p)), g)) for p in small])
        wanted = pooled(*self.bank.batch(self.told[i.numpy()]))
        out = (x, wanted, self.shown[i], *(self.parts[name][i] for name in ("style", "background", "count")))
        return tuple(t.to(self.device) for t in out)

    def losses(self, network, x, wanted, shown, style, background, count) -> torch.Tensor:
        _, logits, embedding = network(x)
        similar = embedding @ wanted.T * self.denoiser.sharpness.exp().clamp(max=100)
        # Captions that say the same are not each other's wrong answers.
        same = (wanted @ wanted.T > 1 - 1e-4).float()
        right = same / same.sum(1, keepdim=True)
        contrast = (F.cross_entropy(similar, right) + F.cross_entropy(similar.T, right)) / 2
        log_things = logits["thing"].log_softmax(1)
        thing = -log_things.gather(1, shown).mean()
        answers = {"style": style, "background": background, "count": count}
        rest = [F.cross_entropy(logits[name], answer) for name, answer in answers.items()]
        return torch.stack([contrast, thing, *rest])


def load_judge(path: Path) -> tuple[Judge, dict]:
    about = torch.load(path, weights_only=False, map_location="cpu")
    config = {k: tuple(v) if isinstance(v, list) else v for k, v in about["recipe"]["network"].items()}
    judge = Judge(JudgeConfig(**config))
    judge.load_state_dict({k: v.float() for k, v in about["ema"].items()})
    return judge.eval().requires_grad_(False), about


@torch.inference_mode()
def logits_of(judge: Judge, x: torch.Tensor, batch: int = 64) -> dict[str, torch.Tensor]:
    """What the judge says of pictures [N,3,h,w]: logits [N,…] of each part."""
    outputs = [judge(enlarged(part))[1] for part in x.split(batch)]
    return {name: torch.cat([o[name] for o in outputs]) for name in outputs[0]}


def verdict(judge: Judge, x: torch.Tensor, plan: list[drawings.Picture], batch: int = 64) -> dict[str, float]:
    """Shares of the pictures [N,3,h,w] in which each part is as the plan says.

    A thing is right where the likeliest one is shown; of two things both must be the two likeliest.
    """
    logits = logits_of(judge, x, batch)
    shown, parts = targets(plan, judge.config.things)
    two = torch.tensor([p.b is not None for p in plan])
    best = logits["thing"].topk(2, dim=1).indices
    single = best[:, 0] == shown[:, 0]
    both = (best.sort(1).values == shown.sort(1).values).all(1)
    shares = {
        "thing": single[~two].float().mean() if (~two).any() else torch.tensor(math.nan),
        "bothThings": both[two].float().mean() if two.any() else torch.tensor(math.nan),
        **{name: (logits[name].argmax(1) == y).float().mean() for name, y in parts.items()},
    }
    return {name: round(float(share), 4) for name, share in shares.items() if math.isfinite(share)}


def measure(judge: Judge) -> dict[str, dict]:
    """Shares right on the held-out real pictures, by size; "noise": with noise of these deviations, at the least."""
    out, noisy = {}, {}
    for size in SIZES:
        _, plan, pictures = drawings.load("test", size=size)
        x = data.to_unit(torch.from_numpy(np.array(pictures)))
        out[str(size)] = verdict(judge, x, plan)
        if size == SIZES[0]:
            noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(0))
            noisy = {f"{sigma:g}": verdict(judge, (x + sigma * noise).clamp(-1, 1), plan) for sigma in NOISE}
    return {**out, "noise": noisy}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="folder name under runs/")
    parser.add_argument("--minutes", type=float, help="length of the run in minutes (default: 1,000,000 pictures)")
    parser.add_argument("--pause", type=float, help="save and leave after so many minutes; the same command continues")
    parser.add_argument(
        "--start", type=Path, help="weights to continue from (an ema.pt): fresh optimiser, short warm-up"
    )
    parser.add_argument("--threads", type=int, help="threads of PyTorch")
    parser.add_argument("--every", type=int, default=1, help="take every n-th picture: fewer captions to encode")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    told = {"--minutes": args.minutes and f"{args.minutes:g}", "--start": args.start}
    command = " ".join([f"python judge.py {args.name}", *(f"{k} {v}" for k, v in told.items() if v)])
    try:
        trainer = JudgeTrainer(
            args.name,
            JudgeRecipe(every=args.every),
            RUNS / args.name,
            compile=False,
            budget=args.minutes,
            start=args.start,
            command=command,
        )
        deadline = time.monotonic() + 60 * args.pause if args.pause else math.inf
        judge, _ = load_judge(trainer.train(deadline=deadline))
    except Paused as paused:
        print(paused)
        return
    quality = measure(judge)
    (RUNS / args.name / "quality.json").write_text(json.dumps(quality, indent=2) + "\n")
    print(json.dumps(quality, indent=2))


if __name__ == "__main__":
    main()
