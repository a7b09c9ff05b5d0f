"""Write networks anew, in the form that the exporter gives them now; weights and figures stay.

    git worktree add ../earlier COMMIT         # whose exporter wrote the graphs as they are
    python reexport.py letters emoji --written-by ../earlier/training

The earlier exporter reads the weights (read_graph.py), the present one writes them. The graphs are compared at noise
levels over the whole range. A checksum stands in whatever was measured with a network: the new one takes its place, as
samples differ by rounding only. `npm run stamp -- letters emoji` goes after, for the answers that the page compares.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from exporters import export_denoiser
from manifest import ROOT, described_files
from networks import Denoiser, UNetConfig
from read_graph import network_of

MODELS = [ROOT / "public/models", ROOT / "e2e/models"]
# Files that tell with which network something was measured, under these folders.
MEASURED = ["docs", "e2e", "public/models", "src"]
MOST = 1e-5


def weights_of(path: Path, name: str, written_by: Path) -> dict:
    """The network's parameters, as the exporter of another checkout reads them."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "weights.pt"
        command = [sys.executable, "-P", str(Path(__file__).with_name("read_graph.py")), name, str(path), str(out)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(written_by.resolve())})
        return torch.load(out)


def largest_difference(earlier: Path, path: Path, config: UNetConfig, levels: int = 24) -> float:
    """Largest absolute difference of what two graphs estimate, from the lowest noise level to the highest."""
    sessions = [onnxruntime.InferenceSession(str(p), providers=["CPUExecutionProvider"]) for p in (earlier, path)]
    random, worst = np.random.default_rng(0), 0.0
    for sigma in np.geomspace(config.sigma_min, config.sigma_max, levels):
        noisy = random.standard_normal((4, *config.shape)) * np.hypot(sigma, config.sigma_data)
        label = np.eye(config.classes + 1)[random.integers(0, config.classes + 1, 4)]
        feed = {"x": noisy, "sigma": np.full(4, sigma), "label": label}
        feed = {key: value.astype(np.float32) for key, value in feed.items()}
        a, b = (session.run(None, feed)[0] for session in sessions)
        worst = max(worst, float(np.abs(a - b).max()))
    return worst


def reexport(name: str, written_by: Path) -> None:
    folder = next(models / name for models in MODELS if (models / name).exists())
    path, new = folder / "model.onnx", folder / "new.onnx"
    network = Denoiser(network_of(name)).eval().requires_grad_(False)
    network.load_state_dict(weights_of(path, name, written_by))
    export_denoiser(network, new)
    difference = largest_difference(path, new, network.config)
    if difference > MOST:
        raise ValueError(f"{name}: the graphs must agree within {MOST}, they differ by {difference}")
    before = path.stat().st_size
    new.replace(path)
    manifest = json.loads((folder / "manifest.json").read_text())
    earlier, manifest["files"] = manifest["files"][0]["sha256"], described_files(folder, ("model.onnx",))
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    measured = [p for part in MEASURED for p in (ROOT / part).rglob("*.json") if earlier in p.read_text()]
    for p in measured:
        p.write_text(p.read_text().replace(earlier, manifest["files"][0]["sha256"]))
    print(f"{name}: {before} → {path.stat().st_size} bytes, differs by {difference:.1e}; {len(measured)} files name it")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", help="denoisers under public/models or e2e/models")
    parser.add_argument("--written-by", type=Path, required=True, help="training/ of the checkout that wrote them")
    args = parser.parse_args()
    for model in args.names:
        reexport(model, args.written_by)
