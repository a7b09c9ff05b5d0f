"""Students: the scale as an input, what they are asked for, and the chain from a graph to a graph."""

import dataclasses
import itertools
import json
import math
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

import data
import export_students
import train_students
from evaluate_students import Sampled, distance
from exporters import STORED_EXACTLY, export_denoiser, half_rounded, probes
from networks import Denoiser
from read_graph import form_of, numbers_of, read_denoiser, read_network
from students import Student, Walks, between, classifier_free, conditional_part, own_levels, straight_to, stride
from train import RECIPES
from train_students import StudentRecipe, drawn_scales, few_levels, train_student

MODELS = Path(__file__).resolve().parents[2] / "e2e/models"
SHIPPED = Path(__file__).resolve().parents[2] / "public/models"
TINY = RECIPES["tiny"].network


def test_weights_are_read_back_from_a_graph(tmp_path):
    torch.manual_seed(0)
    written = Denoiser(TINY).eval()
    for parameter in written.parameters():
        parameter.data.normal_(std=0.2)
    export_denoiser(written, tmp_path / "model.onnx")
    read = read_denoiser(tmp_path / "model.onnx", TINY)
    inputs = probes(TINY.shape, TINY.classes)
    assert torch.allclose(read(*inputs), half_rounded(written)(*inputs), atol=1e-5)


def test_weights_of_a_noisy_classifier_are_read_back(tmp_path):
    torch.manual_seed(0)
    build, export = form_of("tiny-classifier")
    written = build().eval()
    for parameter in written.parameters():
        parameter.data.normal_(std=0.2)
    export(written, tmp_path / "model.onnx")
    read = read_network(tmp_path / "model.onnx", build, export)
    x, sigma, _ = probes(TINY.shape, TINY.classes)
    wanted = half_rounded(written, (*STORED_EXACTLY, "logits.bias"))(x, sigma)
    assert torch.allclose(read(x, sigma), wanted, atol=1e-6)


@pytest.mark.parametrize("name", ["letters", "emoji", "letters-weak", "emoji-weak", "letters-classifier"])
def test_shipped_graphs_are_read(name, tmp_path):
    """And written again they hold the same numbers: today's exporter is the one that wrote them."""
    path = SHIPPED / name / "model.onnx"
    build, export = form_of(name)
    export(read_network(path, build, export), tmp_path / "model.onnx")
    theirs, ours = (numbers_of(onnx.load(p).graph.initializer) for p in (path, tmp_path / "model.onnx"))
    assert [list(c.dims) for c in theirs] == [list(c.dims) for c in ours]
    for a, b in zip(theirs, ours):
        assert np.allclose(numpy_helper.to_array(a), numpy_helper.to_array(b), atol=1e-3, rtol=2e-3)


def test_a_graph_of_another_network_is_refused(tmp_path):
    with pytest.raises(ValueError, match="needs constant .* of shape"):
        read_denoiser(MODELS / "tiny-colour/model.onnx", TINY)


def test_a_student_starts_as_the_conditional_network_at_every_scale():
    teacher = read_denoiser(MODELS / "tiny/model.onnx", TINY)
    inputs = probes(TINY.shape, TINY.classes)
    wanted = teacher(*inputs)
    for scale in (-2.0, 0.0, 1.0, 15.0):
        assert torch.equal(Student(TINY, teacher)(*inputs, torch.full((3,), scale)), wanted)


def test_the_embedding_of_scale_one_is_nothing():
    student = Student(TINY)
    torch.nn.init.normal_(student.embed_scale.weight)
    torch.nn.init.normal_(student.slope.weight)
    one = student(*probes(TINY.shape, TINY.classes), torch.ones(3))
    torch.nn.init.zeros_(student.embed_scale.weight)
    torch.nn.init.zeros_(student.slope.weight)
    assert torch.allclose(one, student(*probes(TINY.shape, TINY.classes), torch.ones(3)), atol=1e-6)


def gaussian(mean: float, deviation: float):
    """The exact denoiser of N(mean, deviation²), which ignores label and scale."""

    def estimate(x, sigma, label, scale):
        share = (deviation**2 / (deviation**2 + sigma**2))[:, None, None, None]
        return mean + share * (x - mean)

    return estimate


@pytest.mark.parametrize("levels", [(80.0, 17.5), (2.5, 0.17), (0.17, 0.0)])
def test_a_stride_follows_the_ode(levels):
    """On a Gaussian x - mean shrinks as sqrt(deviation² + sigma²) (2206.00364)."""
    mean, deviation, (high, low) = 0.3, 0.6, levels
    x = mean + math.hypot(high, deviation) * torch.randn(4, 1, 2, 2, generator=torch.Generator().manual_seed(0))
    sigma, down = torch.full((4,), high), torch.full((4,), low)
    exact = mean + (x - mean) * math.hypot(low, deviation) / math.hypot(high, deviation)
    estimate = gaussian(mean, deviation)
    ends = [stride(estimate, x, between(sigma, down, n, 0.002), None, None, 0.002) for n in (4, 16)]
    errors = [float((end - exact).abs().max() / (exact - mean).abs().max()) for end in ends]
    assert errors[0] < 0.03
    assert errors[1] < 0.5 * errors[0]
    # Euler's method with the estimate that a student is asked for goes there in one step.
    wanted = straight_to(x, ends[1], sigma, down)
    arrived = wanted + (down / sigma)[:, None, None, None] * (x - wanted)
    assert torch.allclose(arrived, ends[1], atol=1e-4)


def test_between_ends_where_it_should():
    levels = between(torch.tensor([80.0, 2.0]), torch.tensor([2.0, 0.0]), 3, 0.002)
    assert len(levels) == 4
    assert torch.allclose(levels[0], torch.tensor([80.0, 2.0]))
    assert torch.allclose(levels[2][1], torch.tensor(0.002))  # and then to 0
    assert levels[-1].tolist() == [2.0, 0.0]
    assert all(bool((a > b).all()) for a, b in itertools.pairwise(levels))


def test_a_stride_of_few_steps_is_those_steps():
    """Of a student of four steps: two of its own, from its first level and from its third, down to 0."""
    levels = few_levels(4, 0.002, 80.0)
    sigma = torch.tensor([levels[0], levels[2]])
    walked = own_levels(levels, sigma, 2)
    assert torch.allclose(torch.stack(walked, 1), torch.tensor([levels[:3], levels[2:]]))
    # The levels of two steps are among those of four: one student's step ends where another of the other's begins.
    assert few_levels(2, 0.002, 80.0) == pytest.approx([*levels[:4:2], 0.0])
    estimate = gaussian(0.3, 0.6)
    x = sigma[:, None, None, None] * torch.randn(2, 1, 2, 2, generator=torch.Generator().manual_seed(0))
    state = x
    for high, low in itertools.pairwise(walked):
        state = estimate(state, high, None, None) + (low / high)[:, None, None, None] * (
            state - estimate(state, high, None, None)
        )
    assert torch.allclose(stride(estimate, x, walked, None, None, 0.002, first_order=True), state, atol=1e-5)
    second = stride(estimate, x, walked, None, None, 0.002)
    assert not torch.allclose(second[0], state[0], atol=1e-3)


def test_the_conditional_part_of_a_guided_estimate():
    teacher = read_denoiser(MODELS / "tiny/model.onnx", TINY)
    x, sigma, label = probes(TINY.shape, TINY.classes)
    scale, null = torch.tensor([1.0, 3.0, 15.0]), torch.eye(5)[[4, 4, 4]]
    guided = classifier_free(teacher)(x, sigma, label, scale)
    parted = conditional_part(guided, teacher(x, sigma, null), scale)
    assert torch.allclose(parted, teacher(x, sigma, label), atol=1e-5)


def test_walks_reach_the_data_and_begin_anew():
    generator = torch.Generator().manual_seed(0)

    def draw(n):
        return torch.eye(2)[torch.zeros(n, dtype=torch.long)], torch.ones(n), [few_levels(4, 0.002, 80.0)] * n

    walks = Walks(64, (1, 2, 2), draw, generator)
    walks.begin(torch.zeros(64, 1, 2, 2))
    assert len(walks.sigma.unique()) > 1  # they start at different levels
    estimate = gaussian(0.5, 0.01)
    for _ in range(4):
        last = walks.down == 0
        arriving = estimate(walks.x, walks.sigma, None, None)[last]
        walks.advance(estimate(walks.x, walks.sigma, None, None))
        assert torch.allclose(arriving, torch.full_like(arriving, 0.5), atol=0.06)
        assert (walks.sigma[last] == 80.0).all()
        if last.any():
            assert 40 < walks.x[last].std() < 120


def test_scales_cover_their_range():
    scales = drawn_scales(4000, torch.Generator().manual_seed(0))
    assert 0.05 < (scales == 1).float().mean() < 0.15
    assert 0.05 < (scales < 1).float().mean() < 0.15
    assert -2 <= scales.min() < -1 and scales.max() < 15 and (scales > 8).float().mean() > 0.1


@pytest.fixture(scope="module")
def students(tmp_path_factory):
    """Students of the tiny network, trained and exported by the commands' own functions."""
    runs, out = tmp_path_factory.mktemp("runs"), tmp_path_factory.mktemp("models")
    train_students.RUNS = export_students.RUNS = runs
    shutil.copytree(MODELS / "tiny", out / "tiny")
    recipe = StudentRecipe("bars", TINY, images=12_800, lr=3e-3, warmup=20, ema=0.98)
    train_student("tiny", recipe, runs / "tiny-distilled", models=MODELS)
    few = StudentRecipe("bars", TINY, steps=4, images=12_800, lr=3e-3, warmup=20, ema=0.98)
    train_student("tiny", few, runs / "tiny-fast", models=MODELS)
    for kind in ("distilled", "fast"):
        export_students.export_student("tiny", kind, out)
    return out


def shares_of_error(student: Student) -> list[float]:
    """Its mean squared error as the guided estimate, as a share of the conditional network's, at scales 2 and 6."""
    teacher = read_denoiser(MODELS / "tiny/model.onnx", TINY)
    guided = classifier_free(teacher)
    generator = torch.Generator().manual_seed(3)
    sigma = torch.exp(torch.linspace(math.log(0.1), math.log(20), 64))
    label = torch.eye(5)[torch.randint(4, (64,), generator=generator)]
    clean = data.to_unit(data.load("bars", "test")[0][:64])
    x = clean + sigma[:, None, None, None] * torch.randn(64, *TINY.shape, generator=generator)
    shares = []
    for scale in (2.0, 6.0):
        s = torch.full((64,), scale)
        wanted = guided(x, sigma, label, s)
        error = (student(x, sigma, label, s) - wanted).square().mean()
        shares.append(float(error / (teacher(x, sigma, label) - wanted).square().mean()))
    return shares


def test_one_pass_is_near_two(students):
    """Far nearer to the guided estimate than the conditional network is, over noise levels and scales."""
    student, _ = train_students.load_student(train_students.RUNS / "tiny-distilled/ema.pt")
    assert max(shares_of_error(student)) < 0.5


def test_guidance_is_learnt_without_a_teacher_too(students):
    """Nearer to the guided estimate than the conditional network is: that all of it is learnt takes longer."""
    runs = train_students.RUNS / "tiny-guidance-free"
    recipe = StudentRecipe("bars", TINY, images=12_800, lr=3e-3, warmup=20, ema=0.98, guidance_free=True)
    student, _ = train_students.load_student(train_student("tiny", recipe, runs, models=MODELS))
    assert max(shares_of_error(student)) < 0.6
    with pytest.raises(ValueError, match="any number of steps, got steps=4"):
        train_student("tiny", dataclasses.replace(recipe, steps=4), runs, models=MODELS)


def test_four_steps_come_nearer_to_the_teacher_than_four_steps_of_the_student_of_one_pass(students):
    noise = torch.randn(64, *TINY.shape, generator=torch.Generator().manual_seed(4))
    rows = np.eye(5, dtype=np.float32)[np.arange(64) % 4]
    teacher, few, one_pass = (Sampled(students / name, 16, 1) for name in ("tiny", "tiny-fast", "tiny-distilled"))
    one_pass.sigmas, one_pass.second_order = few.sigmas, False
    wanted = teacher(noise, rows, 2.0)
    assert len(few.sigmas) == 5
    assert distance(few(noise, rows, 2.0), wanted) < 0.8 * distance(one_pass(noise, rows, 2.0), wanted)


def test_two_steps_are_learnt_from_four(students):
    """Nearer to the four steps that they stand for than two steps of the student of one pass are."""
    runs = train_students.RUNS
    recipe = StudentRecipe("bars", TINY, steps=2, images=6_400, lr=3e-3, warmup=20, ema=0.98)
    run = train_student("tiny", recipe, runs / "tiny-two", "tiny-fast", models=MODELS)
    two, _ = train_students.load_student(run)
    four, _ = train_students.load_student(runs / "tiny-fast/ema.pt")
    one_pass, _ = train_students.load_student(runs / "tiny-distilled/ema.pt")
    noise = 80 * torch.randn(64, *TINY.shape, generator=torch.Generator().manual_seed(5))
    label, scale = torch.eye(5)[torch.arange(64) % 4], torch.full((64,), 2.0)

    def drawn(student, steps):
        levels = [torch.full((64,), level) for level in few_levels(steps, 0.002, 80.0)]
        return stride(student, noise, levels, label, scale, 0.002, first_order=True)

    wanted = drawn(four, 4)
    assert distance(drawn(two, 2), wanted) < 0.8 * distance(drawn(one_pass, 2), wanted)
    with pytest.raises(ValueError, match="part of the teacher's 4, got 3"):
        train_student("tiny", dataclasses.replace(recipe, steps=3), runs / "tiny-three", "tiny-fast", models=MODELS)


def test_manifests_say_what_they_are(students):
    teacher, distilled, fast = (
        json.loads((students / name / "manifest.json").read_text()) for name in ("tiny", "tiny-distilled", "tiny-fast")
    )
    assert teacher["companions"]["distilled"] == distilled["id"] and teacher["companions"]["fast"] == fast["id"]
    assert distilled["role"] == "student" and distilled["conditioning"] == ["label", "scale"]
    assert "levels" not in distilled and len(fast["levels"]) == 4 and fast["levels"][0] == 80.0
    assert fast["training"]["command"] is None or "train_students" in fast["training"]["command"]
