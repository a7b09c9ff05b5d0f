"""What a text-conditional denoiser makes of prompts whose pairs it was never trained on.

    python evaluate_text.py pictures-16 --prompts 96 --scales 1,2,4,8 --sheet sheet.png

Writes runs/<name>/quality.json. The background colour is read off the picture: the median colour of its border is
nearest to one of the named colours. Whether thing, style and count are right needs a judge, which there is not yet.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import captions
import drawings
import encoder
from sampling import heun_text
from train_pictures import load_stage
from trainer import RUNS


def to_bytes(x: torch.Tensor) -> np.ndarray:
    """uint8 [N,C,H,W] of pictures in [-1, 1], clamped."""
    return ((x.clamp(-1, 1) + 1) * 127.5).round().byte().numpy()


def background(pictures: np.ndarray) -> list[str]:
    """The named colour that is nearest to the median of each picture's border; pictures uint8 [N,3,H,W]."""
    border = np.ones(pictures.shape[2:], bool)
    border[1:-1, 1:-1] = False
    colours = np.median(pictures[:, :, border], axis=2)
    distances = np.square(colours[:, None] - np.array(list(drawings.COLOURS.values()))[None]).sum(2)
    return [list(drawings.COLOURS)[i] for i in distances.argmin(1)]


def held_out(count: int, size: int) -> tuple[list[str], list[drawings.Picture], np.ndarray]:
    """(prompts, what they ask for, real pictures of the same) of evenly spread held-out pairs."""
    things, plan, pictures = drawings.load("test", size=size)
    rows = np.linspace(0, len(plan) - 1, count).round().astype(int)
    chosen = [plan[i] for i in rows]
    return [captions.prompt(p, things) for p in chosen], chosen, np.asarray(pictures[rows])


def sheet(path: Path, columns: list[np.ndarray], rows: list[int], zoom: int = 4) -> None:
    """Real pictures, then a column a scale; a row a prompt."""
    size = columns[0].shape[2] * zoom
    whole = Image.new("RGB", ((size + 4) * len(columns), (size + 4) * len(rows)), "white")
    for c, column in enumerate(columns):
        for r, row in enumerate(rows):
            picture = Image.fromarray(column[row].transpose(1, 2, 0)).resize((size, size), Image.Resampling.NEAREST)
            whole.paste(picture, (c * (size + 4), r * (size + 4)))
    whole.save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="a run under runs/")
    parser.add_argument("--prompts", type=int, default=96)
    parser.add_argument("--scales", default="1,2,4,8")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--rows", type=int, default=16, help="rows of the sheet")
    args = parser.parse_args()
    denoiser, about = load_stage(RUNS / args.name / "ema.pt")
    prompts, wanted, real = held_out(args.prompts, denoiser.config.shape[1])
    text, mask = encoder.encoded(prompts).batch(np.arange(len(prompts)))
    noise = torch.randn(len(prompts), *denoiser.config.shape, generator=torch.Generator().manual_seed(1))

    def share_right(pictures: np.ndarray) -> float:
        return round(float(np.mean([got == p.colour for got, p in zip(background(pictures), wanted)])), 4)

    columns, rows = [real], []
    for scale in map(float, args.scales.split(",")):
        x = torch.cat(
            [
                heun_text(denoiser, *(t[i : i + 32] for t in (noise, text, mask)), scale, args.steps)
                for i in range(0, len(prompts), 32)
            ]
        )
        columns.append(to_bytes(x))
        rows.append(
            {
                "guidanceScale": scale,
                "backgroundRight": share_right(columns[-1]),
                "saturated": round(float((x.abs() > 1).float().mean()), 4),
                "deviation": round(float(columns[-1].std(axis=(2, 3)).mean() / 127.5), 4),
            }
        )
        print(rows[-1], flush=True)
    told = f"Heun, {args.steps} steps, {len(prompts)} held-out prompts, the same noise at every scale"
    real_row = {
        "backgroundRight": share_right(real),
        "deviation": round(float(real.std(axis=(2, 3)).mean() / 127.5), 4),
    }
    print(real_row)
    quality = {"samples": told, "imagesSeen": about["images"], "scales": rows, "realPictures": real_row}
    (RUNS / args.name / "quality.json").write_text(json.dumps(quality, indent=2) + "\n")
    if args.sheet:
        some = np.linspace(0, len(prompts) - 1, args.rows).round().astype(int).tolist()
        sheet(args.sheet, columns, some)
        print("\n".join(prompts[i] for i in some))


if __name__ == "__main__":
    main()
