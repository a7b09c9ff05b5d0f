"""The super-resolution networks as ONNX graphs."""

import math
from pathlib import Path

import torch

from graph import Graph, block, sine_coefficients, sine_powers
from text_exporters import cross_attention, keys_and_values, text_states
from upsamplers import Upsampler

# What the file keeps in float32: biases, and what folding changed.
STORED_EXACTLY = ("embed_noise.bias", "embed_blocks.bias", "query.weight", "query.bias")


def waves(g: Graph, frequencies: torch.Tensor) -> tuple[str, str]:
    """(cos and sin of the noise embedding's angles, then of the level's [B,4F]; cos(πa/2) [B,1] of the level a)."""
    level = g.op("Reshape", "augmentation", g.shape(0, 1))
    noise = g.op("Log", g.op("Reshape", "sigma", g.shape(0, 1)))
    twice = frequencies.double().repeat(2) / (2 * math.pi)  # in turns
    quarter = torch.tensor([0.25], dtype=torch.double)
    angles = g.op("Mul", noise, g.exact(twice / 4)), g.op("Mul", level, g.exact(torch.cat([twice, quarter])))
    phase = torch.tensor([0.25, 0.0]).repeat_interleave(len(frequencies))  # a cosine is a sine a quarter turn on
    angle = g.op("Add", g.op("Concat", *angles, axis=1), g.exact(torch.cat([phase, phase, quarter])))
    powers = sine_powers(g, angle, 2 * len(twice) + 1)
    terms = g.op("Mul", powers, g.exact(torch.tensor(sine_coefficients())[:, None]))
    sines = g.op("ReduceSum", terms, g.shape(1), keepdims=0)
    return tuple(g.op("Split", sines, g.shape(2 * len(twice), 1), outputs=2, axis=1))


def export_upsampler(m: Upsampler, path: Path) -> None:
    """(x, sigma, text, mask, low, augmentation) → denoised, preconditioning inside the graph and in float32."""
    config, net = m.config, m.net
    channels, height, width = config.shape
    p = config.patch
    g = Graph("upsampler")

    # What the low-resolution picture tells, and how much that lacks: Upsampler.share_and_deviation.
    angles, signal = waves(g, net.frequencies)
    signal = g.op("Reshape", signal, g.shape(0, 1, 1, 1))
    detail = config.sigma_detail**2
    known = config.sigma_data**2 - detail
    share = g.op("Mul", signal, g.scalar(known))
    noise = g.op("Sub", g.scalar(1), g.op("Mul", signal, signal))
    total = g.op("Add", g.op("Mul", signal, share), noise)
    estimate = g.doubled(g.op("Mul", "low", g.op("Div", share, total)))
    variance = g.op("Add", g.op("Div", g.op("Mul", noise, g.scalar(known)), total), g.scalar(detail))
    # D = e + d (d y/r + s F(y/r)) / r of y = x - e, with r = sqrt(s² + d²): EDM's c_skip, c_out and c_in.
    s = g.op("Reshape", "sigma", g.shape(0, 1, 1, 1))
    r = g.op("Sqrt", g.op("Add", g.op("Mul", s, s), variance))
    x = g.op("Div", g.op("Sub", "x", estimate), r)

    states, pooled = text_states(g, net.text_norm)
    joint = torch.cat([m.weight for m in (net.embed_noise, net.embed_level, net.embed_text)], 1)
    e = g.linear(g.op("Concat", angles, pooled, axis=1), joint, net.embed_noise.bias)
    widths = [b.cout for b in net.blocks]
    scales = g.linear(g.silu(e), net.embed_blocks.weight, net.embed_blocks.bias + 1)  # the 1 of ·(1 + embedding)
    scales = g.op("Reshape", scales, g.shape(0, sum(widths), 1, 1))
    scales = iter(g.op("Split", scales, g.shape(*widths), outputs=len(widths), axis=1))
    kvs, bias = keys_and_values(g, net.crosses, net.embed_tokens, states)

    seen, beside = net.stem.weight.split([channels * p**2, channels * p**2 // 4], 1)
    h = g.patches(x, seen, net.stem.bias, channels, p)
    h = g.op("Add", h, g.patches("low", beside, None, channels, p // 2))
    size, skips = (height // p, width // p), []
    for blocks, down in zip(net.encoder, net.down):
        for b in blocks:
            h = block(g, b, h, next(scales), size)
        skips.append(h)
        h, size = g.module_conv(h, down), ((size[0] + 1) // 2, (size[1] + 1) // 2)
    h = block(g, net.middle[0], h, next(scales), size)
    for cross, kv, b in zip(net.crosses, kvs, net.middle[1:]):
        h = block(g, b, cross_attention(g, cross, h, size, kv, bias), next(scales), size)
    for blocks, up in zip(reversed(net.decoder), reversed(net.up)):
        h, size = g.module_conv(g.doubled(h), up), (2 * size[0], 2 * size[1])
        h = g.op("Concat", h, skips.pop(), axis=1)
        for b in blocks:
            h = block(g, b, h, next(scales), size)
    h = g.module_conv(g.silu(g.norm(h, net.head_norm, size)), net.head)

    f = g.op("Mul", g.op("DepthToSpace", h, blocksize=p, mode="CRD"), g.op("Mul", s, g.op("Sqrt", variance)))
    rest = g.op("Div", g.op("Add", g.op("Mul", x, variance), f), r)
    image = ["batch", *config.shape]
    inputs = {
        "x": image, "sigma": ["batch"], "text": ["batch", "tokens", config.text], "mask": ["batch", "tokens"],
        "low": ["batch", channels, height // 2, width // 2], "augmentation": ["batch"],
    }  # fmt: skip
    g.model(inputs, {"denoised": (g.op("Add", estimate, rest), image)}, path)
