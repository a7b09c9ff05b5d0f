"""The judge of pictures from words as an ONNX graph and a manifest.

python judge_exporter.py      # runs/pictures-judge into public/models/pictures-judge, compared with PyTorch
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

import captions
import data
import drawings
import emoji_sets
import manifest
from exporters import check_difference, half_rounded, onnx_difference
from graph import Graph
from judge import COUNTS, Judge, load_judge
from networks import flops, parameters
from trainer import RUNS

NAME = "pictures-judge"
# Parts of a picture that the manifest names the answers of; the things are its classes.
PARTS = ("style", "background", "count")
STORED_EXACTLY = ("features.bias", "thing.bias", "embed.bias", *(f"{part}.bias" for part in PARTS))
# Of the held-out pictures: features that are kept for precision and recall, and prompts to sample with.
KEPT, PROMPTS = 1024, 256


def export_judge(m: Judge, path: Path, side: int = 64) -> None:
    """x [B,3,S,S] → logits of the things [B,N], features [B,F], embedding [B,D] of length 1, logits of each part."""
    g = Graph("judge of pictures from words")
    h, size = g.module_conv("x", m.stem), side // 2
    for i, (norm, conv1, conv2) in enumerate(zip(m.norm, m.conv1, m.conv2)):
        if i:
            h, size = g.module_conv(h, m.down[i - 1]), size // 2
        inner = g.module_conv(g.silu(g.norm(h, norm, (size, size))), conv1)
        h = g.op("Add", h, g.module_conv(g.silu(inner), conv2))
    pooled = [
        g.op("Reshape", g.op(kind, h, kernel_shape=[size, size]), g.shape(0, m.config.channels[-1]))
        for kind in ("AveragePool", "MaxPool")
    ]
    f = g.linear(g.op("Concat", *pooled, axis=1), m.features.weight, m.features.bias)
    e = g.silu(f)
    # All answers in one product.
    layers = [*m.parts.values(), m.embed]
    answers = g.linear(e, torch.cat([layer.weight for layer in layers]), torch.cat([layer.bias for layer in layers]))
    widths = [layer.out_features for layer in layers]
    *answers, embedding = g.op("Split", answers, g.shape(*widths), outputs=len(widths), axis=1)
    logits = dict(zip(m.parts, answers))
    embedding = g.op("Div", embedding, g.op("ReduceL2", embedding, axes=[1], keepdims=1))
    c = m.config
    g.model(
        {"x": ["batch", 3, side, side]},
        {
            "logits": (logits["thing"], ["batch", c.things]),
            "features": (f, ["batch", c.features]),
            "embedding": (embedding, ["batch", c.text]),
            **{name: (logits[name], ["batch", m.parts[name].out_features]) for name in PARTS},
        },
        path,
    )


def exported_outputs(judge: Judge):
    """What the graph gives, as PyTorch computes it."""

    def outputs(x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        features, logits, embedding = judge(x)
        return logits["thing"], features, embedding, *(logits[name] for name in PARTS)

    return outputs


def export_reference(judge: Judge, path: Path) -> dict:
    """What the judge says of the held-out pictures, and prompts that ask for some of them: the manifest's description.

    The prompts are in random order, so that any number of the first ones is spread over what the pictures show.
    """
    things, plan, pictures = drawings.load("test")
    x = torch.from_numpy(np.array(pictures))
    with torch.inference_mode():
        features = torch.cat([judge(data.to_unit(part))[0] for part in x.split(128)])
    order = np.random.default_rng(0).permutation(len(plan))
    about = manifest.write_reference(features, torch.from_numpy(order[:KEPT].copy()), "test", path)
    return {**about, "prompts": [captions.prompt(plan[i], things) for i in order[:PROMPTS]]}


def parts() -> dict:
    """The answers of each part, in the order of its logits. Captions tell a set by its name or by its style."""
    return {
        "style": [{"name": s.name.lower(), "style": s.style.lower()} for s in emoji_sets.SETS.values()],
        "background": list(drawings.COLOURS),
        "count": list(COUNTS),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=manifest.ROOT / "public/models")
    out = parser.parse_args().out / NAME
    out.mkdir(parents=True, exist_ok=True)
    judge, about = load_judge(RUNS / NAME / "ema.pt")
    export_judge(judge, out / "model.onnx")
    x = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1

    rounded = half_rounded(judge, STORED_EXACTLY)
    difference = onnx_difference(out / "model.onnx", exported_outputs(rounded), x)
    check_difference(NAME, difference, 1e-4)
    quality = RUNS / NAME / "quality.json"
    manifest.write_manifest(
        out,
        {
            "id": NAME,
            "title": "What is in a picture, and how well it fits a text",
            "role": "features",
            "dataset": emoji_sets.CARD,
            "shape": [3, 64, 64],
            "classes": [thing.label for thing in drawings.catalogue(drawings.cache_folder())],
            "parts": parts(),
            "parameters": parameters(judge),
            "flopsPerForward": flops(judge, x[:1]),
            "training": {
                "imagesSeen": about["images"],
                "minutes": round(about["minutes"], 1),
                "hardware": about["hardware"],
                "command": about["command"],
            },
            "quality": json.loads(quality.read_text()) if quality.exists() else {},
            "reference": export_reference(rounded, out / "reference.bin"),
        },
        ("model.onnx", "reference.bin"),
    )
    manifest.report(out, difference)


if __name__ == "__main__":
    main()
