"""Write networks anew, in the form that the exporter gives them now; weights and figures stay.

    git worktree add ../earlier COMMIT         # whose exporter wrote the graphs as they are
    python reexport.py letters emoji --written-by ../earlier/training
    python reexport.py pictures-32 pictures-64 pictures-judge      # of the weights in runs/

The earlier exporter reads the weights (read_graph.py), the present one writes them; the weights of pictures from words
and of their judge are the runs' own. The graphs are compared at noise levels over the whole range. A checksum stands in
whatever was measured with a network: the new one takes its place, as samples differ by rounding only. `npm run stamp --
letters emoji` goes after, for the answers that the page compares.
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

import export_text
import judge_exporter
from manifest import ROOT, described_files
from read_graph import form_of
from trainer import RUNS

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


def example_of(session: onnxruntime.InferenceSession, sigma: float, random: np.random.Generator) -> dict:
    """Four random rows of every input, at a noise level; the first has no text, the second half of one."""
    rows, tokens, feed = 4, 8, {}
    for entry in session.get_inputs():
        shape = [{"batch": rows, "tokens": tokens}.get(size, size) for size in entry.shape]
        value = random.standard_normal(shape)
        if entry.name == "x":
            value = value * np.hypot(sigma, 0.6)
        elif entry.name == "sigma":
            value = np.full(shape, sigma)
        elif entry.name == "label":
            value = np.eye(shape[1])[random.integers(0, shape[1], rows)]
        elif entry.name == "mask":
            value = np.ones(shape)
            value[0], value[1, tokens // 2 :] = 0, 0
        elif entry.name == "low":
            value = value.clip(-1, 1)
        elif entry.name in ("augmentation", "perturb"):
            value = np.linspace(0, 1, rows)
        feed[entry.name] = value.astype(np.float32)
    return feed


def largest_difference(
    earlier: Path, path: Path, levels: int = 24, lowest: float = 0.002, highest: float = 80
) -> float:
    """Largest difference of what two graphs answer, from the lowest noise level to the highest.

    It is relative to an output's largest number where that is more than 1, as logits are.
    """
    sessions = [onnxruntime.InferenceSession(str(p), providers=["CPUExecutionProvider"]) for p in (earlier, path)]
    random, worst = np.random.default_rng(0), 0.0
    for sigma in np.geomspace(lowest, highest, levels):
        feed = example_of(sessions[0], sigma, random)
        for a, b in zip(*(session.run(None, feed) for session in sessions)):
            worst = max(worst, float(np.abs(a - b).max() / max(1, np.abs(a).max())))
    return worst


def write_anew(name: str, path: Path, new: Path, written_by: Path | None) -> None:
    """Writes the network of a graph as the present exporter does."""
    if name == judge_exporter.NAME:
        judge_exporter.export_judge(judge_exporter.load_judge(RUNS / name / "ema.pt")[0], new)
    elif name in export_text.STAGES:
        export_text.export_graph(name, export_text.load_stage(RUNS / name / "ema.pt")[0], new)
    elif written_by is None:
        raise ValueError(f"{name}: needs --written-by, the exporter that wrote its graph")
    else:
        build, export = form_of(name)
        network = build().eval().requires_grad_(False)
        network.load_state_dict(weights_of(path, name, written_by))
        export(network, new)


def reexport(name: str, written_by: Path | None) -> None:
    folder = next(models / name for models in MODELS if (models / name).exists())
    path, new = folder / "model.onnx", folder / "new.onnx"
    write_anew(name, path, new, written_by)
    difference = largest_difference(path, new)
    if difference > MOST:
        raise ValueError(f"{name}: the graphs must agree within {MOST}, they differ by {difference}")
    before = path.stat().st_size
    new.replace(path)
    text = (folder / "manifest.json").read_text()
    manifest = json.loads(text)
    earlier = manifest["files"][0]["sha256"]
    manifest["files"] = described_files(folder, tuple(file["name"] for file in manifest["files"]))
    written = json.dumps(manifest, indent=2, ensure_ascii="\\u" in text)
    (folder / "manifest.json").write_text(written + "\n")
    measured = [p for part in MEASURED for p in (ROOT / part).rglob("*.json") if earlier in p.read_text()]
    for p in measured:
        p.write_text(p.read_text().replace(earlier, manifest["files"][0]["sha256"]))
    print(f"{name}: {before} → {path.stat().st_size} bytes, differs by {difference:.1e}; {len(measured)} files name it")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", help="networks under public/models or e2e/models")
    parser.add_argument("--written-by", type=Path, help="training/ of the checkout that wrote them")
    args = parser.parse_args()
    for model in args.names:
        reexport(model, args.written_by)
