"""Muon: momentum whose direction is made orthogonal, for the weights that are matrices.

After K. Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024), with the step length of
2502.16982, by which an update has the root mean square of AdamW's, so that one learning rate does for both.
"""

import torch

# Of the odd polynomial a s + b s³ + c s⁵ that, five times, brings singular values in (0, 1] near 1.
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
STEPS = 5
LEAST_SIDE = 48  # smaller matrices, and all vectors, are AdamW's


def as_matrix(weight: torch.Tensor) -> torch.Tensor:
    """[out, in · height · width] of a convolution's or a linear layer's weight."""
    return weight.reshape(len(weight), -1)


def is_matrix(weight: torch.Tensor) -> bool:
    return weight.ndim >= 2 and min(as_matrix(weight).shape) >= LEAST_SIDE


def orthogonal(matrices: torch.Tensor) -> torch.Tensor:
    """U Vᵀ of each matrix U S Vᵀ of [N,m,n], about: Newton and Schulz' iteration leaves values of .7 to 1.2 for S.

    Every step multiplies X from the left by a polynomial of X Xᵀ, so only the short side's square is iterated, and
    the product of all steps meets X once: for a kernel of 3×3 pixels two fifths of the operations.
    """
    a, b, c = COEFFICIENTS
    wide = matrices.shape[1] <= matrices.shape[2]
    x = matrices if wide else matrices.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    square, identity = x @ x.mT, torch.eye(x.shape[1], device=x.device)
    product = identity
    for step in range(STEPS):
        factor = a * identity + b * square + c * square @ square
        product = factor @ product
        if step < STEPS - 1:
            square = factor @ square @ factor
    x = product @ x
    return x if wide else x.mT


class Muon(torch.optim.Optimizer):
    """Muon for matrices, Adam (1412.6980) for the other weights; no weight decay."""

    def __init__(self, parameters, lr: float, momentum: float = 0.95, betas: tuple[float, float] = (0.9, 0.99)):
        self.momentum, self.betas = momentum, betas
        super().__init__(parameters, dict(lr=lr))

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            given = [p for p in group["params"] if p.grad is not None]
            for weight in given:
                state = self.state[weight]
                if not state:
                    state["step"], state["mean"] = 0, torch.zeros_like(weight)
                    if not is_matrix(weight):
                        state["square"] = torch.zeros_like(weight)
                state["step"] += 1
            self._matrices([p for p in given if is_matrix(p)], group["lr"])
            self._others([p for p in given if not is_matrix(p)], group["lr"])

    def _matrices(self, weights: list[torch.Tensor], lr: float) -> None:
        if not weights:
            return
        means = [self.state[p]["mean"] for p in weights]
        gradients = [p.grad for p in weights]
        torch._foreach_lerp_(means, gradients, 1 - self.momentum)
        ahead = torch._foreach_lerp(gradients, means, self.momentum)  # Nesterov's momentum
        sizes = [tuple(as_matrix(p).shape) for p in weights]
        for size in set(sizes):  # those of one size at once
            chosen = [i for i, other in enumerate(sizes) if other == size]
            updates = orthogonal(torch.stack([as_matrix(ahead[i]) for i in chosen]))
            for i, update in zip(chosen, updates):
                weights[i].sub_(update.reshape(weights[i].shape), alpha=0.2 * max(size) ** 0.5 * lr)

    def _others(self, weights: list[torch.Tensor], lr: float) -> None:
        for p in weights:
            state, (first, second) = self.state[p], self.betas
            state["mean"].lerp_(p.grad, 1 - first)
            state["square"].lerp_(p.grad.square(), 1 - second)
            mean = state["mean"] / (1 - first ** state["step"])
            square = state["square"] / (1 - second ** state["step"])
            p.sub_(mean / (square.sqrt() + 1e-8), alpha=lr)
