"""Write trained networks as ONNX graphs with manifests.

    python export.py letters             # runs/letters and its companions → public/models/letters, letters-weak, …
    python export.py tiny --out e2e/models

The graphs are built node by node instead of traced: shapes are static but for a symbolic batch (reshapes
keep it by 0), nothing computes shapes in int64, and every operator has a WebGPU kernel. Weights are stored
in float16 behind Cast nodes, which the runtime folds at load. Every graph is compared with PyTorch.
"""

import argparse
import copy
import hashlib
import json
import math
import platform
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

import data
from classifier import load_classifier, logits_and_features
from networks import Attention, Block, Classifier, Denoiser, GroupNorm, LayerNorm, NoisyClassifier, flops, log_probability_gradient, parameters
from train import RUNS, load_denoiser

ROOT = Path(__file__).resolve().parents[1]


class Graph:
    """A list of ONNX nodes under construction; tensors are known by name."""

    def __init__(self, name: str):
        self.name, self.nodes, self.constants = name, [], []

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes):
        names = [f"{kind.lower()}_{len(self.nodes)}" + (f"_{i}" if outputs > 1 else "") for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names[0] if outputs == 1 else names

    def shape(self, *dimensions: int) -> str:
        return self.constant(np.array(dimensions, np.int64))

    def scalar(self, value: float) -> str:
        return self.constant(np.array([value], np.float32))

    def weight(self, tensor: torch.Tensor) -> str:
        """A weight stored in float16, cast to float32 when the session is created."""
        return self.op("Cast", self.constant(tensor.detach().numpy().astype(np.float16)), to=TensorProto.FLOAT)

    def exact(self, tensor: torch.Tensor) -> str:
        """A weight stored in float32: where folding changed it, so that the graph still equals PyTorch."""
        return self.constant(tensor.detach().numpy().astype(np.float32))

    def constant(self, array: np.ndarray) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def silu(self, x: str) -> str:
        return self.op("Mul", x, self.op("Sigmoid", x))

    def silu_and_slope(self, x: str) -> tuple[str, str]:
        """(y, dy/dx) of y = x sigmoid(x): the slope is sigmoid(x) + y - y sigmoid(x)."""
        s = self.op("Sigmoid", x)
        y = self.op("Mul", x, s)
        return y, self.op("Sub", self.op("Add", s, y), self.op("Mul", y, s))

    def conv(self, x: str, weight: torch.Tensor, bias: torch.Tensor | None, stride: int = 1, padding: int = 0) -> str:
        inputs = [x, self.weight(weight)] + ([self.weight(bias)] if bias is not None else [])
        return self.op("Conv", *inputs, kernel_shape=list(weight.shape[2:]), strides=[stride] * 2, pads=[padding] * 4)

    def module_conv(self, x: str, m: torch.nn.Conv2d) -> str:
        return self.conv(x, m.weight, m.bias, m.stride[0], m.padding[0])

    def linear(self, x: str, weight: torch.Tensor, bias: torch.Tensor) -> str:
        return self.op("Gemm", x, self.weight(weight.T), self.exact(bias))

    def norm(self, x: str, m: GroupNorm | LayerNorm, size: tuple[int, int]) -> str:
        channels = len(m.gain)
        if isinstance(m, LayerNorm):
            # The transposes cancel against those that the provider puts around its NHWC convolutions.
            x = self.op("Transpose", x, perm=[0, 2, 3, 1])
            x = self.op("LayerNormalization", x, self.weight(m.gain), self.weight(m.bias), axis=-1, epsilon=1e-5)
            return self.op("Transpose", x, perm=[0, 3, 1, 2])
        flat = self.op("Reshape", x, self.shape(0, m.groups, channels // m.groups * size[0] * size[1]))
        ones, zeros = self.constant(np.ones(m.groups, np.float32)), self.constant(np.zeros(m.groups, np.float32))
        flat = self.op("InstanceNormalization", flat, ones, zeros, epsilon=1e-5)
        x = self.op("Reshape", flat, self.shape(0, channels, *size))
        return self.op("Add", self.op("Mul", x, self.weight(m.gain[:, None, None])), self.weight(m.bias[:, None, None]))

    def model(self, inputs: dict[str, list], outputs: dict[str, tuple[str, list]], path: Path) -> None:
        for public, (inner, _) in outputs.items():
            self.nodes.append(helper.make_node("Identity", [inner], [public]))
        graph = helper.make_graph(
            self.nodes,
            self.name,
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs.items()],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, (_, s) in outputs.items()],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, path)


def block(g: Graph, m: Block, x: str, scale: str, size: tuple[int, int]) -> str:
    h = g.module_conv(g.silu(g.norm(x, m.norm, size)), m.conv1)
    h = g.module_conv(g.silu(g.op("Mul", h, scale)), m.conv2)
    return g.op("Add", h, x if m.skip is None else g.module_conv(x, m.skip))


def attention(g: Graph, m: Attention, x: str, size: tuple[int, int]) -> str:
    c, h, pixels = m.channels, m.heads, size[0] * size[1]
    d = c // h
    weight, bias = m.qkv.weight.detach().clone(), m.qkv.bias.detach().clone()
    weight[:c] /= math.sqrt(d)  # the softmax temperature, folded into the queries
    bias[:c] /= math.sqrt(d)
    qkv = g.op("Conv", g.norm(x, m.norm, size), g.exact(weight), g.exact(bias), kernel_shape=[1, 1])
    qkv = g.op("Reshape", qkv, g.shape(0, 3 * h, d, pixels))
    q, k, v = g.op("Split", qkv, g.shape(h, h, h), outputs=3, axis=1)
    scores = g.op("Softmax", g.op("MatMul", g.op("Transpose", q, perm=[0, 1, 3, 2]), k), axis=-1)
    y = g.op("MatMul", v, g.op("Transpose", scores, perm=[0, 1, 3, 2]))
    y = g.module_conv(g.op("Reshape", y, g.shape(0, c, *size)), m.out)
    return g.op("Add", x, y)


def sine_coefficients() -> list[float]:
    """sin(2πr) = Σ c_k r^(2k+1), k = 0 … 7, on [-1/2, 1/2]: least squares at Chebyshev points, within 1e-9."""
    r = 0.5 * np.cos(np.pi * (np.arange(200) + 0.5) / 200)
    basis = r[:, None] ** np.arange(1, 17, 2)
    return np.linalg.lstsq(basis, np.sin(2 * np.pi * r), rcond=None)[0].tolist()


def noise_powers(g: Graph, frequencies: torch.Tensor) -> str:
    """Powers r, r³ … r¹⁵ [B,8F] of the noise embedding's angles; `sine_coefficients` make sin and cos of them.

    WGSL guarantees sin to 2^-11 only, which shows after a whole trajectory: so the angle is reduced to half a
    turn, r in [-1/2, 1/2], and sin(2πr) is a polynomial that a matrix can carry. cos(a) = sin(a + π/2).
    """
    turns = frequencies.double().repeat(2) / (4 * 2 * math.pi)
    phase = torch.tensor([0.25, 0.0]).repeat_interleave(len(frequencies))
    angle = g.op("Mul", g.op("Log", g.op("Reshape", "sigma", g.shape(0, 1, 1))), g.exact(turns))
    angle = g.op("Add", angle, g.exact(phase))
    # Round, but by Floor, which has a WebGPU kernel.
    powers = g.op("Sub", angle, g.op("Floor", g.op("Add", angle, g.scalar(0.5))))
    square = g.op("Mul", powers, powers)
    for doubling in range(3):  # r → r, r³ → … r⁷ → … r¹⁵
        square = g.op("Mul", square, square) if doubling else square
        powers = g.op("Concat", powers, g.op("Mul", powers, square), axis=1)
    return g.op("Reshape", powers, g.shape(0, 8 * len(turns)))


def export_denoiser(m: Denoiser, path: Path) -> None:
    """(x, sigma, label) → denoised, preconditioning inside the graph and in float32."""
    config, net = m.config, m.net
    channels, height, width = config.shape
    p, sd = config.patch, config.sigma_data
    g = Graph("denoiser")

    # D = sd (sd x/r + s F(x/r)) / r with r = sqrt(s² + sd²): EDM's c_skip, c_out and c_in.
    s = g.op("Reshape", "sigma", g.shape(0, 1, 1, 1))
    r = g.op("Sqrt", g.op("Add", g.op("Mul", s, s), g.scalar(sd**2)))
    x = g.op("Div", "x", r)

    # Noise and label embedding in one matrix product: the polynomial of the sine is part of the matrix.
    powers = noise_powers(g, net.frequencies)
    folded = [net.embed_noise.weight * c for c in sine_coefficients()]
    joint = torch.cat([*folded, net.embed_label.weight], 1)
    joint = g.op("Gemm", g.op("Concat", powers, "label", axis=1), g.exact(joint.T), g.exact(net.embed_noise.bias))
    e = g.silu(joint)
    widths = [b.cout for b in net.blocks]
    scales = g.linear(e, net.embed_blocks.weight, net.embed_blocks.bias + 1)  # the 1 of ·(1 + embedding)
    scales = g.op("Reshape", scales, g.shape(0, sum(widths), 1, 1))
    scales = iter(g.op("Split", scales, g.shape(*widths), outputs=len(widths), axis=1))

    # Patches and the first convolution in one: a 3×3 kernel over p×p patches is a 3p×3p kernel of stride p.
    stem = net.stem.weight.reshape(-1, channels, p, p, 3, 3).permute(0, 1, 4, 2, 5, 3)
    h = g.conv(x, stem.reshape(-1, channels, 3 * p, 3 * p), net.stem.bias, p, p)
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
            twice = g.constant(np.array([1, 1, 2, 2], np.float32))
            h = g.op("Resize", h, "", twice, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
            size = (2 * size[0], 2 * size[1])
            h = g.module_conv(h, up)
    h = g.module_conv(g.silu(g.norm(h, net.head_norm, size)), net.head)
    f = g.op("DepthToSpace", h, blocksize=p, mode="CRD")

    mixed = g.op("Add", g.op("Mul", x, g.scalar(sd**2)), g.op("Mul", f, g.op("Mul", s, g.scalar(sd))))
    image = ["batch", *config.shape]
    inputs = {"x": image, "sigma": ["batch"], "label": ["batch", config.classes + 1]}
    g.model(inputs, {"denoised": (g.op("Div", mixed, r), image)}, path)


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
    g.model({"x": ["batch", *shape]}, {"features": (f, ["batch", features]), "logits": (logits, ["batch", classes])}, path)


def export_noisy_classifier(m: NoisyClassifier, path: Path) -> None:
    """(x, sigma, label) → (logits, grad): the derivative is written out, layer by layer, beside the network."""
    config, g = m.config, Graph("noisy classifier")
    (channels, height, width), classes, p = config["shape"], config["classes"], config["patch"]

    def conv_and_back(x: str, layer: torch.nn.Conv2d):
        """The layer's output, and what carries a gradient back through it: the convolution with the turned kernel."""
        turned = layer.weight.transpose(0, 1).flip(2, 3)
        return g.module_conv(x, layer), lambda grad: g.conv(grad, turned, None, 1, layer.padding[0])

    s = g.op("Reshape", "sigma", g.shape(0, 1, 1, 1))
    r = g.op("Sqrt", g.op("Add", g.op("Mul", s, s), g.scalar(config["sigma_data"] ** 2)))
    folded = torch.cat([m.embed_noise.weight * c for c in sine_coefficients()], 1)
    e = g.silu(g.op("Gemm", noise_powers(g, m.frequencies), g.exact(folded.T), g.exact(m.embed_noise.bias)))
    scales = g.linear(e, m.embed_blocks.weight, m.embed_blocks.bias + 1)  # the 1 of ·(1 + embedding)
    scales = g.op("Reshape", scales, g.shape(0, sum(m.widths), 1, 1))
    scales = iter(g.op("Split", scales, g.shape(*m.widths), outputs=len(m.widths), axis=1))

    # Forwards, remembering how to go back.
    back = []
    stem = m.stem.weight.reshape(-1, channels, p, p, 3, 3).permute(0, 1, 4, 2, 5, 3)
    h = g.conv(g.op("Div", "x", r), stem.reshape(-1, channels, 3 * p, 3 * p), m.stem.bias, p, p)
    for i, level in enumerate(m.levels):
        if i:
            h = g.op("AveragePool", h, kernel_shape=[2, 2], strides=[2, 2])
            h, back_widen = conv_and_back(h, m.widen[i - 1])
            twice = g.constant(np.array([1, 1, 2, 2], np.float32))
            resize = dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
            back.append(lambda grad, widen=back_widen, t=twice: g.op("Mul", g.op("Resize", widen(grad), "", t, **resize), g.scalar(0.25)))
        for block in level:
            scale = next(scales)
            y1, slope1 = g.silu_and_slope(h)
            h1, back1 = conv_and_back(y1, block.conv1)
            y2, slope2 = g.silu_and_slope(g.op("Mul", h1, scale))
            h2, back2 = conv_and_back(y2, block.conv2)
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
    fading = g.op("Reshape", g.op("Sqrt", g.op("Add", g.op("Mul", s, s), g.scalar(1))), g.shape(0, 1))
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
    grad = g.conv(grad, m.stem.weight.transpose(0, 1).flip(2, 3), None, 1, 1)
    grad = g.op("Div", g.op("DepthToSpace", grad, blocksize=p, mode="CRD"), r)

    image = ["batch", *config["shape"]]
    inputs = {"x": image, "sigma": ["batch"], "label": ["batch", classes + 1]}
    g.model(inputs, {"logits": (logits, ["batch", classes]), "grad": (grad, image)}, path)


# What the denoiser's file keeps in float32, because folding changed it.
STORED_EXACTLY = ("embed_noise.weight", "embed_noise.bias", "embed_label.weight", "embed_blocks.bias", "attention.qkv.weight", "attention.qkv.bias")


def half_rounded(module: torch.nn.Module) -> torch.nn.Module:
    """A copy whose parameters have the precision in which the exported file stores them."""
    rounded = copy.deepcopy(module)
    for name, p in rounded.named_parameters():
        if not name.endswith(STORED_EXACTLY):
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


def write_manifest(folder: Path, manifest: dict, names: tuple[str, ...] = ("model.onnx",)) -> None:
    files = []
    for path in (folder / name for name in names):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        files.append({"name": path.name, "bytes": path.stat().st_size, "sha256": digest})
    path, kept = folder / "manifest.json", {}
    if path.exists() and (before := json.loads(path.read_text()))["files"] == files:
        kept = {key: before[key] for key in ("thumbnail", "selfCheck") if key in before}  # of the same network: npm run stamp, npm run thumbnails
    path.write_text(json.dumps({"schema": 1, **manifest, **kept, "files": files}, indent=2) + "\n")


TITLES = {"letters": "Handwritten letters", "tiny": "Bars (test network)", "tiny-colour": "Coloured discs (test network)", "emoji": "Emoji", "imagenet-64": "ImageNet photographs"}
# The files of runs/ that a model is made of, by what they are to it.
CLASSIFIERS = {"classifier": "classifier", "smallClassifier": "small-classifier"}
KIND = {"weak": "weak", "features": "classifier", "classifier": "noisy classifier", "smallClassifier": "small noisy classifier"}


def probes(shape, classes: int, sigmas: tuple[float, ...] = (0.01, 0.7, 40.0)):
    """(x, sigma, label) at three noise levels, the middle one without a class, to compare graphs with PyTorch."""
    sigma = torch.tensor(sigmas)
    x = torch.randn(3, *shape, generator=torch.Generator().manual_seed(0)) * (sigma[:, None, None, None] ** 2 + 0.4).sqrt()
    return x, sigma, torch.eye(classes + 1)[[0, classes, 1]]


def check_difference(model_id: str, difference: float, most: float) -> None:
    if difference > most:
        raise ValueError(f"{model_id}: ONNX and PyTorch must agree within {most}, they differ by {difference}")


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
    write_manifest(folder, {
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
    })
    report(folder, difference)
    return model_id


def variant(about: dict, run: str) -> str:
    """What made a run another than its recipe's own: the share of unconditional training, for the study."""
    return "" if run == about["name"] else f" --set p_uncond={about['recipe']['p_uncond']} --run {run}"


# Real pictures of each class whose features are kept for precision and recall.
REFERENCE_PER_CLASS = 100


def export_reference(network: Classifier, dataset: str, path: Path, folder: str | None) -> dict:
    """What the feature network says of the whole test split (of data.REFERENCE's, where that names another): the
    reference of Fréchet distance, precision and recall.

    Little-endian: mean float32 [F], covariance float32 [F,F] (normalised by N - 1, as evaluate.py's), then the
    features float16 [M,F] of the first pictures of every class. Returns the manifest's description.
    """
    split = data.REFERENCE.get(dataset, "test")
    x, y = data.load(dataset, split, folder)
    _, features = logits_and_features(network, x)
    order = torch.argsort(y, stable=True)
    kept = torch.cat([order[y[order] == k][:REFERENCE_PER_CLASS] for k in y.unique()])
    values = features.double().numpy()
    parts = [values.mean(0).astype("<f4"), np.cov(values.T).astype("<f4"), features[kept].numpy().astype("<f2")]
    path.write_bytes(b"".join(part.tobytes() for part in parts))
    return {"file": path.name, "split": split, "pictures": len(y), "features": features.shape[1], "kept": len(kept)}


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
    write_manifest(folder, {
        "id": run,
        "title": f"{TITLES[name]}: {KIND[companion]}",
        "role": "classifier" if noisy else "features",
        **common,
        **({"sigma": {"min": config["sigma_min"], "max": config["sigma_max"], "data": config["sigma_data"]}} if noisy else {}),
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
    }, ("model.onnx",) if noisy else ("model.onnx", "reference.bin"))
    report(folder, difference)


def report(folder: Path, difference: float) -> None:
    print(f"{folder}: {(folder / 'model.onnx').stat().st_size / 1e6:.2f} MB, max |ONNX - PyTorch| {difference:.1e}")


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
    own_weak = RUNS / weak / "ema.pt"  # a network of its own; else the snapshot of this run
    written = [
        export_snapshot(snapshot, name, "denoiser", title, out, common, {"weak": weak, **judges}),
        export_snapshot(own_weak if own_weak.exists() else RUNS / name / "weak.pt", weak, "weak", f"{title} (weak)", out, common, {}),
    ]
    for companion, run in judges.items():
        export_judge(run, out, name, companion, common, pictures)
    return [*written, *judges.values()]


def write_index(out: Path) -> None:
    """index.json lists every model folder, because a static host cannot."""
    ids = sorted(p.parent.name for p in out.glob("*/manifest.json"))
    denoisers = [i for i in ids if json.loads((out / i / "manifest.json").read_text())["role"] == "denoiser"]
    index = {"schema": 1, "models": ids, "default": "letters" if "letters" in denoisers else denoisers[0]}
    (out / "index.json").write_text(json.dumps(index, indent=2) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="a run under runs/")
    parser.add_argument("--out", type=Path, default=ROOT / "public/models")
    parser.add_argument("--data", help="folder with the data (default: $GUIDANCE_DATA)")
    args = parser.parse_args()
    export(args.name, args.out, args.data)
    write_index(args.out)
