"""Emoji of nine hands as pictures of 32×32 in classes: the drawings of emoji_sets.py on coloured backgrounds.

    python drawings.py fetch           # the pinned packages, once
    python emoji_hands.py sheet.png    # one thing of every class by all its hands, to look at
    python emoji_hands.py count

A class is a subgroup of Unicode with at least 12 things; every eighth thing of a class is kept from training, by all
its hands. The same files give the same bytes: every picture's randomness is seeded by its thing, hand and number.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from drawings import MIRRORED, sprites
from emoji_sets import CARD, SETS, Thing, cache_folder, catalogue

SIZE = 32
FEWEST = 12  # things of a class
HELD_OUT = 8  # every eighth thing of a class
VARIANTS = 12  # pictures of a drawing
CARD = CARD | {"source": CARD["source"].replace("drawings.py", "emoji_hands.py")}


def classes(things: list[Thing]) -> dict[str, list[int]]:
    """The classes in Unicode's order, each with the places of its things."""
    found: dict[str, list[int]] = {}
    for i, thing in enumerate(things):
        found.setdefault(thing.subgroup, []).append(i)
    return {name: members for name, members in found.items() if len(members) >= FEWEST}


def class_names(cache: Path | None = None) -> list[str]:
    return list(classes(catalogue(cache or cache_folder())))


def held_out(members: list[int]) -> list[int]:
    """The things of a class that training never sees."""
    return members[HELD_OUT // 2 :: HELD_OUT]


def picture(sprite: np.ndarray, mirrors: bool, rng: np.random.Generator) -> np.ndarray:
    """uint8 [3, SIZE, SIZE]: random scale, place and mirroring; a background from light grey to a clear colour."""
    drawing = Image.fromarray(np.asarray(sprite))
    if mirrors and rng.random() < 0.5:
        drawing = drawing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    side = drawing.width / rng.uniform(0.8, 0.97)  # of the square that becomes the picture
    free = (side - drawing.width) / 2
    x, y = (rng.uniform(-free, free, 2) + free).round().astype(int)
    square = Image.new("RGBA", (round(side), round(side)))
    square.paste(drawing, (int(x), int(y)))
    hue = rng.uniform(0, 1, 3)
    colour = 1 - rng.uniform(0, 0.7) * (1 - hue / hue.max())
    ground = Image.new("RGBA", square.size, (*(255 * colour * rng.uniform(0.85, 1)).astype(int).tolist(), 255))
    whole = Image.alpha_composite(ground, square).convert("RGB")
    return np.asarray(whole.resize((SIZE, SIZE), Image.Resampling.BOX)).transpose(2, 0, 1)


def load(split: str, cache: Path | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """uint8 [N, 3, 32, 32] and labels: `train`, or `test`, the things that training never sees."""
    if split not in ("train", "test"):
        raise ValueError(f"split: needs train or test, got '{split}'")
    cache = cache or cache_folder()
    things = catalogue(cache)
    drawn = sprites(things, cache)
    hands = list(SETS)
    x, y = [], []
    for label, members in enumerate(classes(things).values()):
        apart = set(held_out(members))
        for i in (i for i in members if (i in apart) == (split == "test")):
            for key in things[i].icons:
                about = (drawn[i, key], things[i].group in MIRRORED)
                seeds = ([int(things[i].code.split("-")[0], 16), hands.index(key), n] for n in range(VARIANTS))
                x.append(np.stack([picture(*about, np.random.default_rng(seed)) for seed in seeds]))
                y.append(label)
    # [drawing, variant, …] → variant-major, so that any prefix holds all drawings.
    return torch.from_numpy(np.stack(x, 1).reshape(-1, 3, SIZE, SIZE)), torch.tensor(y).repeat(VARIANTS)


def sheet(path: Path, cache: Path) -> None:
    things = catalogue(cache)
    drawn = sprites(things, cache)
    found = classes(things)
    whole = Image.new("RGB", (2 * SIZE * len(SETS), 2 * SIZE * len(found)), "white")
    for row, members in enumerate(found.values()):
        thing = max(members, key=lambda i: len(things[i].icons))
        for column, key in enumerate(SETS):
            if key in things[thing].icons:
                pixels = picture(drawn[thing, key], False, np.random.default_rng([row, column]))
                large = Image.fromarray(pixels.transpose(1, 2, 0)).resize((2 * SIZE, 2 * SIZE), 0)
                whole.paste(large, (2 * SIZE * column, 2 * SIZE * row))
    whole.save(path, optimize=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["count"]:
        known = catalogue(cache_folder())
        for name, members in classes(known).items():
            apart = [known[i].label for i in held_out(members)]
            drawings = sum(len(known[i].icons) for i in members)
            print(f"{name}: {len(members)} things, {drawings} drawings; held out: {', '.join(apart)}")
    else:
        sheet(Path(sys.argv[1]), cache_folder())
