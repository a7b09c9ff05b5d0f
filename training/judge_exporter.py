"""The judge of pictures from words as an ONNX graph and a manifest.

python judge_exporter.py      # runs/pictures-judge into public/models/pictures-judge, compared with PyTorch
"""

import argparse
import json
from pathlib import Path

import torch

import drawings
import emoji_sets
import manifest
from exporters import check_difference, half_rounded, onnx_difference
from graph import Graph
from judge import Judge, load_judge
from networks import flops, parameters
from trainer import RUNS

NAME = "pictures-judge"
STORED_EXACTLY = ("features.bias", "thing.bias", "embed.bias")


def export_judge(m: Judge, path: Path, side: int = 64) -> None:
    """x [B,3,S,S] → logits of the things [B,N], features [B,F], embedding [B,D] of length 1."""
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
    thing = m.parts["thing"]
    logits = g.linear(e, thing.weight, thing.bias)
    embedding = g.linear(e, m.embed.weight, m.embed.bias)
    squares = g.op("ReduceSum", g.op("Mul", embedding, embedding), g.shape(1), keepdims=1)
    embedding = g.op("Div", embedding, g.op("Sqrt", squares))
    c = m.config
    g.model(
        {"x": ["batch", 3, side, side]},
        {
            "logits": (logits, ["batch", c.things]),
            "features": (f, ["batch", c.features]),
            "embedding": (embedding, ["batch", c.text]),
        },
        path,
    )


def exported_outputs(judge: Judge):
    """What the graph gives, as PyTorch computes it."""

    def outputs(x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        features, logits, embedding = judge(x)
        return logits["thing"], features, embedding

    return outputs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=manifest.ROOT / "public/models")
    out = parser.parse_args().out / NAME
    out.mkdir(parents=True, exist_ok=True)
    judge, about = load_judge(RUNS / NAME / "ema.pt")
    export_judge(judge, out / "model.onnx")
    x = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1

    difference = onnx_difference(out / "model.onnx", exported_outputs(half_rounded(judge, STORED_EXACTLY)), x)
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
            "parameters": parameters(judge),
            "flopsPerForward": flops(judge, x[:1]),
            "training": {
                "imagesSeen": about["images"],
                "minutes": round(about["minutes"], 1),
                "hardware": about["hardware"],
                "command": about["command"],
            },
            "quality": json.loads(quality.read_text()) if quality.exists() else {},
        },
    )
    manifest.report(out, difference)


if __name__ == "__main__":
    main()
