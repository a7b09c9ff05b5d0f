"""One command from data to models, stopped and continued; several processes; weights that travel."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import classifier
import evaluate
import export
import exporters
import memorisation
import pipeline
import shards
import train

HERE = Path(__file__).resolve().parents[1]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for module in (train, evaluate, export, memorisation, pipeline, classifier):
        monkeypatch.setattr(module, "RUNS", tmp_path / "runs")
    return tmp_path


def test_pipeline_trains_measures_and_exports_and_continues_where_it_paused(folder, monkeypatch):
    arguments = dict(models=folder / "models", compile=False, samples=60, scales=(1, 2))
    command = [
        sys.executable,
        "pipeline.py",
        "tiny-colour",
        "--minutes",
        "0.1",
        "--pause",
        "0.04",
        "--models",
        str(folder / "models"),
    ]
    first = subprocess.run(
        command, cwd=HERE, env=os.environ | {"GUIDANCE_RUNS": str(folder / "runs")}, capture_output=True, text=True
    )
    assert first.returncode == 0 and "runs/tiny-colour: paused at" in first.stdout, first
    assert not (folder / "models").exists()
    paused = torch.load(folder / "runs/tiny-colour/checkpoint.pt", weights_only=False)
    assert 0 < paused["minutes"] < 0.08

    ids = pipeline.pipeline("tiny-colour", 0.1, out=folder / "out", **arguments)
    assert ids == ["tiny-colour", "tiny-colour-weak", "tiny-colour-features", "tiny-colour-classifier"]
    trained = torch.load(folder / "runs/tiny-colour/ema.pt", weights_only=False)
    assert trained["images"] > paused["images"] and 0.08 <= trained["minutes"] < 0.2
    manifest = json.loads((folder / "models/tiny-colour/manifest.json").read_text())
    assert manifest["training"]["command"] == "python pipeline.py tiny-colour --minutes 0.1"
    assert [row["guidanceScale"] for row in manifest["quality"]["scales"]] == [1, 2]
    memory = manifest["quality"]["memorisation"]
    assert memory["trainingPictures"] == 2 * 4096  # with their mirror images
    assert 0 <= memory["pixels"]["shareNearer"] <= 1 and memory["features"]["heldOutFirstPercentile"] > 0
    weak = json.loads((folder / "models/tiny-colour-weak/manifest.json").read_text())
    assert weak["parameters"] < manifest["parameters"] / 2
    assert abs(weak["training"]["imagesSeen"] - trained["images"] / 8) <= 64
    assert (folder / "runs/tiny-colour/nearest.png").exists()

    # Everything is done: a third call only exports again, to the same bytes.
    before = (folder / "models/tiny-colour/model.onnx").read_bytes()
    weights = (folder / "runs/tiny-colour/ema.pt").stat().st_mtime_ns
    started = time.monotonic()
    monkeypatch.setattr(pipeline, "train_classifier", None)
    pipeline.pipeline("tiny-colour", 0.1, **arguments)
    assert time.monotonic() - started < 15
    assert (folder / "models/tiny-colour/model.onnx").read_bytes() == before
    assert (folder / "runs/tiny-colour/ema.pt").stat().st_mtime_ns == weights

    # Another network of the same data has the same judge.
    shutil.copytree(folder / "runs/tiny-colour", folder / "runs/other", ignore=shutil.ignore_patterns("quality.json"))
    evaluate.evaluate("other", 10, (1,), steps=4, judge="tiny-colour-features")
    assert json.loads((folder / "runs/other/quality.json").read_text())["judge"] == "tiny-colour-features"

    # And from the packed weights alone, on another machine: the half-precision file is the exported one's weights.
    names = shards.unpack(folder / "out", folder / "elsewhere")
    assert {"tiny-colour/ema.pt", "tiny-colour-weak/ema.pt", "tiny-colour/quality.json"} <= set(names)
    released, _ = train.load_denoiser(folder / "elsewhere/tiny-colour/ema.pt")
    exporters.export_denoiser(released, folder / "again.onnx")
    x, sigma, label = exporters.probes((3, 16, 16), 6)
    assert (
        exporters.onnx_difference(
            folder / "again.onnx",
            exporters.half_rounded(train.load_denoiser(folder / "runs/tiny-colour/ema.pt")[0]),
            x,
            sigma,
            label,
        )
        < 2e-3
    )


def test_pieces_are_small_and_few_enough(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    weights = torch.randn(5000, generator=torch.Generator().manual_seed(0))
    torch.save({"ema": {"w": weights, "count": torch.tensor(3)}, "name": "x"}, run / "ema.pt")
    written = shards.pack([run], tmp_path / "out", piece=4096)
    assert 2 < len(written) <= shards.PIECES and all(p.stat().st_size <= 4096 for p in written)
    assert shards.unpack(tmp_path / "out", tmp_path / "runs") == ["run/ema.pt"]
    back = torch.load(tmp_path / "runs/run/ema.pt", weights_only=False)["ema"]
    assert torch.equal(back["w"], weights.half()) and back["count"] == 3
    with pytest.raises(ValueError, match="at most 8 pieces of 512 bytes"):
        shards.pack([run], tmp_path / "out", piece=512)


def test_released_weights_are_continued_with_a_short_warm_up(tmp_path):
    recipe = dataclasses.replace(train.RECIPES["tiny"], images=64 * 10)
    released = train.train("tiny", recipe, tmp_path / "first", None, compile=False)
    longer = dataclasses.replace(recipe, images=64 * 25)
    about = torch.load(
        train.train("tiny", longer, tmp_path / "second", None, compile=False, start=released, log_every=5),
        weights_only=False,
    )
    assert about["images"] == 64 * 25
    rows = [row.split(",") for row in (tmp_path / "second/log.csv").read_text().splitlines()[1:]]
    assert [int(row[0]) for row in rows] == [64 * 15, 64 * 20, 64 * 25]
    assert float(rows[0][3]) == train.RECIPES["tiny"].lr  # the warm-up of 20 steps is one of 4


def test_decay_is_fitted_to_the_minutes(tmp_path):
    recipe = dataclasses.replace(train.RECIPES["tiny"], warmup=1)
    about = torch.load(
        train.train("tiny", recipe, tmp_path, None, compile=False, budget=0.15, log_every=1), weights_only=False
    )
    assert 0.15 <= about["minutes"] < 1  # a busy machine takes longer over the last step
    rates = [float(row.split(",")[3]) for row in (tmp_path / "log.csv").read_text().splitlines()[1:]]
    assert rates[0] == recipe.lr and rates[-1] < 0.1 * recipe.lr


def test_two_processes_train_as_one_does(tmp_path):
    """torchrun with two processes, each with half of every batch: the same weights but for the order of sums."""
    command = ["train.py", "tiny", "--images", "640", "--no-compile"]
    for runs, launcher in (
        ("one", []),
        ("two", ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]),
    ):
        environment = os.environ | {"GUIDANCE_RUNS": str(tmp_path / runs), "OMP_NUM_THREADS": "1"}
        subprocess.run(
            [sys.executable, *launcher, *command], cwd=HERE, env=environment, check=True, capture_output=True
        )
    one, two = (torch.load(tmp_path / n / "tiny/checkpoint.pt", weights_only=False) for n in ("one", "two"))
    assert one["images"] == two["images"] == 640
    torch.manual_seed(train.RECIPES["tiny"].seed)
    fresh = train.Denoiser(train.RECIPES["tiny"].network)

    def length(part):
        return sum(float(v.square().sum()) for v in part) ** 0.5

    moved = length(v - one["denoiser"][k] for k, v in fresh.state_dict().items())
    apart = length(v - one["denoiser"][k] for k, v in two["denoiser"].items())
    assert apart < 0.01 * moved  # bfloat16's rounding: 0.002 was measured
