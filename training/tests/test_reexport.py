"""Networks written anew: the same function, and the new checksum where something was measured with the old one."""

import json
from pathlib import Path

import pytest
import torch

import reexport
from exporters import export_denoiser
from manifest import described_files
from networks import Denoiser
from train import RECIPES

TRAINING = Path(__file__).resolve().parents[1]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the repository's places with one network of random weights, and a figure measured with it."""
    monkeypatch.setattr(reexport, "ROOT", tmp_path)
    monkeypatch.setattr(reexport, "MODELS", [tmp_path / "e2e/models"])
    models = tmp_path / "e2e/models/tiny"
    models.mkdir(parents=True)
    torch.manual_seed(0)
    network = Denoiser(RECIPES["tiny"].network).eval()
    for parameter in network.parameters():
        parameter.data.normal_(std=0.1)
    export_denoiser(network, models / "model.onnx")
    files = described_files(models, ("model.onnx",))
    (models / "manifest.json").write_text(json.dumps({"thumbnail": {"network": files[0]["sha256"]}, "files": files}))
    return models


def test_a_network_written_anew_is_the_same_and_its_checksum_follows(folder):
    earlier = json.loads((folder / "manifest.json").read_text())["files"][0]["sha256"]
    measured = folder.parents[1] / "measured.json"
    measured.write_text(json.dumps({"network": earlier}))
    (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes() + b"\x82\x01\x00")  # another checksum
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"] = described_files(folder, ("model.onnx",))
    text = json.dumps(manifest).replace(earlier, manifest["files"][0]["sha256"])
    (folder / "manifest.json").write_text(text)
    measured.write_text(json.dumps({"network": manifest["files"][0]["sha256"]}))
    reexport.reexport("tiny", TRAINING)
    after = json.loads((folder / "manifest.json").read_text())
    assert after["files"] == described_files(folder, ("model.onnx",))
    assert after["files"][0]["sha256"] != manifest["files"][0]["sha256"]
    assert after["thumbnail"]["network"] == after["files"][0]["sha256"]
    assert json.loads(measured.read_text())["network"] == after["files"][0]["sha256"]
    assert not (folder / "new.onnx").exists()


def test_a_graph_that_would_compute_something_else_is_not_written(folder, monkeypatch):
    before = (folder / "model.onnx").read_bytes()
    read = reexport.weights_of

    def changed(*about):
        weights = read(*about)
        weights["net.head.bias"] += 0.01
        return weights

    monkeypatch.setattr(reexport, "weights_of", changed)
    with pytest.raises(ValueError, match="must agree within 1e-05"):
        reexport.reexport("tiny", TRAINING)
    assert (folder / "model.onnx").read_bytes() == before
