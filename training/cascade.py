"""A cascade in PyTorch: prompt → base picture → super-resolution networks, each sampled in its own way.

Written apart from the TypeScript engine, so that the two check each other.
"""

from dataclasses import dataclass

import torch

from encoder import Bank
from sampling import integrate, karras_sigmas, text_guided
from upsamplers import augmented

BATCH = 25  # pictures


@dataclass(frozen=True)
class Sampling:
    """How a stage is sampled: DDIM on Karras' schedule, its estimates thresholded at every step."""

    scale: float = 1.0  # of guidance: 1 = off
    steps: int = 10
    augmentation: float = 0.0  # level of the noise on the low-resolution input, 0 … 1
    percentile: float | None = None  # of dynamic thresholding (2205.11487, section 2.3); None: static


def thresholded(estimate: torch.Tensor, percentile: float | None) -> torch.Tensor:
    """Static: clamped to [-1, 1]. Dynamic: clamped to ± the percentile of |estimate|, at least 1, and divided by it."""
    if percentile is None:
        return estimate.clamp(-1, 1)
    bound = estimate.abs().flatten(1).quantile(percentile / 100, dim=1).clamp(min=1)[:, None, None, None]
    return torch.minimum(torch.maximum(estimate, -bound), bound) / bound


@torch.inference_mode()
def sample(network, texts: Bank, how: Sampling, low: torch.Tensor | None = None, seed: int = 1) -> torch.Tensor:
    """A picture in [-1, 1] of every text, [N,C,H,W]; `low` [N,C,H/2,W/2] is what a super-resolution network enlarges.

    The noise depends on the seed and the number of texts alone, so other settings start from the same.
    """
    n, config = len(texts), network.config
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(n, *config.shape, generator=generator)
    sigmas = karras_sigmas(how.steps, config.sigma_min, config.sigma_max)
    others: tuple[torch.Tensor, ...] = ()
    if low is not None:
        level = torch.full((n,), how.augmentation)
        others = augmented(low.clamp(-1, 1), level, torch.randn(low.shape, generator=generator)), level
    parts = []
    for rows in torch.arange(n).split(BATCH):
        text, mask = texts.batch(rows.numpy())
        guided = text_guided(network, text, mask, how.scale, *(t[rows] for t in others))
        x = integrate(
            lambda x, sigma, guided=guided: thresholded(guided(x, sigma), how.percentile),
            noise[rows],
            sigmas,
            second_order=False,
        )
        parts.append(x.clamp(-1, 1))
    return torch.cat(parts)
