"""What code bases of diffusion networks differ in; src/diffusion/convention.ts has the same, and its sources.

Everything is seen from y = y0 + sigma n with n ~ N(0, 1), in which they are all the same: a scale of the network's
input, a number that tells it the noise level, and two factors that make its output an estimate of y0.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

PREDICTIONS = ("eps", "v", "x0", "flow", "flow-to-data", "edm", "score", "denoised")
OF_TIMESTEPS = ("from-0", "from-1", "fraction", "fraction-from-0", "thousand")
OF_FLOWS = ("fraction", "thousand", "reversed", "reversed-thousand")
OF_SIGMA = ("sigma", "log-sigma", "c-noise", "log-snr")
COUNTS = {"betas": OF_TIMESTEPS + OF_SIGMA, "flow": OF_FLOWS + OF_SIGMA, "sigma": OF_SIGMA, "edm": OF_SIGMA}
# What networks of a kind usually predict, and how they are usually told the noise level.
USUAL = {"betas": ("eps", "from-0"), "flow": ("flow", "fraction"), "sigma": ("eps", "sigma"), "edm": ("edm", "c-noise")}
SCHEDULES = ("linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid", "sigmoid_alphas")


def betas_of(schedule: str, steps: int, start: float | None = None, end: float | None = None) -> np.ndarray:
    """The betas of a schedule by diffusers' names, or lucidrains' sigmoid of the alphas; by default its paper's."""
    first, last = (0.00085, 0.012) if schedule == "scaled_linear" else (1e-4, 0.02)
    first, last = first if start is None else start, last if end is None else end
    if schedule == "linear":
        return np.linspace(first, last, steps)
    if schedule == "scaled_linear":
        return np.linspace(first**0.5, last**0.5, steps) ** 2
    if schedule == "sigmoid":
        return first + (last - first) / (1 + np.exp(-np.linspace(-6, 6, steps)))
    u = np.arange(steps + 1) / steps
    if schedule == "squaredcos_cap_v2":
        alpha_bars = np.cos((u + 0.008) / 1.008 * np.pi / 2) ** 2
    elif schedule == "sigmoid_alphas":
        alpha_bars = 1 / (1 + np.exp(-3)) - 1 / (1 + np.exp(-(6 * u - 3)))
    else:
        raise ValueError(f"betas: must be one of {', '.join(SCHEDULES)}, got {schedule}")
    return np.minimum(1 - alpha_bars[1:] / alpha_bars[:-1], 0.999)


def sigmas_of(betas: np.ndarray) -> np.ndarray:
    """sigma_t = sqrt((1 - ᾱ_t) / ᾱ_t), t = 0 … T - 1."""
    alpha_bars = np.cumprod(1 - betas)
    return np.sqrt((1 - alpha_bars) / alpha_bars)


@dataclass(frozen=True)
class Convention:
    """How a network is told what it sees, and what it answers."""

    prediction: str = "eps"
    noising: str = "betas"
    counts: str = "from-0"
    betas: tuple[float, ...] = tuple(betas_of("linear", 1000))
    sigma_data: float = 0.5

    def __post_init__(self) -> None:
        if self.prediction != "denoised" and self.counts not in COUNTS[self.noising]:
            known = ", ".join(COUNTS[self.noising])
            raise ValueError(f"time: must be one of {known} with {self.noising}, got {self.counts}")

    @property
    def takes_timesteps(self) -> bool:
        return self.prediction != "denoised" and self.noising == "betas" and self.counts in OF_TIMESTEPS

    def levels(self, sigma: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """(scale, time, skip, out) [B] at sigma [B]: the input is scale y, D = skip y + out output."""
        one, s, sd = torch.ones_like(sigma), sigma, self.sigma_data
        if self.prediction == "denoised":
            return one, s, 0 * s, one
        scale = {"betas": (1 + s**2).rsqrt(), "flow": 1 / (1 + s), "sigma": one, "edm": (s**2 + sd**2).rsqrt()}[
            self.noising
        ]
        skip, out = {
            "eps": (one, -s),
            "v": (1 / (1 + s**2), -s * (1 + s**2).rsqrt()),
            "x0": (0 * s, one),
            "flow": (1 / (1 + s), -s / (1 + s)),
            "flow-to-data": (1 / (1 + s), s / (1 + s)),
            "edm": (sd**2 / (s**2 + sd**2), s * sd * (s**2 + sd**2).rsqrt()),
            "score": (one, s**2 * scale),
        }[self.prediction]
        return scale, self.time(sigma), skip, out

    def time(self, sigma: torch.Tensor) -> torch.Tensor:
        """What tells the network a noise level [B]; between timesteps log sigma is interpolated."""
        told = {"sigma": 1.0, "log-sigma": 1.0, "c-noise": 0.25, "log-snr": -2.0}
        if self.counts in told:
            return sigma if self.counts == "sigma" else sigma.log() * told[self.counts]
        factor = 1000 if self.counts.endswith("thousand") else 1
        if self.noising == "flow":
            return factor / (1 + sigma) if self.counts.startswith("reversed") else factor * sigma / (1 + sigma)
        steps = len(self.betas)
        table = torch.from_numpy(np.log(sigmas_of(np.array(self.betas)))).float()
        low = ((sigma.log()[:, None] >= table).sum(1) - 1).clamp(0, steps - 2)
        within = (sigma.log() - table[low]) / (table[low + 1] - table[low])
        t = low + within.clamp(0, 1)
        return self.told(t)

    def told(self, t: torch.Tensor) -> torch.Tensor:
        """A timestep from 0 on, as the network is told it."""
        shift = 1 if self.counts in ("from-1", "fraction") else 0
        steps = len(self.betas)
        factor = 1000 / steps if self.counts == "thousand" else 1 / steps if "fraction" in self.counts else 1
        return (t + shift) * factor

    def start_scale(self, sigma: float) -> float:
        """What the code base's own samplers start from, as a factor of n: pure noise at the network's input."""
        if self.prediction == "denoised":
            return sigma
        return {"betas": math.hypot(1, sigma), "flow": 1 + sigma}.get(self.noising, sigma)
