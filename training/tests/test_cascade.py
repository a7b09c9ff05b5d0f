"""Sampling a cascade and measuring it: on stand-ins whose right answers are known."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import cascade
import evaluate_cascade
import sampling
from cascade import Sampling, thresholded
from drawings import Picture
from encoder import Bank


def texts(values: list[float]) -> Bank:
    """A text of one token for every value, which is its only number; every third has a second one, of 0."""
    lengths = [2 if i % 3 == 2 else 1 for i in range(len(values))]
    states = np.concatenate([[[v], [0.0]][:n] for v, n in zip(values, lengths)]).astype(np.float16)
    return Bank(states, np.concatenate([[0], np.cumsum(lengths)]))


class Said:
    """A network whose estimate is its text's first number everywhere, or 0; a pair of outputs, as the base has."""

    config = SimpleNamespace(shape=(3, 4, 4), sigma_min=0.01, sigma_max=50.0)

    def __call__(self, x, sigma, text, mask):
        value = text[:, 0, 0] * mask[:, 0]
        return value[:, None, None, None].expand_as(x), torch.zeros_like(x)


class Enlarging:
    """A super-resolution network whose estimate is its low-resolution input, brighter by its level."""

    config = SimpleNamespace(shape=(3, 8, 8), sigma_min=0.01, sigma_max=50.0)

    def __call__(self, x, sigma, text, mask, low, augmentation):
        return F.interpolate(low, scale_factor=2) + augmentation[:, None, None, None]


def test_ddim_and_heun_reach_the_exact_answer_of_a_normal_distribution():
    """D(x; sigma) = x / (1 + sigma²): the ODE brings x at sigma to x / sqrt(1 + sigma²)."""
    x = torch.linspace(-2, 2, 5)
    sigmas = [*sampling.karras_sigmas(200, 0.002, 80.0)]
    wanted = x * 80 / (1 + 80**2) ** 0.5
    calls = []

    def predict(x, sigma):
        calls.append(sigma)
        return x / (1 + sigma**2)

    errors = {}
    for second_order in (True, False):
        calls.clear()
        out = sampling.integrate(predict, x, sigmas, second_order)
        errors[second_order] = float((out - wanted).abs().max()), len(calls)
    assert errors[True][1] == 399 and errors[False][1] == 200
    assert errors[True][0] < 1e-3 < errors[False][0] < 0.05


def test_guidance_and_both_thresholds():
    bank = texts([0.25, -0.5, 0.4, 0.8])
    plain = cascade.sample(Said(), bank, Sampling(steps=3))
    assert torch.allclose(plain[:, 0, 0, 0], torch.tensor([0.25, -0.5, 0.4, 0.8]), atol=1e-3)
    guided = cascade.sample(Said(), bank, Sampling(scale=2.0, steps=3))
    assert torch.allclose(guided[:, 2, 3, 1], torch.tensor([0.5, -1.0, 0.8, 1.0]), atol=1e-3)
    estimate = torch.tensor([0.1, 0.5, -2.0, 4.0]).reshape(1, 1, 2, 2)
    assert thresholded(estimate, None).flatten().tolist() == pytest.approx([0.1, 0.5, -1, 1])
    assert thresholded(estimate, 100.0).flatten().tolist() == pytest.approx([0.025, 0.125, -0.5, 1])
    # The two largest are brought to ±1 at a percentile between them; pictures within the range stay as they are.
    assert thresholded(estimate, 200 / 3).flatten().tolist() == pytest.approx([0.05, 0.25, -1, 1])
    assert torch.equal(thresholded(estimate / 8, 50.0), estimate / 8)


def test_a_super_resolution_stage_sees_the_picture_that_was_asked_for_at_the_level_that_was_asked_for(monkeypatch):
    monkeypatch.setattr(cascade, "BATCH", 3)
    low = torch.linspace(-0.4, 0.4, 8)[:, None, None, None].expand(8, 3, 4, 4)
    bank = texts([0.0] * 8)
    clear = cascade.sample(Enlarging(), bank, Sampling(steps=2), low)
    assert torch.allclose(F.avg_pool2d(clear, 2), low, atol=1e-3)
    noised = cascade.sample(Enlarging(), bank, Sampling(steps=2, augmentation=0.1), low)
    angle = torch.tensor(0.1) * torch.pi / 2
    rest = F.avg_pool2d(noised, 2) - 0.1 - low * angle.cos()
    assert rest.std().item() == pytest.approx(angle.sin().item(), rel=0.15)
    # The noise is the same for other settings, and the number of pictures at a time changes nothing.
    monkeypatch.setattr(cascade, "BATCH", 8)
    assert torch.equal(noised, cascade.sample(Enlarging(), bank, Sampling(steps=2, augmentation=0.1), low))


class Judging:
    """Stands in for the judge: the picture's mean decides all it says; its embedding is one that a text can have."""

    config = SimpleNamespace(things=4)

    def __call__(self, x):
        mean = x.mean((1, 2, 3))
        logits = F.one_hot((mean > 0).long(), 14).float()
        parts = dict.fromkeys(("style", "background", "count"), logits)
        features = x.reshape(len(x), -1)[:, :: x[0].numel() // 2]
        return features, {"thing": logits[:, :4], **parts}, F.normalize(torch.stack([mean, mean * 0], 1), dim=1)


def asked(values: list[float]) -> evaluate_cascade.HeldOut:
    states = Bank(np.array([[v, 0.0] for v in values], np.float16), np.arange(len(values) + 1))
    wanted = [Picture(a=int(v > 0), key="noto", colour="white") for v in values]
    g = torch.Generator().manual_seed(0)
    real = torch.tensor(values)[:, None, None, None] + 0.05 * torch.randn(len(values), 3, 8, 8, generator=g)
    return evaluate_cascade.HeldOut(["a text"] * len(values), wanted, real, real.flip(0), states)


def test_judged_says_shares_alignment_and_distance():
    held = asked([0.3, -0.3, 0.6, -0.6])
    right = evaluate_cascade.judged(Judging(), held.real, held)
    assert right["thing"] == 1 and right["alignment"] == pytest.approx(1, abs=1e-3)
    wrong = evaluate_cascade.judged(Judging(), -held.real, held)
    assert wrong["thing"] == 0 and wrong["alignment"] == pytest.approx(-1, abs=1e-3)
    assert "frechetDistance" not in right
    reference = evaluate_cascade.seen(Judging(), held.others)[0]
    same, far = (
        evaluate_cascade.judged(Judging(), x, held, reference)["frechetDistance"]
        for x in (held.real, held.real * 0.3 + 0.5)
    )
    assert same < 1e-3 < 0.1 < far
    # With no more pictures than features the covariance says nothing.
    assert "frechetDistance" not in evaluate_cascade.judged(Judging(), held.real[:2], asked([0.3, -0.3]), reference)


def test_a_stage_is_compared_with_interpolation_and_with_its_low_resolution_input():
    held = asked([0.3, -0.3, 0.6, -0.6, 0.1])
    figures, made = evaluate_cascade.evaluate_stage(Enlarging(), held, None, steps=2)
    # Its answer at level 0 is the input itself, its pixels repeated; at higher levels noise and a brighter picture.
    assert figures["augmentation 0"]["psnr"] == figures["nearest"]["psnr"]
    assert figures["augmentation 0"]["lowDifference"] < 1e-3 < figures["bilinear"]["lowDifference"]
    psnrs, differences = (
        [figures[f"augmentation {a:g}"][key] for a in evaluate_cascade.LEVELS] for key in ("psnr", "lowDifference")
    )
    assert psnrs == sorted(psnrs, reverse=True) and differences == sorted(differences)
    assert figures["real"] == {"lowDifference": 0}
    error = (made["nearest"] - held.real).square().mean().item()
    assert figures["nearest"]["psnr"] == pytest.approx(10 * np.log10(4 / error), abs=0.01)


def test_a_study_changes_one_thing_at_a_time_and_shared_pictures_are_drawn_once(monkeypatch):
    held = asked([0.3, -0.3, 0.6, -0.6])
    held = evaluate_cascade.HeldOut(held.prompts, held.wanted, held.real, held.others, texts([0.3, -0.3, 0.6, -0.6]))
    monkeypatch.setattr(evaluate_cascade, "pooled", lambda text, mask: F.normalize(F.pad(text[:, 0], (0, 1)), dim=1))
    study = list(evaluate_cascade.points(["scales", "threshold", "augmentation"], Sampling(2.0, 2), Sampling(1.0, 2)))
    assert [p.base.scale for p in study[:6]] == [1, 1.5, 2, 3, 5, 8]
    assert [(p.base.scale, p.base.percentile) for p in study[6:10]] == [(5, None), (5, 99.5), (8, None), (8, 99.5)]
    assert [p.upsampler.augmentation for p in study[10:]] == [0, 0.1, 0.3, 0.6]
    drawn, original = [], cascade.sample
    monkeypatch.setattr(
        cascade, "sample", lambda network, *rest, **more: drawn.append(network) or original(network, *rest, **more)
    )
    base, upsampler = Said(), Enlarging()
    rows = list(evaluate_cascade.evaluate_cascade([base, upsampler], held, Judging(), study))
    # Six scales and two with dynamic thresholding; of the fourteen points three have been drawn before.
    assert drawn.count(base) == 8 and drawn.count(upsampler) == 11
    figures = [figures for _, figures, _ in rows]
    assert all(f["basePictures"]["thing"] == 1 and f["pictures"]["thing"] == 1 for f in figures[:6])
    saturated = [f["saturated"] for f in figures[:6]]
    assert saturated == sorted(saturated) and saturated[0] == 0 and saturated[-1] == 1
    assert rows[0][2].shape == (4, 3, 8, 8) and rows[0][2].dtype == np.uint8
    with pytest.raises(SystemExit, match="--parts: needs some of scales, .*, got 'scale'"):
        list(evaluate_cascade.points(["scale"], Sampling(), Sampling()))


def test_figures_are_added_to_those_that_stand_there(tmp_path):
    (tmp_path / "quality.json").write_text('{"scales": [1]}')
    evaluate_cascade.noted(tmp_path, "cascade", {"points": []})
    evaluate_cascade.noted(tmp_path, "cascade", {"points": [2]})
    assert json.loads((tmp_path / "quality.json").read_text()) == {"scales": [1], "cascade": {"points": [2]}}


def test_recognised_is_by_the_likeliest_thing():
    x = torch.tensor([0.5, -0.5, 0.5])[:, None, None, None].expand(3, 3, 8, 8)
    assert evaluate_cascade.recognised(Judging(), x, torch.tensor([1, 1, 0])).tolist() == [True, False, False]
