"""Write somebody's trained network in this project's contract: model.onnx, preconditioning inside, and manifest.json.

    python bring.py FOLDER --out NAME      # of diffusers, UNet2DModel with its scheduler; needs diffusers, safetensors
    python bring.py --code ~/guided-diffusion --module guided_diffusion.unet:UNetModel --arguments unet.json \\
        --weights ema.pt --shape 3 64 64 --labels 1000 --null none --betas squaredcos_cap_v2 --out NAME

The network is built by its own code, and its state dict is put in. Its convention is told by flags, which
docs/BRING-YOUR-OWN.md lists by code base. Its samples are compared with those of its own sampler. Drop the two files
of the folder NAME on the page, or put it into public/models.

Pickles of whole networks (EDM's and EDM2's .pkl) run the code that is in them when they are read: read them where you
trust them, and save `net.state_dict()`.
"""

import argparse
import importlib
import itertools
import json
import re
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import nn

from brought import Brought, Call, export, take_rows
from convention import COUNTS, PREDICTIONS, SCHEDULES, USUAL, Convention, betas_of, sigmas_of
from manifest import write_manifest
from state_dicts import put_in, read_weights

NULLS = ("last", "first", "zeros", "mask", "none")
# Where samplers stop, in units of pictures in [-1, 1].
SIGMA_RANGE = (0.002, 80.0)


def own_samples(network, call, convention: Convention, noise: torch.Tensor, label, steps: int):
    """Samples in the network's own range by its code base's own loop from n, and the noise levels that it passed.

    The DDIM of 2010.02502 over timesteps; Euler's method over the time of a flow, or over sigma.
    """
    batch = noise.shape[0]

    def ask(z, told):
        return call(network, z, torch.full((batch,), float(told)), label)

    kind = convention.prediction
    if convention.takes_timesteps:
        alpha_bars = np.cumprod(1 - np.array(convention.betas))
        times = np.linspace(len(alpha_bars) - 1, 0, steps).round().astype(int)
        z = noise
        for i, t in enumerate(times):
            a, b = alpha_bars[t] ** 0.5, (1 - alpha_bars[t]) ** 0.5
            output = ask(z, convention.told(torch.tensor(float(t))))
            if kind == "eps":
                y0, eps = (z - b * output) / a, output
            elif kind == "v":
                y0, eps = a * z - b * output, a * output + b * z
            elif kind == "x0":
                y0, eps = output, (z - a * output) / b
            else:
                sys.exit(f"--prediction: must be eps, v or x0 with timesteps, got {kind}")
            following = alpha_bars[times[i + 1]] if i + 1 < steps else 1.0
            z = following**0.5 * y0 + (1 - following) ** 0.5 * eps
        return z, sigmas_of(np.array(convention.betas))[times]
    if convention.noising == "flow" and kind in ("flow", "flow-to-data"):
        # Pure noise, t = 1, is no finite sigma: the loop begins with it one step later.
        times = np.linspace(1, 0, steps + 2)[1:]
        sigmas = times[:-1] / (1 - times[:-1])
        z = noise
        for t, following, sigma in zip(times, times[1:], sigmas):
            velocity = ask(z, convention.time(torch.tensor([sigma], dtype=torch.float32))[0])
            z = z + (following - t) * (velocity if kind == "flow" else -velocity)
        return z, sigmas
    sigmas = np.geomspace(SIGMA_RANGE[1], SIGMA_RANGE[0], steps)
    y = convention.start_scale(sigmas[0]) * noise
    for i, sigma in enumerate(sigmas):
        scale, time, skip, out = (float(v[0]) for v in convention.levels(torch.tensor([sigma], dtype=torch.float32)))
        slope = (y - (skip * y + out * ask(scale * y, time))) / sigma
        y = y + ((sigmas[i + 1] if i + 1 < steps else 0) - sigma) * slope
    return y, sigmas


def page_samples(path: Path, brought: Brought, convention: Convention, noise, label, sigmas, own_start: bool):
    """Samples of the graph by the page's DDIM in x = x0 + sigma n, in [-1, 1]."""
    session = onnxruntime.InferenceSession(path)
    sigmas = np.append(sigmas / brought.factor, 0).astype(np.float32)
    scale = convention.start_scale(brought.factor * float(sigmas[0])) if own_start else brought.factor * sigmas[0]
    x = (scale * noise.numpy() - (brought.offset if own_start else 0)) / brought.factor
    for sigma, following in itertools.pairwise(sigmas):
        inputs = {"x": x.astype(np.float32), "sigma": np.full(len(x), sigma)}
        if label is not None:
            inputs["label"] = label.numpy()
        denoised = session.run(None, inputs)[0]
        x = denoised + following / sigma * (x - denoised)
    return x


def manifest_of(args: argparse.Namespace, call: Call, convention: Convention, factor: float, parameters: int) -> dict:
    low, high = SIGMA_RANGE
    if convention.takes_timesteps:
        sigmas = sigmas_of(np.array(convention.betas)) / factor
        low, high = max(low, float(sigmas[0])), min(high, float(sigmas[-1]))
    names = args.classes or [str(k) for k in range(call.classes)]
    if len(names) != call.classes:
        sys.exit(f"--classes: must be {call.classes} names, got {len(names)}")
    manifest = {
        "id": re.sub(r"[^a-z0-9]+", "-", args.out.name.lower()).strip("-"),
        "title": args.title or args.out.name,
        "role": "denoiser",
        "dataset": {"name": args.dataset, "licence": args.licence, "source": args.source},
        "shape": list(args.shape),
        "classes": list(names),
        "sigma": {"min": low, "max": high},
        "parameters": parameters,
    }
    if call.labels and call.null != "none":
        return manifest
    # The contract has a null label; what has none is told as an adaptation that leaves everything else as it is.
    label = {"label": {"name": "label", "type": "float32"}} if call.labels else {}
    adapt = {
        "prediction": "denoised",
        "noising": "sigma",
        "betas": {"kind": "linear", "start": 1e-4, "end": 0.02, "steps": 1000},
        "range": [-1, 1],
        "x": "x",
        "time": {"name": "sigma", "type": "float32", "shape": "rows", "counts": "sigma"},
        **label,
        "output": "denoised",
        "graph": {"dims": {"batch": "batch"}},
    }
    return manifest | {"adapt": adapt}


def bring(network: nn.Module, call: Call, convention: Convention, args: argparse.Namespace) -> dict[str, float]:
    """Writes model.onnx and manifest.json, and compares samples; returns the differences."""
    network = network.eval().requires_grad_(False)
    low, high = args.range
    torch.manual_seed(0)
    batch = 4
    noise = torch.randn(batch, *args.shape)
    width = call.classes + (call.null != "none") if call.labels else 0
    label = torch.eye(width)[torch.arange(batch) % width] if width else None
    with torch.no_grad():
        if ":" in call.null:  # Its own code has a way of its own to hide the class, which is not known here.
            label = torch.eye(width)[torch.arange(batch) % call.classes]
            plain = Call([], call.classes, "none", call.whole, call.hot)
            plain.arguments = call.arguments
            own, sigmas = own_samples(network, plain, convention, noise, label[:, : call.classes], args.steps)
        else:
            own, sigmas = own_samples(network, call, convention, noise, label, args.steps)
        mixes = take_rows(network, call, tuple(args.shape))
        brought = Brought(network, convention, call, low, high)
        args.out.mkdir(parents=True, exist_ok=True)
        path = args.out / "model.onnx"
        export(brought, tuple(args.shape), width, path)
    parameters = sum(p.numel() for p in network.parameters())
    write_manifest(args.out, manifest_of(args, call, convention, brought.factor, parameters))
    own = (own.numpy() - brought.offset) / brought.factor
    found = {}
    for name, own_start in (("own start", True), ("page's start", False)):
        made = page_samples(path, brought, convention, noise, label, sigmas, own_start)
        found[f"difference, {name}"] = float(np.abs(made - own).max())
        found[f"correlation, {name}"] = float(np.corrcoef(made.ravel(), own.ravel())[0, 1])
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB. {args.steps} steps of its own sampler against the page's:")
    for name, value in found.items():
        print(f"  {name}: {value:.6f}")
    if not mixes:
        print("There is no table of its labels: rows that mix classes take the one with the larger share.")
    if not found["correlation, own start"] > 0.999:
        sys.exit("Its samples differ from those of its own sampler: is its convention another one?")
    if found["correlation, page's start"] < 0.99:
        print(
            "Its own sampler starts elsewhere than sigma n: drop an export of the network itself on the page instead."
        )
    return found


def diffusers_network(folder: Path, args: argparse.Namespace) -> tuple[nn.Module, Call, Convention]:
    """A folder of UNet2DModel with a scheduler, read by diffusers itself."""
    try:
        from diffusers import UNet2DModel
    except ImportError:
        sys.exit(f"{folder}: needs diffusers (pip install diffusers safetensors)")
    inner = folder / "unet" if (folder / "unet").is_dir() else folder
    network = UNet2DModel.from_pretrained(inner)
    places = (folder / "scheduler/scheduler_config.json", folder / "scheduler_config.json")
    config = next((json.loads(p.read_text()) for p in places if p.exists()), {})
    name, size = config.get("_class_name", "DDPMScheduler"), network.config.sample_size
    args.shape = (network.config.in_channels, *((size, size) if isinstance(size, int) else size))
    labels = network.config.num_class_embeds or 0
    call = Call(["sample=x", "timestep=t", "class_labels=y"][: 3 if labels else 2], labels, args.null or "last")
    if name.startswith("FlowMatch"):
        return network, call, Convention("flow", "flow", "thousand")
    if name.startswith("EDM"):
        return network, call, Convention("edm", "edm", "c-noise", sigma_data=config.get("sigma_data", 0.5))
    if name.startswith("ScoreSdeVe"):
        return network, call, Convention("score", "sigma", "sigma")
    steps = config.get("num_train_timesteps", 1000)
    betas = config.get("trained_betas") or betas_of(
        config.get("beta_schedule", "linear"), steps, config.get("beta_start"), config.get("beta_end")
    )
    kinds = {"epsilon": "eps", "v_prediction": "v", "sample": "x0"}
    return network, call, Convention(kinds[config.get("prediction_type", "epsilon")], betas=tuple(betas))


def module_network(args: argparse.Namespace) -> tuple[nn.Module, Call, Convention]:
    """A network of the user's own code with a state dict."""
    for flag in ("weights", "shape"):
        if getattr(args, flag) is None:
            sys.exit(f"--{flag}: needed with --module")
    sys.path.insert(0, str(args.code))
    place, name = args.module.split(":")
    given = args.arguments or "{}"
    given = Path(given).read_text() if given.endswith(".json") else given
    network = getattr(importlib.import_module(place), name)(**json.loads(given))
    put_in(network, read_weights(args.weights, args.key))
    prediction, counts = USUAL[args.noising]
    convention = Convention(
        args.prediction or prediction,
        args.noising,
        args.time or counts,
        tuple(betas_of(args.betas, args.timesteps, args.beta_start, args.beta_end)),
        args.sigma_data,
    )
    inputs = args.inputs or ["x", "t", "y"][: 3 if args.labels else 2]
    call = Call(inputs, args.labels, args.null or "last", args.whole, args.hot, args.hidden)
    return network, call, convention


def parse(line: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("folder", nargs="?", type=Path, help="of diffusers")
    add("--out", type=Path, required=True, help="folder for model.onnx and manifest.json; its name is the id")
    add("--code", type=Path, default=Path(), help="folder of the network's own code")
    add("--module", help="package.module:Class that makes the network")
    add("--arguments", help="of that class, as JSON or a file of it")
    add("--weights", type=Path, help="state dict: .pt, .pth, .bin, .ckpt, .safetensors")
    add("--key", help="part of that file which is the state dict, such as ema or model.state")
    add("--inputs", nargs="+", help="x, t, y and mask in the order of forward's arguments, or name=x")
    add("--shape", nargs=3, type=int, metavar=("CHANNELS", "HEIGHT", "WIDTH"))
    add("--range", nargs=2, type=float, default=(-1.0, 1.0), metavar=("BLACK", "WHITE"), help="values of the data")
    add("--labels", type=int, default=0, help="rows of its table of labels, the one for no class among them")
    add("--null", help=f"no class: {', '.join(NULLS)}, or parameter:NAME of its embedding (default: last)")
    add("--hot", action="store_true", help="the label is a row of numbers, one column a label")
    add("--hidden", type=int, choices=(0, 1), default=1, help="value of the mask that hides the class")
    add("--noising", choices=tuple(COUNTS), default="betas")
    add("--prediction", choices=PREDICTIONS)
    add("--time", choices=tuple(dict.fromkeys(sum(COUNTS.values(), ()))), help="what tells it the noise level")
    add("--whole", action="store_true", help="the timestep is a whole number")
    add("--betas", choices=SCHEDULES, default="linear")
    add("--timesteps", type=int, default=1000)
    add("--beta-start", type=float)
    add("--beta-end", type=float)
    add("--sigma-data", type=float, default=0.5)
    add("--classes", nargs="+", help="their names (default: 0, 1, …)")
    add("--title")
    add("--dataset", default="unknown", help="what it was trained on")
    add("--licence", default="unknown")
    add("--source", default="unknown", help="where the network is from")
    add("--steps", type=int, default=20, help="of the samples that are compared")
    args = parser.parse_args(line)
    if (args.folder is None) == (args.module is None):
        parser.error("needs a folder of diffusers, or --module")
    if args.null is not None and args.null not in NULLS and not args.null.startswith("parameter:"):
        parser.error(f"--null: must be one of {', '.join(NULLS)} or parameter:NAME, got {args.null}")
    return args


def main(line: list[str] | None = None) -> dict[str, float]:
    args = parse(line)
    network = diffusers_network(args.folder, args) if args.folder else module_network(args)
    return bring(*network, args)


if __name__ == "__main__":
    main()
