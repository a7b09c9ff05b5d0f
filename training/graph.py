"""ONNX graphs built node by node instead of traced.

Shapes are static but for a symbolic batch (reshapes keep it by 0), nothing computes shapes in int64, and every
operator has a WebGPU kernel. Weights are stored in float16 behind Cast nodes, which the runtime folds at load.
"""

import math
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from networks import Attention, Block, GroupNorm, LayerNorm


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

    def doubled(self, x: str) -> str:
        """Twice the height and width, every pixel repeated."""
        twice = self.constant(np.array([1, 1, 2, 2], np.float32))
        about = dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        return self.op("Resize", x, "", twice, **about)

    def patches(self, x: str, weight: torch.Tensor, bias: torch.Tensor | None, channels: int, patch: int) -> str:
        """A 3×3 convolution over p×p patches of x, in one: a 3p×3p kernel of stride p."""
        kernel = weight.reshape(-1, channels, patch, patch, 3, 3).permute(0, 1, 4, 2, 5, 3)
        return self.conv(x, kernel.reshape(-1, channels, 3 * patch, 3 * patch), bias, patch, patch)

    def model(
        self, inputs: dict[str, list], outputs: dict[str, tuple[str, list]], path: Path, integers: tuple[str, ...] = ()
    ) -> None:
        """Writes the graph; inputs are float32, but for those named as integers (int64)."""
        for public, (inner, _) in outputs.items():
            self.nodes.append(helper.make_node("Identity", [inner], [public]))
        graph = helper.make_graph(
            self.nodes,
            self.name,
            [
                helper.make_tensor_value_info(n, TensorProto.INT64 if n in integers else TensorProto.FLOAT, s)
                for n, s in inputs.items()
            ],
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

    cos(a) = sin(a + π/2).
    """
    turns = frequencies.double().repeat(2) / (4 * 2 * math.pi)
    phase = torch.tensor([0.25, 0.0]).repeat_interleave(len(frequencies))
    angle = g.op("Mul", g.op("Log", g.op("Reshape", "sigma", g.shape(0, 1, 1))), g.exact(turns))
    powers = sine_powers(g, g.op("Add", angle, g.exact(phase)))
    return g.op("Reshape", powers, g.shape(0, 8 * len(turns)))


def sine_powers(g: Graph, angle: str) -> str:
    """Powers r, r³ … r¹⁵ [B,8,N], by which `sine_coefficients` make the sine, of angles [B,1,N] in turns.

    WGSL guarantees sin to 2^-11 only, which shows after a whole trajectory: so the angle is reduced to half a
    turn, r in [-1/2, 1/2], and sin(2πr) is a polynomial that a matrix can carry.
    """
    # Round, but by Floor, which has a WebGPU kernel.
    powers = g.op("Sub", angle, g.op("Floor", g.op("Add", angle, g.scalar(0.5))))
    square = g.op("Mul", powers, powers)
    for doubling in range(3):  # r → r, r³ → … r⁷ → … r¹⁵
        square = g.op("Mul", square, square) if doubling else square
        powers = g.op("Concat", powers, g.op("Mul", powers, square), axis=1)
    return powers
