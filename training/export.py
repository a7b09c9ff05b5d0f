"""Write trained networks as ONNX graphs with manifests.

    python export.py letters             # runs/letters and its companions → public/models/letters, letters-weak, …
    python export.py tiny --out e2e/models

graph.py builds graphs, exporters.py knows the networks, manifest.py writes what stands beside them. Every graph is
compared with PyTorch.
"""

import argparse
import json
import platform
from pathlib import Path

import data
from classifier import load_classifier
from exporters import (
    check_difference,
    export_classifier,
    export_denoiser,
    export_noisy_classifier,
    half_rounded,
    onnx_difference,
    probes,
)
from manifest import CLASSIFIERS, KIND, ROOT, TITLES, export_reference, report, write_index, write_manifest
from networks import NoisyClassifier, flops, log_probability_gradient, parameters
from students import STUDENTS
from train import load_denoiser
from trainer import RUNS


def export_snapshot(file: Path, model_id: str, role: str, title: str, out: Path, common: dict, companions: dict) -> str:
    """The denoiser of a snapshot written by train.py, as the model `model_id`."""
    denoiser, about = load_denoiser(file)
    config, recipe, run = denoiser.config, about["recipe"], file.parent.name
    folder = out / model_id
    folder.mkdir(parents=True, exist_ok=True)
    export_denoiser(denoiser, folder / "model.onnx")
    x, sigma, label = probes(config.shape, config.classes)
    difference = onnx_difference(folder / "model.onnx", half_rounded(denoiser), x, sigma, label)
    check_difference(model_id, difference, 1e-4)
    quality = {}
    if role == "denoiser":
        measured, memorised = file.parent / "quality.json", file.parent / "memorisation.json"
        quality = json.loads(measured.read_text()) if measured.exists() else {}
        quality |= {"memorisation": json.loads(memorised.read_text())} if memorised.exists() else {}
    write_manifest(
        folder,
        {
            "id": model_id,
            "title": title,
            "role": role,
            **common,
            "companions": companions,
            "sigma": {"min": config.sigma_min, "max": config.sigma_max, "data": config.sigma_data},
            "pUncond": recipe["p_uncond"],
            "parameters": parameters(denoiser),
            "flopsPerForward": flops(denoiser, x[:1], sigma[:1], label[:1]),
            "training": {
                "imagesSeen": about["images"],
                "minutes": max(0.1, round(about["minutes"], 1)),
                "hardware": about["hardware"],
                "command": about.get("command") or f"python train.py {about['name']}" + variant(about, run),
            },
            "quality": quality,
        },
    )
    report(folder, difference)
    return model_id


def variant(about: dict, run: str) -> str:
    """What made a run another than its recipe's own: the share of unconditional training, for the study."""
    return "" if run == about["name"] else f" --set p_uncond={about['recipe']['p_uncond']} --run {run}"


def export_judge(run: str, out: Path, name: str, companion: str, common: dict, pictures: str | None) -> None:
    """A classifier of clean or of noisy pictures, from runs/<run>, as the model <run>."""
    network, about = load_classifier(RUNS / run / "classifier.pt")
    config, folder = network.config, out / run
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    x, sigma, label = probes(config["shape"], config["classes"], (0.05, 0.7, 40.0))
    if noisy := isinstance(network, NoisyClassifier):
        export_noisy_classifier(network, path)
        rounded = half_rounded(network)
        difference = onnx_difference(path, lambda *inputs: log_probability_gradient(rounded, *inputs), x, sigma, label)
        check_difference(run, difference, 1e-4)
        # Forwards and backwards: the derivative of a convolution costs as much as the convolution.
        cost = 2 * flops(network, x[:1], sigma[:1])
    else:
        export_classifier(network, path)
        x = x.clamp(-1, 1)
        difference, cost = onnx_difference(path, network, x), flops(network, x[:1])
        reference = export_reference(network, about["dataset"], folder / "reference.bin", pictures)
    write_manifest(
        folder,
        {
            "id": run,
            "title": f"{TITLES[name]}: {KIND[companion]}",
            "role": "classifier" if noisy else "features",
            **common,
            **(
                {"sigma": {"min": config["sigma_min"], "max": config["sigma_max"], "data": config["sigma_data"]}}
                if noisy
                else {}
            ),
            "parameters": parameters(network),
            "flopsPerForward": cost,
            "training": {
                "imagesSeen": about["images"],
                "minutes": max(0.1, round(about["minutes"], 1)),
                "hardware": about.get("hardware", f"2 cores, {platform.machine()}"),
                "command": about.get("command", f"python classifier.py {run}"),
            },
            "quality": about["quality"],
            **({} if noisy else {"reference": reference}),
        },
        ("model.onnx",) if noisy else ("model.onnx", "reference.bin"),
    )
    report(folder, difference)


def export(name: str, out: Path, pictures: str | None = None) -> list[str]:
    """Export run `name` and those of its companions that exist into `out/<id>/`; returns the ids written.

    A run of another p_uncond shares all companions but the weak network with its recipe's own, whose export
    goes before. `pictures` is the folder with the data, of which the reference is made.
    """
    snapshot = RUNS / name / "ema.pt"
    _, trained = load_denoiser(snapshot)
    if trained["name"] != name:
        own = json.loads((out / trained["name"] / "manifest.json").read_text())
        common = {key: own[key] for key in ("dataset", "shape", "classes")}
        companions = {key: run for key, run in own["companions"].items() if key != "weak"}
        title = f"{own['title']}, p_uncond {trained['recipe']['p_uncond']}"
        return [export_snapshot(snapshot, name, "denoiser", title, out, common, companions)]
    features, about = load_classifier(RUNS / f"{name}-features/classifier.pt")
    common = {
        "dataset": data.CARDS[about["dataset"]],
        "shape": list(features.config["shape"]),
        "classes": data.class_names(about["dataset"], pictures),
    }
    judges = {"features": f"{name}-features"}
    for companion, suffix in CLASSIFIERS.items():
        if (RUNS / f"{name}-{suffix}/classifier.pt").exists():
            judges[companion] = f"{name}-{suffix}"
    weak, title = f"{name}-weak", TITLES[name]
    students = {kind: f"{name}-{kind}" for kind in STUDENTS if (out / f"{name}-{kind}/manifest.json").exists()}
    own_weak = RUNS / weak / "ema.pt"  # a network of its own; else the snapshot of this run
    written = [
        export_snapshot(snapshot, name, "denoiser", title, out, common, {"weak": weak, **judges, **students}),
        export_snapshot(
            own_weak if own_weak.exists() else RUNS / name / "weak.pt", weak, "weak", f"{title} (weak)", out, common, {}
        ),
    ]
    for companion, run in judges.items():
        export_judge(run, out, name, companion, common, pictures)
    return [*written, *judges.values()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="a run under runs/")
    parser.add_argument("--out", type=Path, default=ROOT / "public/models")
    parser.add_argument("--data", help="folder with the data (default: $GUIDANCE_DATA)")
    args = parser.parse_args()
    export(args.name, args.out, args.data)
    write_index(args.out)
