"""A network's weights read back from the graph that export.py wrote: a teacher whose run is no longer at hand.

    python read_graph.py letters ../public/models/letters/model.onnx weights.pt

The exporter says where each number of the graph comes from: it is run on a network of zeros, of ones and of running
numbers, and every stored number is then a weight times a factor plus a constant that are known.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

import classifier
import exporters
from graph import Graph
from networks import Denoiser, NoisyClassifier, UNetConfig
from train import RECIPES


def numbers_of(constants: Iterable[onnx.TensorProto]) -> list[onnx.TensorProto]:
    """Those of a graph's constants that are no shapes, which an exporter may count otherwise from time to time."""
    return [c for c in constants if c.data_type in (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16)]


class Recorder(Graph):
    """Keeps the weights that an exporter stores, unrounded, by their place in `numbers_of`; writes nothing."""

    def __init__(self):
        super().__init__("recorder")
        self.stored: dict[int, np.ndarray] = {}

    def keep(self, tensor: torch.Tensor, name: str) -> str:
        self.stored[len(numbers_of(self.constants)) - 1] = tensor.detach().double().numpy()
        return name

    def weight(self, tensor: torch.Tensor) -> str:
        return self.keep(tensor, super().weight(tensor))

    def exact(self, tensor: torch.Tensor) -> str:
        return self.keep(tensor, super().exact(tensor))

    def model(self, *_args, **_kwargs) -> None:
        pass


def network_of(name: str) -> UNetConfig:
    """The network of the recipe by which a model was trained, itself or as another's companion: letters-weak."""
    recipe = max((r for r in RECIPES if name == r or name.startswith(f"{r}-")), key=len, default=None)
    if recipe is None:
        raise ValueError(f"A denoiser's name begins with one of {', '.join(RECIPES)}, got {name}")
    return RECIPES[recipe].network


def form_of(name: str) -> tuple[Callable[[], Denoiser | NoisyClassifier], Callable]:
    """What builds the network of a recipe, and what exports it."""
    recipe = classifier.RECIPES.get(name)
    if recipe and recipe["kind"] is NoisyClassifier:
        return lambda: NoisyClassifier(**recipe["network"]), exporters.export_noisy_classifier
    config = network_of(name)
    return lambda: Denoiser(config), exporters.export_denoiser


def exported_numbers(network: torch.nn.Module, export: Callable, fill: Callable) -> dict[int, np.ndarray]:
    """What the exporter stores of a network whose i-th weight is fill(i)."""
    network, start = network.double(), 0
    for parameter in network.parameters():
        parameter.data = fill(torch.arange(start, start + parameter.numel(), dtype=torch.float64)).reshape(
            parameter.shape
        )
        start += parameter.numel()
    recorder = Recorder()
    # Running numbers are too large for the float16 that nobody reads here.
    with np.errstate(over="ignore"):
        export(network, Path(), recorder)
    return recorder.stored


def read_network(path: Path, build: Callable[[], torch.nn.Module], export: Callable) -> torch.nn.Module:
    """The network of a graph that `export` wrote of one that `build` makes; float16 rounding stays.

    Raises ValueError for a graph of another shape.
    """
    graph = [numpy_helper.to_array(c) for c in numbers_of(onnx.load(path).graph.initializer)]
    zeros, ones, places = (
        exported_numbers(build(), export, f) for f in (torch.zeros_like, torch.ones_like, torch.clone)
    )
    found = []
    for i, base in zeros.items():
        got = graph[i] if i < len(graph) else None
        if got is None or got.shape != base.shape:
            size = None if got is None else list(got.shape)
            raise ValueError(f"{path}: needs constant {i} of shape {list(base.shape)} for this network, got {size}")
        factor = ones[i] - base
        carried = factor != 0  # the others are the exporter's own constants
        factor = factor[carried]
        found.append(((places[i] - base)[carried] / factor, (got - base)[carried] / factor, np.abs(factor)))
    place, value, factor = (np.concatenate(column) for column in zip(*found))
    order = np.argsort(factor)  # of a weight that is stored several times the largest is the most exact
    network = build()
    flat = np.full(sum(p.numel() for p in network.parameters()), np.nan)
    flat[np.rint(place[order]).astype(int)] = value[order]
    if np.isnan(flat).any():
        raise ValueError(f"{path}: {int(np.isnan(flat).sum())} weights of the network are not in the graph")
    torch.nn.utils.vector_to_parameters(torch.from_numpy(flat).float(), network.parameters())
    return network.eval().requires_grad_(False)


def read_denoiser(path: Path, config: UNetConfig) -> Denoiser:
    """The network of a graph that `export_denoiser` wrote: see `read_network`."""
    return read_network(path, lambda: Denoiser(config), exporters.export_denoiser)


if __name__ == "__main__":
    model, graph, out = sys.argv[1:]
    torch.save(read_network(Path(graph), *form_of(model)).state_dict(), out)
