"""Train a conditional/unconditional denoiser.

    python train.py letters              # from scratch, or resumes runs/letters if it exists
    python train.py letters --images 500_000 --set norm=layer --run comparison-layer
    python train.py tiny                 # the whole recipe on synthetic data in seconds
    python train.py imagenet-64 --minutes 15 --out weights   # a GPU's budget; weights in float16 that travel
    torchrun --nproc-per-node 8 train.py imagenet-64 --minutes 15
    python train.py imagenet-64 --run longer --start runs/imagenet-64/ema.pt --minutes 60   # 15 done, 45 to go

On a CUDA GPU the data lie there as uint8 and the network is compiled into CUDA graphs; the arithmetic is bfloat16
on both. The one line of "Classifier-Free Diffusion Guidance" (2207.12598) is in `training_batch`: the label is
replaced by the null label with probability p_uncond.
"""

import argparse
import copy
import csv
import dataclasses
import json
import math
import os
import shlex
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch

import data
import shards
from device import Processes, autocast, compiled, device, hardware, matrix_rate
from networks import Denoiser, UNetConfig, flops

RUNS = Path(os.environ.get("GUIDANCE_RUNS", Path(__file__).resolve().parent / "runs"))


@dataclass
class Recipe:
    dataset: str
    network: UNetConfig
    images: int  # length of the run, in training images
    batch: int = 128
    lr: float = 2e-3
    warmup: int = 300  # steps
    decay: float = 0.4  # the last share of the run, over which the rate falls linearly to 0
    ema: float = 0.9995
    p_uncond: float = 0.1
    p_mean: float = -0.5  # ln sigma ~ N(p_mean, p_std²), 10 % log-uniform over the whole range
    p_std: float = 1.2
    weak_at: float = 1 / 8  # share of the run at which the weak network's snapshot is taken
    weak: UNetConfig | None = None  # a weak network of its own instead of the snapshot
    flip: bool = False  # half of the pictures mirrored
    seed: int = 0
    extra: dict = field(default_factory=dict)


RECIPES = {
    "letters": Recipe("letters", UNetConfig(), images=1_450_000),
    "tiny": Recipe(
        "bars",
        UNetConfig(shape=(1, 8, 8), classes=4, channels=(16, 24), blocks=1, embedding=32, heads=1, sigma_data=0.6),
        images=32_768, batch=64, lr=4e-3, warmup=20, ema=0.98,
    ),
    "tiny-colour": Recipe(
        "discs",
        UNetConfig(shape=(3, 16, 16), classes=6, channels=(14, 8), blocks=1, embedding=8, heads=1, sigma_data=0.45),
        images=131_072, batch=64, lr=6e-3, warmup=20, ema=0.99, flip=True,
        weak=UNetConfig(shape=(3, 16, 16), classes=6, channels=(8, 6), blocks=1, embedding=8, heads=1, sigma_data=0.45),
    ),
    "emoji": Recipe(
        "emoji", UNetConfig(shape=(3, 32, 32), classes=49, sigma_data=0.47), images=3_000_000, p_mean=-0.8, p_std=1.3,
    ),
    "imagenet-64": Recipe(
        "imagenet-64",
        UNetConfig(shape=(3, 64, 64), classes=64, channels=(96, 160, 352), embedding=384, heads=4, sigma_data=0.55),
        images=12_000_000, batch=512, lr=1.5e-3, warmup=500, p_uncond=0.12, p_mean=-0.8, p_std=1.4, flip=True,
        weak=UNetConfig(shape=(3, 64, 64), classes=64, channels=(48, 96, 192), embedding=256, heads=4, sigma_data=0.55),
    ),
}


# The weak networks that are networks of their own: a third of the parameters, an eighth of the images.
RECIPES |= {
    f"{name}-weak": dataclasses.replace(r, network=r.weak, weak=None, weak_at=math.inf, images=r.images // 8, warmup=min(r.warmup, 200))
    for name, r in RECIPES.items() if r.weak
}


class Paused(Exception):
    """The time of this call is up before the run is over; the same command continues it."""


def sample_sigmas(n: int, recipe: Recipe, generator: torch.Generator) -> torch.Tensor:
    """n noise levels, stratified: ln sigma normal, every tenth log-uniform over the network's whole range."""
    at = generator.device
    u = (torch.arange(n, device=at) + torch.rand(n, generator=generator, device=at)) / n
    ln = recipe.p_mean + recipe.p_std * math.sqrt(2) * torch.erfinv((2 * u - 1).clamp(-0.999999, 0.999999))
    lo, hi = math.log(recipe.network.sigma_min), math.log(recipe.network.sigma_max)
    uniform = lo + (hi - lo) * torch.rand(n, generator=generator, device=at)
    ln = torch.where(torch.rand(n, generator=generator, device=at) < 0.1, uniform, ln.clamp(lo, hi))
    return ln.exp()[torch.randperm(n, generator=generator, device=at)]


def training_batch(x, y, recipe, generator):
    """(clean [B,C,H,W] in [-1,1], sigma [B], noise, label rows [B,K+1]), on the generator's device."""
    at, n = generator.device, recipe.batch
    i = torch.randint(len(x), (n,), generator=generator, device=at)
    k = recipe.network.classes
    dropped = torch.rand(n, generator=generator, device=at) < recipe.p_uncond
    label = torch.where(dropped, k, y[i])  # the null label is row k
    clean = data.to_unit(x[i])
    if recipe.flip:
        mirrored = torch.rand(n, generator=generator, device=at) < 0.5
        clean = torch.where(mirrored[:, None, None, None], clean.flip(3), clean)
    noise = torch.randn(clean.shape, generator=generator, device=at)
    return clean, sample_sigmas(n, recipe, generator), noise, torch.eye(k + 1, device=at)[label]


def weighted_loss(denoiser, clean, sigma, noise, label, sigma_data):
    """EDM loss: mean of lambda(sigma) (D - x0)², lambda = (s² + sd²)/(s sd)²; 1 where nothing is learnt."""
    noisy = clean + sigma[:, None, None, None] * noise
    error = (denoiser(noisy, sigma, label) - clean).square().mean((1, 2, 3))
    return (error * (sigma**2 + sigma_data**2) / (sigma * sigma_data) ** 2).mean()


def rate(progress: float, step: int, recipe: Recipe, warmup: int) -> float:
    """Learning rate: linear warm-up, constant, linear decay to 0; progress is the share of the run that is done."""
    return recipe.lr * min(1.0, (step + 1) / warmup, max((1 - progress) / recipe.decay, 0.0))


def save(path: Path, value) -> None:
    """Write beside, then rename: an interrupted run never leaves half a checkpoint."""
    temporary = path.with_suffix(".tmp")
    torch.save(value, temporary)
    os.replace(temporary, path)


def forget_log_after(path: Path, images: int) -> None:
    """Drops the rows that an interrupted run wrote after its last checkpoint."""
    head, *rows = path.read_text().splitlines()
    kept = [row for row in rows if int(row.split(",")[0]) <= images]
    path.write_text("\n".join([head, *kept]) + "\n")


def train(
    name: str, recipe: Recipe, run: Path, data_folder: str | None, compile: bool, log_every: int = 100, checkpoint_every: float = 120.0,
    *, budget: float | None = None, deadline: float = math.inf, start: Path | None = None, out: Path | None = None, command: str | None = None,
) -> Path:
    """Train, or continue, until recipe.images were seen or, with a `budget`, for so many minutes; returns the weights' file.

    The decay of the learning rate ends with the run, whichever it is. At the `deadline` (time.monotonic()) the run is
    saved and `Paused` raised. `start` gives the first weights of a run without a checkpoint: their images and minutes
    count as done, the optimiser is fresh and its warm-up a fifth. `out` gets a packed copy (shards.py) with every
    checkpoint; `command` is what the manifest says that trained the network.
    """
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    processes, at = Processes(), device()
    part, first = processes.share(recipe.batch), processes.rank == 0
    generator = torch.Generator(at).manual_seed(recipe.seed)
    x, y = (t.to(at) for t in data.load(recipe.dataset, "train", data_folder))
    denoiser = Denoiser(recipe.network)
    checkpoint = run / "checkpoint.pt"
    images, step, minutes, warmup = 0, 0, 0.0, recipe.warmup
    if start and not checkpoint.exists():
        about = torch.load(start, weights_only=False, map_location="cpu")
        denoiser.load_state_dict(about["ema"])
        images, minutes, warmup = about["images"], about["minutes"], max(1, recipe.warmup // 5)
        generator.manual_seed(recipe.seed + images)
    denoiser = denoiser.to(at, memory_format=torch.channels_last)
    ema = copy.deepcopy(denoiser).requires_grad_(False)
    optimiser = torch.optim.AdamW(denoiser.parameters(), lr=recipe.lr, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False, map_location="cpu")
        denoiser.load_state_dict(state["denoiser"])
        ema.load_state_dict(state["ema"])
        optimiser.load_state_dict(state["optimiser"])
        images, step, minutes, warmup = state["images"], state["step"], state["minutes"], state.get("warmup", warmup)
        if state.get("device", "cpu") == at.type:
            generator.set_state(state["generator"])
        else:  # a generator's state means nothing to another device
            generator.manual_seed(recipe.seed + step)
    weak_saved = recipe.weak is not None or images > 0 and (run / "weak.pt").exists()
    if images and first:
        if (run / "log.csv").exists():
            forget_log_after(run / "log.csv", images)
        print(f"resuming {run} at {images:,} images, {minutes:.1f} minutes")

    def snapshot(path, weights):
        about = dict(
            name=name, recipe=dataclasses.asdict(recipe), images=images, minutes=minutes,
            hardware=hardware(), command=command,
        )
        save(path, dict(about, ema={k: v.cpu() for k, v in weights.state_dict().items()}))

    def checkpoint_now():
        finite()
        if first:
            save(checkpoint, dict(
                denoiser=denoiser.state_dict(), ema=ema.state_dict(), optimiser=optimiser.state_dict(), generator=generator.get_state(),
                images=images, step=step, minutes=minutes, warmup=warmup, device=at.type,
            ))
            snapshot(run / "ema.pt", ema)
            if out:
                shards.pack([run], out)

    def finite() -> float:
        value = math.nan if smoothed is None else float(smoothed)
        if smoothed is not None and not math.isfinite(value):
            raise FloatingPointError(f"loss: needs a finite number, got {value} at {images:,} images; resume from {checkpoint}")
        return value

    def progress() -> float:
        return minutes / budget if budget else images / recipe.images

    cost = 3 * flops(denoiser, torch.zeros(1, *recipe.network.shape, device=at), torch.ones(1, device=at), torch.eye(recipe.network.classes + 1, device=at)[:1])
    peak = matrix_rate(at)
    network = compiled(denoiser) if compile else denoiser
    log = (run / "log.csv").open("a", newline="") if first else None
    writer = csv.writer(log) if log else None
    if log and log.tell() == 0:
        writer.writerow(["images", "minutes", "loss", "lr"])
    started, smoothed, last = time.monotonic() - 60 * minutes, None, time.monotonic()
    until = processes.agree(minutes + (deadline - time.monotonic()) / 60)
    seen, since = images, time.monotonic()
    parameters, averages = list(denoiser.parameters()), list(ema.parameters())
    while progress() < 1:
        lr = rate(progress(), step, recipe, warmup)
        for group in optimiser.param_groups:
            group["lr"] = lr
        clean, sigma, noise, label = (t[part] for t in training_batch(x, y, recipe, generator))
        if at.type == "cuda":
            torch.compiler.cudagraph_mark_step_begin()
        with autocast():
            loss = weighted_loss(network, clean, sigma, noise, label, recipe.network.sigma_data)
        loss.backward()
        processes.average([p.grad for p in parameters])
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        images, step = images + recipe.batch, step + 1
        beta = min(recipe.ema, (1 + step) / (10 + step))
        with torch.no_grad():  # or the averages would remember every step
            torch._foreach_lerp_(averages, parameters, 1 - beta)

        # On the device, and looked at when it is logged: reading it every step would make a GPU wait.
        smoothed = loss.detach().clone() if smoothed is None else smoothed.lerp_(loss.detach(), 0.01)
        if processes.world == 1 or step % 10 == 0:  # all processes stop and decay by one clock
            minutes = processes.agree((time.monotonic() - started) / 60)
        if first and not weak_saved and progress() >= recipe.weak_at:
            snapshot(run / "weak.pt", ema)
            weak_saved = True
        if step % log_every == 0 or progress() >= 1:
            value = finite()
            speed, (seen, since) = (images - seen) / (time.monotonic() - since), (images, time.monotonic())
            if first:
                writer.writerow([images, f"{minutes:.2f}", f"{value:.5f}", f"{lr:.2e}"])
                log.flush()
                print(
                    f"{images:>9,} images  {minutes:6.1f} min  loss {value:.4f}  lr {lr:.1e}  {speed:,.0f} images/s  "
                    f"{speed * cost / 1e12:.3f} TFLOP/s ({speed * cost / peak / processes.world:.0%} of a matrix product's)", flush=True,
                )
        if time.monotonic() - last > checkpoint_every:
            checkpoint_now()
            last = time.monotonic()
        if minutes > until and progress() < 1:
            checkpoint_now()
            raise Paused(f"{run}: paused at {progress():.0%} of the run; the same command continues it")
    if smoothed is not None or not (run / "ema.pt").exists():  # a finished run stays as it was written
        checkpoint_now()
    return run / "ema.pt"


def load_denoiser(path: Path) -> tuple[Denoiser, dict]:
    """The denoiser of a snapshot written by `train`, and what the snapshot says about itself."""
    about = torch.load(path, weights_only=False, map_location="cpu")
    config = {k: tuple(v) if isinstance(v, list) else v for k, v in about["recipe"]["network"].items()}
    denoiser = Denoiser(UNetConfig(**config)).to(memory_format=torch.channels_last)
    denoiser.load_state_dict(about["ema"])
    return denoiser.eval().requires_grad_(False), about


def overridden(recipe: Recipe, settings: list[str]) -> Recipe:
    """`key=value` settings applied to the recipe or, where it has no such key, to its network."""
    for setting in settings:
        key, _, text = setting.partition("=")
        try:
            value = json.loads(text)
        except json.JSONDecodeError:
            value = text
        value = tuple(value) if isinstance(value, list) else value
        if key in {f.name for f in dataclasses.fields(Recipe)}:
            recipe = dataclasses.replace(recipe, **{key: value})
        elif key in {f.name for f in dataclasses.fields(UNetConfig)}:
            recipe = dataclasses.replace(recipe, network=dataclasses.replace(recipe.network, **{key: value}))
        else:
            raise SystemExit(f"--set: needs a field of Recipe or UNetConfig, got '{key}'")
    return recipe


def command_of(args: argparse.Namespace) -> str:
    """The command that trains these weights again: without the places of data and copies, and without pauses."""
    options = {"--run": args.run, "--images": args.images, "--minutes": args.minutes and f"{args.minutes:g}", "--start": args.start}
    told = [word for name, value in options.items() if value for word in (name, str(value))]
    return shlex.join(["python", "train.py", args.recipe, *told, *(word for value in args.set for word in ("--set", value))])


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--run", help="folder name under runs/ (default: the recipe's name)")
    parser.add_argument("--images", type=lambda s: int(s.replace("_", "")), help="length of the run in images")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="change a field of the recipe")
    parser.add_argument("--data", help="folder with the data (default: $GUIDANCE_DATA)")
    parser.add_argument("--no-compile", action="store_true", help="skip torch.compile (for short runs)")
    parser.add_argument("--minutes", type=float, help="length of the run in minutes, instead of images")
    parser.add_argument("--pause", type=float, help="save and leave after so many minutes; the same command continues")
    parser.add_argument("--start", type=Path, help="weights to continue from (an ema.pt): fresh optimiser, short warm-up")
    parser.add_argument("--out", type=Path, help="folder for a packed copy of the weights (shards.py)")
    return parser


def main() -> None:
    args = arguments().parse_args()
    recipe = overridden(RECIPES[args.recipe], args.set)
    if args.images:
        recipe = dataclasses.replace(recipe, images=args.images)
    try:
        train(
            args.recipe, recipe, RUNS / (args.run or args.recipe), args.data, compile=not args.no_compile, budget=args.minutes,
            deadline=time.monotonic() + 60 * args.pause if args.pause else math.inf, start=args.start, out=args.out,
            command=command_of(args),
        )
    except Paused as paused:
        print(paused)


if __name__ == "__main__":
    main()
