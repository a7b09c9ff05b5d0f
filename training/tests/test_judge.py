"""The judge on stand-ins: pictures whose thing is a colour in the middle of a coloured ground."""

import numpy as np
import pytest
import torch
from test_text import sprites, things

import drawings
import exporters
import judge
import judge_exporter


@pytest.fixture
def small(monkeypatch):
    """(things, plan, pictures) in the place of the drawings, and texts told apart by their first letters."""
    some = things(4)
    plan = [
        drawings.Picture(a=i % 4, key="noto", colour=("white", "black")[i // 4 % 2], count=1 + i % 2, seed=i)
        for i in range(64)
    ]
    plan += [
        drawings.Picture(a=0, b=1 + i % 3, relation="left of", key="noto", colour="white", seed=i) for i in range(16)
    ]
    drawn = sprites(some)
    for i in range(4):
        drawn[i, "noto"][..., :3] = [(250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0)][i]
    pictures = np.stack([drawings.draw(p, some, drawn) for p in plan])

    class Bank:
        def __init__(self, texts):
            self.texts = texts

        def batch(self, rows):
            states = [torch.randn(2, 384, generator=torch.Generator().manual_seed(int(r))) for r in rows]
            return torch.stack(states), torch.ones(len(rows), 2)

    monkeypatch.setattr(
        drawings, "load", lambda split, cache=None, size=64: (some, plan, drawings.shrunk(pictures, size))
    )
    monkeypatch.setattr(judge.encoder, "bank", Bank)
    return some, plan, pictures


def test_judge_learns_the_parts_and_says_so(small, tmp_path):
    _, plan, pictures = small
    config = judge.JudgeConfig(things=4, channels=(8, 16), features=32)
    recipe = judge.JudgeRecipe(network=config, images=24 * 60, batch=24, lr=1e-2, warmup=5, ema=0.9)
    trainer = judge.JudgeTrainer("tiny-judge", recipe, tmp_path / "tiny-judge", compile=False)
    trained, about = judge.load_judge(trainer.train(log_every=20))
    assert about["images"] == 24 * 60
    x = judge.data.to_unit(torch.from_numpy(pictures))
    shares = judge.verdict(trained, x, plan)
    assert shares["thing"] > 0.9 and shares["background"] > 0.9 and shares["style"] == 1
    # The verdict is about the picture: other answers are wrong.
    wrong = [drawings.Picture((p.a + 1) % 4, "noto", p.colour, p.count) for p in plan[:64]]
    assert judge.verdict(trained, x[:64], wrong)["thing"] < 0.1
    _, _, embedding = trained(x[:4])
    assert torch.allclose(embedding.norm(dim=1), torch.ones(4), atol=1e-5)


def test_a_judge_goes_on_from_given_weights_and_is_measured_with_noise_too(small, tmp_path):
    config = judge.JudgeConfig(things=4, channels=(8, 16), features=32)
    recipe = judge.JudgeRecipe(network=config, images=24 * 40, batch=24, lr=1e-2, warmup=5, ema=0.9)
    first = judge.JudgeTrainer("a", recipe, tmp_path / "a", compile=False).train(log_every=20)
    longer = judge.JudgeRecipe(network=config, images=24 * 60, batch=24, lr=1e-2, warmup=5, ema=0.9, muon=False)
    trainer = judge.JudgeTrainer("b", longer, tmp_path / "b", compile=False, start=first)
    assert trainer.images == 24 * 40
    trained, about = judge.load_judge(trainer.train(log_every=20))
    assert about["images"] == 24 * 60
    shares = judge.measure(trained)
    assert set(shares) == {"16", "32", "64", "noise"} and set(shares["noise"]) == {"0.05", "0.1", "0.2"}
    assert shares["64"]["thing"] > 0.9
    # More noise leaves less to see.
    assert shares["noise"]["0.2"]["style"] <= shares["noise"]["0.05"]["style"] <= 1


def test_disturbed_pictures_are_those_given_but_for_little():
    squares = torch.full((400, 3, 32, 32), -0.5)
    squares[:, :, 8:24, 8:24] = 0.5
    made = judge.disturbed(squares, torch.Generator().manual_seed(0))
    assert made.shape == squares.shape and made.abs().max() <= 1
    # Its middle and its corners stay what they are, on average over a region.
    assert (made[:, :, 12:20, 12:20].mean((1, 2, 3)) - 0.5).abs().max() < 0.15
    assert (made[:, :, :4, :4].mean((1, 2, 3)) + 0.5).abs().max() < 0.15
    # Half of them are noisy, and they lie within two pixels of their place, in both directions.
    noise = made[:, 0, 14:18, 14:18].std((1, 2))
    assert 0.4 < (noise > 0.008).float().mean() < 0.6 and noise.max() < 0.4
    left = (made[:, 0, 16] > 0).float().argmax(1)
    clear = noise < 0.008
    assert set(left[clear].tolist()) == {6, 7, 8, 9, 10}
    again = judge.disturbed(squares, torch.Generator().manual_seed(0))
    assert torch.equal(made, again)


def test_judge_names_what_it_cannot_see():
    with pytest.raises(ValueError, match="things: needs places below 4, got a picture of thing 7"):
        judge.targets([drawings.Picture(7, "noto", "red")], 4)
    with pytest.raises(ValueError, match="picture: needs a side that divides 64, got 24"):
        judge.enlarged(torch.zeros(1, 3, 24, 24))
    assert judge.enlarged(torch.arange(4.0).reshape(1, 1, 2, 2), 4)[0, 0, 1].tolist() == [0, 0, 1, 1]


def test_exported_judge_equals_pytorch(tmp_path):
    config = judge.JudgeConfig(things=5, channels=(8, 8, 8, 8), features=6, text=7)
    network = judge.Judge(config).eval().requires_grad_(False)
    judge_exporter.export_judge(network, tmp_path / "model.onnx", side=32)
    x = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
    outputs = judge_exporter.exported_outputs(exporters.half_rounded(network, judge_exporter.STORED_EXACTLY))
    shapes = [(3, 5), (3, 6), (3, 7), (3, len(judge.SETS)), (3, len(drawings.COLOURS)), (3, len(judge.COUNTS))]
    assert [t.shape for t in outputs(x)] == shapes
    assert exporters.onnx_difference(tmp_path / "model.onnx", outputs, x) < 1e-4


def test_reference_is_what_the_judge_says_of_the_held_out_pictures(small, tmp_path, monkeypatch):
    some, plan, pictures = small
    monkeypatch.setattr(judge_exporter, "KEPT", 10)
    monkeypatch.setattr(judge_exporter, "PROMPTS", 12)
    network = judge.Judge(judge.JudgeConfig(things=4, channels=(8, 8, 8, 8), features=6, text=7)).eval()
    about = judge_exporter.export_reference(network, tmp_path / "reference.bin")
    with torch.inference_mode():
        features = network(judge.data.to_unit(torch.from_numpy(pictures)))[0].double().numpy()
    raw = (tmp_path / "reference.bin").read_bytes()
    mean, covariance = np.frombuffer(raw, "<f4", 6), np.frombuffer(raw, "<f4", 36, 24).reshape(6, 6)
    kept = np.frombuffer(raw, "<f2", offset=24 + 144).reshape(10, 6)
    assert np.allclose(mean, features.mean(0), atol=1e-5)
    assert np.allclose(covariance, np.cov(features.T), atol=1e-5)
    # Every kept row is one picture's, none twice, and the prompts ask for the first of them.
    nearest = np.abs(features[None] - kept[:, None]).max(2)
    rows = nearest.argmin(1)
    assert nearest.min(1).max() < 1e-2 and len(set(rows)) == 10
    assert about | {"prompts": None} == {
        "file": "reference.bin",
        "split": "test",
        "pictures": len(plan),
        "features": 6,
        "kept": 10,
        "prompts": None,
    }
    asked = [judge_exporter.captions.prompt(p, some) for p in plan]
    assert len(about["prompts"]) == 12 and set(about["prompts"]) <= set(asked)
    assert about["prompts"][:10] == [asked[row] for row in rows]
