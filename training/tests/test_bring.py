"""Somebody's network in this project's contract: its samples are those of its own loop, whatever its convention."""

import itertools
import json
import math
import pickle
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

import bring
from brought import Call, take_rows
from convention import Convention, betas_of, sigmas_of
from state_dicts import put_in, read_weights

HERE = str(Path(__file__).parent)
SHAPE = (1, 8, 8)


class TinyUNet(nn.Module):
    """A small UNet of eps on linear betas as public code has it, with its own sampler beside it."""

    def __init__(self, labels=4, width=8, mask=False):
        super().__init__()
        self.width, self.mask = width, mask
        self.time = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.label_emb = nn.Embedding(labels, width)
        self.null_emb = nn.Parameter(torch.randn(width))
        self.stem = nn.Conv2d(1, width, 3, padding=1)
        self.down = nn.Conv2d(width, width, 3, stride=2, padding=1)
        self.up = nn.ConvTranspose2d(width, width, 2, stride=2)
        self.norm, self.head = nn.GroupNorm(2, 2 * width), nn.Conv2d(2 * width, 2, 3, padding=1)

    def forward(self, x, timesteps, y, context_mask=None):
        assert y.shape == (x.shape[0],)
        angle = timesteps[:, None].float() * torch.exp(-math.log(1e4) * torch.arange(self.width // 2) / 4)
        hidden = self.label_emb(y)
        if self.mask:
            hidden = hidden * (1 - context_mask)[:, None]
        e = self.time(torch.cat([angle.cos(), angle.sin()], 1)) + hidden
        h = self.stem(x)
        deep = torch.tanh(self.down(torch.relu(h)) + e[:, :, None, None])
        out = self.head(self.norm(torch.cat([h, self.up(deep)], 1)))
        return torch.cat([0.9 * x + 0.2 * out[:, :1], out[:, 1:]], 1)  # eps, and a variance

    @torch.no_grad()
    def ddim(self, z, y, steps):
        """From pure noise, by the textbook: 2010.02502, eq. 12 with eta = 0."""
        alpha_bar = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), 0)
        times = torch.linspace(999, 0, steps).round().long()
        for now, then in zip(times, [*times[1:], None]):
            eps = self(z, torch.full((len(z),), now), y)[:, :1]
            a = alpha_bar[now].float()
            x0 = (z - (1 - a).sqrt() * eps) / a.sqrt()
            b = torch.ones(()) if then is None else alpha_bar[then].float()
            z = b.sqrt() * x0 + (1 - b).sqrt() * eps
        return z


def saved(folder, prefix="", **arguments):
    torch.manual_seed(1)
    network = TinyUNet(**arguments).eval()
    torch.save({"ema": {prefix + k: v for k, v in network.state_dict().items()}, "step": 7}, folder / "net.pt")
    return network


def brought(folder, *flags, arguments="{}", null="last"):
    line = f"--code {HERE} --module test_bring:TinyUNet --weights {folder}/net.pt --key ema --shape 1 8 8 --labels 4"
    found = bring.main(
        [*line.split(), "--arguments", arguments, "--null", null, "--out", str(folder / "My net"), *flags]
    )
    session = onnxruntime.InferenceSession(folder / "My net/model.onnx")
    return found, session, json.loads((folder / "My net/manifest.json").read_text())


def test_samples_are_those_of_its_own_loop(tmp_path):
    network = saved(tmp_path, prefix="module.")
    found, session, manifest = brought(tmp_path, "--classes", "a", "b", "c")
    assert found["correlation, own start"] > 0.999999
    assert manifest["classes"] == ["a", "b", "c"] and manifest["id"] == "my-net" and manifest["shape"] == [1, 8, 8]
    assert manifest["sigma"]["min"] == pytest.approx(0.01, rel=0.01) and manifest["sigma"]["max"] == 80

    noise, label = torch.randn(5, *SHAPE), torch.tensor([0, 1, 2, 3, 3])  # the last is none
    own = network.ddim(noise, label, 12).numpy()
    times = torch.linspace(999, 0, 12).round().long()
    sigmas = np.append(sigmas_of(np.linspace(1e-4, 0.02, 1000))[times], 0).astype(np.float32)
    x = np.hypot(1, sigmas[0]) * noise.numpy()
    for sigma, following in itertools.pairwise(sigmas):
        rows = np.eye(4, dtype=np.float32)[label]
        given = {"x": x.astype(np.float32), "sigma": np.full(5, sigma), "label": rows}
        (denoised,) = session.run(None, given)
        x = denoised + following / sigma * (x - denoised)
    assert np.abs(x - own).max() < 2e-3 * np.abs(own).max()


def denoise(session, label, sigma=1.5):
    x = torch.randn(len(label), *SHAPE, generator=torch.Generator().manual_seed(3)).numpy() * 2
    given = {"x": x, "sigma": np.full(len(label), sigma, np.float32), "label": np.array(label, np.float32)}
    return x, session.run(None, given)[0]


@pytest.mark.parametrize("null", ["last", "first", "mask", "none", "parameter:null_emb"])
def test_a_label_row_is_the_networks_label(tmp_path, null):
    mask = null == "mask"
    network = saved(tmp_path, mask=mask)
    flags = ["--inputs", "x", "timesteps=t", "y=y", "context_mask=mask"] if mask else []
    _, session, manifest = brought(tmp_path, *flags, arguments='{"mask": true}' if mask else "{}", null=null)
    classes = {"last": 3, "first": 3}.get(null, 4)
    assert len(manifest["classes"]) == classes
    assert ("adapt" in manifest) == (null == "none")
    width = classes + (null != "none")
    x, made = denoise(session, np.eye(width))
    indices = {"first": [1, 2, 3, 0], "last": [0, 1, 2, 3]}.get(null, [0, 1, 2, 3, 0][:width])
    if null.startswith("parameter"):
        network.label_emb.weight.data[0] = network.null_emb.data  # of the last row alone, compared below
    t = Convention().time(torch.full((width,), 1.5))
    z = torch.from_numpy(x) / math.hypot(1, 1.5)
    hidden = {"context_mask": torch.tensor([0.0] * classes + [1.0])} if mask else {}
    with torch.no_grad():
        eps = network(z, t, torch.tensor(indices), **hidden)[:, :1]
    wanted = (torch.from_numpy(x) - 1.5 * eps).numpy()
    compared = slice(4, 5) if null.startswith("parameter") else slice(None)
    assert np.abs(made - wanted)[compared].max() < 2e-3


def test_a_row_mixes_classes_as_their_embeddings(tmp_path):
    network = saved(tmp_path)
    _, session, _ = brought(tmp_path)
    x, made = denoise(session, [[0.25, 0, 0.75, 0]])
    network.label_emb.weight.data[1] = 0.25 * network.label_emb.weight[0] + 0.75 * network.label_emb.weight[2]
    t, z = Convention().time(torch.tensor([1.5])), torch.from_numpy(x) / math.hypot(1, 1.5)
    with torch.no_grad():
        eps = network(z, t, torch.tensor([1]))[:, :1]
    assert np.abs(made - (torch.from_numpy(x) - 1.5 * eps).numpy()).max() < 2e-3


class Blocks(nn.Module):
    """A table of classes in each block, as transformers have them; positions: another table as long."""

    def __init__(self, positions: bool):
        super().__init__()
        self.blocks = nn.ModuleList(nn.Embedding(4, 8) for _ in range(2))
        self.positions = nn.Embedding(4, 1) if positions else None

    def forward(self, x, t, y):
        for block in self.blocks:
            x = torch.tanh(x + block(y)[:, None, :, None])
        return x + self.positions(torch.arange(4)).sum() if self.positions else x


def test_the_tables_of_all_blocks_mix_classes():
    call, network = Call(["x", "t", "y"], 4, "last"), Blocks(positions=False)
    x, t, rows = torch.randn(1, *SHAPE), torch.ones(1), torch.tensor([[0.25, 0, 0.75, 0]])
    tables = [block.weight.detach().clone() for block in network.blocks]
    with torch.no_grad():
        assert take_rows(network, call, SHAPE)
        made = call(network, x, t, rows)
        for table in tables:
            x = torch.tanh(x + (rows @ table)[:, None, :, None])
    assert torch.allclose(made, x, atol=1e-6)


def test_tables_of_other_things_are_left_as_they_are():
    call, network = Call(["x", "t", "y"], 4, "last"), Blocks(positions=True)
    given = network, torch.randn(3, *SHAPE), torch.ones(3), torch.eye(3, 4)
    with torch.no_grad():
        before = call(*given)
        assert not take_rows(network, call, SHAPE)
        assert torch.equal(call(*given), before)


class Resampled(nn.Module):
    """A whole preconditioned network that makes its kernels at each call, and embeds by an outer product."""

    def __init__(self, classes=3):
        super().__init__()
        self.classes = classes
        self.embed, self.conv = nn.Linear(4 + classes, 8), nn.Conv2d(8, 1, 3, padding=1)
        self.stem = nn.Conv2d(1, 8, 3, padding=1)
        self.register_buffer("filter", torch.ones(1, 1, 2, 2) / 4)

    def forward(self, x, sigma, class_labels):
        sigma = sigma.reshape(-1, 1, 1, 1)
        told = (sigma.log() / 4).flatten().ger(torch.arange(1.0, 3.0))
        labels = class_labels.reshape(-1, self.classes)
        e = self.embed(torch.cat([told.cos(), told.sin(), labels], 1))
        h = torch.tanh(self.stem(x / (sigma**2 + 0.25).sqrt()) + e[:, :, None, None])
        kernel = self.filter.tile([8, 1, 1, 1])
        h = nn.functional.conv2d(h, kernel, groups=8, stride=2)
        h = nn.functional.conv_transpose2d(h, kernel.mul(4), groups=8, stride=2)
        return 0.25 / (sigma**2 + 0.25) * x + 0.5 * sigma / (sigma**2 + 0.25).sqrt() * self.conv(h)


def test_a_preconditioned_network_that_makes_its_kernels_itself(tmp_path):
    torch.manual_seed(2)
    network = Resampled().eval()
    torch.save(network.state_dict(), tmp_path / "net.pt")
    line = f"--code {HERE} --module test_bring:Resampled --weights {tmp_path}/net.pt --shape 1 8 8 --labels 3 --hot"
    told = "--null zeros --noising sigma --prediction denoised --time sigma"
    found = bring.main([*line.split(), *told.split(), "--out", str(tmp_path / "net")])
    assert found["correlation, own start"] > 0.999999
    session = onnxruntime.InferenceSession(tmp_path / "net/model.onnx")
    x, made = denoise(session, np.eye(4))
    with torch.no_grad():
        wanted = network(torch.from_numpy(x), torch.full((4,), 1.5), torch.eye(4)[:, :3]).numpy()
    assert np.abs(made - wanted).max() < 1e-5


def test_values_from_0_to_1_and_whole_timesteps(tmp_path):
    saved(tmp_path)
    found, _, manifest = brought(tmp_path, "--range", "0", "1", "--whole")
    assert found["correlation, own start"] > 0.999999
    assert manifest["sigma"]["min"] == pytest.approx(0.02, rel=0.01)


# Of the data N(0.3, 0.2²) all that a network can be asked is known.
M, V = 0.3, 0.04


def exact(convention, y0, n, sigma):
    a, b = 1 / math.hypot(1, sigma), sigma / math.hypot(1, sigma)
    sd = convention.sigma_data
    skip, out = sd**2 / (sigma**2 + sd**2), sigma * sd / math.hypot(sigma, sd)
    y = y0 + sigma * n
    scale = convention.levels(torch.tensor([sigma]))[0].item()
    return {
        **{"eps": n, "v": a * n - b * y0, "x0": y0, "flow": n - y0, "flow-to-data": y0 - n, "denoised": y0},
        **{"edm": (y0 - skip * y) / out, "score": -n / (sigma * scale)},
    }[convention.prediction]


@pytest.mark.parametrize("noising", ["betas", "flow", "sigma", "edm"])
@pytest.mark.parametrize("prediction", ["eps", "v", "x0", "flow", "flow-to-data", "edm", "score", "denoised"])
def test_every_prediction_is_an_estimate(noising, prediction):
    convention = Convention(prediction, noising, {"betas": "from-0", "flow": "fraction"}.get(noising, "sigma"))
    for sigma in (0.05, 1.0, 20.0):
        y0, n = 0.45, -0.7
        _, _, skip, out = (value.item() for value in convention.levels(torch.tensor([sigma])))
        assert skip * (y0 + sigma * n) + out * exact(convention, y0, n, sigma) == pytest.approx(y0, abs=2e-5)


@pytest.mark.parametrize(
    ("noising", "counts", "told"),
    [
        ("flow", "fraction", 0.75), ("flow", "reversed", 0.25), ("flow", "thousand", 750), ("sigma", "sigma", 3),
        ("sigma", "log-sigma", math.log(3)), ("edm", "c-noise", math.log(3) / 4), ("flow", "log-snr", -2 * math.log(3)),
    ],
)  # fmt: skip
def test_the_noise_level_is_told(noising, counts, told):
    kind = "x0"
    assert Convention(kind, noising, counts).time(torch.tensor([3.0])).item() == pytest.approx(told, rel=1e-5)


@pytest.mark.parametrize("schedule", ["linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid", "sigmoid_alphas"])
def test_timesteps_of_their_own_noise_levels(schedule):
    betas = betas_of(schedule, 400)
    sigmas, t = sigmas_of(betas), torch.tensor([0, 1, 57, 398, 399])
    level = torch.from_numpy(sigmas[t]).float()
    for counts, wanted in {"from-0": t, "from-1": t + 1, "fraction": (t + 1) / 400, "thousand": t * 2.5}.items():
        made = Convention("eps", "betas", counts, tuple(betas)).time(level)
        assert torch.allclose(made, wanted.float(), atol=2e-2 * wanted.max().item() / 400)
    beyond = Convention("eps", "betas", "from-0", tuple(betas)).time(torch.tensor([1e-4, 1e9]))
    assert beyond.tolist() == [0, 399]


def test_what_cannot_be_read_is_said(tmp_path):
    saved(tmp_path)
    (tmp_path / "net.pkl").write_bytes(pickle.dumps({"net": 1}))
    with pytest.raises(SystemExit, match="must be a state dict, got a pickle, which runs the code"):
        read_weights(tmp_path / "net.pkl", None)
    with pytest.raises(SystemExit, match="say which of its parts is one with --key, got ema, step"):
        read_weights(tmp_path / "net.pt", None)
    with pytest.raises(SystemExit, match="must have a key 'net', got ema, step"):
        read_weights(tmp_path / "net.pt", "net")
    state = read_weights(tmp_path / "net.pt", "ema")
    headless = {name: value for name, value in state.items() if not name.startswith("head")}
    with pytest.raises(SystemExit, match=r"2 of \d+ are missing, such as head.bias"):
        put_in(TinyUNet(), headless)
    with pytest.raises(SystemExit):
        bring.parse(["--out", "a"])
    with pytest.raises(ValueError, match="time: must be one of .* with sigma, got from-0"):
        Convention("eps", "sigma", "from-0")


@pytest.mark.parametrize("prefix", ["", "module.", "ema_model.module."])
def test_weights_are_put_in_whatever_wrapped_the_network(prefix):
    """Also of a network that has layers alone, and no parameter of its own."""
    wrapped, network = (nn.Sequential(nn.Conv2d(1, 2, 3), nn.Sequential(nn.Linear(2, 2))) for _ in range(2))
    state = {prefix + name: value for name, value in wrapped.state_dict().items()}
    put_in(network, {**state, "step": torch.zeros(1)})
    assert all(torch.equal(value, state[prefix + name]) for name, value in network.state_dict().items())


def test_safetensors_are_read(tmp_path):
    values = {"a.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([1.5], np.float16)}
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, value in values.items():
        kind = {"float32": "F32", "float16": "F16"}[str(value.dtype)]
        ends = [offset, offset + value.nbytes]
        header[name], offset = {"dtype": kind, "shape": list(value.shape), "data_offsets": ends}, ends[1]
    raw = json.dumps(header).encode()
    path = tmp_path / "net.safetensors"
    path.write_bytes(len(raw).to_bytes(8, "little") + raw + b"".join(v.tobytes() for v in values.values()))
    state = read_weights(path, None)
    assert {name: value.numpy().tolist() for name, value in state.items()} == {k: v.tolist() for k, v in values.items()}
