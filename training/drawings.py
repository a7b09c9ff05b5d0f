"""One thing drawn by nine hands: openly licensed emoji sets as pictures of 64×64 with captions.

    python drawings.py fetch                 # the pinned npm packages into the cache (needs npm), checksums compared
    python drawings.py render                # every drawing once, then the pictures of both splits
    python drawings.py sheet ../docs/drawings.png
    python drawings.py count                 # how many things, drawings, pictures

The same files give the same bytes: every picture's randomness is seeded by its place in the plan. Held out of
training are pairs of (thing, set) and of (thing, colour), never a whole thing, and pairs of two things. captions.py
puts a picture into words.
"""

import argparse
import io
import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from emoji_sets import SETS, Thing, cache_folder, catalogue, digest, fetch, members, svg, write

SIZE, SPRITE = 64, 96  # pixels of a picture, and of a drawing before it is placed
VERSION = 1  # of the pictures: another one where the same plan would be drawn otherwise

# Background colours; a picture's own is within 10 of 255 of it, with a slight vertical gradient.
COLOURS = {
    "white": (248, 248, 248),
    "light grey": (190, 190, 190),
    "dark grey": (90, 90, 90),
    "black": (14, 14, 14),
    "red": (205, 40, 40),
    "orange": (245, 140, 30),
    "yellow": (250, 215, 60),
    "green": (50, 150, 60),
    "turquoise": (60, 195, 185),
    "light blue": (150, 205, 245),
    "blue": (40, 80, 195),
    "purple": (125, 60, 165),
    "pink": (245, 150, 190),
    "brown": (125, 80, 45),
}
# Groups whose things' mirror image means the same.
MIRRORED = {"animals-nature", "food-drink", "travel-places"}
RELATIONS = ("left of", "right of", "above", "below")

SINGLES, COUNTED, TWO_THINGS = 8, 12, 24_000  # pictures a drawing, counted pictures a thing, pictures of two things
HELD_OUT = 16  # one pair of (thing, set) and of (thing, colour) in so many
HELD_OUT_PAIRS = 12  # one pair of things in so many


def trimmed(image: Image.Image) -> np.ndarray:
    """The drawing without its margins in the middle of a square: uint8 [SPRITE, SPRITE, 4]."""
    box = image.getchannel("A").point(lambda a: 255 * (a > 8)).getbbox()
    if box is None:
        raise ValueError("drawing: needs a visible pixel, got a transparent picture")
    image = image.crop(box)
    side = max(image.size)
    image = image.resize([max(1, round(SPRITE * n / side)) for n in image.size], Image.Resampling.BOX)
    square = Image.new("RGBA", (SPRITE, SPRITE))
    square.paste(image, ((SPRITE - image.width) // 2, (SPRITE - image.height) // 2))
    return np.asarray(square)


def sprites(things: list[Thing], cache: Path) -> dict[tuple[int, str], np.ndarray]:
    """Every drawing once, uint8 [SPRITE, SPRITE, 4], by the thing's place and the set; kept in the cache."""
    keys = [(i, key) for key in SETS for i, t in enumerate(things) if key in t.icons]
    path = cache / f"sprites-{digest(repr((SPRITE, [t.icons for t in things])))}.npy"
    if not path.exists():
        import resvg_py

        drawn = np.empty((len(keys), SPRITE, SPRITE, 4), np.uint8)
        row = 0
        for key, s in SETS.items():
            mine = [i for i, t in enumerate(things) if key in t.icons]
            if key == "fluent-3d":
                files = members(s, cache, r"assets/[^/]+\.webp")
                images = (Image.open(io.BytesIO(files[things[i].icons[key]])).convert("RGBA") for i in mine)
            else:
                icons = json.loads(members(s, cache, r"icons\.json")["icons.json"])
                side = 2 * SPRITE
                images = (
                    Image.open(
                        io.BytesIO(
                            bytes(
                                resvg_py.svg_to_bytes(
                                    svg_string=svg(icons, things[i].icons[key]), width=side, height=side
                                )
                            )
                        )
                    ).convert("RGBA")
                    for i in mine
                )
            for image in images:
                drawn[row] = trimmed(image)
                row += 1
            print(f"{key}: {len(mine)} drawings", flush=True)
        write(path, drawn)
    return dict(zip(keys, np.load(path, mmap_mode="r")))


def held(*parts: str, of: int = HELD_OUT) -> bool:
    """Whether a pair is kept out of training: by a checksum, so that a longer catalogue changes no other pair."""
    return zlib.crc32("/".join(parts).encode()) % of == 0


def held_drawing(thing: Thing, key: str) -> bool:
    return held(thing.code, key)


def held_colour(thing: Thing, colour: str) -> bool:
    return held(thing.code, colour)


def held_pair(a: Thing, b: Thing) -> bool:
    return held(*sorted((a.code, b.code)), of=HELD_OUT_PAIRS)


@dataclass(frozen=True)
class Picture:
    """What is in a picture: `count` of thing `a`, or `a` in `relation` to `b`, all drawn by one set."""

    a: int
    key: str
    colour: str
    count: int = 1
    b: int | None = None
    relation: str | None = None
    seed: int = 0


def plan(things: list[Thing], split: str) -> list[Picture]:
    """The pictures of `train`, which has none of the held-out pairs, or of `test`, each of which has one of them."""
    if split not in ("train", "test"):
        raise ValueError(f"split: needs train or test, got '{split}'")
    rng = np.random.default_rng(0 if split == "train" else 1)
    colours = list(COLOURS)
    out: list[Picture] = []

    def add(**about) -> None:
        out.append(Picture(**about, seed=len(out)))

    def train_keys(t: Thing) -> list[str]:
        return [k for k in t.icons if not held_drawing(t, k)]

    for i, t in enumerate(things):
        free = [c for c in colours if not held_colour(t, c)]
        if split == "test":
            for key in t.icons:
                if held_drawing(t, key):
                    add(a=i, key=key, colour=free[rng.integers(len(free))])
            for colour in colours:
                if held_colour(t, colour):
                    add(a=i, key=train_keys(t)[rng.integers(len(train_keys(t)))], colour=colour)
            continue
        for key in train_keys(t):
            for n in rng.permutation(len(free))[:SINGLES]:
                add(a=i, key=key, colour=free[n])
        for _ in range(COUNTED if t.countable else 0):
            keys = train_keys(t)
            add(
                a=i,
                key=keys[rng.integers(len(keys))],
                colour=free[rng.integers(len(free))],
                count=int(rng.integers(2, 5)),
            )
    nouns = [i for i, t in enumerate(things) if t.countable]
    wanted = len(out) + (TWO_THINGS if split == "train" else 200)
    while len(nouns) > 1 and len(out) < wanted:
        a, b = (nouns[n] for n in rng.choice(len(nouns), 2, replace=False))
        both = [k for k in train_keys(things[a]) if k in train_keys(things[b])]
        free = [c for c in colours if not held_colour(things[a], c) and not held_colour(things[b], c)]
        if held_pair(things[a], things[b]) == (split == "test") and both and free:
            add(
                a=int(a),
                b=int(b),
                key=both[rng.integers(len(both))],
                colour=free[rng.integers(len(free))],
                relation=RELATIONS[rng.integers(4)],
            )
    return out


def places(p: Picture, rng: np.random.Generator) -> Iterator[tuple[int, float, float, float]]:
    """(thing, centre x, centre y, side) of every drawing in a picture of side 1."""
    if p.b is not None:
        first = rng.uniform(0.22, 0.27)
        along, across = (first, 1 - first), 0.5 + rng.uniform(-0.15, 0.15, 2)
        order = (p.a, p.b) if p.relation in ("left of", "above") else (p.b, p.a)
        for thing, u, v in zip(order, along, across):
            yield thing, *((u, v) if p.relation in ("left of", "right of") else (v, u)), rng.uniform(0.4, 0.5)
    elif p.count == 1:
        side = rng.uniform(0.72, 0.96)
        yield p.a, *(0.5 + rng.uniform(-1, 1, 2) * (1 - side) / 2), side
    else:
        layouts = {
            2: [(0.26, 0.5), (0.74, 0.5)],
            3: [(0.5, 0.27), (0.26, 0.74), (0.74, 0.74)],
            4: [(0.26, 0.26), (0.74, 0.26), (0.26, 0.74), (0.74, 0.74)],
        }
        side = rng.uniform(0.38, 0.46)
        for x, y in layouts[p.count]:
            yield p.a, *(np.array([x, y]) + rng.uniform(-0.03, 0.03, 2)), side


def draw(p: Picture, things: list[Thing], drawn: dict[tuple[int, str], np.ndarray]) -> np.ndarray:
    """The picture, uint8 [3, SIZE, SIZE]."""
    rng = np.random.default_rng([p.seed, p.a, len(SETS)])
    base = np.array(COLOURS[p.colour]) + rng.uniform(-10, 10, 3)
    slope = np.linspace(-1, 1, SIZE)[:, None, None] * rng.uniform(-8, 8)
    ground = np.broadcast_to(base + slope, (SIZE, SIZE, 3)).clip(0, 255)
    picture = Image.fromarray(np.ascontiguousarray(ground.round().astype(np.uint8)))
    mirrored = rng.random() < 0.5
    for thing, x, y, side in places(p, rng):
        sprite = Image.fromarray(np.asarray(drawn[thing, p.key]))
        if mirrored and things[thing].group in MIRRORED:
            sprite = sprite.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        pixels = max(4, round(SIZE * side))
        small = sprite.resize((pixels, pixels), Image.Resampling.BILINEAR)
        picture.paste(small, (round(SIZE * x - pixels / 2), round(SIZE * y - pixels / 2)), small)
    return np.asarray(picture).transpose(2, 0, 1)


def shrunk(pictures: np.ndarray, size: int) -> np.ndarray:
    """Area downsampling: uint8 [N, 3, SIZE, SIZE] → uint8 [N, 3, size, size], rounded to nearest."""
    n, c, height, width = pictures.shape
    if height % size or width % size:
        raise ValueError(f"size: needs a divisor of {height}, got {size}")
    factor = height // size
    sums = pictures.reshape(n, c, size, factor, size, factor).sum((3, 5), dtype=np.uint32)
    return ((sums + factor**2 // 2) // factor**2).astype(np.uint8)


def load(split: str, cache: Path | None = None, size: int = SIZE) -> tuple[list[Thing], list[Picture], np.ndarray]:
    """(things, plan, pictures uint8 [N, 3, size, size]) of a split; rendered once and kept in the cache."""
    cache = cache or cache_folder()
    things = catalogue(cache)
    pictures = plan(things, split)
    # Everything that decides the bytes is part of the name: other pictures are never taken for these.
    stamp = digest(repr((VERSION, COLOURS, [t.icons for t in things], pictures)))
    path = cache / f"{split}-{size}-{stamp}.npy"
    if not path.exists() and size != SIZE:
        whole = load(split, cache)[2]
        write(path, np.concatenate([shrunk(whole[i : i + 4096], size) for i in range(0, len(whole), 4096)]))
    elif not path.exists():
        drawn = sprites(things, cache)
        out = np.empty((len(pictures), 3, SIZE, SIZE), np.uint8)
        for i, p in enumerate(pictures):
            out[i] = draw(p, things, drawn)
        write(path, out)
    return things, pictures, np.load(path, mmap_mode="r")


def sheet(path: Path, cache: Path) -> None:
    """A contact sheet: 12 things by all their sets; then counted things; then pairs."""
    things = catalogue(cache)
    drawn = sprites(things, cache)
    named = {t.label: i for i, t in enumerate(things)}
    rows = [
        named[n]
        for n in (
            "red apple",
            "cat",
            "dog face",
            "house",
            "automobile",
            "tulip",
            "guitar",
            "cactus",
            "grinning face",
            "teapot",
            "rocket",
            "crown",
        )
    ]
    colours = list(COLOURS)
    cells = [
        [
            Picture(i, key, colours[(r + c) % len(colours)], seed=r) if key in things[i].icons else None
            for c, key in enumerate(SETS)
        ]
        for r, i in enumerate(rows)
    ]
    some = plan(things, "train")
    cells.append([p for p in some if p.count > 1][::900][: len(SETS)])
    cells.append([p for p in some if p.b is not None][::1700][: len(SETS)])
    whole = Image.new("RGB", (SIZE * len(SETS), SIZE * len(cells)), "white")
    for r, row in enumerate(cells):
        for c, p in enumerate(row):
            if p:
                whole.paste(Image.fromarray(draw(p, things, drawn).transpose(1, 2, 0)), (SIZE * c, SIZE * r))
    whole.save(path, optimize=True)


def count(cache: Path) -> None:
    things = catalogue(cache)
    print(f"things: {len(things)}, of which countable: {sum(t.countable for t in things)}")
    for key in SETS:
        print(f"drawings of {key}: {sum(key in t.icons for t in things)}")
    print(f"drawings: {sum(len(t.icons) for t in things)}")
    for split in ("train", "test"):
        p = plan(things, split)
        two = sum(q.b is not None for q in p)
        print(f"{split}: {len(p)} pictures, {sum(q.count > 1 for q in p)} counted, {two} of two things")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["fetch", "render", "sheet", "count"])
    parser.add_argument("out", nargs="?", type=Path)
    args = parser.parse_args()
    cache = cache_folder()
    if args.command == "fetch":
        fetch(cache)
    elif args.command == "render":
        for split in ("train", "test"):
            print(f"{split}: {len(load(split, cache)[2])} pictures")
    elif args.command == "sheet":
        if args.out is None:
            sys.exit("sheet: needs the file to write, got none")
        sheet(args.out, cache)
    else:
        count(cache)


if __name__ == "__main__":
    main()
