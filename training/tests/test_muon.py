"""Muon: orthogonal steps for matrices, Adam's for the rest."""

import copy

import torch
from torch import nn

from muon import Muon, as_matrix, is_matrix, orthogonal


def small_network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(8, 64, 3, padding=1), nn.SiLU(), nn.Conv2d(64, 64, 3, padding=1), nn.Flatten())


def trained(optimiser, network: nn.Module, steps: int) -> list[float]:
    """Mean squared errors of `network` as it learns to imitate a fixed one."""
    torch.manual_seed(1)
    wanted, losses = small_network().requires_grad_(False), []
    for _ in range(steps):
        x = torch.randn(16, 8, 4, 4)
        loss = (network(x) - wanted(x + 0.5)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    return losses


def test_singular_values_come_near_one():
    generator = torch.Generator().manual_seed(0)
    for shape in ((3, 48, 200), (2, 200, 48)):
        given = torch.randn(*shape, generator=generator)
        made = orthogonal(given)
        assert made.shape == given.shape
        values = torch.linalg.svdvals(made)
        assert values.min() > 0.6 and values.max() < 1.25
        # The same directions: U Vᵀ of the exact decomposition, about.
        u, _, v = torch.linalg.svd(given, full_matrices=False)
        exact = u @ v
        assert float((made * exact).sum() / (made.norm() * exact.norm())) > 0.97


def test_a_first_step_of_a_matrix_is_orthogonal_and_of_the_stated_length():
    network = small_network()
    before = copy.deepcopy(network)
    trained(Muon(network.parameters(), lr=0.01), network, 1)
    for new, old in zip(network.parameters(), before.parameters()):
        if is_matrix(new):
            step = as_matrix((new - old).detach())
            values = torch.linalg.svdvals(step) / (0.01 * 0.2 * max(step.shape) ** 0.5)
            assert values.min() > 0.6 and values.max() < 1.25
    assert [is_matrix(p) for p in network.parameters()] == [True, False, True, False]


def test_vectors_take_adams_steps():
    mine, other = nn.Parameter(torch.ones(40)), nn.Parameter(torch.ones(40))
    muon = Muon([mine], lr=0.1)
    adam = torch.optim.Adam([other], lr=0.1, betas=(0.9, 0.99))
    for _ in range(5):
        for weight, optimiser in ((mine, muon), (other, adam)):
            optimiser.zero_grad()
            (weight - torch.arange(40.0)).square().sum().backward()
            optimiser.step()
    assert torch.allclose(mine, other, atol=1e-5)


def test_it_learns_and_goes_on_from_a_checkpoint():
    network = small_network()
    optimiser = Muon(network.parameters(), lr=3e-3)
    losses = trained(optimiser, network, 60)
    assert losses[-1] < 0.3 * losses[0]
    other = copy.deepcopy(network)
    continued = Muon(other.parameters(), lr=3e-3)
    continued.load_state_dict(copy.deepcopy(optimiser.state_dict()))
    assert trained(optimiser, network, 3) == trained(continued, other, 3)
