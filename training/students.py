"""Students: networks that take the guidance scale as an input and give the guided estimate in one evaluation.

Contract (the ONNX graph keeps it):
  Student  (x [B,C,H,W] in sigma units, sigma [B], label [B,K+1], scale [B] in [MIN_SCALE, MAX_SCALE]) → denoised
Distilled from a denoiser and classifier-free guidance (2210.03142): first a student of one step's guided estimate;
then, from that one, students of fewer and longer steps (progressive distillation, 2202.00512), each of which is
asked for the estimate by which Euler's method makes one stride of several of its teacher's steps. Or learnt from the
data alone, without a teacher's guided estimates (guidance-free training, 2501.15420).
"""

import itertools
import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from networks import Denoiser, UNetConfig

# The students that ship beside a network NAME as NAME-KEY, and what they are.
STUDENTS = {"distilled": "guidance in one pass", "fast": "in few steps"}
MIN_SCALE, MAX_SCALE = -2.0, 15.0
POWERS = 4

# The guided estimate at (x, sigma [B], label [B,K+1], scale [B]).
Guided = Callable[[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]


def per_sample(values: torch.Tensor) -> torch.Tensor:
    """[B] → [B,1,1,1]."""
    return values[:, None, None, None]


def scale_powers(scale: torch.Tensor) -> torch.Tensor:
    """Powers t … t⁴ [B,4] of the scale on a logarithmic axis, t = ln(1 + s)/ln(1 + MAX_SCALE), less those of s = 1.

    Scales below 0 are embedded as 0: there the second output alone tells them apart.
    """
    t, one = torch.log1p(scale.relu()) / math.log1p(MAX_SCALE), math.log(2) / math.log1p(MAX_SCALE)
    return torch.stack([t**k - one**k for k in range(1, POWERS + 1)], 1)


class Student(nn.Module):
    """A denoiser's UNet with the scale in its embedding and a second output that is multiplied by s - 1.

    Guided estimates are u + s (c - u) = c + (s - 1)(c - u), so that the second output starts as a guess of c - u. At
    the start of the training the student is its teacher's conditional network at every scale.
    """

    def __init__(self, config: UNetConfig, teacher: Denoiser | None = None):
        super().__init__()
        self.config, self.net = config, Denoiser(config).net
        if teacher:
            self.net.load_state_dict(teacher.net.state_dict())
        self.embed_scale = nn.Linear(POWERS, config.embedding, bias=False)
        self.slope = nn.Conv2d(config.channels[0], config.shape[0] * config.patch**2, 3, padding=1)
        for weight in (self.embed_scale.weight, self.slope.weight, self.slope.bias):
            nn.init.zeros_(weight)

    def forward(self, x, sigma, label, scale):
        s, sd = per_sample(sigma), self.config.sigma_data
        total = s**2 + sd**2
        h = self.net.features(x * total.rsqrt(), sigma.log() / 4, label, self.embed_scale(scale_powers(scale)))
        f = F.pixel_shuffle(self.net.head(h) + per_sample(scale - 1) * self.slope(h), self.config.patch)
        return x * (sd**2 / total) + f.float() * (s * sd * total.rsqrt())


def null_rows(label: torch.Tensor) -> torch.Tensor:
    """As many rows of the null label."""
    null = torch.zeros_like(label)
    null[:, -1] = 1
    return null


def conditional_part(guided, uncond, scale):
    """The conditional estimate c of which `guided` is u + s (c - u), u being `uncond`; scale s [B] above 0."""
    return uncond + (guided - uncond) / per_sample(scale)


def classifier_free(denoiser: Denoiser) -> Guided:
    """Two evaluations: u + s (c - u)."""

    def guided(x, sigma, label, scale):
        both = denoiser(torch.cat([x, x]), torch.cat([sigma, sigma]), torch.cat([label, null_rows(label)]))
        cond, uncond = both.chunk(2)
        return uncond + per_sample(scale) * (cond - uncond)

    return guided


def between(high: torch.Tensor, low: torch.Tensor, parts: int, sigma_min: float, rho: float = 7.0):
    """Noise levels from `high` [B] down to `low` [B] in equal parts on Karras' axis (2206.00364, eq. 5).

    Where `low` is 0 the last part goes there from `sigma_min`, as a whole schedule does.
    """
    ends = low > 0
    a, b = high ** (1 / rho), torch.where(ends, low, sigma_min) ** (1 / rho)
    count = torch.where(ends, parts, parts - 1).clamp(min=1)
    return [(a + (i / count).clamp(max=1) * (b - a)) ** rho for i in range(parts)] + [low]


def own_levels(levels: list[float], sigma: torch.Tensor, parts: int) -> list[torch.Tensor]:
    """Of a student's few levels, down to 0: those from `sigma` [B], each of them one, to the one `parts` further."""
    all_levels = torch.tensor(levels)
    at = (all_levels[None] - sigma[:, None]).abs().argmin(1)
    return [all_levels[at + i] for i in range(parts + 1)]


def stride(guided: Guided, x, levels, label, scale, sigma_min: float, first_order: bool = False) -> torch.Tensor:
    """The state at the last of the noise `levels` [B] that DPM-Solver++(2M) (2211.01095) reaches from `x` at their
    first, a step a level; the first step and one to 0 are of first order, or all are (DDIM)."""
    before, width_before = None, None
    for high, low in itertools.pairwise(levels):
        denoised = guided(x, high, label, scale)
        width = (high / low.clamp(min=sigma_min / 2)).log()  # in ln sigma
        used = denoised
        if before is not None and not first_order:
            share = per_sample(torch.where(low > 0, width / (2 * width_before), 0.0))
            used = denoised + share * (denoised - before)
        x = used + per_sample(low / high) * (x - used)
        before, width_before = denoised, width
    return x


def straight_to(x, target, sigma, down) -> torch.Tensor:
    """The estimate D by which Euler's method goes from x at `sigma` [B] to `target` at `down` [B]."""
    rest = per_sample(down / sigma)
    return (target - rest * x) / (1 - rest)


class Walks:
    """Samples on their way, that a student draws while it learns: it is asked where it goes itself.

    Each walk has a label, a scale and noise levels of its own, and begins anew when it has arrived.
    """

    def __init__(self, count: int, shape: tuple[int, int, int], draw, generator: torch.Generator):
        """`draw(n)` gives (label [n,K+1], scale [n], levels of each walk, down to 0) of n new walks."""
        self.shape, self.draw, self.generator = shape, draw, generator
        self.x = torch.zeros(count, *shape)
        self.label, self.scale, self.levels = draw(count)
        self.at = torch.zeros(count, dtype=torch.long)

    def begin(self, clean: torch.Tensor) -> None:
        """Starts them in mid-way, as noisy real pictures [count,C,H,W]; later ones start from noise."""
        lengths = torch.tensor([len(levels) - 1 for levels in self.levels])
        self.at = (torch.rand(len(lengths), generator=self.generator) * lengths).long()
        self.x = clean + per_sample(self.sigma) * torch.randn(clean.shape, generator=self.generator)

    def _level(self, after: int) -> torch.Tensor:
        return torch.tensor([levels[i + after] for levels, i in zip(self.levels, self.at.tolist())])

    @property
    def sigma(self) -> torch.Tensor:
        """Noise level [count] of each."""
        return self._level(0)

    @property
    def down(self) -> torch.Tensor:
        """The level [count] that each goes to next."""
        return self._level(1)

    def advance(self, denoised: torch.Tensor) -> None:
        """A step of Euler's method with these estimates [count,C,H,W]; the arrived begin anew."""
        rest = per_sample(self.down / self.sigma)
        self.x = denoised + rest * (self.x - denoised)
        self.at += 1
        done = [i for i, levels in enumerate(self.levels) if self.at[i] == len(levels) - 1]
        if not done:
            return
        label, scale, levels = self.draw(len(done))
        for row, i in enumerate(done):
            self.levels[i], self.label[i], self.scale[i], self.at[i] = levels[row], label[row], scale[row], 0
            self.x[i] = levels[row][0] * torch.randn(self.shape, generator=self.generator)
