"""Photographs by class as uint8 tensors of 64×64, from tars or from an ImageFolder.

Accepted layouts of the data folder:
  train-0.tar, train-1.tar …, val.tar    with members train/<class>/<file>.JPEG and val/<class>/<file>.JPEG
  train/<class>/**/*.JPEG, val/<class>/…  the public ImageFolder (Tiny ImageNet's train/<class>/images/ too)
classes.txt, where there is one, lists the classes, a line each: name and WordNet id, separated by a tab; a folder may
be called either. Other folders are then left out. Without it every folder is a class of its own name.
"""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image

CARD = {
    "name": "ImageNet, 64 classes of 64×64",
    "licence": "ImageNet's terms: non-commercial research and education",
    "source": "Deng et al. 2009 (ImageNet), by way of Tiny ImageNet: 500 training and 50 validation photographs "
    "a class",
}
SIZE = 64
ENDINGS = (".jpeg", ".jpg", ".png")


def classes(root: Path) -> list[tuple[set[str], str]]:
    """Each class: the folder names that mean it, and the name to show."""
    if (root / "classes.txt").exists():
        rows = [line.split("\t") for line in (root / "classes.txt").read_text().splitlines()]
        for line, row in enumerate(rows, 1):
            if len(row) < 2:
                raise ValueError(
                    f"{root / 'classes.txt'}, line {line}: needs a name and a WordNet id, separated by a tab, "
                    f"got {row[0]!r}"
                )
        return [({slug, wordnet}, slug.replace("-", " ")) for slug, wordnet, *_ in rows]
    folders = sorted(p.name for p in (root / "train").iterdir() if p.is_dir()) if (root / "train").is_dir() else []
    if not folders:
        raise FileNotFoundError(f"{root}: needs classes.txt beside the tars, or folders train/<class>, found neither")
    return [({name}, name) for name in folders]


def files(root: Path, part: str) -> Iterator[tuple[str, str, bytes]]:
    """(class folder, path, contents) of every picture of `train` or `val`."""
    for tar in sorted(root.glob(f"{part}*.tar")):
        with tarfile.open(tar) as archive:
            for member in archive:
                if member.isfile() and member.name.lower().endswith(ENDINGS):
                    yield member.name.split("/")[-2], member.name, archive.extractfile(member).read()
    for path in (root / part).rglob("*") if (root / part).is_dir() else ():
        if path.suffix.lower() in ENDINGS:
            yield path.relative_to(root / part).parts[0], str(path.relative_to(root)), path.read_bytes()


def picture(raw: bytes) -> np.ndarray:
    """uint8 [3, SIZE, SIZE]: the middle square, averaged down if it is larger."""
    image = Image.open(io.BytesIO(raw)).convert("RGB")
    if image.size != (SIZE, SIZE):
        side = min(image.size)
        x, y = (image.width - side) // 2, (image.height - side) // 2
        image = image.resize((SIZE, SIZE), Image.Resampling.BOX, box=(x, y, x + side, y + side))
    return np.asarray(image).transpose(2, 0, 1)


def load(split: str, root: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """uint8 [N, 3, 64, 64] and labels [N] of `train` or `test` (the validation photographs), ordered by path."""
    part = {"train": "train", "test": "val"}[split]
    label = {folder: i for i, (folders, _) in enumerate(classes(root)) for folder in folders}
    found = [(path, label[folder], picture(raw)) for folder, path, raw in files(root, part) if folder in label]
    found.sort(key=lambda row: row[0])
    if not found:
        raise FileNotFoundError(
            f"{root}: needs {part}*.tar or a folder {part}/ with photographs of the classes, found none"
        )
    return torch.from_numpy(np.stack([row[2] for row in found])), torch.tensor([row[1] for row in found])
