"""One training run, whatever the network is conditioned on: steps, averages, checkpoints, log, resuming.

A subclass says what is trained and on what (`build`, `batch`, `losses`); this class does the rest. What a run's
folder holds: `checkpoint.pt` (everything, to resume), `ema.pt` (the weights that are released), `weak.pt` (their
snapshot early in the run), `log.csv`.
"""

import copy
import csv
import dataclasses
import math
import os
import time
from pathlib import Path

import torch
from torch import nn

import shards
from device import Processes, autocast, compiled, device, hardware, matrix_rate
from networks import flops

RUNS = Path(os.environ.get("GUIDANCE_RUNS", Path(__file__).resolve().parent / "runs"))


class Paused(Exception):
    """The time of this call is up before the run is over; the same command continues it."""


def sample_sigmas(n: int, recipe, generator: torch.Generator) -> torch.Tensor:
    """n noise levels, stratified: ln sigma normal, every tenth log-uniform over the network's whole range."""
    at = generator.device
    u = (torch.arange(n, device=at) + torch.rand(n, generator=generator, device=at)) / n
    ln = recipe.p_mean + recipe.p_std * math.sqrt(2) * torch.erfinv((2 * u - 1).clamp(-0.999999, 0.999999))
    lo, hi = math.log(recipe.network.sigma_min), math.log(recipe.network.sigma_max)
    uniform = lo + (hi - lo) * torch.rand(n, generator=generator, device=at)
    ln = torch.where(torch.rand(n, generator=generator, device=at) < 0.1, uniform, ln.clamp(lo, hi))
    return ln.exp()[torch.randperm(n, generator=generator, device=at)]


def rate(progress: float, step: int, recipe, warmup: int) -> float:
    """Learning rate: linear warm-up, constant, linear decay to 0; progress is the share of the run that is done."""
    return recipe.lr * min(1.0, (step + 1) / warmup, max((1 - progress) / recipe.decay, 0.0))


def save(path: Path, value) -> None:
    """Write beside, then rename: an interrupted run never leaves half a checkpoint."""
    temporary = path.with_suffix(".tmp")
    torch.save(value, temporary)
    os.replace(temporary, path)


def drop_log_rows_after(path: Path, images: int) -> None:
    """Drops the rows that an interrupted run wrote after its last checkpoint."""
    head, *rows = path.read_text().splitlines()
    kept = [row for row in rows if int(row.split(",")[0]) <= images]
    path.write_text("\n".join([head, *kept]) + "\n")


class Trainer:
    """Trains until recipe.images were seen or, with a `budget`, for so many minutes.

    The decay of the learning rate ends with the run, whichever it is. `start` gives the first weights of a run
    without a checkpoint: their images and minutes count as done, the optimiser is fresh and its warm-up a fifth.
    `out` gets a packed copy (shards.py) with every checkpoint; `command` is what the manifest says that trained
    the network.
    """

    loss_names: tuple[str, ...] = ("loss",)  # of what `losses` returns, as the log calls them
    loss_weights: tuple[float, ...] = (1.0,)
    precise = False  # whether the forward pass stays in float32

    def __init__(
        self,
        name: str,
        recipe,
        run: Path,
        *,
        compile: bool = True,
        budget: float | None = None,
        start: Path | None = None,
        out: Path | None = None,
        command: str | None = None,
    ):
        run.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(recipe.seed)
        self.name, self.recipe, self.run, self.budget, self.out, self.command = name, recipe, run, budget, out, command
        self.processes, self.device = Processes(), device()
        self.part, self.first = self.processes.share(recipe.batch), self.processes.rank == 0
        self.generator = torch.Generator(self.device).manual_seed(recipe.seed)
        self.images, self.step, self.minutes, self.warmup = 0, 0, 0.0, recipe.warmup
        self.smoothed: torch.Tensor | None = None
        self.checkpoint = run / "checkpoint.pt"

        denoiser = self.build()
        if start and not self.checkpoint.exists():
            self._start_from(start, denoiser)
        self.denoiser = denoiser.to(self.device, memory_format=torch.channels_last)
        self.ema = copy.deepcopy(self.denoiser).requires_grad_(False)
        self.parameters, self.averages = list(self.denoiser.parameters()), list(self.ema.parameters())
        self.optimiser = self.build_optimiser()
        if self.checkpoint.exists():
            self._resume()
        self.weak_saved = recipe.weak is not None or (self.images > 0 and (run / "weak.pt").exists())
        self.network = compiled(self.denoiser) if compile else self.denoiser

    def build(self) -> nn.Module:
        """A fresh network."""
        raise NotImplementedError

    def build_optimiser(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.parameters, lr=self.recipe.lr, betas=(0.9, 0.99), weight_decay=0.0, fused=True)

    def example(self) -> tuple[torch.Tensor, ...]:
        """Inputs of the network for one picture, by which its cost is counted."""
        raise NotImplementedError

    def batch(self) -> tuple[torch.Tensor, ...]:
        """What `losses` is given: tensors whose first dimension is the recipe's batch."""
        raise NotImplementedError

    def losses(self, network: nn.Module, *batch: torch.Tensor) -> torch.Tensor:
        """The losses of a batch, [len(loss_names)]."""
        raise NotImplementedError

    def _start_from(self, start: Path, denoiser: nn.Module) -> None:
        about = torch.load(start, weights_only=False, map_location="cpu")
        denoiser.load_state_dict(about["ema"])
        self.images, self.minutes, self.warmup = about["images"], about["minutes"], max(1, self.recipe.warmup // 5)
        self.generator.manual_seed(self.recipe.seed + self.images)

    def _resume(self) -> None:
        state = torch.load(self.checkpoint, weights_only=False, map_location="cpu")
        self.denoiser.load_state_dict(state["denoiser"])
        self.ema.load_state_dict(state["ema"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.images, self.step, self.minutes = state["images"], state["step"], state["minutes"]
        self.warmup = state.get("warmup", self.warmup)
        if state.get("device", "cpu") == self.device.type:
            self.generator.set_state(state["generator"])
        else:  # a generator's state means nothing to another device
            self.generator.manual_seed(self.recipe.seed + self.step)
        if self.first:
            if (self.run / "log.csv").exists():
                drop_log_rows_after(self.run / "log.csv", self.images)
            print(f"resuming {self.run} at {self.images:,} images, {self.minutes:.1f} minutes", flush=True)

    def progress(self) -> float:
        return self.minutes / self.budget if self.budget else self.images / self.recipe.images

    def finite_losses(self) -> list[float]:
        """The smoothed losses; an error where the run has diverged."""
        values = [math.nan] * len(self.loss_names) if self.smoothed is None else self.smoothed.tolist()
        if self.smoothed is not None and not all(map(math.isfinite, values)):
            got = ", ".join(map(str, values))
            raise FloatingPointError(
                f"loss: needs a finite number, got {got} at {self.images:,} images; resume from {self.checkpoint}"
            )
        return values

    def snapshot(self, path: Path) -> None:
        """The averaged weights, and what they are, for evaluate.py and export.py."""
        about = dict(
            name=self.name,
            recipe=dataclasses.asdict(self.recipe),
            images=self.images,
            minutes=self.minutes,
            hardware=hardware(),
            command=self.command,
        )
        save(path, dict(about, ema={k: v.cpu() for k, v in self.ema.state_dict().items()}))

    def save(self) -> None:
        """Checkpoint, released weights and their packed copy."""
        self.finite_losses()
        if not self.first:
            return
        save(
            self.checkpoint,
            dict(
                denoiser=self.denoiser.state_dict(),
                ema=self.ema.state_dict(),
                optimiser=self.optimiser.state_dict(),
                generator=self.generator.get_state(),
                images=self.images,
                step=self.step,
                minutes=self.minutes,
                warmup=self.warmup,
                device=self.device.type,
            ),
        )
        self.snapshot(self.run / "ema.pt")
        if self.out:
            shards.pack([self.run], self.out)

    def learn(self) -> float:
        """One step; the learning rate it took."""
        recipe = self.recipe
        lr = rate(self.progress(), self.step, recipe, self.warmup)
        for group in self.optimiser.param_groups:
            group["lr"] = lr
        batch = tuple(t[self.part] for t in self.batch())
        if self.device.type == "cuda":
            torch.compiler.cudagraph_mark_step_begin()
        with autocast(not self.precise):
            losses = self.losses(self.network, *batch)
        sum(weight * loss for weight, loss in zip(self.loss_weights, losses)).backward()
        self.processes.average([p.grad for p in self.parameters])
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.images, self.step = self.images + recipe.batch, self.step + 1
        beta = min(recipe.ema, (1 + self.step) / (10 + self.step))
        with torch.no_grad():  # or the averages would remember every step
            torch._foreach_lerp_(self.averages, self.parameters, 1 - beta)
        # On the device, and looked at when it is logged: reading it every step would make a GPU wait.
        losses = losses.detach()
        self.smoothed = losses.clone() if self.smoothed is None else self.smoothed.lerp_(losses, 0.01)
        return lr

    def train(self, log_every: int = 100, checkpoint_every: float = 120.0, deadline: float = math.inf) -> Path:
        """To the end of the run; the weights' file. At the `deadline` (time.monotonic()) saves and raises `Paused`."""
        cost, peak = 3 * flops(self.denoiser, *self.example()), matrix_rate(self.device)
        log = (self.run / "log.csv").open("a", newline="") if self.first else None
        writer = csv.writer(log) if log else None
        if log and log.tell() == 0:
            writer.writerow(["images", "minutes", *self.loss_names, "lr"])
        started, saved = time.monotonic() - 60 * self.minutes, time.monotonic()
        until = self.processes.agree(self.minutes + (deadline - time.monotonic()) / 60)
        seen, since = self.images, time.monotonic()
        while self.progress() < 1:
            lr = self.learn()
            if self.processes.world == 1 or self.step % 10 == 0:  # all processes stop and decay by one clock
                self.minutes = self.processes.agree((time.monotonic() - started) / 60)
            if self.first and not self.weak_saved and self.progress() >= self.recipe.weak_at:
                self.snapshot(self.run / "weak.pt")
                self.weak_saved = True
            if self.step % log_every == 0 or self.progress() >= 1:
                values = self.finite_losses()
                speed, (seen, since) = (
                    (self.images - seen) / (time.monotonic() - since),
                    (self.images, time.monotonic()),
                )
                if self.first:
                    writer.writerow([self.images, f"{self.minutes:.2f}", *(f"{v:.5f}" for v in values), f"{lr:.2e}"])
                    log.flush()
                    told = "  ".join(f"{name} {v:.4f}" for name, v in zip(self.loss_names, values))
                    share = speed * cost / peak / self.processes.world
                    print(
                        f"{self.images:>9,} images  {self.minutes:6.1f} min  {told}  lr {lr:.1e}  "
                        f"{speed:,.0f} images/s  {speed * cost / 1e12:.3f} TFLOP/s ({share:.0%} of a matrix product's)",
                        flush=True,
                    )
            if time.monotonic() - saved > checkpoint_every:
                self.save()
                saved = time.monotonic()
            if self.minutes > until and self.progress() < 1:
                self.save()
                raise Paused(f"{self.run}: paused at {self.progress():.0%} of the run; the same command continues it")
        if self.smoothed is not None or not (self.run / "ema.pt").exists():  # a finished run stays as it was written
            self.save()
        return self.run / "ema.pt"
