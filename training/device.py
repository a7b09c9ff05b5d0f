"""The device that everything is computed on, a CUDA GPU or else the CPU; and the processes of torchrun."""

import functools
import os
import platform
import time
from pathlib import Path

import torch
import torch.distributed as dist


def device() -> torch.device:
    """This process's GPU, or the CPU."""
    return (
        torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if torch.cuda.is_available() else torch.device("cpu")
    )


def hardware() -> str:
    """What the manifest says that a network was trained on."""
    if torch.cuda.is_available():
        return f"{int(os.environ.get('WORLD_SIZE', 1))} × {torch.cuda.get_device_name()}"
    return f"{os.cpu_count()} cores, {platform.machine()}"


@functools.cache
def fast_bfloat16() -> bool:
    """Whether bfloat16 is faster than float32: on a GPU, and on a CPU that has instructions for it.

    On one with AVX2 only a convolution of 128 channels at 8×8, forward and backward, ran at 6 GFLOP/s in bfloat16 and
    at 103 in float32; on one with AVX-512's bfloat16 but without AMX one of 64 channels ran at 67 and at 106.
    """
    if torch.cuda.is_available():
        return True
    flags = Path("/proc/cpuinfo")
    return flags.exists() and "amx_bf16" in flags.read_text().split()


def autocast(enabled: bool = True) -> torch.autocast:
    """bfloat16 for convolutions and matrix products, where that is fast."""
    return torch.autocast(device().type, torch.bfloat16, enabled=enabled and fast_bfloat16())


def compiled(module: torch.nn.Module):
    """torch.compile; on a GPU with CUDA graphs, one for the forward and one for the backward pass."""
    torch.backends.cudnn.benchmark = True
    return torch.compile(module, mode="reduce-overhead" if torch.cuda.is_available() else None)


def matrix_rate(at: torch.device) -> float:
    """FLOP/s of a matrix product of random numbers in autocast's precision, the yardstick of utilisation: 0.1 s."""
    n, repeats = (8192, 20) if at.type == "cuda" else (1024, 10)
    a = torch.randn(n, n, generator=torch.Generator(at).manual_seed(0), device=at)
    a = a.bfloat16() if fast_bfloat16() else a

    def run(times: int) -> float:
        started = time.perf_counter()
        for _ in range(times):
            product = a @ a
        float(product[0, 0])  # waits for the GPU
        return time.perf_counter() - started

    run(2)
    return 2 * n**3 * repeats / run(repeats)


class Processes:
    """The processes that torchrun started, each with its share of every batch; or this one alone."""

    def __init__(self):
        self.rank, self.world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        if self.world > 1 and not dist.is_initialized():
            if torch.cuda.is_available():
                torch.cuda.set_device(device())
            dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")

    def share(self, batch: int) -> slice:
        """This process's rows of a batch that all processes draw alike."""
        if batch % self.world:
            raise ValueError(f"batch: needs a multiple of the {self.world} processes, got {batch}")
        return slice(self.rank * batch // self.world, (self.rank + 1) * batch // self.world)

    def average(self, gradients: list[torch.Tensor]) -> None:
        """Each gradient becomes the mean over the processes; one message for all."""
        if self.world > 1:
            flat = torch.cat([g.flatten() for g in gradients])
            dist.all_reduce(flat)
            parts = (flat / self.world).split([g.numel() for g in gradients])
            torch._foreach_copy_(gradients, [p.view(g.shape) for p, g in zip(parts, gradients)])

    def agree(self, value: float) -> float:
        """The first process's value."""
        if self.world == 1:
            return value
        shared = torch.tensor([value], dtype=torch.float64, device=device())
        dist.broadcast(shared, 0)
        return float(shared)
