"""The text-conditional UNet denoiser: cross-attention over a prompt's token states, EDM preconditioning.

Contract (the ONNX graph keeps it):
  TextDenoiser  (x [B,C,H,W] in sigma units, sigma [B], text [B,T,D], mask [B,T], perturb [B]) → denoised, auxiliary
A mask of zeros is the null text: every cross-attention has one learned key and value that is always there, and
the pooled text of nothing is 0. `perturb` blends every self-attention map with the identity (PAG, 2403.17377).
`auxiliary` is the estimate of a head in the middle of the network (internal guidance, 2512.24176).
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from networks import Block, GroupNorm, noise_frequencies


@dataclass(frozen=True)
class TextUNetConfig:
    shape: tuple[int, int, int] = (3, 16, 16)
    text: int = 384
    channels: tuple[int, ...] = (64, 192)  # behind the patches: at 8² and 4²
    encoder: tuple[int, ...] = (1, 2)  # blocks a level
    decoder: tuple[int, ...] = (1, 2)
    embedding: int = 256
    head: int = 32  # channels of an attention head
    patch: int = 2
    sigma_data: float = 0.58
    sigma_min: float = 0.002
    sigma_max: float = 80.0


class SelfAttention(nn.Module):
    """Self-attention over the pixels, its map blended with the identity by `perturb`, added to the input."""

    def __init__(self, channels: int, head: int):
        super().__init__()
        self.heads = channels // head
        self.norm = GroupNorm(channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x, perturb=None):
        b, c, h, w = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(b, 3, self.heads, c // self.heads, h * w).transpose(-1, -2).unbind(1)
        y = F.scaled_dot_product_attention(q, k, v)
        if perturb is not None:  # ((1 - p) A + p I) v
            y = y + perturb[:, None, None, None] * (v - y)
        return x + self.out(y.transpose(-1, -2).reshape(b, c, h, w))


class CrossAttention(nn.Module):
    """Attention of the pixels to the text's keys and values and to one learned pair, added to the input."""

    def __init__(self, channels: int, head: int):
        super().__init__()
        self.channels, self.heads = channels, channels // head
        self.norm = GroupNorm(channels)
        self.query = nn.Conv2d(channels, channels, 1)
        self.null = nn.Parameter(torch.randn(2, channels))
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x, kv, bias):
        """kv [B,T,2C] of the text, bias [B,1,1,T+1]: 0 where there is a token, else very negative."""
        b, c, h, w = x.shape
        kv = torch.cat([self.null.reshape(1, 1, 2 * c).expand(b, 1, 2 * c), kv], 1)
        k, v = kv.reshape(b, -1, 2, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q = self.query(self.norm(x)).reshape(b, self.heads, c // self.heads, h * w).transpose(-1, -2)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        return x + self.out(y.transpose(-1, -2).reshape(b, c, h, w))


class TextUNet(nn.Module):
    """F(c_in x; c_noise, text), the raw network inside the preconditioning; patches at the input.

    Cross-attention ends every level on the way down and up; self-attention goes before it but on the way down at
    the higher resolutions.
    """

    def __init__(self, config: TextUNetConfig):
        super().__init__()
        c, self.config = config.channels, config
        last = len(c) - 1
        self.frequencies = noise_frequencies()
        self.embed_noise = nn.Linear(32, config.embedding)
        self.text_norm = nn.LayerNorm(config.text)
        self.embed_text = nn.Linear(config.text, config.embedding, bias=False)
        nn.init.normal_(self.embed_text.weight, std=2 / math.sqrt(config.text))  # or the text drowns in the noise level
        pixels = config.shape[0] * config.patch**2
        self.stem = nn.Conv2d(pixels, c[0], 3, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(c[i - 1], c[i], 3, stride=2, padding=1) for i in range(1, last + 1))
        self.encoder = nn.ModuleList(
            nn.ModuleList(Block(w, w, "group") for _ in range(n)) for w, n in zip(c, config.encoder)
        )
        self.encoder_cross = nn.ModuleList(CrossAttention(w, config.head) for w in c)
        self.middle = SelfAttention(c[last], config.head)
        # Decoder level i; one skip connection a level, which the first block sees.
        self.decoder = nn.ModuleList(
            nn.ModuleList(Block(2 * w if j == 0 else w, w, "group") for j in range(n))
            for w, n in zip(c, config.decoder)
        )
        self.decoder_self = nn.ModuleList(SelfAttention(w, config.head) for w in c)
        self.decoder_cross = nn.ModuleList(CrossAttention(w, config.head) for w in c)
        self.up = nn.ModuleList(nn.Conv2d(c[i], c[i - 1], 3, padding=1) for i in range(1, last + 1))
        self.blocks = [b for level in (*self.encoder, *self.decoder) for b in level]
        self.crosses = [*self.encoder_cross, *self.decoder_cross]
        # One matrix for the embeddings of all blocks, and one for the keys and values of all cross-attentions.
        self.embed_blocks = nn.Linear(config.embedding, sum(b.cout for b in self.blocks))
        nn.init.zeros_(self.embed_blocks.weight)
        nn.init.zeros_(self.embed_blocks.bias)
        self.embed_tokens = nn.Linear(config.text, 2 * sum(m.channels for m in self.crosses))
        self.head_norm, self.head = GroupNorm(c[0]), nn.Conv2d(c[0], pixels, 3, padding=1)
        self.auxiliary_norm, self.auxiliary = GroupNorm(c[0]), nn.Conv2d(c[0], pixels, 3, padding=1)
        for head in (self.head, self.auxiliary):
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)

    def forward(self, x, noise, text, mask, perturb=None):
        """(F, F of the auxiliary head), both like x."""
        states = self.text_norm(text)
        pooled = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
        angle = noise[:, None] * self.frequencies
        e = self.embed_noise(torch.cat([angle.cos(), angle.sin()], 1)) + self.embed_text(pooled)
        scales = self.embed_blocks(F.silu(e))[:, :, None, None].split([b.cout for b in self.blocks], 1)
        kvs = self.embed_tokens(states).split([2 * m.channels for m in self.crosses], 2)
        bias = (F.pad(mask, (1, 0), value=1.0)[:, None, None, :] - 1) * 1e4
        scales, kvs = iter(scales), iter(kvs)

        h, skips = self.stem(F.pixel_unshuffle(x, self.config.patch)), []
        for i, blocks in enumerate(self.encoder):
            if i:
                h = self.down[i - 1](h)
            for block in blocks:
                h = block(h, next(scales))
            if i == len(self.encoder) - 1:
                h = self.middle(h, perturb)
            h = self.encoder_cross[i](h, next(kvs), bias)
            skips.append(h)
        # The parts of the decoder are stored from the highest resolution on, and used from the lowest.
        levels = len(self.decoder)
        decoder_scales = [[next(scales) for _ in blocks] for blocks in self.decoder]
        decoder_kvs = [next(kvs) for _ in self.decoder]
        auxiliary = None
        for i in reversed(range(levels)):
            skip = skips.pop()
            if i == 0:
                auxiliary = self.auxiliary(F.silu(self.auxiliary_norm(h + skip)))
            h = torch.cat([h, skip], 1)
            for block, scale in zip(self.decoder[i], decoder_scales[i]):
                h = block(h, scale)
            h = self.decoder_cross[i](self.decoder_self[i](h, perturb), decoder_kvs[i], bias)
            if i:
                h = self.up[i - 1](F.interpolate(h, scale_factor=2, mode="nearest"))
        h = self.head(F.silu(self.head_norm(h)))
        return tuple(F.pixel_shuffle(t, self.config.patch) for t in (h, auxiliary))


class TextDenoiser(nn.Module):
    """EDM preconditioning (2206.00364, table 1) around both outputs of the UNet, in float32."""

    def __init__(self, config: TextUNetConfig):
        super().__init__()
        self.config, self.net = config, TextUNet(config)

    def forward(self, x, sigma, text, mask, perturb=None):
        """(denoised, denoised by the auxiliary head)."""
        s, sd = sigma[:, None, None, None], self.config.sigma_data
        total = s**2 + sd**2
        out = self.net(x * total.rsqrt(), sigma.log() / 4, text, mask, perturb)
        return tuple(x * (sd**2 / total) + f.float() * (s * sd * total.rsqrt()) for f in out)
