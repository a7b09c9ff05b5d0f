"""Drawings, captions, tokens, the text-conditional network and its graphs: on stand-ins, without downloads."""

import dataclasses
import io
import json
import tarfile

import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image

import captions
import drawings
import emoji_sets
import encoder
import exporters
import lexicon
import text_exporters
import train_pictures
from emoji_sets import SETS, WORDS, Thing
from text_networks import TextDenoiser, TextUNetConfig

TINY = TextUNetConfig(text=8, channels=(16, 32), encoder=(1, 1), decoder=(1, 1), embedding=16, head=16)


def things(count: int = 24) -> list[Thing]:
    return [
        Thing(
            f"1F{400 + i}",
            f"thing {chr(97 + i)}",
            "animals-nature",
            "animal-mammal",
            ("beast",),
            dict.fromkeys(SETS, "x"),
        )
        for i in range(count)
    ]


def sprites(some: list[Thing]) -> dict[tuple[int, str], np.ndarray]:
    """Opaque squares whose colour is the thing."""
    out = {}
    for i in range(len(some)):
        square = np.zeros((drawings.SPRITE, drawings.SPRITE, 4), np.uint8)
        square[...] = (10 * i, 255 - 10 * i, 128, 255)
        out |= {(i, key): square for key in SETS}
    return out


def test_no_training_picture_has_a_held_out_pair_and_every_test_picture_has_one():
    some = things()

    def has_held_out_pair(p: drawings.Picture) -> bool:
        shown = [some[i] for i in (p.a, p.b) if i is not None]
        single = any(drawings.held_drawing(t, p.key) or drawings.held_colour(t, p.colour) for t in shown)
        return single or (len(shown) == 2 and drawings.held_pair(*shown))

    train, test = drawings.plan(some, "train"), drawings.plan(some, "test")
    assert not any(map(has_held_out_pair, train))
    assert all(map(has_held_out_pair, test))
    assert {p.a for p in train} == set(range(len(some)))  # never a whole thing
    assert {p.count for p in train} == {1, 2, 3, 4}
    with pytest.raises(ValueError, match="split: needs train or test, got 'all'"):
        drawings.plan(some, "all")


def test_pictures_show_what_the_plan_says_and_the_same_bytes_each_time():
    some, p = things(), drawings.Picture(3, "noto", "blue", b=5, relation="left of", seed=7)
    drawn = sprites(some)
    picture = drawings.draw(p, some, drawn)
    assert picture.shape == (3, 64, 64) and picture.dtype == np.uint8
    assert (picture == drawings.draw(p, some, drawn)).all()
    where = {i: np.argwhere(picture[0] == 10 * i)[:, 1].mean() for i in (3, 5)}
    assert where[3] < 32 < where[5]
    corner = picture[:, 0, 0].astype(int)
    assert np.abs(corner - drawings.COLOURS["blue"]).max() <= 19


def test_area_downsampling_is_the_rounded_mean():
    picture = np.random.default_rng(0).integers(0, 256, (2, 3, 64, 64), np.uint8)
    small = drawings.shrunk(picture, 16)
    means = picture.reshape(2, 3, 16, 4, 16, 4).mean((3, 5))
    assert np.abs(small - means).max() <= 0.5
    with pytest.raises(ValueError, match="size: needs a divisor of 64, got 24"):
        drawings.shrunk(picture, 24)


def test_catalogue_and_sprites_come_from_the_packages(tmp_path):
    """Two things in four sets: one by its label, one by another known name; a keycap and a skin tone are left out."""
    data = [
        {"label": "red apple", "hexcode": "1F34E", "tags": ["fruit"], "order": 2, "group": 4, "subgroup": 42},
        {"label": "cat", "hexcode": "1F408", "tags": ["pet"], "order": 1, "group": 3, "subgroup": 34},
        {"label": "keycap: 1", "hexcode": "0031", "order": 3, "group": 8, "subgroup": 94},
        {"label": "light skin tone", "hexcode": "1F3FB", "order": 4, "group": 2, "subgroup": 32},
    ]
    groups = {"3": "animals-nature", "4": "food-drink", "8": "symbols", "2": "component"}
    subgroups = {"42": "food-fruit", "34": "animal-mammal", "94": "keycap", "32": "skin-tone"}

    def pack(s, files: dict[str, bytes]) -> None:
        with tarfile.open(emoji_sets.archive(s, tmp_path), "w:gz") as tar:
            for name, raw in files.items():
                entry = tarfile.TarInfo(f"package/{name}")
                entry.size = len(raw)
                tar.addfile(entry, io.BytesIO(raw))

    pack(
        WORDS,
        {
            "en/data.json": json.dumps(data).encode(),
            "en/shortcodes/github.json": json.dumps({"1F34E": "apple", "1F408": ["cat2"]}).encode(),
            "meta/groups.json": json.dumps({"groups": groups, "subgroups": subgroups}).encode(),
        },
    )
    square = '<path fill="#f00" d="M2 2h8v8H2z"/>'
    for key, s in SETS.items():
        if key == "fluent-3d":
            raw = io.BytesIO()
            Image.new("RGBA", (8, 8), "red").save(raw, "WEBP")
            pack(s, {"assets/1f34e.webp": raw.getvalue(), "assets/1f408.webp": raw.getvalue()})
        else:
            names = {"noto": ("apple", "cat"), "twemoji": ("red-apple", "cat"), "fluent": ("red-apple", "cat")}.get(
                key, ()
            )
            pack(
                s,
                {
                    "icons.json": json.dumps(
                        {"icons": {n: {"body": square} for n in names}, "width": 12, "height": 12}
                    ).encode()
                },
            )
    found = emoji_sets.catalogue(tmp_path)
    assert [t.label for t in found] == ["cat", "red apple"]
    assert found[1].icons == {
        "noto": "apple",
        "twemoji": "red-apple",
        "fluent": "red-apple",
        "fluent-3d": "assets/1f34e.webp",
    }
    drawn = drawings.sprites(found, tmp_path)
    assert len(drawn) == 8
    middle = np.asarray(drawn[0, "noto"])[48, 48]
    assert middle.tolist() == [255, 0, 0, 255]
    emoji_sets.archive(WORDS, tmp_path).unlink()
    with pytest.raises(FileNotFoundError, match=r"needs `python drawings.py fetch`"):
        emoji_sets.catalogue(tmp_path)


def test_captions_say_what_is_in_the_picture():
    some = things()
    two = drawings.Picture(0, "noto", "orange", b=1, relation="above")
    told = captions.prompt(two, some)
    assert "a thing a above a thing b" in told and "orange" in told
    three = drawings.Picture(2, "fluent-3d", "red", count=3)
    assert "three thing cs" in captions.prompt(three, some)
    rng = np.random.default_rng(0)
    bare = {captions.caption(drawings.Picture(2, "noto", "red"), some, rng, 0, 0, 0, 0) for _ in range(20)}
    assert bare == {"thing c", "a thing c"}
    assert captions.pluralised("fox") == "foxes" and captions.pluralised("cherry") == "cherries"
    assert captions.with_article("umbrella") == "an umbrella" and captions.with_article("unicorn") == "a unicorn"


WORDS_OF_TEST = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "cat", "##s", "un", "##known", "红", ",", "cafe", "!"]


def test_tokens_are_word_pieces():
    tokenizer = encoder.Tokenizer(WORDS_OF_TEST)

    def pieces(text: str, longest: int = 32) -> list[str]:
        return [WORDS_OF_TEST[i] for i in tokenizer(text, longest)][1:-1]

    assert pieces("A cats, UNKNOWN!") == ["a", "cat", "##s", ",", "un", "##known", "!"]
    assert pieces("Café红\u200ba") == ["cafe", "红", "a"]
    assert pieces("zebra " + "a" * 101) == ["[UNK]", "[UNK]"]
    assert pieces("") == []
    assert tokenizer("a a a a", 4) == [2, 4, 4, 3]


def test_encoder_graph_equals_pytorch_with_its_8_bit_weights(tmp_path):
    torch.manual_seed(0)
    network = encoder.Encoder(words=40, width=24, layers=2, heads=2, inner=48, positions=160).eval()
    torch.nn.init.normal_(network.positions)
    path = tmp_path / "model.onnx"
    text_exporters.export_encoder(network, path)
    ids, mask = encoder.padded([[2, 7, 9, 3], [2, 30, 3]])
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (states,) = session.run(None, {"ids": ids.numpy(), "mask": mask.numpy()})
    exact = network(ids, mask)[mask.bool()].detach()
    got = torch.from_numpy(states)[mask.bool()]
    rounded = text_exporters.dequantised(network)(ids, mask)[mask.bool()].detach()
    assert float((got - rounded).abs().max()) < 5e-3  # biases and positions are in float16
    assert 1e-4 < float((got - exact).abs().max()) < 0.1  # and 8 bits are 8 bits
    # What stands behind the mask changes nothing.
    ids[1, 3] = 11
    again = session.run(None, {"ids": ids.numpy(), "mask": mask.numpy()})[0]
    assert np.abs(again[1, :3] - states[1, :3]).max() < 1e-6


def randomised(config: TextUNetConfig) -> TextDenoiser:
    """A network none of whose parts is silent."""
    torch.manual_seed(0)
    network = TextDenoiser(config).eval().requires_grad_(False)
    for name, p in network.named_parameters():
        if p.abs().max() == 0 or name.endswith("out.weight"):
            p.normal_(std=0.1)
    return network


def inputs(config: TextUNetConfig, tokens: int = 5):
    g = torch.Generator().manual_seed(1)
    sigma = torch.tensor([0.01, 0.7, 40.0])
    x = torch.randn(3, *config.shape, generator=g) * (sigma[:, None, None, None] ** 2 + 0.4).sqrt()
    mask = torch.ones(3, tokens)
    mask[1], mask[2, 3:] = 0, 0
    return x, sigma, torch.randn(3, tokens, config.text, generator=g), mask, torch.tensor([0.0, 0.5, 1.0])


def test_denoiser_graph_equals_pytorch_for_every_row(tmp_path):
    network = randomised(TINY)
    text_exporters.export_text_denoiser(network, tmp_path / "model.onnx")
    rounded = exporters.half_rounded(network, text_exporters.STORED_EXACTLY)
    for tokens in (1, 5):
        rows = inputs(TINY, tokens)
        assert exporters.onnx_difference(tmp_path / "model.onnx", rounded, *rows) < 1e-4


def test_null_text_is_a_mask_of_zeros_and_every_row_matters():
    network = randomised(TINY)
    x, sigma, text, mask, _ = inputs(TINY)

    def difference(a, b) -> list[float]:
        return (a[0] - b[0]).abs().amax((1, 2, 3)).tolist()

    none = network(x, sigma, text, mask * 0)
    assert difference(none, network(x, sigma, text.flip(1) + 1, mask * 0)) == [0, 0, 0]
    changed = difference(none, network(x, sigma, text, mask))
    assert changed[0] > 1e-5 and changed[1] == 0 and changed[2] > 1e-3
    # The padding says nothing; the order of tokens neither, for they carry their places themselves.
    padded = text.clone()
    padded[2, 3:] = 9
    assert max(difference(network(x, sigma, text, mask), network(x, sigma, padded, mask))) < 1e-5
    straight, perturbed = (network(x, sigma, text, mask, torch.full((3,), p)) for p in (0.0, 1.0))
    assert min(difference(straight, perturbed)) > 1e-5


class Colours:
    """Stands in for train_pictures.Pictures: two plain pictures, told by the first number of the text."""

    def batch(self, recipe, generator):
        n = recipe.batch
        which = torch.randint(2, (n,), generator=generator)
        clean = (2.0 * which - 1)[:, None, None, None].expand(n, *recipe.network.shape) * 0.6
        text = torch.zeros(n, 3, recipe.network.text)
        text[:, :, 0] = (4.0 * which - 2)[:, None]
        mask = torch.ones(n, 3)
        mask[torch.rand(n, generator=generator) < recipe.p_uncond] = 0
        sigma = train_pictures.sample_sigmas(n, recipe, generator)
        return clean, sigma, torch.randn(clean.shape, generator=generator), text, mask


def test_training_learns_what_the_text_says_and_resumes_exactly(tmp_path, monkeypatch):
    monkeypatch.setattr(train_pictures, "Pictures", lambda recipe: Colours())
    config = dataclasses.replace(TINY, shape=(3, 8, 8))
    recipe = train_pictures.TextRecipe(network=config, images=16 * 80, batch=16, lr=6e-3, warmup=10, ema=0.9)
    trainer = train_pictures.TextTrainer("tiny-text", recipe, tmp_path / "whole", compile=False)
    network, about = train_pictures.load_stage(trainer.train(log_every=20))
    assert about["images"] == 16 * 80
    assert (tmp_path / "whole/log.csv").read_text().startswith("images,minutes,loss,auxiliary,lr\n")
    assert (tmp_path / "whole/weak.pt").exists()
    x = 40 * torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(3))
    text = torch.zeros(2, 3, 8)
    text[:, :, 0] = torch.tensor([-2.0, 2.0])[:, None]
    means = network(x, torch.full((2,), 40.0), text, torch.ones(2, 3))[0].mean((1, 2, 3))
    assert means[0] < -0.3 and means[1] > 0.3

    original = train_pictures.TextTrainer.learn

    def interrupted(self):
        if self.step == 40:
            raise KeyboardInterrupt
        return original(self)

    monkeypatch.setattr(train_pictures.TextTrainer, "learn", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train_pictures.TextTrainer("tiny-text", recipe, tmp_path / "parts", compile=False).train(checkpoint_every=0.0)
    monkeypatch.setattr(train_pictures.TextTrainer, "learn", original)
    parts = train_pictures.TextTrainer("tiny-text", recipe, tmp_path / "parts", compile=False).train()
    resumed = torch.load(parts, weights_only=False)["ema"]
    assert all(torch.equal(resumed[k], v) for k, v in about["ema"].items())


def test_a_chinese_word_has_one_translation():
    assert lexicon.table("red: 红 红色\nlight blue: 浅蓝") == {"红": "red", "红色": "red", "浅蓝": "light blue"}
    with pytest.raises(ValueError, match="needs one translation of 红, got red and pink"):
        lexicon.table("red: 红\npink: 红")
    assert set(lexicon.table(lexicon.COLOURS).values()) == set(drawings.COLOURS)
    assert set(drawings.RELATIONS) <= set(lexicon.table(lexicon.RELATIONS).values())
    assert {s.style.lower() for s in SETS.values()} == set(lexicon.table(lexicon.STYLES).values())


def test_a_keyword_of_several_things_means_what_those_named_so_share():
    fruit = [dataclasses.replace(t, label=label) for t, label in zip(things(), ("red apple", "green apple", "pie"))]
    names = dict(zip((t.code for t in fruit), ("红苹果", "青苹果", "派")))
    assert lexicon.head(names, "苹果", fruit) == "apple"
    assert lexicon.head(names, "红苹果", fruit) == "red apple"
    assert lexicon.head(names, "水果", fruit) is None
    assert lexicon.counted("三只", {"counts": {"三": "three"}}, {"measures": ["只"]})
    assert not lexicon.counted("三色", {"counts": {"三": "three"}}, {"measures": ["只"]})
