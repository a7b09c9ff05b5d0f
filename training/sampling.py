"""The reference sampler: Heun's method on Karras' schedule with classifier-free guidance, in PyTorch.

Written apart from the TypeScript samplers, so that the two check each other.
"""

import itertools

import torch


def karras_sigmas(steps: int, sigma_min: float, sigma_max: float, rho: float = 7.0) -> list[float]:
    """steps + 1 noise levels from sigma_max down to sigma_min, then 0 (2206.00364, eq. 5)."""
    if steps == 1:
        return [sigma_max, 0.0]
    hi, lo = sigma_max ** (1 / rho), sigma_min ** (1 / rho)
    return [(hi + i / (steps - 1) * (lo - hi)) ** rho for i in range(steps)] + [0.0]


@torch.no_grad()
def heun(denoiser, noise, label, scale: float, steps: int, interval: tuple[float, float] = (0.0, float("inf"))):
    """Samples [B,C,H,W] from standard normal noise; label rows [B,K+1]; scale 1 = guidance off (2207.12598, eq. 6)."""
    null = torch.zeros_like(label)
    null[:, -1] = 1
    sigmas = karras_sigmas(steps, denoiser.config.sigma_min, denoiser.config.sigma_max)

    def guided(x, sigma):
        s = torch.full((len(x),), sigma, device=x.device)
        if scale == 1 or not interval[0] < sigma <= interval[1]:
            return denoiser(x, s, label)
        both = denoiser(torch.cat([x, x]), torch.cat([s, s]), torch.cat([label, null]))
        cond, uncond = both.chunk(2)
        return uncond + scale * (cond - uncond)

    x = noise * sigmas[0]
    for sigma, down in itertools.pairwise(sigmas):
        slope = (x - guided(x, sigma)) / sigma
        euler = x + (down - sigma) * slope
        if down > 0:
            slope = (slope + (euler - guided(euler, down)) / down) / 2
            euler = x + (down - sigma) * slope
        x = euler
    return x
