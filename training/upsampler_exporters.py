"""The super-resolution networks as ONNX graphs."""

import math
from pathlib import Path

import numpy as np
import torch

from graph import Graph, block, block_scales, sine_coefficients, sine_powers
from text_exporters import cross_attention, keys_and_values, text_states
from upsamplers import Upsampler, UpsamplerUNet

# What the file keeps in float32: biases, and what folding changed.
STORED_EXACTLY = ("embed_noise.bias", "embed_blocks.bias", "query.weight", "query.bias")


def angle_powers(g: Graph, frequencies: torch.Tensor) -> tuple[str, int]:
    """Powers r, r³ … r¹⁵ [B,8A] of A angles, of which `sine_coefficients` make the sines, and A.

    The angles are those of the noise embedding, cosines and sines, then those of the level, and last that of
    cos(πa/2) of the level a.
    """
    twice = frequencies.double().repeat(2) / (2 * math.pi)  # in turns
    count, none = len(twice), torch.zeros(len(twice), dtype=torch.double)
    quarter = torch.tensor([0.25], dtype=torch.double)
    turns = torch.stack([torch.cat([twice / 4, none, none[:1]]), torch.cat([none, twice, quarter])])
    phase = torch.tensor([0.25, 0.0]).repeat_interleave(len(frequencies))  # a cosine is a sine a quarter turn on
    level = g.op("Reshape", "augmentation", g.shape(0, 1))
    noise = g.op("Log", g.op("Reshape", "sigma", g.shape(0, 1)))
    both = g.op("Concat", noise, level, axis=1)
    angle = g.op("Gemm", both, g.exact(turns), g.exact(torch.cat([phase, phase, quarter])))
    angles = 2 * count + 1
    return g.op("Reshape", sine_powers(g, angle, angles), g.shape(0, 8 * angles)), angles


def embedding_kernel(g: Graph, net: UpsamplerUNet, angles: int) -> tuple[str, tuple[int, int]]:
    """Kernel [E,8A+D,1,1] from the angles' powers and the pooled text to the embedding, and its size.

    The weights are multiplied by the sine's coefficients when the session is created.
    """
    width = len(net.embed_noise.bias)
    seen = torch.cat([net.embed_noise.weight, net.embed_level.weight, torch.zeros(width, 1)], 1)
    coefficients = g.exact(torch.tensor(sine_coefficients())[:, None])
    folded = g.op("Mul", g.op("Reshape", g.weight(seen), g.shape(width, 1, angles)), coefficients)
    folded = g.op("Reshape", folded, g.shape(width, 8 * angles))
    kernel = g.op("Concat", folded, g.weight(net.embed_text.weight), axis=1)
    size = (width, 8 * angles + net.embed_text.weight.shape[1])
    return g.op("Reshape", kernel, g.shape(*size, 1, 1)), size


def export_upsampler(m: Upsampler, path: Path) -> None:
    """(x, sigma, text, mask, low, augmentation) → denoised, preconditioning inside the graph and in float32."""
    config, net = m.config, m.net
    channels, height, width = config.shape
    p, numbers = config.patch, math.prod(config.shape)
    g = Graph("upsampler")

    # What the low-resolution picture tells, and how much that lacks: Upsampler.share_and_deviation. All are [B,1].
    powers, angles = angle_powers(g, net.frequencies)
    cosine = torch.zeros(8, angles, 1)
    cosine[:, -1, 0] = torch.tensor(sine_coefficients())
    signal = g.op("MatMul", powers, g.exact(cosine.reshape(8 * angles, 1)))
    detail = config.sigma_detail**2
    known = config.sigma_data**2 - detail
    squared = g.op("Mul", signal, signal)
    column = g.constant(np.array([[1 - 1 / known]], np.float32))
    total = g.op("Gemm", squared, column, g.scalar(1 / known))  # (signal² known + noise) / known
    lacking = g.op("Div", g.op("Sub", g.scalar(1), squared), total)
    variance = g.op("Add", lacking, g.scalar(detail))
    # Every pixel twice along both sides, in the product with its share.
    share = g.op("Reshape", g.op("Div", signal, total), g.shape(0, 1, 1, 1, 1, 1))
    share = g.op("Mul", share, g.constant(np.ones((1, 1, 1, 2, 1, 2), np.float32)))
    pixels = g.op("Reshape", "low", g.shape(0, channels, height // 2, 1, width // 2, 1))
    estimate = g.op("Reshape", g.op("Mul", pixels, share), g.shape(0, numbers))
    # D = e + d (d y/r + s F(y/r)) / r of y = x - e, with r = sqrt(s² + d²): EDM's c_skip, c_out and c_in.
    s = g.op("Reshape", "sigma", g.shape(0, 1))
    r = g.op("Sqrt", g.op("Add", g.op("Mul", s, s), variance))
    x = g.op("Div", g.op("Sub", g.op("Reshape", "x", g.shape(0, numbers)), estimate), r)

    states, pooled = text_states(g, net.text_norm)
    kernel, size = embedding_kernel(g, net, angles)
    e = g.rows_silu(g.op("Concat", powers, pooled, axis=1), kernel, net.embed_noise.bias, size)
    scales = block_scales(g, e, net.embed_blocks, [b.cout for b in net.blocks])
    kvs, bias = keys_and_values(g, net.crosses, net.embed_tokens, states)

    seen, beside = net.stem.weight.split([channels * p**2, channels * p**2 // 4], 1)
    h = g.patches(g.picture(x, *config.shape), seen, net.stem.bias, channels, p)
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
        h, size = g.doubled_conv(h, up), (2 * size[0], 2 * size[1])
        h = g.op("Concat", h, skips.pop(), axis=1)
        for b in blocks:
            h = block(g, b, h, next(scales), size)
    h = g.silu(g.norm(h, net.head_norm, size))
    f = g.pixels(h, net.head.weight, net.head.bias, channels, size)

    f = g.op("Mul", f, g.op("Mul", s, g.op("Sqrt", variance)))
    rest = g.op("Div", g.op("Add", g.op("Mul", x, variance), f), r)
    denoised = g.op("Reshape", g.op("Add", estimate, rest), g.shape(0, *config.shape))
    image = ["batch", *config.shape]
    inputs = {
        "x": image, "sigma": ["batch"], "text": ["batch", "tokens", config.text], "mask": ["batch", "tokens"],
        "low": ["batch", channels, height // 2, width // 2], "augmentation": ["batch"],
    }  # fmt: skip
    g.model(inputs, {"denoised": (denoised, image)}, path)
