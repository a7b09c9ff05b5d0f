"""The weights of somebody's network, without running what is in their file."""

import json
import re
import struct
import sys
from pathlib import Path

import torch
from torch import nn

KINDS = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
}


def read_weights(path: Path, key: str | None) -> dict[str, torch.Tensor]:
    """A state dict: safetensors, or a file of torch.save without code in it; key: the part of it that is one."""
    if path.suffix == ".pkl":
        sys.exit(
            f"{path}: must be a state dict, got a pickle, which runs the code in it when it is read. "
            "Read it where you trust it, and save net.state_dict() by torch.save."
        )
    if path.suffix == ".safetensors":
        state = safetensors(path.read_bytes())
    else:
        state = torch.load(path, map_location="cpu", weights_only=True)
    for part in key.split(".") if key else ():
        if part not in state:
            sys.exit(f"{path}: must have a key {part!r}, got {listed(state)}")
        state = state[part]
    if not all(isinstance(value, torch.Tensor) for value in state.values()):
        sys.exit(f"{path}: must be a state dict; say which of its parts is one with --key, got {listed(state)}")
    return state


def listed(state: dict) -> str:
    return ", ".join(str(key) for key in list(state)[:8])


def safetensors(raw: bytes) -> dict[str, torch.Tensor]:
    """A header of JSON, its length before it, and the numbers one after the other."""
    (size,) = struct.unpack("<Q", raw[:8])
    state = {}
    for name, about in json.loads(raw[8 : 8 + size]).items():
        if name != "__metadata__":
            start, end = (8 + size + offset for offset in about["data_offsets"])
            numbers = torch.frombuffer(bytearray(raw[start:end]), dtype=KINDS[about["dtype"]])
            state[name] = numbers.reshape(about["shape"])
    return state


def put_in(network: nn.Module, state: dict[str, torch.Tensor]) -> None:
    """Loads a state dict, whose names may all begin with a wrapper's (module., _orig_mod., ema_model.)."""
    wanted = set(network.state_dict())
    # All that names begin with up to a dot, nothing first: a network may have no parameter of its own.
    prefixes = {name[:end] for name in state for end in (0, *(dot.end() for dot in re.finditer(r"\.", name)))}
    for prefix in sorted(prefixes, key=len):
        inner = {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
        if wanted <= set(inner):
            network.load_state_dict({name: inner[name] for name in wanted})
            return
    missing = sorted(wanted - set(state))
    sys.exit(
        f"The state dict must have all weights of the network: {len(missing)} of {len(wanted)} are missing, "
        f"such as {', '.join(missing[:3])}"
    )
