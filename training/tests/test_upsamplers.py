"""Super-resolution networks: the augmentation of their low-resolution input, and that they follow it."""

import dataclasses

import pytest
import torch
import torch.nn.functional as F

import exporters
import train_pictures
import upsampler_exporters
from train_pictures import UpsamplerRecipe, UpsamplerTrainer
from upsamplers import Upsampler, UpsamplerConfig, augmented

TINY = UpsamplerConfig(
    shape=(3, 16, 16),
    text=8,
    channels=(16, 32),
    blocks=(1, 2),
    embedding=16,
    head=16,
    sigma_data=0.53,
    sigma_detail=0.3,
)


def test_augmentation_keeps_the_variance_and_its_level_is_what_it_says():
    g = torch.Generator().manual_seed(0)
    low, noise = torch.randn(5, 3, 64, 64, generator=g), torch.randn(5, 3, 64, 64, generator=g)
    level = torch.tensor([0.0, 0.1, 0.5, 0.9, 1.0])
    out = augmented(low, level, noise)
    assert torch.equal(out[0], low[0])
    assert torch.allclose(out[4], noise[4], atol=1e-6)
    assert torch.allclose(out.std((1, 2, 3)), torch.ones(5), atol=0.03)
    share = (out * low).mean((1, 2, 3))  # of the picture that is left: less at every level
    assert torch.allclose(share, (level * torch.pi / 2).cos(), atol=0.03)


class Textured:
    """Stands in for train_pictures.Pictures: colours in squares of two pixels, with a grating that the text tells.

    The grating's mean over two pixels is 0: the low-resolution picture does not show it.
    """

    def batch(self, recipe, generator):
        n, (channels, height, width) = recipe.batch, recipe.network.shape
        which = 2.0 * torch.randint(2, (n,), generator=generator) - 1
        text = torch.zeros(n, 3, recipe.network.text)
        text[:, :, 0] = 2 * which[:, None]
        mask = torch.ones(n, 3)
        mask[torch.rand(n, generator=generator) < recipe.p_uncond] = 0
        squares = 1.5 * torch.rand(n, channels, height // 2, width // 2, generator=generator) - 0.75
        clean = F.interpolate(squares, scale_factor=2) + which[:, None, None, None] * grating(width)
        sigma = train_pictures.sample_sigmas(n, recipe, generator)
        return clean, sigma, torch.randn(clean.shape, generator=generator), text, mask


def grating(width: int) -> torch.Tensor:
    return 0.3 * (1 - 2.0 * (torch.arange(width) % 2))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_pictures, "Pictures", lambda recipe: Textured())
        recipe = UpsamplerRecipe(network=TINY, images=32 * 150, batch=32, lr=6e-3, warmup=10, ema=0.9, low_levels=0.3)
        trainer = UpsamplerTrainer("tiny-upsampler", recipe, tmp_path_factory.mktemp("upsampler"), compile=False)
        return train_pictures.load_stage(trainer.train(log_every=50))


def answers(network: Upsampler, low: torch.Tensor, level: float, told: float) -> torch.Tensor:
    """Estimates from nothing but noise, low-resolution pictures [N,3,8,8] and a text."""
    n, g = len(low), torch.Generator().manual_seed(5)
    levels = torch.full((n,), level)
    noised = augmented(low, levels, torch.randn(low.shape, generator=g))
    text = torch.zeros(n, 3, 8)
    text[:, :, 0] = 2 * told
    x = 20 * torch.randn(n, *TINY.shape, generator=g)
    return network(x, torch.full((n,), 20.0), text, torch.ones(n, 3), noised, levels)


def test_a_trained_network_follows_its_low_resolution_input_less_at_higher_levels(trained):
    network, about = trained
    assert about["images"] == 32 * 150
    low = 1.5 * torch.rand(8, 3, 8, 8, generator=torch.Generator().manual_seed(3)) - 0.75
    swapped = low.flip(0)
    near, far = {}, {}
    for level in (0.0, 0.3, 0.95):
        small = F.avg_pool2d(answers(network, swapped, level, 1.0), 2)
        near[level], far[level] = ((small - t).square().mean().sqrt().item() for t in (swapped, low))
    assert near[0.0] < 0.1 < 0.4 < far[0.0]
    assert near[0.0] < near[0.3] < near[0.95]
    assert near[0.95] > 0.35  # what noise says of a picture whose root mean square is 0.43


def test_a_trained_network_adds_what_the_text_says(trained):
    low = torch.zeros(4, 3, 8, 8)
    for told in (-1.0, 1.0):
        detail = answers(trained[0], low, 0.0, told).mean((0, 1, 2))
        assert F.cosine_similarity(detail, told * grating(16), dim=0) > 0.9


def test_before_training_the_estimate_is_as_wrong_as_its_preconditioning_says():
    """The best estimate that is linear in the noised low-resolution picture, pixels repeated, and its error."""
    network = Upsampler(TINY).requires_grad_(False)
    g = torch.Generator().manual_seed(1)
    n, level = 64, torch.tensor([0.0, 0.3, 0.7, 1.0]).repeat_interleave(16)
    known = (TINY.sigma_data**2 - TINY.sigma_detail**2) ** 0.5
    low = known * torch.randn(n, 3, 8, 8, generator=g)
    clean = F.interpolate(low, scale_factor=2) + TINY.sigma_detail * grating(16).sign()
    noised = augmented(low, level, torch.randn(low.shape, generator=g))
    x = 1e4 * torch.randn(clean.shape, generator=g)
    denoised = network(x, torch.full((n,), 1e4), torch.zeros(n, 1, 8), torch.zeros(n, 1), noised, level)
    errors = (denoised - clean).square().mean((1, 2, 3)).reshape(4, 16).mean(1).sqrt()
    _, deviations = network.share_and_deviation(torch.tensor([0.0, 0.3, 0.7, 1.0]))
    assert torch.allclose(errors, deviations, rtol=0.05)
    assert torch.allclose(deviations[[0, 3]], torch.tensor([TINY.sigma_detail, TINY.sigma_data]), atol=1e-4)


def test_crops_are_whole_pixels_of_the_picture_at_half_the_size():
    pictures = torch.arange(4 * 3 * 16 * 16.0).reshape(4, 3, 16, 16)
    out = train_pictures.cropped(pictures, 8, torch.Generator().manual_seed(2))
    assert out.shape == (4, 3, 8, 8)
    corners = {int(v) % 256 for v in out[:, 0, 0, 0]}
    assert len(corners) > 1 and all(v // 16 % 2 == 0 and v % 2 == 0 for v in corners)
    for crop, picture in zip(out, pictures):
        place = int(crop[0, 0, 0]) % 256
        y, x = place // 16, place % 16
        assert torch.equal(crop, picture[:, y : y + 8, x : x + 8])


def test_upsampler_graph_equals_pytorch_for_every_row(tmp_path):
    for config in (TINY, dataclasses.replace(TINY, channels=(16, 16, 32), blocks=(1, 2, 3), patch=4)):
        network = Upsampler(config).requires_grad_(False)
        torch.manual_seed(0)
        for name, p in network.named_parameters():
            if p.abs().max() == 0 or name.endswith("out.weight"):
                p.normal_(std=0.1)
        upsampler_exporters.export_upsampler(network, tmp_path / "model.onnx")
        rounded = exporters.half_rounded(network, upsampler_exporters.STORED_EXACTLY)
        g = torch.Generator().manual_seed(1)
        sigma, level = torch.tensor([0.01, 0.7, 20.0]), torch.tensor([0.0, 0.4, 1.0])
        for tokens in (1, 5):
            x = torch.randn(3, *config.shape, generator=g) * (sigma[:, None, None, None] ** 2 + 0.4).sqrt()
            mask = torch.ones(3, tokens)
            mask[1] = 0
            rows = (x, sigma, torch.randn(3, tokens, 8, generator=g), mask, torch.randn(3, 3, 8, 8, generator=g), level)
            assert exporters.onnx_difference(tmp_path / "model.onnx", rounded, *rows) < 1e-4
            # What only one side of the comparison would ignore: every row changes the answer.
            whole = rounded(*rows)
            for i, row in enumerate(rows[:2] + rows[4:]):
                other = list(rows)
                other[i if i < 2 else i + 2] = row.flip(0)
                assert (rounded(*other) - whole).abs().amax((1, 2, 3))[[0, 2]].min() > 1e-4


def test_settings_are_fields_of_the_stage_that_is_trained():
    recipe = train_pictures.overridden(train_pictures.RECIPES["pictures-64"], ["crop=0", "channels=[16,32]"])
    assert recipe.crop == 0 and recipe.network.channels == (16, 32) and recipe.network.shape == (3, 64, 64)
    with pytest.raises(SystemExit, match="needs a field of UpsamplerRecipe or UpsamplerConfig, got 'sigma_detial'"):
        train_pictures.overridden(recipe, ["sigma_detial=1"])
    with pytest.raises(ValueError, match="patch: needs an even number, so that low has whole patches, got 3"):
        Upsampler(UpsamplerConfig(patch=3))
