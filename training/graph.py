"""ONNX graphs built node by node instead of traced.

Shapes are static but for a symbolic batch (reshapes keep it by 0), nothing computes shapes in int64, and every
operator has a WebGPU kernel. Weights are stored in float16 behind Cast nodes, which the runtime folds at load, as it
does whatever else is computed of weights alone.

A kernel costs the GPU as much as a small network's arithmetic, so graphs are written for few of them: `npm run
dispatches` counts. The WebGPU provider keeps channels last around convolutions; a Transpose between that order and the
one in which the graph is written costs nothing there.
"""

import math
from collections.abc import Iterator
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
        self.known_ones: dict[int, str] = {}

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

    def linear_silu(self, x: str, weight: torch.Tensor, bias: torch.Tensor) -> str:
        """SiLU of a product of rows [B,N], written as a convolution, whose kernel takes the SiLU in."""
        return self.rows_silu(x, self.exact(weight[:, :, None, None]), bias, weight.shape)

    def rows_silu(self, x: str, kernel: str, bias: torch.Tensor, size: tuple[int, int]) -> str:
        """`linear_silu` with a kernel [cout,cin,1,1] of the size (cout, cin) that is a tensor of the graph."""
        cout, cin = size
        pixels = self.op("Transpose", self.op("Reshape", x, self.shape(0, 1, 1, cin)), perm=[0, 3, 1, 2])
        h = self.op("Conv", pixels, kernel, self.exact(bias), kernel_shape=[1, 1])
        return self.op("Reshape", self.op("Transpose", self.silu(h), perm=[0, 2, 3, 1]), self.shape(0, cout))

    def linear(self, x: str, weight: torch.Tensor, bias: torch.Tensor) -> str:
        return self.op("Gemm", x, self.weight(weight.T), self.exact(bias))

    def norm(self, x: str, m: GroupNorm | LayerNorm, size: tuple[int, int]) -> str:
        if isinstance(m, LayerNorm):
            # The transposes cancel against those that the provider puts around its NHWC convolutions.
            x = self.op("Transpose", x, perm=[0, 2, 3, 1])
            x = self.op("LayerNormalization", x, self.weight(m.gain), self.weight(m.bias), axis=-1, epsilon=1e-5)
            return self.op("Transpose", x, perm=[0, 3, 1, 2])
        # Gain and bias are a convolution of each channel alone, into which the WebGPU provider puts a SiLU behind it.
        weights = self.weight(m.gain[:, None, None, None]), self.weight(m.bias)
        return self.op("Conv", self.standardised(x, m, size), *weights, kernel_shape=[1, 1], group=len(m.gain))

    def standardised(self, x: str, m: GroupNorm | LayerNorm, size: tuple[int, int]) -> str:
        """The norm without its gain and bias; of groups as a layer normalisation over their pixels, one kernel."""
        channels = len(m.gain)
        if isinstance(m, LayerNorm):
            x = self.op("Transpose", x, perm=[0, 2, 3, 1])
            x = self.op("LayerNormalization", x, self.ones(channels), axis=-1, epsilon=1e-5)
            return self.op("Transpose", x, perm=[0, 3, 1, 2])
        numbers = channels // m.groups * size[0] * size[1]
        flat = self.op("Reshape", x, self.shape(0, m.groups, numbers))
        flat = self.op("LayerNormalization", flat, self.ones(numbers), axis=-1, epsilon=1e-5)
        return self.op("Reshape", flat, self.shape(0, channels, *size))

    def normed_product(self, standardised: str, m: GroupNorm, weight: torch.Tensor, bias: torch.Tensor) -> str:
        """A 1×1 convolution with weight [cout,cin] of what `norm` would give, whose gain and bias the weights take in.

        They are multiplied when the session is created.
        """
        cout, cin = weight.shape
        matrix, gain = self.exact(weight), self.weight(m.gain)
        kernel = self.op("Reshape", self.op("Mul", matrix, gain), self.shape(cout, cin, 1, 1))
        shift = self.op("MatMul", matrix, self.op("Reshape", self.weight(m.bias), self.shape(cin, 1)))
        shift = self.op("Add", self.op("Reshape", shift, self.shape(cout)), self.exact(bias))
        return self.op("Conv", standardised, kernel, shift, kernel_shape=[1, 1])

    def by_heads(self, x: str, heads: int, width: int, pixels: int) -> str:
        """The pixels of a picture [B,heads·width,H,W], head by head: [B,heads,pixels,width]; one kernel."""
        rows = self.op("Reshape", self.op("Transpose", x, perm=[0, 2, 3, 1]), self.shape(0, pixels, heads, width))
        return self.op("Transpose", rows, perm=[0, 2, 1, 3])

    def joined_heads(self, x: str, channels: int, size: tuple[int, int]) -> str:
        """What `by_heads` took apart, as a picture again."""
        rows = self.op("Reshape", self.op("Transpose", x, perm=[0, 2, 1, 3]), self.shape(0, *size, channels))
        return self.op("Transpose", rows, perm=[0, 3, 1, 2])

    def ones(self, count: int) -> str:
        """[count] ones that take no room in the file."""
        if count not in self.known_ones:
            self.known_ones[count] = self.op("Expand", self.scalar(1), self.shape(count))
        return self.known_ones[count]

    def rows(self, x: str, channels: int) -> str:
        """The pixels of all pictures [B·H·W, channels]; where channels come last, no kernel."""
        return self.op("Reshape", self.op("Transpose", x, perm=[0, 2, 3, 1]), self.shape(-1, channels))

    def doubled(self, x: str) -> str:
        """Twice the height and width, every pixel repeated."""
        twice = self.constant(np.array([1, 1, 2, 2], np.float32))
        about = dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        return self.op("Resize", x, "", twice, **about)

    def doubled_conv(self, x: str, m: torch.nn.Conv2d) -> str:
        """A 3×3 convolution over twice the pixels, in one: transposed, with a 4×4 kernel of stride 2.

        Along an axis an even pixel sees its own source by k1 + k2 and the one before by k0, an odd one its own by
        k0 + k1 and the next by k2. These sums are folded when the session is created.
        """
        sums = self.constant(np.array([[0, 0, 1, 1], [0, 1, 1, 0], [1, 1, 0, 0]], np.float32))
        kernel = self.op("Transpose", self.weight(m.weight), perm=[1, 0, 2, 3])
        for _ in range(2):
            kernel = self.op("Transpose", self.op("MatMul", kernel, sums), perm=[0, 1, 3, 2])
        about = dict(kernel_shape=[4, 4], strides=[2, 2], pads=[1] * 4)
        return self.op("ConvTranspose", x, kernel, self.weight(m.bias), **about)

    def patches(self, x: str, weight: torch.Tensor, bias: torch.Tensor | None, channels: int, patch: int, factor=1.0):
        """A 3×3 convolution over p×p patches of factor · x, in one: a 3p×3p kernel of stride p."""
        kernel = weight.reshape(-1, channels, patch, patch, 3, 3).permute(0, 1, 4, 2, 5, 3)
        kernel = self.weight(kernel.reshape(-1, channels, 3 * patch, 3 * patch))
        kernel = kernel if factor == 1 else self.op("Mul", kernel, self.scalar(factor))
        inputs = [x, kernel] + ([self.weight(bias)] if bias is not None else [])
        return self.op("Conv", *inputs, kernel_shape=[3 * patch] * 2, strides=[patch] * 2, pads=[patch] * 4)

    def pixels(self, x: str, weight: torch.Tensor, bias: torch.Tensor, channels: int, size: tuple[int, int]) -> str:
        """A 3×3 convolution whose channels are the pixels of patches: [B, channels · height · width]."""
        return self.unpatched(self.conv(x, weight, bias, 1, 1), channels, math.isqrt(len(bias) // channels), size)

    def unpatched(self, x: str, channels: int, patch: int, size: tuple[int, int]) -> str:
        """The pixels of patches, which are channels of x, as flat pictures [B, channels · height · width]."""
        x = self.op("Transpose", x, perm=[0, 2, 3, 1])
        # One rearrangement, from channels last to pictures.
        x = self.op("Reshape", x, self.shape(0, *size, channels, patch, patch))
        x = self.op("Transpose", x, perm=[0, 3, 1, 4, 2, 5])
        return self.op("Reshape", x, self.shape(0, channels * patch**2 * size[0] * size[1]))

    def picture(self, flat: str, channels: int, height: int, width: int) -> str:
        """[B, channels · height · width] as pictures."""
        if channels > 1:
            return self.op("Reshape", flat, self.shape(0, channels, height, width))
        return self.op("Transpose", self.op("Reshape", flat, self.shape(0, height, width, 1)), perm=[0, 3, 1, 2])

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
    h = g.silu(g.op("Mul", h, scale))
    if m.skip is None:
        return g.op("Add", g.module_conv(h, m.conv2), x)
    # The skip connection's product adds itself to what the convolution gave, which has both biases.
    bias = g.op("Add", g.weight(m.conv2.bias), g.weight(m.skip.bias))
    h = g.op("Conv", h, g.weight(m.conv2.weight), bias, kernel_shape=[3, 3], pads=[1] * 4)
    cout, cin = m.skip.weight.shape[:2]
    weight = g.op("Reshape", g.weight(m.skip.weight), g.shape(cout, cin))
    rows = g.op("Gemm", g.rows(x, cin), weight, g.rows(h, cout), transB=1)
    return g.op("Transpose", g.op("Reshape", rows, g.shape(-1, *size, cout)), perm=[0, 3, 1, 2])


def attention(g: Graph, m: Attention, x: str, size: tuple[int, int]) -> str:
    """Self-attention in which nothing is rearranged by heads.

    A query's products with all keys are those of what it becomes in the keys' weights with their pixels, up to a
    number that is the same for all of them, which the softmax drops; a mean of values is the value of the mean pixel.
    So the pixels themselves, standardised, are keys and values of every head, and the weights of queries and keys, of
    values and outputs, and the norm's gain and bias are multiplied when the session is created.
    """
    c, h, pixels = m.channels, m.heads, size[0] * size[1]
    d = c // h
    q, k, v = g.op("Split", g.exact(m.qkv.weight.reshape(3, h, d, c)), g.shape(1, 1, 1), outputs=3, axis=0)
    q_bias, _, v_bias = g.op("Split", g.exact(m.qkv.bias.reshape(3, h, d, 1)), g.shape(1, 1, 1), outputs=3, axis=0)
    out = g.op("Transpose", g.op("Reshape", g.weight(m.out.weight), g.shape(1, c, h, d)), perm=[0, 2, 1, 3])
    gain, bias = g.weight(m.norm.gain), g.op("Reshape", g.weight(m.norm.bias), g.shape(c, 1))

    # [1,h,C,C] and [1,h,C,1], from the standardised pixel to the query in the keys' weights.
    keys = g.op("Mul", g.op("Transpose", k, perm=[0, 1, 3, 2]), g.op("Reshape", gain, g.shape(c, 1)))
    keys = g.op("Mul", keys, g.scalar(1 / math.sqrt(d)))
    query = g.op("Mul", g.op("MatMul", keys, q), gain)
    query_bias = g.op("MatMul", keys, g.op("Add", g.op("MatMul", q, bias), q_bias))
    # [C,h·C] and [C], from the mean pixels of all heads to the output.
    value = g.op("Transpose", g.op("Mul", g.op("MatMul", out, v), gain), perm=[0, 2, 1, 3])
    value_bias = g.op("MatMul", out, g.op("Add", g.op("MatMul", v, bias), v_bias))
    value_bias = g.op("ReduceSum", g.op("Reshape", value_bias, g.shape(h, c)), g.shape(0), keepdims=0)
    value_bias = g.op("Add", value_bias, g.weight(m.out.bias))

    def pointwise(x: str, weight: str, bias: str, cin: int, cout: int) -> str:
        weight, bias = g.op("Reshape", weight, g.shape(cout, cin, 1, 1)), g.op("Reshape", bias, g.shape(cout))
        return g.op("Conv", x, weight, bias, kernel_shape=[1, 1])

    n = g.standardised(x, m.norm, size)
    rows = g.op("Reshape", g.op("Transpose", n, perm=[0, 2, 3, 1]), g.shape(0, pixels, c))
    queries = g.op("Transpose", pointwise(n, query, query_bias, c, h * c), perm=[0, 2, 3, 1])
    queries = g.op("Reshape", queries, g.shape(0, pixels * h, c))
    scores = g.op("Softmax", g.op("MatMul", queries, g.op("Reshape", n, g.shape(0, c, pixels))), axis=-1)
    means = g.op("Reshape", g.op("MatMul", scores, rows), g.shape(0, *size, h * c))
    y = pointwise(g.op("Transpose", means, perm=[0, 3, 1, 2]), value, value_bias, h * c, c)
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
    noise = g.op("Log", g.op("Reshape", "sigma", g.shape(0, 1)))
    powers = sine_powers(g, g.op("Gemm", noise, g.exact(turns[None]), g.exact(phase)), len(turns))
    return g.op("Reshape", powers, g.shape(0, 8 * len(turns)))


def sine_powers(g: Graph, angle: str, count: int) -> str:
    """Powers r, r³ … r¹⁵ [B,8,N], by which `sine_coefficients` make the sine, of angles [B,N] in turns.

    WGSL guarantees sin to 2^-11 only, which shows after a whole trajectory: so the angle is reduced to half a
    turn, r in [-1/2, 1/2], and sin(2πr) is a polynomial that a matrix can carry.
    """
    # Round, but by Floor, which has a WebGPU kernel.
    r = g.op("Sub", angle, g.op("Floor", g.op("Add", angle, g.scalar(0.5))))
    # Written out for every angle, as the provider's Pow broadcasts no exponents.
    odd = g.constant(np.repeat(np.arange(1, 17, 2, dtype=np.float32)[:, None], count, 1))
    return g.op("Pow", g.op("Reshape", r, g.shape(0, 1, count)), odd)


def preconditioned(g: Graph, sigma_data: float) -> tuple[str, str]:
    """(s, q) [B,1], the noise level and sqrt((s/sd)² + 1): EDM's D = (x/q + s F(x/(q sd))) / q.

    These are c_skip = sd²/r², c_out = sd s/r and c_in = 1/r of r = q sd = sqrt(s² + sd²).
    """
    s = g.op("Reshape", "sigma", g.shape(0, 1))
    return s, spread(g, s, sigma_data)


def spread(g: Graph, s: str, unit: float) -> str:
    """sqrt((s/unit)² + 1) [B,1] of noise levels s [B,1]."""
    row, one = (g.constant(np.array(numbers, np.float32)) for numbers in ([[1 / unit, 0]], [0, 1]))
    return g.op("ReduceL2", g.op("Gemm", s, row, one), axes=[1], keepdims=1)


def block_scales(g: Graph, e: str, m: torch.nn.Linear, widths: list[int]) -> Iterator[str]:
    """What each block multiplies its channels by [B,C,1,1], of the embedding [B,E]: one product for all of them."""
    scales = g.linear(e, m.weight, m.bias + 1)  # the 1 of ·(1 + embedding)
    # Transposed from channels last, so that the provider's NHWC layout needs no kernel for it.
    scales = g.op("Transpose", g.op("Reshape", scales, g.shape(0, 1, 1, sum(widths))), perm=[0, 3, 1, 2])
    return iter(g.op("Split", scales, g.shape(*widths), outputs=len(widths), axis=1))
