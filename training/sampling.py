"""The reference sampler: Heun's method on Karras' schedule with classifier-free guidance, in PyTorch.

Written apart from the TypeScript samplers, so that the two check each other.
"""

import itertools
from collections.abc import Callable

import torch


def karras_sigmas(steps: int, sigma_min: float, sigma_max: float, rho: float = 7.0) -> list[float]:
    """steps + 1 noise levels from sigma_max down to sigma_min, then 0 (2206.00364, eq. 5)."""
    if steps == 1:
        return [sigma_max, 0.0]
    hi, lo = sigma_max ** (1 / rho), sigma_min ** (1 / rho)
    return [(hi + i / (steps - 1) * (lo - hi)) ** rho for i in range(steps)] + [0.0]


def integrate(
    predict: Callable[[torch.Tensor, float], torch.Tensor],
    noise: torch.Tensor,
    sigmas: list[float],
    second_order: bool = True,
) -> torch.Tensor:
    """Heun's method along the probability-flow ODE; `predict` gives the guided estimate at (x, sigma).

    Of the first order it is Euler's method, which DDIM (2010.02502) is on noise levels.
    """
    x = noise * sigmas[0]
    for sigma, down in itertools.pairwise(sigmas):
        slope = (x - predict(x, sigma)) / sigma
        euler = x + (down - sigma) * slope
        if down > 0 and second_order:
            slope = (slope + (euler - predict(euler, down)) / down) / 2
            euler = x + (down - sigma) * slope
        x = euler
    return x


@torch.no_grad()
def heun(denoiser, noise, label, scale: float, steps: int, interval: tuple[float, float] = (0.0, float("inf"))):
    """Samples [B,C,H,W] from standard normal noise; label rows [B,K+1]; scale 1 = guidance off (2207.12598, eq. 6)."""
    null = torch.zeros_like(label)
    null[:, -1] = 1

    def guided(x, sigma):
        s = torch.full((len(x),), sigma, device=x.device)
        if scale == 1 or not interval[0] < sigma <= interval[1]:
            return denoiser(x, s, label)
        both = denoiser(torch.cat([x, x]), torch.cat([s, s]), torch.cat([label, null]))
        cond, uncond = both.chunk(2)
        return uncond + scale * (cond - uncond)

    return integrate(guided, noise, karras_sigmas(steps, denoiser.config.sigma_min, denoiser.config.sigma_max))


def text_guided(network, text, mask, scale: float, *others) -> Callable[[torch.Tensor, float], torch.Tensor]:
    """The guided estimate at (x, sigma) of a stage, for token states [B,T,D] with their mask [B,T].

    The null text is a mask of zeros; `others` are the network's further inputs, the same with the text and without.
    """

    def estimate(x, sigma, text, mask, *others):
        out = network(x, torch.full((len(x),), sigma, device=x.device), text, mask, *others)
        return out[0] if isinstance(out, tuple) else out

    def guided(x, sigma):
        if scale == 1:
            return estimate(x, sigma, text, mask, *others)
        twice = [torch.cat([row, row]) for row in (x, text, *others)]
        cond, uncond = estimate(twice[0], sigma, twice[1], torch.cat([mask, 0 * mask]), *twice[2:]).chunk(2)
        return uncond + scale * (cond - uncond)

    return guided


@torch.no_grad()
def heun_text(denoiser, noise, text, mask, scale: float, steps: int):
    """Samples as `heun`'s, of a denoiser conditioned on text."""
    sigmas = karras_sigmas(steps, denoiser.config.sigma_min, denoiser.config.sigma_max)
    return integrate(text_guided(denoiser, text, mask, scale), noise, sigmas)
