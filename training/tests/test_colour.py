"""Colour: the emoji renderer, photographs from tars and folders, and the checks for copies."""

import dataclasses
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import classifier
import data
import emoji
import emoji_hands
import exporters
import memorisation
import photographs
import train
from emoji_sets import SETS, Thing
from networks import Denoiser, flops, parameters

installed = all((Path(folder) / name).exists() for name, (folder, _) in emoji.INSTALLED.items())
needs_emoji = pytest.mark.skipif(not installed, reason="needs Debian's fonts-noto-color-emoji and unicode-data")


def test_emoji_classes_are_subgroups_without_sequences_and_newer_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(emoji, "FEWEST", 2)
    (tmp_path / emoji.LIST).write_text(
        "# group: Food & Drink\n# subgroup: drink\n"
        "2615   ; fully-qualified # ☕ E0.6 hot beverage\n2615 FE0F ; unqualified # ☕ E0.6 hot beverage\n"
        "1F377  ; fully-qualified # 🍷 E0.6 wine glass\n1F9CB 200D 1F377 ; fully-qualified # x E13.0 joined\n"
        "1FAFF  ; fully-qualified # x E16.0 too new\n# subgroup: dishware\n"
        "1F374 ; fully-qualified # 🍴 E0.6 fork and knife\n"
        "# group: Symbols\n# subgroup: arrow\n"
        "2B06 FE0F ; fully-qualified # ⬆️ E0.6 up arrow\n"
        "27A1 FE0F ; fully-qualified # ➡️ E0.6 right arrow\n"
        "# group: Flags\n# subgroup: flag\n"
        "1F3C1 ; fully-qualified # 🏁 E0.6 flag\n1F6A9 ; fully-qualified # 🚩 E0.6 flag\n"
    )
    found = emoji.catalogue(str(tmp_path))
    assert found == {
        "drink": [(0x2615, "hot beverage", True), (0x1F377, "wine glass", True)],
        "arrow": [(0x2B06, "up arrow", False), (0x27A1, "right arrow", False)],
    }


def test_missing_packages_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(
        emoji, "INSTALLED", {k: (str(tmp_path), package) for k, (_, package) in emoji.INSTALLED.items()}
    )
    with pytest.raises(FileNotFoundError, match="apt-get install unicode-data"):
        emoji.catalogue()
    with pytest.raises(FileNotFoundError, match="apt-get install fonts-noto-color-emoji"):
        emoji.load("train")


@needs_emoji
def test_emoji_are_deterministic_and_split_by_drawing(monkeypatch):
    monkeypatch.setattr(emoji, "VARIANTS", 2)
    x, y = emoji.load("test")
    again, _ = emoji.load("test")
    assert torch.equal(x, again) and x.dtype == torch.uint8 and x.shape[1:] == (3, 32, 32)
    names = data.class_names("emoji")
    assert len(names) == train.RECIPES["emoji"].network.classes == classifier.EMOJI["classes"] == len(y.unique())
    assert {"face-smiling", "animal-mammal"} <= set(names) and not any("flag" in name for name in names)
    half = len(x) // 2
    assert torch.equal(y[:half], y[half:])  # variant after variant
    assert (x[:half] != x[half:]).any((1, 2, 3)).all()  # and no two alike
    counts = [len(members) for members in emoji.catalogue().values()]
    assert half == sum(len(range(emoji.HELD_OUT // 2, n, emoji.HELD_OUT)) for n in counts)


def test_emoji_of_nine_hands_are_deterministic_and_split_by_thing(monkeypatch, tmp_path):
    subgroups = ["animal-bird"] * 5 + ["animal-bug"] * 13 + ["clothing"] * 24
    things = [
        Thing(f"1F{400 + i}", f"thing {i}", "animals-nature", name, (), dict.fromkeys(list(SETS)[: 4 + i % 3], "x"))
        for i, name in enumerate(subgroups)
    ]
    drawn = {}
    for i, thing in enumerate(things):
        square = np.zeros((96, 96, 4), np.uint8)
        square[20:76, 30:66] = (5 * i, 255 - 5 * i, 128, 255)
        drawn |= {(i, key): square for key in thing.icons}
    monkeypatch.setattr(emoji_hands, "catalogue", lambda cache: things)
    monkeypatch.setattr(emoji_hands, "sprites", lambda things, cache: drawn)
    monkeypatch.setattr(emoji_hands, "VARIANTS", 2)
    data.load.cache_clear()
    assert data.class_names("emoji-hands") == ["animal-bug", "clothing"]  # of birds there are too few
    (train_x, train_y), (x, y) = (data.load("emoji-hands", split) for split in ("train", "test"))
    data.load.cache_clear()
    apart = [5 + 4, 5 + 12, 18 + 4, 18 + 12, 18 + 20]
    assert len(x) == 2 * sum(len(things[i].icons) for i in apart)
    assert len(train_x) == 2 * sum(len(t.icons) for i, t in enumerate(things) if i >= 5 and i not in apart)
    assert set(train_y.tolist()) == set(y.tolist()) == {0, 1}
    half = len(x) // 2
    assert torch.equal(y[:half], y[half:]) and (x[:half] != x[half:]).any((1, 2, 3)).all()
    assert torch.equal(x, emoji_hands.load("test", tmp_path)[0])
    # The colour of a held-out thing is in no training picture's middle.
    shown, seen = ({tuple(p) for p in pictures[:, :, 16, 16].tolist()} for pictures in (x, train_x))
    assert shown and not shown & seen
    with pytest.raises(ValueError, match="needs train or test, got 'all'"):
        emoji_hands.load("all")


def jpeg(colour: tuple[int, int, int], size: tuple[int, int] = (64, 64)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def test_photographs_from_tars_and_from_a_folder_agree(tmp_path):
    pictures = {
        "red-panda/a.png": (200, 0, 0),
        "bee/b.png": (0, 200, 0),
        "bee/c.png": (0, 0, 200),
        "other/d.png": (9, 9, 9),
    }
    tars, folders = tmp_path / "tars", tmp_path / "folders"
    tars.mkdir()
    with tarfile.open(tars / "train-0.tar", "w") as archive:
        for name, colour in pictures.items():
            entry = tarfile.TarInfo(f"train/{name}")
            entry.size = len(jpeg(colour))
            archive.addfile(entry, io.BytesIO(jpeg(colour)))
    wordnet = {"red-panda": "n02", "bee": "n01", "other": "n03"}
    for name, colour in pictures.items():
        path = folders / "train" / wordnet[name.split("/")[0]] / "images" / name.split("/")[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(colour, (96, 128)))
    for root in (tars, folders):
        (root / "classes.txt").write_text("bee\tn01\tbee\nred-panda\tn02\tlesser panda, red panda\n")
        x, y = photographs.load("train", root)
        assert x.shape == (3, 3, 64, 64) and y.tolist() == [0, 0, 1]
        assert x[:, :, 30, 30].tolist() == [[0, 200, 0], [0, 0, 200], [200, 0, 0]]
        assert data.class_names("imagenet-64", str(root)) == ["bee", "red panda"]
    (folders / "classes.txt").unlink()
    assert data.class_names("imagenet-64", str(folders)) == ["n01", "n02", "n03"]
    with pytest.raises(FileNotFoundError, match="val.*tar"):
        photographs.load("test", tars)
    (tars / "classes.txt").write_text("bee\tn01\nred-panda\n")
    with pytest.raises(ValueError, match="line 2: needs .* tab, got 'red-panda'"):
        photographs.load("train", tars)


def test_a_folder_without_the_data_is_not_replaced_by_another(tmp_path):
    with pytest.raises(FileNotFoundError, match="--data: must be a folder, got .*nowhere"):
        data.load("letters", "test", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="emoji-test.txt: needs Debian's package unicode-data"):
        emoji.catalogue(str(tmp_path))


def test_coloured_networks_keep_their_budgets(tmp_path):
    def cost(name):
        config = train.RECIPES[name].network
        denoiser = Denoiser(config).requires_grad_(False).eval()
        return denoiser, flops(
            denoiser, torch.randn(1, *config.shape), torch.ones(1), torch.eye(config.classes + 1)[:1]
        )

    assert cost("emoji")[1] <= 0.35e9
    flagship, work = cost("imagenet-64")
    assert parameters(flagship) <= 17e6 and work <= 5e9
    exporters.export_denoiser(flagship, tmp_path / "model.onnx")
    assert (tmp_path / "model.onnx").stat().st_size <= 34e6
    weak = parameters(cost("imagenet-64-weak")[0]) / parameters(flagship)
    assert 0.25 < weak < 0.4


def test_nearest_is_the_least_distance_and_mirrors_are_training_pictures():
    generator = torch.Generator().manual_seed(0)
    a, b = torch.randn(7, 12, generator=generator), torch.randn(50, 12, generator=generator)
    distance, where = memorisation.nearest(a, b, chunk=9)
    expected = torch.cdist(a, b).min(1)
    torch.testing.assert_close(distance, expected.values)
    assert torch.equal(where, expected.indices)
    x = torch.randint(0, 256, (6, 3, 8, 8), dtype=torch.uint8, generator=generator)
    moved = (x[2:4].int() + 10).clamp(0, 255).byte()
    distance, where = memorisation.nearest(moved, x)
    assert where.tolist() == [2, 3] and float(distance.max()) <= 10 / 127.5 + 1e-4


def test_copies_are_told_from_unseen_pictures():
    rng = torch.Generator().manual_seed(0)
    unseen = 1 + 0.1 * torch.randn(1000, generator=rng)
    honest = memorisation.compared(1 + 0.1 * torch.randn(1000, generator=rng), unseen)
    copied = memorisation.compared(torch.cat([torch.zeros(300), honest["median"] * torch.ones(700)]), unseen)
    assert honest["shareNearer"] < 0.03 and copied["shareNearer"] == 0.3 and copied["least"] == 0


def test_mixed_labels_sum_to_one_and_flips_are_halves():
    generator = torch.Generator().manual_seed(0)
    x = torch.arange(4.0).expand(2000, 1, 1, 4).contiguous()
    mirrored = classifier.flipped(x, generator)[:, 0, 0, 0] == 3
    assert abs(float(mirrored.float().mean()) - 0.5) < 0.05
    y = torch.arange(2000) % 5
    pictures, rows = classifier.mixed(y.float()[:, None, None, None], y, 5, 0.4, generator)
    torch.testing.assert_close(rows.sum(1), torch.ones(2000))
    assert float(rows[torch.arange(2000), y].min()) >= 0.6 - 1e-6
    torch.testing.assert_close(pictures.flatten(), rows @ torch.arange(5.0))  # the picture by the share of the label


def test_training_pictures_are_mirrored_where_the_recipe_says():
    recipe = dataclasses.replace(train.RECIPES["tiny-colour"], batch=512)
    x = torch.zeros(1, 3, 16, 16, dtype=torch.uint8)
    x[..., 0] = 255
    clean = train.training_batch(x, torch.zeros(1, dtype=torch.long), recipe, torch.Generator().manual_seed(0))[0]
    left = (clean[:, 0, 0, 0] == 1).float().mean()
    assert 0.4 < float(left) < 0.6
    assert np.isclose(float((clean[:, 0, 0, 15] == 1).float().mean() + left), 1)
