"""Super-resolution denoisers: from a low-resolution picture and a prompt to a picture of twice its size.

Contract (the ONNX graph keeps it):
  Upsampler  (x [B,C,S,S] in sigma units, sigma [B], text [B,T,D], mask [B,T], low [B,C,S/2,S/2] in [-1, 1] and
             already noised, augmentation [B] in [0, 1]) → denoised [B,C,S,S]
A mask of zeros is the null text, as for TextDenoiser. `low` is what `augmented` makes of a picture at the level that
`augmentation` says (noise conditioning augmentation: 2106.15282; 2205.11487, appendix): level 0 is the picture
itself, level 1 nothing but noise.
"""

import itertools
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from networks import Block, GroupNorm, noise_frequencies
from text_networks import CrossAttention


@dataclass(frozen=True)
class UpsamplerConfig:
    shape: tuple[int, int, int] = (3, 32, 32)
    text: int = 384
    channels: tuple[int, ...] = (48, 80, 128)  # behind the patches: at 16², 8² and 4²
    blocks: tuple[int, ...] = (1, 1, 2)  # a level, on the way down and up; at the lowest level once
    embedding: int = 128
    head: int = 32  # channels of an attention head
    patch: int = 2
    sigma_data: float = 0.61  # root mean square of the pictures
    sigma_detail: float = 0.133  # of what their low-resolution picture, its pixels repeated, lacks
    sigma_min: float = 0.002
    sigma_max: float = 20.0


def augmented(low: torch.Tensor, level: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """cos(πa/2) low + sin(πa/2) noise: [B,C,h,w] at the levels a [B] in [0, 1]."""
    angle = level[:, None, None, None] * (math.pi / 2)
    return low * angle.cos() + noise * angle.sin()


class UpsamplerUNet(nn.Module):
    """The raw network inside the preconditioning; patches at the input, cross-attention at the lowest level only."""

    def __init__(self, config: UpsamplerConfig):
        super().__init__()
        c, n, self.config = config.channels, config.blocks, config
        if config.patch % 2:
            raise ValueError(f"patch: needs an even number, so that low has whole patches, got {config.patch}")
        self.frequencies = noise_frequencies()
        self.embed_noise = nn.Linear(32, config.embedding)
        self.embed_level = nn.Linear(32, config.embedding, bias=False)
        self.text_norm = nn.LayerNorm(config.text)
        self.embed_text = nn.Linear(config.text, config.embedding, bias=False)
        nn.init.normal_(self.embed_text.weight, std=2 / math.sqrt(config.text))  # or the text drowns in the noise level
        pixels = config.shape[0] * config.patch**2
        self.stem = nn.Conv2d(pixels + pixels // 4, c[0], 3, padding=1)
        self.encoder = nn.ModuleList(nn.ModuleList(Block(w, w, "group") for _ in range(k)) for w, k in zip(c[:-1], n))
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in itertools.pairwise(c))
        self.middle = nn.ModuleList(Block(c[-1], c[-1], "group") for _ in range(n[-1]))
        self.crosses = nn.ModuleList(CrossAttention(c[-1], config.head) for _ in range(n[-1] - 1))
        # Stored from the highest resolution on, used from the lowest; one skip connection a level.
        self.up = nn.ModuleList(nn.Conv2d(b, a, 3, padding=1) for a, b in itertools.pairwise(c))
        self.decoder = nn.ModuleList(
            nn.ModuleList(Block(2 * w if j == 0 else w, w, "group") for j in range(k)) for w, k in zip(c[:-1], n)
        )
        self.blocks = [
            *(b for level in self.encoder for b in level),
            *self.middle,
            *(b for level in reversed(self.decoder) for b in level),
        ]
        self.embed_blocks = nn.Linear(config.embedding, sum(b.cout for b in self.blocks))
        nn.init.zeros_(self.embed_blocks.weight)
        nn.init.zeros_(self.embed_blocks.bias)
        self.embed_tokens = nn.Linear(config.text, 2 * sum(m.channels for m in self.crosses))
        self.head_norm, self.head = GroupNorm(c[0]), nn.Conv2d(c[0], pixels, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x, noise, text, mask, low, level):
        """F, like x [B,C,S,S]; noise is ln(sigma)/4 [B], the level of the augmentation [B]."""
        states, patch = self.text_norm(text), self.config.patch
        pooled = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
        angles = (value[:, None] * self.frequencies for value in (noise, level))
        waves = (torch.cat([angle.cos(), angle.sin()], 1) for angle in angles)
        e = self.embed_noise(next(waves)) + self.embed_level(next(waves)) + self.embed_text(pooled)
        scales = iter(self.embed_blocks(F.silu(e))[:, :, None, None].split([b.cout for b in self.blocks], 1))
        kvs = self.embed_tokens(states).split([2 * m.channels for m in self.crosses], 2)
        bias = (F.pad(mask, (1, 0), value=1.0)[:, None, None, :] - 1) * 1e4

        h, skips = self.stem(torch.cat([F.pixel_unshuffle(x, patch), F.pixel_unshuffle(low, patch // 2)], 1)), []
        for blocks, down in zip(self.encoder, self.down):
            for block in blocks:
                h = block(h, next(scales))
            skips.append(h)
            h = down(h)
        h = self.middle[0](h, next(scales))
        for cross, kv, block in zip(self.crosses, kvs, self.middle[1:]):
            h = block(cross(h, kv, bias), next(scales))
        for blocks, up in zip(reversed(self.decoder), reversed(self.up)):
            h = torch.cat([up(F.interpolate(h, scale_factor=2, mode="nearest")), skips.pop()], 1)
            for block in blocks:
                h = block(h, next(scales))
        return F.pixel_shuffle(self.head(F.silu(self.head_norm(h))), patch)


class Upsampler(nn.Module):
    """EDM preconditioning (2206.00364, table 1) around what the low-resolution picture already tells, in float32.

    The low-resolution picture, its pixels repeated and shrunk towards 0 by as much as its noise demands, is the best
    estimate that is linear in it: the network sees x without it and adds what is missing. How large that is on
    average takes the place of EDM's sigma_data; at level 1 it is the whole picture.
    """

    def __init__(self, config: UpsamplerConfig):
        super().__init__()
        self.config, self.net = config, UpsamplerUNet(config)

    def share_and_deviation(self, level: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Of the noised low-resolution picture at levels [B]: its factor in the estimate, and what that lacks, [B]."""
        angle = level * (math.pi / 2)
        signal, noise, detail = angle.cos(), angle.sin() ** 2, self.config.sigma_detail**2
        known = self.config.sigma_data**2 - detail  # mean square of a low-resolution picture
        total = signal**2 * known + noise
        return signal * known / total, (known * noise / total + detail).sqrt()

    def forward(self, x, sigma, text, mask, low, augmentation):
        share, deviation = (t[:, None, None, None] for t in self.share_and_deviation(augmentation))
        s = sigma[:, None, None, None]
        total = s**2 + deviation**2
        estimate = F.interpolate(low * share, scale_factor=2, mode="nearest")
        rest = x - estimate
        out = self.net(rest * total.rsqrt(), sigma.log() / 4, text, mask, low, augmentation)
        return estimate + rest * (deviation**2 / total) + out.float() * (s * deviation * total.rsqrt())
