"""The networks as ONNX graphs, and how far the graphs are from PyTorch."""

import copy
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from graph import Graph, attention, block, block_scales, noise_powers, preconditioned, sine_coefficients, spread
from networks import Classifier, Denoiser, NoisyClassifier
from students import MAX_SCALE, POWERS, Student, scale_powers


def scale_powers_of(g: Graph) -> str:
    """Powers l … l⁴ [B,4] of l = ln(1 + scale), a student's input: students.py, whose t is l / ln(1 + MAX_SCALE)."""
    copies = g.constant(np.ones((1, POWERS), np.float32))
    one_more = g.op("Gemm", g.op("Relu", g.op("Reshape", "scale", g.shape(0, 1))), copies, g.scalar(1))
    return g.op("Pow", g.op("Log", one_more), g.constant(np.arange(1, POWERS + 1, dtype=np.float32)))


def export_denoiser(m: Denoiser | Student, path: Path, g: Graph | None = None) -> None:
    """(x, sigma, label) → denoised, preconditioning inside the graph and in float32; into `g`, if given.

    A student has the input `scale` [B] too.
    """
    config, net = m.config, m.net
    channels, height, width = config.shape
    p, sd = config.patch, config.sigma_data
    g = g or Graph("denoiser")

    s, q = preconditioned(g, sd)
    x = g.op("Div", g.op("Reshape", "x", g.shape(0, math.prod(config.shape))), q)

    # Noise and label embedding in one matrix product: the polynomial of the sine is part of the matrix.
    powers = noise_powers(g, net.frequencies)
    folded = [net.embed_noise.weight * c for c in sine_coefficients()]
    columns, embedded, bias = [*folded, net.embed_label.weight], [powers, "label"], net.embed_noise.bias
    if student := isinstance(m, Student):
        per_power = math.log1p(MAX_SCALE) ** -torch.arange(1, POWERS + 1)
        columns, embedded = [*columns, m.embed_scale.weight * per_power], [*embedded, scale_powers_of(g)]
        bias = bias + m.embed_scale(scale_powers(torch.zeros(1)))[0]  # the powers are less those of scale 1
    e = g.linear_silu(g.op("Concat", *embedded, axis=1), torch.cat(columns, 1), bias)
    scales = block_scales(g, e, net.embed_blocks, [b.cout for b in net.blocks])

    h = g.patches(g.picture(x, *config.shape), net.stem.weight, net.stem.bias, channels, p, 1 / sd)
    size, skips = (height // p, width // p), []
    for down, blocks in zip(net.down, net.encoder):
        if not isinstance(down, torch.nn.Identity):
            h, size = g.module_conv(h, down), ((size[0] + 1) // 2, (size[1] + 1) // 2)
        for b in blocks:
            h = block(g, b, h, next(scales), size)
        skips.append(h)
    h = attention(g, net.attention, h, size)
    for up, blocks in zip(net.up, net.decoder):
        h = g.op("Concat", h, skips.pop(), axis=1)
        for b in blocks:
            h = block(g, b, h, next(scales), size)
        if not isinstance(up, torch.nn.Identity):
            h, size = g.doubled_conv(h, up), (2 * size[0], 2 * size[1])
    h = g.silu(g.norm(h, net.head_norm, size))
    if student:  # both outputs from one convolution
        both = [torch.cat([a, b]) for a, b in ((net.head.weight, m.slope.weight), (net.head.bias, m.slope.bias))]
        numbers = math.prod(config.shape)
        f, slope = g.op("Split", g.pixels(h, *both, 2 * channels, size), g.shape(numbers, numbers), outputs=2, axis=1)
        less_one = g.op("Reshape", g.op("Sub", "scale", g.scalar(1)), g.shape(0, 1))
        f = g.op("Add", f, g.op("Mul", slope, less_one))
    else:
        f = g.pixels(h, net.head.weight, net.head.bias, channels, size)

    denoised = g.op("Div", g.op("Add", x, g.op("Mul", f, s)), q)
    denoised = g.op("Reshape", denoised, g.shape(0, *config.shape))
    image = ["batch", *config.shape]
    inputs = {"x": image, "sigma": ["batch"], "label": ["batch", config.classes + 1]}
    inputs |= {"scale": ["batch"]} if student else {}
    g.model(inputs, {"denoised": (denoised, image)}, path)


def export_classifier(m: Classifier, path: Path) -> None:
    """x → (features, logits), batch normalisation folded into the convolutions."""
    g = Graph("classifier")
    size = m.config["shape"][1]
    h = g.module_conv("x", m.stem)
    for i, (down, norm, conv1, conv2) in enumerate(zip(m.down, m.norm, m.conv1, m.conv2)):
        gain = norm.weight / (norm.running_var + norm.eps).sqrt()
        bias = (down.bias - norm.running_mean) * gain + norm.bias
        size = (size + 1) // 2 if i else size
        h = g.conv(g.silu(h), down.weight * gain[:, None, None, None], bias, down.stride[0], 1)
        h = g.op("Add", h, g.module_conv(g.silu(g.module_conv(g.silu(h), conv1)), conv2))
    h = g.op("AveragePool", g.silu(h), kernel_shape=[size, size])
    h = g.op("Reshape", h, g.shape(0, m.config["channels"][-1]))
    f = g.linear(h, m.features.weight, m.features.bias)
    logits = g.linear(g.silu(f), m.logits.weight, m.logits.bias)
    shape, features, classes = m.config["shape"], m.config["features"], m.config["classes"]
    g.model(
        {"x": ["batch", *shape]}, {"features": (f, ["batch", features]), "logits": (logits, ["batch", classes])}, path
    )


def export_noisy_classifier(m: NoisyClassifier, path: Path, g: Graph | None = None) -> None:
    """(x, sigma, label) → (logits, grad): the derivative is written out, layer by layer, beside the network.

    Into `g`, if given.
    """
    config, g = m.config, g or Graph("noisy classifier")
    (channels, height, width), classes, p = config["shape"], config["classes"], config["patch"]

    def conv_and_back(x: str, layer: torch.nn.Conv2d):
        """The layer's output, and what carries a gradient back through it: the convolution with the turned kernel."""
        turned = layer.weight.transpose(0, 1).flip(2, 3)
        return g.module_conv(x, layer), lambda grad: g.conv(grad, turned, None, 1, layer.padding[0])

    s, q = preconditioned(g, sd := config["sigma_data"])
    folded = torch.cat([m.embed_noise.weight * c for c in sine_coefficients()], 1)
    e = g.linear_silu(noise_powers(g, m.frequencies), folded, m.embed_noise.bias)
    scales = block_scales(g, e, m.embed_blocks, m.widths)

    # Forwards, remembering how to go back.
    back, numbers = [], channels * height * width
    x = g.op("Div", g.op("Reshape", "x", g.shape(0, numbers)), q)
    h = g.patches(g.picture(x, channels, height, width), m.stem.weight, m.stem.bias, channels, p, 1 / sd)
    for i, level in enumerate(m.levels):
        if i:
            h = g.op("AveragePool", h, kernel_shape=[2, 2], strides=[2, 2])
            h, back_widen = conv_and_back(h, m.widen[i - 1])
            back.append(lambda grad, widen=back_widen: g.op("Mul", g.doubled(widen(grad)), g.scalar(0.25)))
        for residual in level:
            scale = next(scales)
            y1, slope1 = g.silu_and_slope(h)
            h1, back1 = conv_and_back(y1, residual.conv1)
            y2, slope2 = g.silu_and_slope(g.op("Mul", h1, scale))
            h2, back2 = conv_and_back(y2, residual.conv2)
            h = g.op("Add", h, h2)
            factor2 = g.op("Mul", slope2, scale)

            def block_back(grad, slope1=slope1, factor2=factor2, back1=back1, back2=back2):
                inner = back1(g.op("Mul", back2(grad), factor2))
                return g.op("Add", grad, g.op("Mul", inner, slope1))

            back.append(block_back)
    y, slope = g.silu_and_slope(h)
    size = (height // p >> len(m.levels) - 1, width // p >> len(m.levels) - 1)
    last = config["channels"][-1]
    pooled = g.op("Reshape", g.op("AveragePool", y, kernel_shape=list(size)), g.shape(0, last))
    fading = spread(g, s, 1)
    logits = g.op("Div", g.linear(pooled, m.logits.weight, m.logits.bias), fading)

    # d/dlogits of Σ label_k log p_k is label - (Σ label) p, over the classes without the null label.
    chosen, every = torch.eye(classes + 1, classes), torch.ones(classes + 1, classes)
    every[-1] = 0
    wanted, total = g.op("MatMul", "label", g.exact(chosen)), g.op("MatMul", "label", g.exact(every))
    grad = g.op("Sub", wanted, g.op("Mul", total, g.op("Softmax", logits, axis=-1)))
    grad = g.op("MatMul", g.op("Div", grad, fading), g.weight(m.logits.weight))
    grad = g.op("Mul", g.op("Reshape", grad, g.shape(0, last, 1, 1)), g.scalar(1 / (size[0] * size[1])))
    grad = g.op("Mul", slope, grad)
    for step in reversed(back):
        grad = step(grad)
    turned = g.op("Mul", g.weight(m.stem.weight.transpose(0, 1).flip(2, 3)), g.scalar(1 / sd))
    grad = g.op("Conv", grad, turned, kernel_shape=[3, 3], pads=[1] * 4)
    grad = g.unpatched(grad, channels, p, (height // p, width // p))
    grad = g.op("Reshape", g.op("Div", grad, q), g.shape(0, *config["shape"]))

    image = ["batch", *config["shape"]]
    inputs = {"x": image, "sigma": ["batch"], "label": ["batch", classes + 1]}
    g.model(inputs, {"logits": (logits, ["batch", classes]), "grad": (grad, image)}, path)


# What the denoiser's file keeps in float32, because folding changed it.
STORED_EXACTLY = (
    "embed_noise.weight",
    "embed_noise.bias",
    "embed_label.weight",
    "embed_scale.weight",
    "embed_blocks.bias",
    "attention.qkv.weight",
    "attention.qkv.bias",
)


def half_rounded(module: torch.nn.Module, exact: tuple[str, ...] = STORED_EXACTLY) -> torch.nn.Module:
    """A copy whose parameters have the precision in which the exported file stores them."""
    rounded = copy.deepcopy(module)
    for name, p in rounded.named_parameters():
        if not name.endswith(exact):
            p.data = p.data.half().float()
    return rounded


def onnx_difference(path: Path, module: Callable, *inputs: torch.Tensor) -> float:
    """Largest absolute difference between the graph and PyTorch over all outputs, batch sizes 1 and 3."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    worst = 0.0
    for batch in (1, 3):
        part = [t[:batch] for t in inputs]
        feed = {i.name: t.numpy() for i, t in zip(session.get_inputs(), part)}
        expected = module(*part)
        expected = expected if isinstance(expected, tuple) else (expected,)
        for got, want in zip(session.run(None, feed), expected):
            worst = max(worst, float(np.abs(got - want.detach().numpy()).max()))
    return worst


def probes(shape, classes: int, sigmas: tuple[float, ...] = (0.01, 0.7, 40.0)):
    """(x, sigma, label) at three noise levels, the middle one without a class, to compare graphs with PyTorch."""
    sigma = torch.tensor(sigmas)
    x = (
        torch.randn(3, *shape, generator=torch.Generator().manual_seed(0))
        * (sigma[:, None, None, None] ** 2 + 0.4).sqrt()
    )
    return x, sigma, torch.eye(classes + 1)[[0, classes, 1]]


def check_difference(model_id: str, difference: float, most: float) -> None:
    if difference > most:
        raise ValueError(f"{model_id}: ONNX and PyTorch must agree within {most}, they differ by {difference}")
