"""Networks of other conventions as (x, sigma, label) → denoised: bring.py writes them."""

import contextlib
import warnings
from pathlib import Path

import torch
from torch import nn

from convention import Convention


class RowsEmbedding(nn.Module):
    """An embedding of label rows that may mix classes, in place of one of class indices."""

    def __init__(self, weight: torch.Tensor):
        super().__init__()
        self.weight, self.rows = nn.Parameter(weight, requires_grad=False), None

    def forward(self, index):
        return (self.rows @ self.weight).reshape(*index.shape, -1)


class Brought(nn.Module):
    """A network of another convention as (x, sigma, label) → denoised."""

    def __init__(self, network: nn.Module, convention: Convention, call: "Call", low: float, high: float):
        super().__init__()
        self.network, self.convention, self.call = network, convention, call
        self.factor, self.offset = (high - low) / 2, (high + low) / 2

    def forward(self, x, sigma, label=None):
        y = self.factor * x + self.offset
        levels = self.convention.levels(self.factor * sigma)
        scale, skip, out = (value[:, None, None, None] for value in (levels[0], *levels[2:]))
        output = self.call(self.network, scale * y, levels[1], label)
        return (skip * y + out * output - self.offset) / self.factor


class Call:
    """How a network is called: which of its arguments are what, and how a label row becomes its label."""

    def __init__(self, inputs: list[str], labels: int, null: str, whole: bool = False, hot: bool = False, hidden=1):
        """inputs: x, t, y, mask in the order of its arguments, or name=x; labels: those that it knows, 0: none."""
        self.arguments = [part.split("=") if "=" in part else [None, part] for part in inputs]
        self.labels, self.null, self.whole, self.hot, self.hidden = labels, null, whole, hot, hidden
        self.embeddings: list[RowsEmbedding] = []

    @property
    def classes(self) -> int:
        if self.null in ("last", "first"):
            return max(self.labels - 1, 0)
        return self.labels

    def label_rows(self) -> torch.Tensor:
        """A row for each class."""
        return torch.eye(self.classes, self.classes + (self.null != "none"))

    def rows(self, label: torch.Tensor) -> torch.Tensor:
        """Rows over the network's labels, of rows over the classes and none."""
        k = self.classes
        if self.null == "first":
            return torch.cat([label[:, k:], label[:, :k]], 1)
        return label if self.null == "last" or ":" in self.null else label[:, :k]

    def __call__(self, network, x, t, label):
        given = {"x": x, "t": t.round().long() if self.whole else t}
        if self.labels:
            rows = self.rows(label)
            for embedding in self.embeddings:
                embedding.rows = rows
            given["y"] = rows if self.hot else rows.argmax(1)
            if self.null == "mask":
                none = label[:, self.classes]
                given["mask"] = none if self.hidden else 1 - none
        ordered = [given[what] for name, what in self.arguments if name is None]
        named = {name: given[what] for name, what in self.arguments if name is not None}
        output = network(*ordered, **named)
        output = getattr(output, "sample", output[0] if isinstance(output, tuple) else output)
        return output[:, : x.shape[1]]  # further channels are a variance that was learned too


def take_rows(network: nn.Module, call: Call, shape: tuple[int, ...]) -> bool:
    """Lets the tables of classes take rows, so that classes can be mixed; False: there are none.

    One, or one a block as in transformers; that the network's output stays what it was tells that they are those.
    """
    if call.hot or not call.labels:
        return True
    tables = {
        name: module
        for name, module in network.named_modules()
        if isinstance(module, nn.Embedding) and module.num_embeddings == call.labels
    }
    if (":" in call.null and len(tables) > 1) or not tables:
        return False
    given = network, torch.randn(call.classes, *shape), torch.full((call.classes,), 0.5), call.label_rows()
    before = call(*given)
    for name, table in tables.items():
        weight = table.weight.detach()
        if ":" in call.null:
            none = network.get_parameter(call.null.split(":")[1]).detach()
            weight = torch.cat([weight, none.reshape(1, -1)])
        call.embeddings.append(RowsEmbedding(weight))
        network.set_submodule(name, call.embeddings[-1])
    with contextlib.suppress(RuntimeError):  # What is asked about other things than labels has other sizes.
        if torch.allclose(call(*given), before, atol=1e-4, rtol=1e-4):
            return True
    call.embeddings = []
    for name, table in tables.items():
        network.set_submodule(name, table)
    return False


def export(brought: Brought, shape: tuple[int, int, int], width: int, path: Path) -> None:
    """width: of a label row; 0: the network takes no label."""
    x, sigma, label = torch.randn(2, *shape), torch.tensor([0.5, 2.0]), torch.eye(2, width) if width else None
    names = ["x", "sigma", "label"][: 3 if width else 2]
    axes = {name: {0: "batch"} for name in (*names, "denoised")}
    with torch.no_grad(), warnings.catch_warnings():
        # The newer exporter needs a package more; what is constant is meant to be.
        warnings.simplefilter("ignore")
        # Kernels that a network makes of constants at each call, as EDM's resampling does, become constants.
        given = (x, sigma, label)[: len(names)]
        traced = torch.jit.freeze(torch.jit.trace(brought.eval(), given, check_trace=False))
        torch.onnx.export(
            traced, given, path, input_names=names, output_names=["denoised"],
            dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip


def outer_product(graph, a, b):
    """aten::ger, which the exporter does not know: embeddings of the noise level are made by it."""

    def unsqueezed(value, axis):
        return graph.op("Unsqueeze", value, graph.op("Constant", value_t=torch.tensor([axis])))

    return graph.op("Mul", unsqueezed(a, 1), unsqueezed(b, 0))


torch.onnx.register_custom_op_symbolic("aten::ger", outer_product, 17)
