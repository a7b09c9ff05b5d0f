"""PyTorch's answer to src/features/training/tiny-denoiser.ts, the network that the page trains in a worker.

    python mlp.py      # → e2e/fixtures/mlp.json

An MLP with SiLU in EDM's preconditioning (2206.00364), the weighted loss, its gradient, and the parameters
after two steps of Adam on the same batch, all in float64 and from one seed.
"""

import itertools
import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

PATH = Path(__file__).resolve().parents[1] / "e2e/fixtures/mlp.json"
CLASSES, WIDTH, DEPTH, BATCH = 3, 6, 3, 5
SIGMA_DATA, RATE = 0.8, 0.01


class TinyDenoiser(nn.Module):
    """D(x; sigma, label) of points in the plane [batch, 2]; label `classes` is the null label."""

    def __init__(self, classes: int, width: int, sigma_data: float):
        super().__init__()
        self.classes, self.sigma_data = classes, sigma_data
        sizes = [2 + 5 + classes + 1, *[width] * DEPTH, 2]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))

    def forward(self, x, sigma, label):
        s, sd = sigma[:, None], self.sigma_data
        total = s**2 + sd**2
        noise = s.log() / 4
        waves = [wave(k * math.pi * noise) for k in (1, 2) for wave in (torch.cos, torch.sin)]
        h = torch.cat([x * total.rsqrt(), noise, *waves, F.one_hot(label, self.classes + 1)], 1)
        for layer in self.layers[:-1]:
            h = F.silu(layer(h))
        return x * sd**2 / total + self.layers[-1](h) * s * sd * total.rsqrt()


def loss_of(network: TinyDenoiser, x0, noise, sigma, label):
    """Mean of lambda(sigma) (D - x0)², lambda = (sigma² + sd²)/(sigma sd)²."""
    s, sd = sigma[:, None], network.sigma_data
    denoised = network(x0 + s * noise, sigma, label)
    return ((s**2 + sd**2) / (s * sd) ** 2 * (denoised - x0) ** 2).mean()


def fixture() -> dict:
    torch.manual_seed(0)
    network = TinyDenoiser(CLASSES, WIDTH, SIGMA_DATA).double()
    x0, noise = torch.randn(2, BATCH, 2, dtype=torch.float64)
    sigma = torch.tensor([0.02, 0.3, 1.0, 4.0, 20.0], dtype=torch.float64)
    label = torch.tensor([0, 1, 2, 3, 3])

    def flat(tensors):
        return torch.cat([t.detach().flatten() for t in tensors]).tolist()

    start = flat(network.parameters())
    adam = torch.optim.Adam(network.parameters(), lr=RATE)
    losses, gradients = [], []
    for _ in range(2):
        adam.zero_grad()
        loss = loss_of(network, x0, noise, sigma, label)
        loss.backward()
        losses.append(loss.item())
        gradients.append(flat(p.grad for p in network.parameters()))
        if len(losses) == 1:
            denoised = flat([network(x0 + sigma[:, None] * noise, sigma, label)])
        adam.step()
    return {
        "classes": CLASSES,
        "width": WIDTH,
        "sigmaData": SIGMA_DATA,
        "rate": RATE,
        "x0": flat([x0]),
        "noise": flat([noise]),
        "sigma": sigma.tolist(),
        "label": label.tolist(),
        "parameters": start,
        "denoised": denoised,
        "losses": losses,
        "gradients": gradients,
        "afterTwoSteps": flat(network.parameters()),
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(fixture()) + "\n")
    print(f"{PATH}: {PATH.stat().st_size / 1e3:.0f} kB")
