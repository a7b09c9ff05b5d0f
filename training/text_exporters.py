"""The text encoder and the text-conditional denoiser as ONNX graphs.

The encoder's weights are stored in 8 bits with a scale for each row: the graph multiplies them out, those of its
layers when the session is created, those of its words for the words of a text only.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from onnx import TensorProto, numpy_helper

from encoder import Encoder
from graph import Graph, block, block_scales, noise_powers, preconditioned, sine_coefficients
from text_networks import CrossAttention, SelfAttention, TextDenoiser

POSITIONS = 128  # of the encoder's 512: longer texts are cut

# What a denoiser's file keeps in float32, because folding changed it.
STORED_EXACTLY = ("embed_noise.weight", "embed_noise.bias", "embed_text.weight", "embed_blocks.bias")
STORED_EXACTLY += ("qkv.weight", "qkv.bias", "query.weight", "query.bias")


def quantised(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(int8 [rows, columns], scale [rows, 1]) of a matrix: each row's largest value becomes 127."""
    scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
    return (weight / scale).round().clamp(-127, 127).to(torch.int8), scale


def dequantised(encoder: Encoder) -> Encoder:
    """The encoder with the weights that its graph computes with."""
    encoder.load_state_dict(
        {
            name: rows.float() * scale if w.ndim == 2 and name != "positions" else w
            for name, w in encoder.state_dict().items()
            for rows, scale in [quantised(w) if w.ndim == 2 else (w, w)]
        }
    )
    return encoder


def export_encoder(m: Encoder, path: Path) -> None:
    """(ids int64 [B,T], mask float32 [B,T]) → states [B,T,384]."""
    g = Graph("text encoder")
    width, heads = m.positions.shape[1], m.layers[0].heads

    def float_of(x: str) -> str:
        return g.op("Cast", x, to=TensorProto.FLOAT)

    def linear(x: str, layer: torch.nn.Linear, factor: float = 1.0) -> str:
        rows, scale = quantised(layer.weight * factor)
        weight = g.op("Mul", float_of(g.constant(rows.T.numpy())), g.exact(scale.T))
        return g.op("Add", g.op("MatMul", x, weight), g.weight(layer.bias * factor))

    def norm(x: str, layer: torch.nn.LayerNorm) -> str:
        return g.op("LayerNormalization", x, g.exact(layer.weight), g.exact(layer.bias), axis=-1, epsilon=layer.eps)

    def split_heads(x: str, perm: list[int]) -> str:
        return g.op("Transpose", g.op("Reshape", x, g.shape(0, 0, heads, width // heads)), perm=perm)

    rows, scale = quantised(m.words.weight)
    words = g.op(
        "Mul", float_of(g.op("Gather", g.constant(rows.numpy()), "ids")), g.op("Gather", g.exact(scale), "ids")
    )
    # As many positions as there are tokens: the places of a row of ones, summed up to each.
    order = g.op("CumSum", g.op("Add", g.op("Mul", "ids", g.shape(0)), g.shape(1)), g.shape(1), exclusive=1)
    x = norm(g.op("Add", words, g.op("Gather", g.weight(m.positions[:POSITIONS]), order)), m.norm)
    bias = g.op("Mul", g.op("Sub", g.op("Reshape", "mask", g.shape(0, 1, 1, -1)), g.scalar(1)), g.scalar(1e4))
    for layer in m.layers:
        q = split_heads(linear(x, layer.query, math.sqrt(heads / width)), [0, 2, 1, 3])
        k, v = split_heads(linear(x, layer.key), [0, 2, 3, 1]), split_heads(linear(x, layer.value), [0, 2, 1, 3])
        scores = g.op("Softmax", g.op("Add", g.op("MatMul", q, k), bias), axis=-1)
        y = g.op("Transpose", g.op("MatMul", scores, v), perm=[0, 2, 1, 3])
        x = norm(g.op("Add", x, linear(g.op("Reshape", y, g.shape(0, 0, width)), layer.out)), layer.norm1)
        h = linear(x, layer.inner)
        erf = g.op("Erf", g.op("Mul", h, g.scalar(math.sqrt(0.5))))
        h = g.op("Mul", g.op("Mul", h, g.scalar(0.5)), g.op("Add", erf, g.scalar(1)))
        x = norm(g.op("Add", x, linear(h, layer.outer)), layer.norm2)
    rows = ["batch", "tokens"]
    g.model({"ids": rows, "mask": rows}, {"states": (x, [*rows, width])}, path, integers=("ids",))


def self_attention(g: Graph, m: SelfAttention, x: str, size: tuple[int, int], perturb: str) -> str:
    c, h, pixels = len(m.norm.gain), m.heads, size[0] * size[1]
    d = c // h
    weight, bias = m.qkv.weight.detach()[:, :, 0, 0].clone(), m.qkv.bias.detach().clone()
    weight[:c] /= math.sqrt(d)  # the softmax temperature, folded into the queries
    bias[:c] /= math.sqrt(d)
    qkv = g.by_heads(g.normed_product(g.standardised(x, m.norm, size), m.norm, weight, bias), 3 * h, d, pixels)
    q, k, v = g.op("Split", qkv, g.shape(h, h, h), outputs=3, axis=1)
    y = g.op("MatMul", g.op("Softmax", g.op("MatMul", q, g.op("Transpose", k, perm=[0, 1, 3, 2])), axis=-1), v)
    y = g.op("Add", y, g.op("Mul", perturb, g.op("Sub", v, y)))
    return g.op("Add", x, g.module_conv(g.joined_heads(y, c, size), m.out))


def cross_attention(g: Graph, m: CrossAttention, x: str, size: tuple[int, int], kv: tuple[str, str], bias: str) -> str:
    """Attention to the keys [B,h,d,T+1] and values [B,h,T+1,d] of `keys_and_values`."""
    d, (keys, values) = m.channels // m.heads, kv
    weight, query_bias = m.query.weight[:, :, 0, 0] / math.sqrt(d), m.query.bias / math.sqrt(d)
    q = g.normed_product(g.standardised(x, m.norm, size), m.norm, weight, query_bias)
    q = g.by_heads(q, m.heads, d, size[0] * size[1])
    scores = g.op("Softmax", g.op("Add", g.op("MatMul", q, keys), bias), axis=-1)
    y = g.op("MatMul", scores, values)
    return g.op("Add", x, g.module_conv(g.joined_heads(y, m.channels, size), m.out))


def tokens_of(g: Graph) -> str:
    """[1], the number of tokens: whatever is made of it alone is folded where the session fixes that number."""
    return g.op("Gather", g.op("Shape", "mask"), g.shape(1))


def filled(g: Graph, value: float, *lengths: str) -> str:
    """A tensor of equal numbers, of lengths that are tensors [1] themselves."""
    number = numpy_helper.from_array(np.array([value], np.float32))
    return g.op("ConstantOfShape", g.op("Concat", *lengths, axis=0), value=number)


def text_states(g: Graph, norm: torch.nn.LayerNorm) -> tuple[str, str]:
    """The normalised token states [B,T,D] and their mean [B,D], of the inputs `text` and `mask`."""
    gain, shift = (g.weight(t) for t in (norm.weight, norm.bias))
    states = g.op("LayerNormalization", "text", gain, shift, axis=-1, epsilon=norm.eps)
    # The mean state of the tokens; of none it is 0 (1e-6 stands for the maximum with 1, which has no WebGPU kernel).
    tokens = g.op("Gemm", "mask", filled(g, 1, tokens_of(g), g.shape(1)), g.scalar(1e-6))
    pooled = g.op(
        "Reshape", g.op("MatMul", g.op("Reshape", "mask", g.shape(0, 1, -1)), states), g.shape(0, len(norm.weight))
    )
    return states, g.op("Div", pooled, tokens)


def keys_and_values(
    g: Graph, crosses: Sequence[CrossAttention], embed: torch.nn.Linear, states: str
) -> tuple[Iterator[tuple[str, str]], str]:
    """The keys [B,h,d,T+1] and values [B,h,T+1,d] of every cross-attention, and the bias [B,1,1,T+1] of its scores.

    The row in front is of the pair that is always there. All heads are as wide, so those of all cross-attentions are
    rearranged at once: the keys of all come before the values of all.
    """
    heads = [c.heads for c in crosses]
    d, every = crosses[0].channels // heads[0], sum(heads)
    halves = [part.chunk(2) for part in torch.arange(len(embed.bias)).split([2 * c.channels for c in crosses])]
    order = torch.cat([keys for keys, _ in halves] + [values for _, values in halves])
    null = torch.cat([c.null.flatten() for c in crosses])[order]
    tokens, one = tokens_of(g), g.shape(1)
    front = g.op("Pad", filled(g, 0, one, tokens, one), g.shape(0, 1, 0, 0, 0, 0), g.constant(np.float32(1)))
    bias = g.weight(embed.bias[order])
    added = g.op("Add", g.op("Mul", front, g.op("Sub", g.weight(null), bias)), bias)  # [1,T+1,2C]
    kv = g.op("Pad", g.op("MatMul", states, g.weight(embed.weight[order].T)), g.shape(0, 1, 0, 0, 0, 0))
    kv = g.op("Reshape", g.op("Add", kv, added), g.shape(0, -1, 2 * every, d))
    keys, values = g.op("Split", kv, g.shape(every, every), outputs=2, axis=2)
    pairs = [g.op("Transpose", keys, perm=[0, 2, 3, 1]), g.op("Transpose", values, perm=[0, 2, 1, 3])]
    if len(heads) > 1:
        pairs = zip(*(g.op("Split", part, g.shape(*heads), outputs=len(heads), axis=1) for part in pairs))
    else:
        pairs = [tuple(pairs)]

    # 0 where there is a token, and in front; else very negative: one product with the padded identity.
    flat = g.op("Reshape", front, g.shape(-1))
    there = g.op("EyeLike", filled(g, 0, tokens, g.op("Add", tokens, one)), k=1)
    much = g.scalar(1e4)
    scores = g.op("Gemm", "mask", g.op("Mul", there, much), g.op("Mul", g.op("Sub", flat, g.scalar(1)), much))
    return iter(pairs), g.op("Reshape", scores, g.shape(0, 1, 1, -1))


def export_text_denoiser(m: TextDenoiser, path: Path) -> None:
    """(x, sigma, text, mask, perturb) → (denoised, auxiliary), preconditioning inside the graph and in float32."""
    config, net = m.config, m.net
    channels, height, width = config.shape
    p, sd = config.patch, config.sigma_data
    g = Graph("text denoiser")

    s, q = preconditioned(g, sd)
    x = g.op("Div", g.op("Reshape", "x", g.shape(0, math.prod(config.shape))), q)
    perturb = g.op("Reshape", "perturb", g.shape(0, 1, 1, 1))

    states, pooled = text_states(g, net.text_norm)
    # Noise and text embedding in one matrix product: the polynomial of the sine is part of the matrix.
    folded = [net.embed_noise.weight * c for c in sine_coefficients()]
    joint, embedded = torch.cat([*folded, net.embed_text.weight], 1), [noise_powers(g, net.frequencies), pooled]
    e = g.linear_silu(g.op("Concat", *embedded, axis=1), joint, net.embed_noise.bias)
    scales = block_scales(g, e, net.embed_blocks, [b.cout for b in net.blocks])

    kvs, bias = keys_and_values(g, net.crosses, net.embed_tokens, states)
    h = g.patches(g.picture(x, *config.shape), net.stem.weight, net.stem.bias, channels, p, 1 / sd)
    size, skips = (height // p, width // p), []
    for i, blocks in enumerate(net.encoder):
        if i:
            h, size = g.module_conv(h, net.down[i - 1]), ((size[0] + 1) // 2, (size[1] + 1) // 2)
        for b in blocks:
            h = block(g, b, h, next(scales), size)
        if i == len(net.encoder) - 1:
            h = self_attention(g, net.middle, h, size, perturb)
        h = cross_attention(g, net.encoder_cross[i], h, size, next(kvs), bias)
        skips.append(h)
    # Stored from the highest resolution on, used from the lowest.
    decoder_scales = [[next(scales) for _ in blocks] for blocks in net.decoder]
    decoder_kvs = [next(kvs) for _ in net.decoder]
    auxiliary = h
    for i in reversed(range(len(net.decoder))):
        skip = skips.pop()
        if i == 0:
            seen = g.norm(g.op("Add", h, skip), net.auxiliary_norm, size)
            auxiliary = g.module_conv(g.silu(seen), net.auxiliary)
        h = g.op("Concat", h, skip, axis=1)
        for b, scale in zip(net.decoder[i], decoder_scales[i]):
            h = block(g, b, h, scale, size)
        h = self_attention(g, net.decoder_self[i], h, size, perturb)
        h = cross_attention(g, net.decoder_cross[i], h, size, decoder_kvs[i], bias)
        if i:
            h, size = g.doubled_conv(h, net.up[i - 1]), (2 * size[0], 2 * size[1])
    h = g.module_conv(g.silu(g.norm(h, net.head_norm, size)), net.head)

    # Both estimates at once: [B,2,N] of pictures of N numbers.
    numbers = math.prod(config.shape)
    f = g.unpatched(g.op("Concat", h, auxiliary, axis=1), 2 * channels, p, size)
    f = g.op("Reshape", f, g.shape(0, 2, numbers))
    s, q, x = (g.op("Reshape", part, g.shape(0, 1, -1)) for part in (s, q, x))
    both = g.op("Div", g.op("Add", x, g.op("Mul", f, s)), q)
    parts = g.op("Split", both, g.shape(1, 1), outputs=2, axis=1)
    denoised, auxiliary = (g.op("Reshape", part, g.shape(0, *config.shape)) for part in parts)

    image = ["batch", *config.shape]
    inputs = {
        "x": image, "sigma": ["batch"], "text": ["batch", "tokens", config.text],
        "mask": ["batch", "tokens"], "perturb": ["batch"],
    }  # fmt: skip
    g.model(inputs, {"denoised": (denoised, image), "auxiliary": (auxiliary, image)}, path)
