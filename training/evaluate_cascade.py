"""Measure a super-resolution network alone, and the whole cascade on prompts whose pairs were never trained on.

    python evaluate_cascade.py stage pictures-32                  # from real pictures at half the size
    python evaluate_cascade.py cascade pictures-16 pictures-32 pictures-64
    python evaluate_cascade.py cascade pictures-16 pictures-32 pictures-64 --parts scales --samples 60   # a few minutes
    python evaluate_cascade.py things pictures-16                 # which things the base network draws best

`stage` asks whether the network follows its low-resolution input, and whether its pictures are nearer to the real
ones than repeated or interpolated pixels are. `cascade` has the pictures judged by pictures-judge, part by part, and
compares the judge's features with those of other real pictures. `things` asks for every thing by its name alone, a
few samples each, and sorts them by the share that the judge recognises. All write runs/NAME/quality.json (of the
base, for `cascade`), beside what stands there, and a contact sheet. Samples: DDIM.
"""

import argparse
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import captions
import cascade
import data
import drawings
import encoder
from cascade import Sampling
from evaluate import frechet, quantised
from evaluate_text import sheet, to_bytes
from judge import Judge, enlarged, load_judge, logits_of, pooled, verdict
from text_networks import TextDenoiser
from train_pictures import load_stage
from trainer import RUNS
from upsamplers import Upsampler

LEVELS = (0.0, 0.1, 0.3, 0.6)  # of augmentation
SCALES = (1.0, 1.5, 2.0, 3.0, 5.0, 8.0)  # of the base's guidance
HIGH_SCALES = (5.0, 8.0)  # at which thresholds are compared
UPSAMPLER_SCALES = (1.0, 2.0, 4.0)
PERCENTILE = 99.5
SHEET_ROWS = 12


@dataclass(frozen=True)
class HeldOut:
    """Prompts with held-out pairs, what they ask for, real pictures of the same, and other real pictures."""

    prompts: list[str]
    wanted: list[drawings.Picture]
    real: torch.Tensor  # [N,3,S,S] in [-1, 1]
    others: torch.Tensor
    texts: encoder.Bank


def held_out(count: int, size: int) -> HeldOut:
    """Evenly spread over the test split; the others are the rest of it."""
    things, plan, pictures = drawings.load("test", size=size)
    if not 0 < count < len(plan):
        raise ValueError(f"samples: needs a number below the {len(plan)} held-out pictures, got {count}")
    rows = np.linspace(0, len(plan) - 1, count).round().astype(int)
    wanted = [plan[i] for i in rows]
    prompts = [captions.prompt(p, things) for p in wanted]
    real, others = (data.to_unit(torch.from_numpy(p)) for p in (pictures[rows], np.delete(pictures, rows, axis=0)))
    return HeldOut(prompts, wanted, real, others, encoder.encoded(prompts))


def psnr(x: torch.Tensor, real: torch.Tensor) -> float:
    """Peak signal-to-noise ratio in dB, of the mean squared error of all pictures in [-1, 1]."""
    return round(10 * float((4 / (x - real).square().mean()).log10()), 2)


def root_mean_square(x: torch.Tensor) -> float:
    return round(float(x.square().mean().sqrt()), 4)


@torch.inference_mode()
def seen(judge: Judge, x: torch.Tensor, batch: int = 64) -> tuple[np.ndarray, torch.Tensor]:
    """(features [N,F], embeddings [N,384]) of pictures."""
    outputs = [judge(enlarged(part)) for part in quantised(x).split(batch)]
    return torch.cat([o[0] for o in outputs]).double().numpy(), torch.cat([o[2] for o in outputs])


def judged(judge: Judge, x: torch.Tensor, asked: HeldOut, reference: np.ndarray | None = None) -> dict[str, float]:
    """What the judge says of a picture of every prompt.

    Shares right by part; alignment, the mean cosine of its embedding and the prompt's mean token state; the Fréchet
    distance of its features to `reference` [M,F], where both have more rows than there are features.
    """
    features, embeddings = seen(judge, x)
    states = torch.cat(
        [pooled(*asked.texts.batch(rows)) for rows in np.array_split(np.arange(len(x)), -(-len(x) // 64))]
    )
    out = verdict(judge, quantised(x), asked.wanted)
    out["alignment"] = round(float((embeddings * states).sum(1).mean()), 4)
    if reference is not None and min(len(features), len(reference)) > features.shape[1]:
        out["frechetDistance"] = round(frechet(features, reference), 3)
    return out


def trained_judge(name: str) -> Judge | None:
    path = RUNS / name / "ema.pt"
    return load_judge(path)[0] if path.exists() else None


def noted(run: Path, key: str, value) -> None:
    """Puts one entry into quality.json and leaves the others."""
    path = run / "quality.json"
    quality = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**quality, key: value}, indent=2) + "\n")


def some_rows(count: int) -> list[int]:
    return np.linspace(0, count - 1, min(count, SHEET_ROWS)).round().astype(int).tolist()


def evaluate_stage(
    network: Upsampler, asked: HeldOut, judge: Judge | None, steps: int, scale: float = 1.0
) -> tuple[dict[str, dict[str, float]], dict[str, torch.Tensor]]:
    """Real pictures made small and large again: figures by how, and the pictures.

    `lowDifference` is the root mean square between a result's area-downsampled picture and the low-resolution input
    before its noise; "another picture" says how far two different ones are apart.
    """
    low = F.avg_pool2d(asked.real, 2)
    reference = seen(judge, asked.others)[0] if judge else None
    made, figures = {}, {}

    def note(name: str, x: torch.Tensor, **more: float) -> None:
        difference = root_mean_square(F.avg_pool2d(x, 2) - low)
        made[name] = x
        figures[name] = {**more, "lowDifference": difference, **(judged(judge, x, asked, reference) if judge else {})}
        print(name, figures[name], flush=True)

    for mode in ("nearest", "bilinear"):
        x = F.interpolate(low, scale_factor=2, mode=mode)
        note(mode, x, psnr=psnr(x, asked.real))
    for level in LEVELS:
        how = Sampling(scale=scale, steps=steps, augmentation=level)
        # What the network expects of a picture whose noise says nothing: no sample is nearer on average.
        mean = cascade.sample(network, asked.texts, replace(how, steps=1, scale=1.0), low)
        x = cascade.sample(network, asked.texts, how, low)
        note(f"augmentation {level:g}", x, psnr=psnr(x, asked.real), psnrOfMean=psnr(mean, asked.real))
    note("real", asked.real)
    figures["another picture"] = {"lowDifference": root_mean_square(low.roll(1, 0) - low)}
    return figures, made


@dataclass(frozen=True)
class Point:
    """One setting of the cascade: its part of the study, and how the base and both other stages are sampled."""

    part: str
    base: Sampling
    upsampler: Sampling


def points(parts: list[str], base: Sampling, upsampler: Sampling) -> Iterator[Point]:
    """The points of these parts of the study; each changes one thing of the usual settings."""
    studies = {
        "scales": [(replace(base, scale=s), upsampler) for s in SCALES],
        "threshold": [
            (replace(base, scale=s, percentile=p), upsampler) for s in HIGH_SCALES for p in (None, PERCENTILE)
        ],
        "upsampling": [(base, replace(upsampler, scale=s)) for s in UPSAMPLER_SCALES],
        "augmentation": [(base, replace(upsampler, augmentation=a)) for a in LEVELS],
    }
    for part in parts:
        if part not in studies:
            raise SystemExit(f"--parts: needs some of {', '.join(studies)}, got '{part}'")
        for one, two in studies[part]:
            yield Point(part, one, two)


def evaluate_cascade(
    networks: Sequence[TextDenoiser | Upsampler], asked: HeldOut, judge: Judge, study: Iterable[Point]
) -> Iterator[tuple[Point, dict, np.ndarray]]:
    """Every point with its figures and the last stage's pictures, uint8 [N,3,S,S]; what points share is drawn once."""
    reference = seen(judge, asked.others)[0]
    base, *upsamplers = networks
    drawn: dict[Sampling, tuple[torch.Tensor, dict]] = {}
    done: dict[tuple[Sampling, Sampling], tuple[dict, np.ndarray]] = {}
    for point in study:
        if point.base not in drawn:
            x = cascade.sample(base, asked.texts, point.base)
            drawn[point.base] = x, judged(judge, x, asked)
        first, of_base = drawn[point.base]
        key = point.base, point.upsampler
        if key not in done:
            x = first
            for stage, network in enumerate(upsamplers):
                x = cascade.sample(network, asked.texts, point.upsampler, x, seed=2 + stage)
            figures = {
                "basePictures": of_base,
                "pictures": judged(judge, x, asked, reference),
                "saturated": round(float((x.abs() > 0.99).float().mean()), 4),
                "lowDifference": root_mean_square(F.adaptive_avg_pool2d(x, first.shape[2:]) - first),
            }
            done[key] = figures, to_bytes(x)
        yield (point, *done[key])


def stage_command(args) -> None:
    network, about = load_stage(RUNS / args.name / "ema.pt")
    asked = held_out(args.samples, network.config.shape[1])
    figures, made = evaluate_stage(network, asked, trained_judge(args.judge), args.steps, args.scale)
    told = f"{len(asked.prompts)} held-out pictures, DDIM, {args.steps} steps, guidance scale {args.scale:g}"
    noted(RUNS / args.name, "fromRealPictures", {"samples": told, "imagesSeen": about["images"], "figures": figures})
    path = args.sheet or RUNS / args.name / "from-real-pictures.png"
    sheet(path, [to_bytes(x) for x in made.values()], some_rows(len(asked.prompts)), zoom=2)
    print(f"{path}: {', '.join(made)}")


def cascade_command(args) -> None:
    loaded = [load_stage(RUNS / name / "ema.pt") for name in args.names]
    judge, _ = load_judge(RUNS / args.judge / "ema.pt")
    size = loaded[-1][0].config.shape[1]
    asked = held_out(args.samples, size)
    study = list(
        points(
            args.parts.split(","),
            Sampling(scale=args.scale, steps=args.steps),
            Sampling(scale=args.upsampler_scale, steps=args.upsampler_steps, augmentation=args.augmentation),
        )
    )
    small = F.adaptive_avg_pool2d(asked.real, loaded[0][0].config.shape[1:])
    real = {
        "basePictures": judged(judge, small, asked),
        "pictures": judged(judge, asked.real, asked, seen(judge, asked.others)[0]),
    }
    print("real pictures", real, flush=True)
    run, columns, started = RUNS / args.names[0], [to_bytes(asked.real)], time.monotonic()
    path = run / "quality.json"
    before = json.loads(path.read_text()).get("cascade", {}) if path.exists() else {}
    parts = {point.part for point in study}
    images = {name: about["images"] for name, (_, about) in zip(args.names, loaded)}
    rows = [row for row in before.get("points", []) if row["part"] not in parts]
    for point, figures, x in evaluate_cascade([network for network, _ in loaded], asked, judge, study):
        rows.append({"samples": len(asked.prompts), **asdict(point), **figures})
        print(f"{time.monotonic() - started:.0f} s", rows[-1], flush=True)
        columns.append(x)
        noted(run, "cascade", {"imagesSeen": images, "realPictures": real, "points": rows})
    picture = args.sheet or run / f"cascade-{args.parts.replace(',', '-')}.png"
    some = some_rows(len(asked.prompts))
    sheet(picture, columns, some, zoom=1)
    print("\n".join([f"{picture}: real pictures, then a column a point", *(asked.prompts[i] for i in some)]))


@torch.inference_mode()
def recognised(judge: Judge, x: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Whether the likeliest thing of each picture [N,3,H,W] is the one wanted [N]: bool [N]."""
    return logits_of(judge, quantised(x))["thing"].argmax(1) == wanted


def things_command(args) -> None:
    network, about = load_stage(RUNS / args.name / "ema.pt")
    judge, _ = load_judge(RUNS / args.judge / "ema.pt")
    labels = [thing.label for thing in drawings.load("test", size=network.config.shape[1])[0]]
    texts = encoder.encoded([captions.with_article(label) for label in labels])
    how = Sampling(scale=args.scale, steps=args.steps)
    hits, drawn = torch.zeros(len(labels)), []
    for seed in range(args.per_thing):
        x = cascade.sample(network, texts, how, seed=1 + seed)
        hits += recognised(judge, x, torch.arange(len(labels)))
        drawn.append(to_bytes(x))
        print(f"{seed + 1} of {args.per_thing}: {float(hits.mean()) / (seed + 1):.4f} recognised", flush=True)
    order = hits.argsort(descending=True, stable=True).tolist()
    share = round(float(hits.mean()) / args.per_thing, 4)
    best = {labels[i]: int(hits[i]) for i in order if 2 * hits[i] > args.per_thing}
    noted(
        RUNS / args.name,
        "things",
        {
            "imagesSeen": about["images"],
            **{"perThing": args.per_thing, "guidanceScale": args.scale, "steps": args.steps},
            **{"recognised": share, "recognisedAtAll": int((hits > 0).sum()), "best": best},
        },
    )
    path = args.sheet or RUNS / args.name / "things.png"
    sheet(path, drawn, order[: 2 * SHEET_ROWS], zoom=3)
    print(f"{path}: {', '.join(labels[i] for i in order[: 2 * SHEET_ROWS])}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    stage = commands.add_parser("stage", help="a super-resolution network alone, on real pictures")
    stage.add_argument("name", help="a run under runs/")
    stage.add_argument("--samples", type=int, default=200)
    stage.add_argument("--scale", type=float, default=1.0)
    stage.add_argument("--steps", type=int, default=8)
    whole = commands.add_parser("cascade", help="base and super-resolution networks, judged")
    whole.add_argument("names", nargs="+", help="runs under runs/, from the base on")
    whole.add_argument("--samples", type=int, default=1000)
    whole.add_argument("--parts", default="scales,threshold,upsampling,augmentation")
    whole.add_argument("--scale", type=float, default=2.0, help="of the base, where it is not what is studied")
    whole.add_argument("--steps", type=int, default=16, help="of the base")
    whole.add_argument("--upsampler-scale", type=float, default=1.0)
    whole.add_argument("--upsampler-steps", type=int, default=8)
    whole.add_argument("--augmentation", type=float, default=0.1)
    every = commands.add_parser("things", help="every thing by its name alone, by the base network")
    every.add_argument("name", help="a run under runs/")
    every.add_argument("--per-thing", type=int, default=4)
    every.add_argument("--scale", type=float, default=3.0)
    every.add_argument("--steps", type=int, default=16)
    for command in (stage, whole, every):
        command.add_argument("--judge", default="pictures-judge", help="a run under runs/")
        command.add_argument("--sheet", type=Path)
    args = parser.parse_args()
    {"stage": stage_command, "cascade": cascade_command, "things": things_command}[args.command](args)


if __name__ == "__main__":
    main()
