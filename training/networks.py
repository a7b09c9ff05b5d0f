"""The networks: a class-conditional UNet denoiser with EDM preconditioning, and two classifiers.

Contracts (the ONNX graphs keep them):
  Denoiser         (x [B,C,H,W] in sigma units, sigma [B], label [B,K+1] rows that sum to 1) → denoised [B,C,H,W]
  Classifier       x [B,C,H,W] → (features [B,F], logits [B,K])
  NoisyClassifier  (x, sigma) as the denoiser's → logits [B,K]; its graph takes a label too and also gives the
                   gradient with respect to x of the label's log-probability
Label row K is the null label; soft rows mix classes.
"""

import itertools
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class UNetConfig:
    shape: tuple[int, int, int] = (1, 28, 28)
    classes: int = 26
    channels: tuple[int, ...] = (64, 96)
    blocks: int = 2
    embedding: int = 192
    heads: int = 2
    patch: int = 2
    norm: str = "group"  # group | layer
    sigma_data: float = 0.66
    sigma_min: float = 0.002
    sigma_max: float = 80.0


class GroupNorm(nn.Module):
    """GroupNorm of 16 channels a group; exported as static InstanceNormalization."""

    def __init__(self, channels: int):
        super().__init__()
        self.groups = max(1, channels // 16)
        self.gain = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return F.group_norm(x, self.groups, self.gain.to(x.dtype), self.bias.to(x.dtype), 1e-5)


class LayerNorm(nn.Module):
    """LayerNorm over the channels of each pixel."""

    def __init__(self, channels: int):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        x = F.layer_norm(x, x.shape[-1:], self.gain.to(x.dtype), self.bias.to(x.dtype), 1e-5)
        return x.permute(0, 3, 1, 2)


NORMS = {"group": GroupNorm, "layer": LayerNorm}


class Block(nn.Module):
    """norm → SiLU → conv → ·(1 + embedding) → SiLU → conv, added to the input."""

    def __init__(self, cin: int, cout: int, norm: str):
        super().__init__()
        self.cout = cout
        self.norm = NORMS[norm](cin)
        self.conv1 = nn.Conv2d(cin, cout, 3, padding=1)
        self.conv2 = nn.Conv2d(cout, cout, 3, padding=1)
        self.skip = nn.Conv2d(cin, cout, 1) if cin != cout else None
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x, scale):
        h = self.conv1(F.silu(self.norm(x)))
        h = self.conv2(F.silu(h * (1 + scale)))
        return h + (x if self.skip is None else self.skip(x))


class Attention(nn.Module):
    """Multi-head self-attention over the pixels, added to the input."""

    def __init__(self, channels: int, heads: int, norm: str):
        super().__init__()
        self.channels, self.heads = channels, heads
        self.norm = NORMS[norm](channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x):
        b, c, h, w = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(b, 3, self.heads, c // self.heads, h * w).transpose(-1, -2).unbind(1)
        y = F.scaled_dot_product_attention(q, k, v)
        return x + self.out(y.transpose(-1, -2).reshape(b, c, h, w))


def noise_frequencies() -> nn.Buffer:
    """Angular frequencies of the noise embedding, over c_noise = ln(sigma)/4."""
    return nn.Buffer(torch.exp(torch.linspace(math.log(0.5), math.log(32.0), 16)))


class UNet(nn.Module):
    """F(c_in x; c_noise, label), the raw network inside the preconditioning; 2×2 patches at the input."""

    def __init__(self, config: UNetConfig):
        super().__init__()
        c, self.config = config.channels, config
        n = config.norm
        self.frequencies = noise_frequencies()
        self.embed_noise = nn.Linear(32, config.embedding)
        self.embed_label = nn.Linear(config.classes + 1, config.embedding, bias=False)
        nn.init.normal_(self.embed_label.weight)  # a one-hot row is small: the default would drown in the noise
        self.stem = nn.Conv2d(config.shape[0] * config.patch**2, c[0], 3, padding=1)

        self.encoder, self.down = nn.ModuleList(), nn.ModuleList()
        for i, width in enumerate(c):
            self.down.append(nn.Conv2d(c[i - 1], width, 3, stride=2, padding=1) if i else nn.Identity())
            self.encoder.append(nn.ModuleList(Block(width, width, n) for _ in range(config.blocks)))
        self.attention = Attention(c[-1], config.heads, n)
        self.decoder, self.up = nn.ModuleList(), nn.ModuleList()
        for i, width in reversed(list(enumerate(c))):
            # One skip connection a level: the first decoder block sees it, the others do not.
            self.decoder.append(
                nn.ModuleList(Block(2 * width if j == 0 else width, width, n) for j in range(config.blocks))
            )
            self.up.append(nn.Conv2d(width, c[i - 1], 3, padding=1) if i else nn.Identity())
        self.blocks = [b for group in (*self.encoder, *self.decoder) for b in group]
        # One matrix for the embeddings of all blocks: one Gemm in the browser instead of one a block.
        self.embed_blocks = nn.Linear(config.embedding, sum(b.cout for b in self.blocks))
        nn.init.zeros_(self.embed_blocks.weight)
        nn.init.zeros_(self.embed_blocks.bias)
        self.head_norm = NORMS[n](c[0])
        self.head = nn.Conv2d(c[0], config.shape[0] * config.patch**2, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def features(self, x, noise, label, more=0.0):
        """What the last convolution reads, channels[0] at the size of the patches; `more` is added to the embedding."""
        angle = noise[:, None] * self.frequencies
        e = self.embed_noise(torch.cat([angle.cos(), angle.sin()], 1)) + self.embed_label(label) + more
        scales = self.embed_blocks(F.silu(e)).to(x.dtype)[:, :, None, None].split([b.cout for b in self.blocks], 1)
        scales = iter(scales)
        h, skips = self.stem(F.pixel_unshuffle(x, self.config.patch)), []
        for down, blocks in zip(self.down, self.encoder):
            h = down(h)
            for block in blocks:
                h = block(h, next(scales))
            skips.append(h)
        h = self.attention(h)
        for up, blocks in zip(self.up, self.decoder):
            h = torch.cat([h, skips.pop()], 1)
            for block in blocks:
                h = block(h, next(scales))
            if not isinstance(up, nn.Identity):
                h = up(F.interpolate(h, scale_factor=2, mode="nearest"))
        return F.silu(self.head_norm(h))

    def forward(self, x, noise, label):
        return F.pixel_shuffle(self.head(self.features(x, noise, label)), self.config.patch)


class Denoiser(nn.Module):
    """EDM preconditioning (2206.00364, table 1) around the UNet, in float32 whatever the UNet computes in."""

    def __init__(self, config: UNetConfig):
        super().__init__()
        self.config, self.net = config, UNet(config)

    def forward(self, x, sigma, label):
        s, sd = sigma[:, None, None, None], self.config.sigma_data
        total = s**2 + sd**2
        f = self.net(x * total.rsqrt(), sigma.log() / 4, label)
        return x * (sd**2 / total) + f.float() * (s * sd * total.rsqrt())


class Classifier(nn.Module):
    """Residual convolutional classifier; features are the pooled 64 channels before the logits."""

    def __init__(self, shape=(1, 28, 28), classes=26, channels=(24, 48, 96), features=64):
        super().__init__()
        self.config = dict(shape=list(shape), classes=classes, channels=list(channels), features=features)
        self.stem = nn.Conv2d(shape[0], channels[0], 3, padding=1)
        self.down = nn.ModuleList(
            nn.Conv2d(channels[max(i - 1, 0)], width, 3, stride=2 if i else 1, padding=1)
            for i, width in enumerate(channels)
        )
        self.conv1 = nn.ModuleList(nn.Conv2d(w, w, 3, padding=1) for w in channels)
        self.conv2 = nn.ModuleList(nn.Conv2d(w, w, 3, padding=1) for w in channels)
        self.norm = nn.ModuleList(nn.BatchNorm2d(w) for w in channels)
        self.features = nn.Linear(channels[-1], features)
        self.logits = nn.Linear(features, classes)

    def forward(self, x):
        h = self.stem(x)
        for down, norm, conv1, conv2 in zip(self.down, self.norm, self.conv1, self.conv2):
            h = norm(down(F.silu(h)))
            h = h + conv2(F.silu(conv1(F.silu(h))))
        f = self.features(F.silu(h).mean((2, 3)))
        return f, self.logits(F.silu(f))


class NoisyBlock(nn.Module):
    """SiLU → conv → ·(1 + embedding) → SiLU → conv, added to the input; every operation has a short derivative."""

    def __init__(self, width: int):
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, h, scale):
        return h + self.conv2(F.silu(self.conv1(F.silu(h)) * (1 + scale)))


class NoisyClassifier(nn.Module):
    """p(y | x, sigma) of noisy pictures, for classifier guidance (2105.05233): logits [B,K] of x [B,C,H,W].

    The logits are divided by sqrt(1 + sigma²), as fast as the evidence for a class fades. Guidance moves the
    estimate by sigma² times the gradient: so that the network's errors stay O(1) there at every noise level.
    """

    def __init__(
        self,
        shape=(1, 28, 28),
        classes=26,
        channels=(48, 96),
        blocks=2,
        embedding=64,
        patch=2,
        sigma_data=0.66,
        sigma_min=0.002,
        sigma_max=80.0,
    ):
        super().__init__()
        self.config = dict(
            shape=list(shape),
            classes=classes,
            channels=list(channels),
            blocks=blocks,
            embedding=embedding,
            patch=patch,
            sigma_data=sigma_data,
            sigma_min=sigma_min,
            sigma_max=sigma_max,
        )
        self.frequencies = noise_frequencies()
        self.embed_noise = nn.Linear(32, embedding)
        self.stem = nn.Conv2d(shape[0] * patch**2, channels[0], 3, padding=1)
        self.widen = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in itertools.pairwise(channels))
        self.levels = nn.ModuleList(nn.ModuleList(NoisyBlock(w) for _ in range(blocks)) for w in channels)
        self.widths = [w for w in channels for _ in range(blocks)]
        self.embed_blocks = nn.Linear(embedding, sum(self.widths))
        self.logits = nn.Linear(channels[-1], classes)

    def forward(self, x, sigma):
        faded = (sigma**2 + 1).rsqrt()[:, None]
        x = x * (sigma**2 + self.config["sigma_data"] ** 2).rsqrt()[:, None, None, None]
        angle = (sigma.log() / 4)[:, None] * self.frequencies
        e = F.silu(self.embed_noise(torch.cat([angle.cos(), angle.sin()], 1)))
        scales = iter(self.embed_blocks(e)[:, :, None, None].split(self.widths, 1))
        h = self.stem(F.pixel_unshuffle(x, self.config["patch"]))
        for i, level in enumerate(self.levels):
            if i:
                h = self.widen[i - 1](F.avg_pool2d(h, 2))
            for block in level:
                h = block(h, next(scales))
        return self.logits(F.silu(h).mean((2, 3))).float() * faded


def log_probability_gradient(classifier: NoisyClassifier, x, sigma, label):
    """(logits [B,K], grad_x of sum_k label_k log p(k | x, sigma)) for label rows [B,K+1]; the null label gives 0."""
    x = x.detach().requires_grad_()
    logits = classifier(x, sigma)
    objective = (label[:, :-1] * logits.log_softmax(1)).sum()
    return logits.detach(), torch.autograd.grad(objective, x)[0]


def flops(module: nn.Module, *inputs: torch.Tensor) -> int:
    """Floating-point operations (2 a multiply-add) of one forward call, convolutions, matrices and attention."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(*inputs)
    return counter.get_total_flops()


def parameters(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())
