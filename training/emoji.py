"""Emoji as pictures of 32×32: Debian's Noto Color Emoji, drawn on coloured backgrounds.

    apt-get install fonts-noto-color-emoji unicode-data
    python emoji.py sheet.png     # every emoji with its class, to look at

A class is a subgroup of Unicode's emoji-test.txt. Only emoji of a single code point are taken (that leaves out
skin tones, flags, keycaps and joined sequences), up to Emoji 15.0, so that a newer list gives the same classes.
The same files give the same bytes: every picture's randomness is seeded by its code point.
"""

import re
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

FONT, LIST = "NotoColorEmoji.ttf", "emoji-test.txt"
# Where Debian puts the two files, and the packages that they are in.
INSTALLED = {
    FONT: ("/usr/share/fonts/truetype/noto", "fonts-noto-color-emoji"),
    LIST: ("/usr/share/unicode/emoji", "unicode-data"),
}
CARD = {
    "name": "Noto Color Emoji",
    "licence": "SIL Open Font License 1.1",
    "source": "Debian's fonts-noto-color-emoji, classes from unicode-data's emoji-test.txt (15.0); "
    "rendered by training/emoji.py",
}
SIZE = 32
FEWEST = 12  # members of a class
HELD_OUT = 8  # every eighth emoji of a class is kept from training
VARIANTS = 64  # pictures of an emoji
GLYPH = (136, 128)  # the font's bitmaps
# Mirrored they would mean something else, or nothing.
UNFLIPPED = {
    "time",
    "hand-fingers-open",
    "hand-fingers-partial",
    "hand-single-finger",
    "hand-fingers-closed",
    "hands",
    "computer",
    "book-paper",
}


def find(name: str, folder: str | None = None) -> Path:
    """The file in `folder` or, where none is given, where Debian's package puts it."""
    installed, package = INSTALLED[name]
    path = Path(folder or installed) / name
    if path.exists():
        return path
    raise FileNotFoundError(
        f"{path}: needs Debian's package {package} (apt-get install {package}) or --data FOLDER with the file, "
        "found neither"
    )


def catalogue(folder: str | None = None) -> dict[str, list[tuple[int, str, bool]]]:
    """Classes in the list's order, each with its emoji: (code point, name, whether its mirror image means the same)."""
    classes: dict[str, list[tuple[int, str, bool]]] = {}
    group = subgroup = ""
    for line in find(LIST, folder).read_text().splitlines():
        if line.startswith("# group: "):
            group = line.removeprefix("# group: ")
        elif line.startswith("# subgroup: "):
            subgroup = line.removeprefix("# subgroup: ")
        elif entry := re.match(r"([0-9A-F ]+?) *; fully-qualified *# \S+ E([\d.]+) (.*)", line):
            points = [int(p, 16) for p in entry[1].split() if p != "FE0F"]  # without the variation selector
            if group != "Flags" and len(points) == 1 and float(entry[2]) <= 15:
                flips = group != "Symbols" and subgroup not in UNFLIPPED
                classes.setdefault(subgroup, []).append((points[0], entry[3], flips))
    return {name: members for name, members in classes.items() if len(members) >= FEWEST}


def glyph(point: int, font: ImageFont.FreeTypeFont) -> Image.Image:
    """The emoji in the middle of a transparent square of 256×256."""
    canvas = Image.new("RGBA", (256, 256))
    corner = ((256 - GLYPH[0]) // 2, (256 - GLYPH[1]) // 2)
    ImageDraw.Draw(canvas).text(corner, chr(point), font=font, embedded_color=True, anchor="lt")
    return canvas


def pictures(point: int, flips: bool, font: ImageFont.FreeTypeFont, count: int) -> np.ndarray:
    """uint8 [count, 3, SIZE, SIZE]: random scale, shift, mirroring and background, light grey to a clear colour."""
    rng = np.random.default_rng(point)
    upright = glyph(point, font)
    sources = (upright, upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if flips else upright)
    out = np.empty((count, SIZE, SIZE, 3), np.uint8)
    for i in range(count):
        side = GLYPH[0] / rng.uniform(0.8, 0.97)  # of the part of the canvas that becomes the picture
        free = (side - GLYPH[0]) / 2
        x, y = 128 - side / 2 + rng.uniform(-free, free, 2)
        small = sources[rng.integers(2)].resize((SIZE, SIZE), Image.Resampling.BOX, box=(x, y, x + side, y + side))
        hue = rng.uniform(0, 1, 3)
        colour = 1 - rng.uniform(0, 0.7) * (1 - hue / hue.max())
        picture = Image.new("RGB", small.size, tuple((255 * colour * rng.uniform(0.85, 1)).astype(int).tolist()))
        picture.paste(small, mask=small)
        out[i] = np.asarray(picture)
    return out.transpose(0, 3, 1, 2)


def load(split: str, folder: str | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """uint8 [N, 3, 32, 32] and labels: `train`, or `test`, the emoji that training never sees."""
    font = ImageFont.truetype(str(find(FONT, folder)), 109)  # the one size that the bitmaps have
    x, y = [], []
    for label, members in enumerate(catalogue(folder).values()):
        for i, (point, _, flips) in enumerate(members):
            if (i % HELD_OUT == HELD_OUT // 2) == (split == "test"):
                x.append(pictures(point, flips, font, VARIANTS))
                y.append(label)
    # [emoji, variant, …] → variant-major, so that any prefix holds all emoji.
    images = torch.from_numpy(np.stack(x, 1).reshape(-1, 3, SIZE, SIZE))
    return images, torch.tensor(y).repeat(VARIANTS)


if __name__ == "__main__":
    font = ImageFont.truetype(str(find(FONT)), 109)
    rows = list(catalogue().values())
    sheet = Image.new("RGB", (64 * max(map(len, rows)), 64 * len(rows)), "white")
    for r, members in enumerate(rows):
        for c, (point, _, flips) in enumerate(members):
            sheet.paste(
                Image.fromarray(pictures(point, flips, font, 1)[0].transpose(1, 2, 0)).resize((64, 64), 0),
                (64 * c, 64 * r),
            )
    sheet.save(sys.argv[1])
    for name, members in catalogue().items():
        print(f"{name}: {', '.join(m[1] for m in members)}")
