"""From data to a model on the page, with one command: train, judge, measure, check for copies, export.

    python pipeline.py imagenet-64 --minutes 20       # 20 minutes of training on a GPU, then about 5 of measuring
    python pipeline.py emoji --minutes 150            # two CPU cores
    python pipeline.py tiny-colour --minutes 1 --models /tmp/models   # all of it in two minutes

Stages: denoiser, weak network, feature classifier, noisy classifier, evaluation, memorisation, export. Each is done
once: the same command continues where it was stopped. --minutes is the time to train, divided over the networks;
without it the recipes' own lengths. --pause N saves and leaves after N minutes, where a machine is lent for less than
the whole; --out FOLDER gets weights and figures packed in at most 8 files of 16 MiB (shards.py) after every stage.
Several GPUs train the denoiser first: torchrun train.py NAME --minutes M, M four fifths of this command's.
"""

import argparse
import dataclasses
import json
import math
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

import torch

import shards
from classifier import RECIPES as CLASSIFIERS
from classifier import train_classifier
from evaluate import evaluate
from export import export
from manifest import ROOT, write_index
from memorisation import memorisation
from train import RECIPES, Recipe, train
from trainer import RUNS, Paused

# Shares of the training minutes. A weak network of its own takes as long as an eighth of the denoiser's images take.
SHARES = {"denoiser": 0.8, "features": 0.08, "classifier": 0.08}


def resources(started: float, cpu: float) -> str:
    """What was used since then: wall time, cores kept busy, memory."""
    usage, wall = resource.getrusage(resource.RUSAGE_SELF), time.monotonic() - started
    gpu = (
        f", GPU memory {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB at most" if torch.cuda.is_available() else ""
    )
    busy = (usage.ru_utime + usage.ru_stime - cpu) / wall
    memory = f"memory {usage.ru_maxrss / 2**20:.1f} GiB at most"
    return f"{wall:.0f} s, {busy:.1f} of {os.cpu_count()} cores busy, {memory}{gpu}"


def pipeline(
    name: str,
    minutes: float | None = None,
    *,
    models: Path = ROOT / "public/models",
    folder: str | None = None,
    compile: bool = True,
    pause: float | None = None,
    out: Path | None = None,
    samples: int = 1000,
    scales: tuple[float, ...] = (1, 1.25, 1.5, 2, 3),
) -> list[str]:
    """Runs the stages of recipe `name`; returns the ids of the models exported into `models`."""
    deadline = time.monotonic() + 60 * pause if pause else math.inf
    command = f"python pipeline.py {name}" + (f" --minutes {minutes:g}" if minutes else "")
    run, recipe = RUNS / name, RECIPES[name]
    common = dict(deadline=deadline, command=command)
    precision = "bfloat16" if torch.cuda.is_available() else "float32"
    per_class = max(2, samples // recipe.network.classes)

    def budget(part: str) -> float | None:
        return minutes * SHARES[part] if minutes else None

    def denoise(name: str, recipe: Recipe, budget: float | None = None) -> None:
        """Continues from the checkpoint, or from weights alone where shards.py has unpacked them."""
        ema = RUNS / name / "ema.pt"
        train(name, recipe, RUNS / name, folder, compile, budget=budget, start=ema if ema.exists() else None, **common)

    def weak() -> None:
        """A run of its own where the recipe has one; an eighth of the images that the denoiser saw."""
        seen = torch.load(run / "ema.pt", weights_only=False, map_location="cpu")["images"]
        denoise(f"{name}-weak", dataclasses.replace(RECIPES[f"{name}-weak"], images=max(recipe.batch, seen // 8)))

    def judge(kind: str) -> Callable[[], Path]:
        return lambda: train_classifier(
            f"{name}-{kind}", RUNS / f"{name}-{kind}", folder, compile, budget=budget(kind), **common
        )

    def checked() -> None:
        """At the scale whose Fréchet distance was the least: the one to recommend."""
        best = min(json.loads((run / "quality.json").read_text())["scales"], key=lambda row: row["frechetDistance"])[
            "guidanceScale"
        ]
        memorisation(name, best, max(2, per_class // 4), precision=precision, folder=folder, sheet=run / "nearest.png")

    stages: list[tuple[str, bool, Callable[[], object]]] = [
        # Trained runs know themselves how far they are.
        ("denoiser", False, lambda: denoise(name, recipe, budget("denoiser"))),
        ("weak", recipe.weak is None, weak),
        *(
            (kind, (RUNS / f"{name}-{kind}/classifier.pt").exists(), judge(kind))
            for kind in ("features", "classifier")
            if f"{name}-{kind}" in CLASSIFIERS
        ),
        (
            "evaluation",
            False,
            lambda: evaluate(name, per_class, scales, precision=precision, folder=folder, reuse=True),
        ),
        ("memorisation", (run / "memorisation.json").exists(), checked),
    ]
    for stage, done, work in stages:
        if done:
            continue
        if time.monotonic() > deadline:
            raise Paused(f"{name}: paused before {stage}; the same command continues")
        started, usage = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
        try:
            work()
        finally:  # what there is leaves the machine, whatever happens next
            torch.compiler.reset()
            torch.cuda.empty_cache()
            if out:
                shards.pack(
                    [
                        p
                        for p in (run, *(RUNS / f"{name}-{k}" for k in ("weak", "features", "classifier")))
                        if p.exists()
                    ],
                    out,
                )
        print(f"{name}: {stage}: {resources(started, usage.ru_utime + usage.ru_stime)}", flush=True)
    ids = export(name, models, folder)
    write_index(models)
    if models == ROOT / "public/models":
        print(f"for the page: npm run stamp -- {' '.join(ids)} && npm run thumbnails -- {name}")
    return ids


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=[n for n in RECIPES if f"{n}-features" in CLASSIFIERS])
    parser.add_argument(
        "--minutes", type=float, help="time to train, divided over the networks (default: the recipes' lengths)"
    )
    parser.add_argument("--pause", type=float, help="save and leave after so many minutes; the same command continues")
    parser.add_argument("--out", type=Path, help="folder for weights and figures in pieces that travel")
    parser.add_argument("--models", type=Path, default=ROOT / "public/models", help="where the exported models go")
    parser.add_argument("--samples", type=int, default=1000, help="samples a scale in the evaluation")
    parser.add_argument("--scales", default="1,1.25,1.5,2,3")
    parser.add_argument("--data", help="folder with the data (default: $GUIDANCE_DATA)")
    parser.add_argument(
        "--no-compile", action="store_true", help="skip torch.compile, as under 5 minutes, where it does not pay"
    )
    args = parser.parse_args()
    try:
        print(
            *pipeline(
                args.name,
                args.minutes,
                models=args.models,
                folder=args.data,
                compile=not args.no_compile and (args.minutes or 5) >= 5,
                pause=args.pause,
                out=args.out,
                samples=args.samples,
                scales=tuple(map(float, args.scales.split(","))),
            )
        )
    except Paused as paused:
        print(paused)


if __name__ == "__main__":
    main()
