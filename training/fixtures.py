"""Write what PyTorch makes of stored noise, for the parity tests: whole trajectories, and classifiers' gradients.

    python fixtures.py letters tiny      # runs/<name>/ema.pt → e2e/fixtures/<name>.json, and of its classifiers

The noise is that of the page's seeds (src/diffusion/random.ts, run by tsx), so that every backend can make it
again. The weights are rounded as the exported graph stores them; the graph's SHA-256 is kept, so that a
fixture of another export is recognised.
"""

import argparse
import base64
import json
import subprocess

import numpy as np
import torch

from classifier import load_classifier
from exporters import half_rounded, probes
from manifest import CLASSIFIERS, ROOT
from networks import log_probability_gradient
from sampling import heun
from train import load_denoiser
from trainer import RUNS

SCALE = 3.0
# Whole trajectories, and a short one for WebGPU on a software adapter, a thousand times slower than a GPU.
TRAJECTORIES = [dict(steps=20, seeds=[7, 8], labels=[0, 1]), dict(steps=3, seeds=[7], labels=[0])]


def noise(seeds: list[int], shape: tuple[int, ...]) -> torch.Tensor:
    """The starting noise [len(seeds), *shape] of the page's seeds."""
    command = ["npx", "--no-install", "tsx", "e2e/fixtures/noise.ts", str(np.prod(shape)), *map(str, seeds)]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    rows = [np.frombuffer(base64.b64decode(line), "<f4") for line in lines]
    return torch.from_numpy(np.stack(rows)).reshape(-1, *shape)


def encoded(x: torch.Tensor) -> str:
    return base64.b64encode(x.numpy().astype("<f4").tobytes()).decode()


def write_gradients(run: str) -> None:
    """A noisy classifier at three noise levels, the middle one without a class: logits and gradient by autograd."""
    network = half_rounded(load_classifier(RUNS / run / "classifier.pt")[0])
    shape, classes = network.config["shape"], network.config["classes"]
    x, sigma, label = probes(shape, classes, (0.5, 1.0, 3.0))
    logits, grad = log_probability_gradient(network, x, sigma, label)
    manifest = json.loads((ROOT / "public/models" / run / "manifest.json").read_text())
    fixture = {
        "model": run,
        "sha256": manifest["files"][0]["sha256"],
        "shape": shape,
        "numClasses": classes,
        "sigma": sigma.tolist(),
        "x": encoded(x),
        "label": encoded(label),
        "logits": encoded(logits),
        "grad": encoded(grad),
    }
    (ROOT / f"e2e/fixtures/{run}.json").write_text(json.dumps(fixture, indent=2) + "\n")


def write(name: str) -> None:
    denoiser = half_rounded(load_denoiser(RUNS / name / "ema.pt")[0])
    config = denoiser.config
    folder = next(f for f in (ROOT / "public/models", ROOT / "e2e/models") if (f / name).exists())
    manifest = json.loads((folder / name / "manifest.json").read_text())
    runs = []
    for t in TRAJECTORIES:
        start = noise(t["seeds"], config.shape)
        samples = heun(denoiser, start, torch.eye(config.classes + 1)[t["labels"]], SCALE, t["steps"])
        runs.append(
            {
                "numSteps": t["steps"],
                "seeds": t["seeds"],
                "labels": t["labels"],
                "noise": encoded(start),
                "samples": encoded(samples),
            }
        )
    fixture = {"model": name, "sha256": manifest["files"][0]["sha256"], "guidanceScale": SCALE, "runs": runs}
    path = ROOT / f"e2e/fixtures/{name}.json"
    path.write_text(json.dumps(fixture, indent=2) + "\n")
    print(f"{path}: {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", help="runs under runs/")
    for run_name in parser.parse_args().names:
        write(run_name)
        for suffix in CLASSIFIERS.values():
            if (ROOT / f"public/models/{run_name}-{suffix}").exists():
                write_gradients(f"{run_name}-{suffix}")
