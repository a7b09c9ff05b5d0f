"""The whole chain on the tiny configuration: train, resume, classify, evaluate, export, compare with ONNX."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

import classifier
import data
import evaluate
import export
import exporters
import graph
import manifest
import train
from networks import Denoiser, NoisyClassifier, UNetConfig, flops, log_probability_gradient, parameters
from sampling import heun


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """The runs folder after training the tiny denoiser and its classifier with the commands' own functions."""
    folder = tmp_path_factory.mktemp("runs")
    train.RUNS = evaluate.RUNS = export.RUNS = folder
    train.train("tiny", train.RECIPES["tiny"], folder / "tiny", None, compile=False)
    for name in ("tiny-features", "tiny-classifier", "tiny-small-classifier"):
        classifier.train_classifier(name, folder / name, None, compile=False)
    return folder


def test_loss_falls_and_the_log_says_so(runs):
    rows = (runs / "tiny/log.csv").read_text().splitlines()
    assert rows[0] == "images,minutes,loss,lr"
    losses = [float(row.split(",")[2]) for row in rows[1:]]
    assert losses[-1] < 0.6 * losses[0]


def test_classifier_learns(runs):
    _, about = classifier.load_classifier(runs / "tiny-features/classifier.pt")
    assert about["quality"]["testAccuracy"] > 0.95


@pytest.mark.parametrize("size", ["classifier", "small-classifier"])
def test_noisy_classifier_is_honest_over_the_noise_range(runs, size):
    """Right where the picture can be seen, and as unsure as chance where it cannot."""
    _, about = classifier.load_classifier(runs / f"tiny-{size}/classifier.pt")
    rows = {row["sigma"]: row for row in about["quality"]["testAccuracyBySigma"]}
    assert rows[0.2]["accuracy"] > 0.95
    assert abs(rows[80.0]["nll"] - np.log(4)) < 0.1
    accuracies = [row["accuracy"] for row in rows.values()]
    assert accuracies[0] > accuracies[-5] > accuracies[-1]


def test_classifier_gradient_guides(runs):
    """Classifier guidance of the unconditional network draws the class asked for; without it, chance (2105.05233)."""
    judge_network, _ = classifier.load_classifier(runs / "tiny-features/classifier.pt")
    noisy, _ = classifier.load_classifier(runs / "tiny-classifier/classifier.pt")
    denoiser, _ = train.load_denoiser(runs / "tiny/ema.pt")
    labels = torch.arange(4).repeat_interleave(32)

    class Guided:
        config = denoiser.config

        def __init__(self, scale):
            self.scale = scale

        def __call__(self, x, sigma, label):
            null = torch.eye(5)[torch.full((len(x),), 4)]
            with torch.enable_grad():
                gradient = log_probability_gradient(noisy, x, sigma, label)[1]
            return denoiser(x, sigma, null) + self.scale * sigma[:, None, None, None] ** 2 * gradient

    def accuracy(scale):
        noise = torch.randn(128, 1, 8, 8, generator=torch.Generator().manual_seed(1))
        samples = heun(Guided(scale), noise, torch.eye(5)[labels], 1.0, 8)
        logits, _ = classifier.logits_and_features(judge_network, evaluate.quantised(samples))
        return float((logits.argmax(1) == labels).float().mean())

    assert accuracy(0.0) < 0.4
    assert accuracy(2.0) > 0.65


def test_guidance_raises_class_accuracy_of_weak_network(runs):
    """The weak snapshot, trained on a twelfth, still gains from guidance; the full one is accurate."""
    network, _ = classifier.load_classifier(runs / "tiny-features/classifier.pt")
    labels = torch.arange(4).repeat_interleave(64)

    def accuracy(name, scale):
        denoiser, _ = train.load_denoiser(runs / "tiny" / name)
        samples = evaluate.generate(denoiser, labels, scale, steps=8)
        logits, _ = classifier.logits_and_features(network, evaluate.quantised(samples))
        return float((logits.argmax(1) == labels).float().mean())

    assert accuracy("ema.pt", 2) > 0.95
    assert accuracy("weak.pt", 3) > accuracy("weak.pt", 1)


def test_resume_continues_exactly(tmp_path):
    """Stopping after half the images and resuming gives the same weights as one run."""
    recipe = dataclasses.replace(train.RECIPES["tiny"], images=64 * 20)
    torch.manual_seed(0)
    whole = train.train("tiny", recipe, tmp_path / "whole", None, compile=False)

    original = train.training_batch
    seen = 0

    def interrupted(*args):
        nonlocal seen
        seen += 1
        if seen == 11:
            raise KeyboardInterrupt
        return original(*args)

    # A checkpoint after ten steps: what the clock does in long runs.
    half = dataclasses.replace(recipe)
    train.training_batch = interrupted
    try:
        with pytest.raises(KeyboardInterrupt):
            train.train("tiny", half, tmp_path / "parts", None, compile=False, checkpoint_every=0.0)
    finally:
        train.training_batch = original
    parts = train.train("tiny", recipe, tmp_path / "parts", None, compile=False)
    a, b = (torch.load(p, weights_only=False)["ema"] for p in (whole, parts))
    assert all(torch.equal(a[k], b[k]) for k in a)


def check_variant(runs, models):
    """A run of another p_uncond is exported beside its recipe's own and shares its companions but the weak one."""
    snapshot = torch.load(runs / "tiny/ema.pt", weights_only=False)
    snapshot["recipe"]["p_uncond"] = 0.5
    (runs / "tiny-p50").mkdir()
    torch.save(snapshot, runs / "tiny-p50/ema.pt")
    assert export.export("tiny-p50", models) == ["tiny-p50"]
    own, other = (json.loads((models / i / "manifest.json").read_text()) for i in ("tiny", "tiny-p50"))
    assert (other["pUncond"], other["title"]) == (0.5, "Bars (test network), p_uncond 0.5")
    assert other["training"]["command"] == "python train.py tiny --set p_uncond=0.5 --run tiny-p50"
    assert other["companions"] == {k: v for k, v in own["companions"].items() if k != "weak"}


def test_export_equals_pytorch_over_a_whole_trajectory(runs, tmp_path):
    """ONNX Runtime and PyTorch agree to 1e-4 after Heun's method with guidance, for two batch sizes."""
    ids = export.export("tiny", tmp_path)
    manifest.write_index(tmp_path)
    assert ids == ["tiny", "tiny-weak", "tiny-features", "tiny-classifier", "tiny-small-classifier"]
    companions = json.loads((tmp_path / "tiny/manifest.json").read_text())["companions"]
    assert companions["smallClassifier"] == "tiny-small-classifier"
    assert json.loads((tmp_path / "index.json").read_text())["default"] == "tiny"
    check_reference(tmp_path / "tiny-features", runs / "tiny-features/classifier.pt")
    check_variant(runs, tmp_path)
    denoiser, _ = train.load_denoiser(runs / "tiny/ema.pt")
    rounded = exporters.half_rounded(denoiser)
    session = onnxruntime.InferenceSession(str(tmp_path / "tiny/model.onnx"), providers=["CPUExecutionProvider"])

    class Onnx:
        config = denoiser.config

        def __call__(self, x, sigma, label):
            feed = {"x": x.numpy(), "sigma": sigma.numpy(), "label": label.numpy()}
            return torch.from_numpy(session.run(None, feed)[0])

    for batch in (1, 5):
        noise = torch.randn(batch, 1, 8, 8, generator=torch.Generator().manual_seed(3))
        label = torch.eye(5)[torch.arange(batch) % 4]
        difference = (heun(rounded, noise, label, 3.0, 10) - heun(Onnx(), noise, label, 3.0, 10)).abs().max()
        assert float(difference) < 1e-4


def check_reference(folder, trained):
    """reference.bin holds what the manifest says: the moments and some features of the test split."""
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [f["name"] for f in manifest["files"]] == ["model.onnx", "reference.bin"]
    about, raw = manifest["reference"], (folder / "reference.bin").read_bytes()
    size, kept = about["features"], about["kept"]
    assert (about["pictures"], size, kept) == (512, 16, 400)
    network, _ = classifier.load_classifier(trained)
    x, y = data.load("bars", "test")
    features = classifier.logits_and_features(network, data.to_unit(x))[1].numpy()
    mean, covariance = np.frombuffer(raw, "<f4", size), np.frombuffer(raw, "<f4", size**2, 4 * size)
    np.testing.assert_allclose(mean, features.mean(0), atol=1e-4)
    np.testing.assert_allclose(covariance.reshape(size, size), np.cov(features.T), atol=1e-3)
    stored = np.frombuffer(raw, "<f2", kept * size, 4 * size * (size + 1)).reshape(kept, size)
    chosen = np.concatenate([np.flatnonzero(y.numpy() == k)[:100] for k in range(4)])
    np.testing.assert_allclose(stored, features[chosen], rtol=1e-3, atol=1e-3)
    assert len(raw) == 4 * size * (size + 1) + 2 * kept * size


@pytest.mark.parametrize("norm", ["group", "layer"])
def test_exported_graph_is_static_and_equals_pytorch_at_every_noise_level(norm, tmp_path):
    torch.manual_seed(1)
    config = UNetConfig(shape=(3, 16, 16), classes=3, channels=(16, 32), blocks=1, embedding=16, heads=2, norm=norm)
    denoiser = Denoiser(config).eval()
    for p in denoiser.parameters():  # zero-initialised layers would hide mistakes
        p.data += 0.05 * torch.randn_like(p)
    denoiser.requires_grad_(False)
    exporters.export_denoiser(denoiser, tmp_path / "model.onnx")
    sigma = torch.tensor([0.002, 0.5, 80.0])
    x = torch.randn(3, 3, 16, 16) * sigma[:, None, None, None]
    label = torch.eye(4)[[0, 3, 2]]
    difference = exporters.onnx_difference(tmp_path / "model.onnx", exporters.half_rounded(denoiser), x, sigma, label)
    assert difference < 1e-4
    graph = onnx.shape_inference.infer_shapes(onnx.load(tmp_path / "model.onnx")).graph
    computed = {n.op_type for n in graph.node} & {"Shape", "Gather", "Unsqueeze", "Range", "ConstantOfShape"}
    assert computed == set()  # nothing computes a shape
    shapes = [v.type.tensor_type.shape.dim for v in graph.value_info]
    assert len(shapes) > 50
    assert all(d.dim_value > 0 for shape in shapes for d in shape[1:])  # only the batch is symbolic


def test_exported_gradient_equals_autograd_at_every_noise_level(tmp_path):
    torch.manual_seed(1)
    network = NoisyClassifier(shape=(3, 16, 16), classes=3, channels=(8, 12, 16), blocks=2, embedding=8)
    for p in network.parameters():  # zero-initialised layers would hide mistakes
        p.data += 0.15 * torch.randn_like(p)
    network.requires_grad_(False)
    exporters.export_noisy_classifier(network, tmp_path / "model.onnx")
    sigma = torch.tensor([0.002, 0.5, 80.0])
    x = torch.randn(3, 3, 16, 16) * (sigma[:, None, None, None] ** 2 + 0.4).sqrt()
    label = torch.stack([torch.tensor([0, 1.0, 0, 0]), torch.tensor([0.3, 0, 0.7, 0]), torch.eye(4)[3]])
    rounded = exporters.half_rounded(network)
    gradient = log_probability_gradient(rounded, x, sigma, label)[1]
    assert float(gradient[:2].abs().amax((1, 2, 3)).min()) > 1e-3  # there is something to compare
    assert float(gradient[2].abs().max()) == 0  # the null label pulls nowhere

    def expected(*inputs):
        return log_probability_gradient(rounded, *inputs)

    assert exporters.onnx_difference(tmp_path / "model.onnx", expected, x, sigma, label) < 1e-4
    computed = {n.op_type for n in onnx.load(tmp_path / "model.onnx").graph.node} & {
        "Shape",
        "Gather",
        "Unsqueeze",
        "Range",
    }
    assert computed == set()


def test_sine_polynomial():
    r = np.linspace(-0.5, 0.5, 1001)
    series = sum(c * r ** (2 * k + 1) for k, c in enumerate(graph.sine_coefficients()))
    assert np.abs(series - np.sin(2 * np.pi * r)).max() < 1e-8


def test_shipped_letters_network_keeps_its_budget():
    config = train.RECIPES["letters"].network
    denoiser = Denoiser(config)
    inputs = torch.randn(1, 1, 28, 28), torch.ones(1), torch.eye(27)[:1]
    assert flops(denoiser, *inputs) <= 0.25e9
    assert 2 * parameters(denoiser) <= 4e6  # bytes in float16


def test_labels_are_dropped_with_p_uncond():
    recipe = dataclasses.replace(train.RECIPES["tiny"], batch=8192, p_uncond=0.2)
    x, y = torch.zeros(16, 1, 8, 8, dtype=torch.uint8), torch.arange(16) % 4
    label = train.training_batch(x, y, recipe, torch.Generator().manual_seed(0))[3]
    assert abs(float(label[:, -1].mean()) - 0.2) < 0.02
    assert torch.equal(label.sum(1), torch.ones(8192))


def test_sigmas_cover_the_range():
    recipe = dataclasses.replace(train.RECIPES["letters"])
    sigma = train.sample_sigmas(100_000, recipe, torch.Generator().manual_seed(0))
    assert 0.002 <= float(sigma.min()) < 0.003 and 70 < float(sigma.max()) <= 80
    assert abs(float(sigma.log().median()) - recipe.p_mean) < 0.1


def test_unknown_setting_is_named():
    with pytest.raises(SystemExit, match="'colour'"):
        train.overridden(train.RECIPES["tiny"], ["colour=1"])


def test_the_command_that_trains_again_has_what_decides_the_weights():
    words = [
        "letters",
        "--run",
        "a",
        "--minutes",
        "9",
        "--set",
        "lr=1e-3",
        "--set",
        "ema=0.999",
        "--data",
        "here",
        "--pause",
        "3",
        "--no-compile",
    ]
    assert (
        train.command_of(train.arguments().parse_args(words))
        == "python train.py letters --run a --minutes 9 --set lr=1e-3 --set ema=0.999"
    )


def test_commands_explain_themselves():
    for script in (
        "train.py",
        "classifier.py",
        "evaluate.py",
        "memorisation.py",
        "pipeline.py",
        "export.py",
        "shards.py",
    ):
        result = subprocess.run(
            [sys.executable, script, "--help"], cwd=manifest.ROOT / "training", capture_output=True, text=True
        )
        assert result.returncode == 0 and "python " + script in result.stdout


def test_frechet_distance_of_shifted_gaussians():
    """Equal covariances: the distance is the squared shift of the means."""
    rng = np.random.default_rng(0)
    a = rng.normal(size=(4000, 6)) @ rng.normal(size=(6, 6))
    shift = np.arange(6.0)
    assert abs(evaluate.frechet(a, a + shift) - shift @ shift) < 1e-6
    b = rng.normal(size=(5000, 6)) * 2
    ca, cb = np.cov(a.T), np.cov(b.T)
    from_product = np.sqrt(np.linalg.eigvals(ca @ cb).real).sum()
    d = a.mean(0) - b.mean(0)
    assert abs(evaluate.frechet(a, b) - (d @ d + np.trace(ca + cb) - 2 * from_product)) < 1e-6


def test_classifier_score_bounds():
    """1 where all predictions are equal, the number of classes where they are sure and spread evenly."""
    assert abs(evaluate.classifier_score(torch.zeros(10, 5)) - 1) < 1e-9
    assert abs(evaluate.classifier_score(50 * torch.eye(5).repeat(4, 1)) - 5) < 1e-6
