"""Train a student of a denoiser: one evaluation in place of two, then few steps in place of many.

    python train_students.py letters --minutes 30              # → runs/letters-distilled: any number of steps, one pass
    python train_students.py letters --steps 4 --run letters-four --minutes 30     # a student of letters-distilled
    python train_students.py letters --steps 2 --teacher letters-four --minutes 10  # → runs/letters-fast, one of that
    python train_students.py tiny --images 20_000
    python train_students.py letters --set guidance_free=true --run letters-guidance-free --minutes 20

The teacher is runs/NAME/ema.pt or, where this machine has no such run, the graph in public/models/NAME. One batch is
half noised pictures, half states that the student reaches itself (students.py: Walks); of few steps, such states
alone. A student of few steps learns from one of any number (four steps of DPM-Solver++(2M) in one of its own), or from
one of a multiple of its steps (as many of that one's own in one: progressive distillation, 2202.00512). A sample's
loss is divided by 1 + ((s - 1)/2)², as fast as guidance makes differences larger.

With guidance_free (2501.15420) there is no teacher but for the weights to begin with, and no walks: with the
student's own unconditional estimate u, held fixed, u + (D(s) - u)/s is to be the clean picture, as a conditional
estimate is. Its scales are 1 to MAX_SCALE.
"""

import argparse
import dataclasses
import math
from dataclasses import dataclass
from pathlib import Path

import torch

import data
from manifest import ROOT
from networks import Denoiser, UNetConfig
from read_graph import read_denoiser
from sampling import karras_sigmas
from students import (
    MAX_SCALE,
    MIN_SCALE,
    Guided,
    Student,
    Walks,
    between,
    classifier_free,
    conditional_part,
    null_rows,
    own_levels,
    per_sample,
    straight_to,
    stride,
)
from train import RECIPES, load_denoiser, overridden
from trainer import RUNS, Paused, Trainer, sample_sigmas


@dataclass
class StudentRecipe:
    dataset: str
    network: UNetConfig
    steps: int = 0  # of its samples; 0: any number
    images: int = 200_000
    batch: int = 64
    lr: float = 1e-3
    warmup: int = 100  # steps
    decay: float = 0.6
    ema: float = 0.998
    p_null: float = 0.05  # share of the null label, whose guided estimate is the unconditional one
    p_mean: float = -0.5
    p_std: float = 1.4
    parts: int = 4  # steps of a teacher of any number of steps in one stride
    guidance_free: bool = False  # learns from clean pictures in place of guided estimates
    weak_at: float = math.inf
    weak: None = None
    seed: int = 0


def few_levels(steps: int, sigma_min: float, sigma_max: float) -> list[float]:
    """Noise levels of a sample in few steps: the first `steps` of steps + 1 on Karras' schedule, then 0."""
    return [*karras_sigmas(steps + 1, sigma_min, sigma_max)[:steps], 0.0]


def drawn_scales(n: int, generator: torch.Generator) -> torch.Tensor:
    """Guidance scales [n]: a tenth 1, a tenth uniform in [MIN_SCALE, 1], the others log-uniform in [1, MAX_SCALE]."""
    u, kind = torch.rand(n, generator=generator), torch.rand(n, generator=generator)
    above = torch.exp(u * math.log(MAX_SCALE))
    return torch.where(kind < 0.1, torch.ones(n), torch.where(kind < 0.2, MIN_SCALE + u * (1 - MIN_SCALE), above))


def load_student(path: Path) -> tuple[Student, dict]:
    """The student of a snapshot that `Trainer` wrote, and what the snapshot says about itself."""
    about = torch.load(path, weights_only=False, map_location="cpu")
    config = {k: tuple(v) if isinstance(v, list) else v for k, v in about["recipe"]["network"].items()}
    student = Student(UNetConfig(**config)).to(memory_format=torch.channels_last)
    student.load_state_dict(about["ema"])
    return student.eval().requires_grad_(False), about


def load_teacher(name: str, models: Path) -> Denoiser:
    """The denoiser of the run `name`, else of the model of that name."""
    run = RUNS / name / "ema.pt"
    if run.exists():
        return load_denoiser(run)[0]
    teacher = read_denoiser(models / name / "model.onnx", RECIPES[name].network)
    return teacher.to(memory_format=torch.channels_last)


class LearningTrainer(Trainer):
    """A student from the weights of `first`, and noised pictures to learn from."""

    def __init__(self, name: str, recipe: StudentRecipe, run: Path, first: Student, pictures, **about):
        self.first_weights = first.state_dict()
        super().__init__(name, recipe, run, **about)
        if self.processes.world > 1 or self.device.type != "cpu":
            raise SystemExit("train_students.py: needs one process on the CPU")
        self.pictures, self.labels = pictures

    def build(self) -> Student:
        student = Student(self.recipe.network)
        student.load_state_dict(self.first_weights)
        return student

    def example(self) -> tuple[torch.Tensor, ...]:
        config = self.recipe.network
        one = torch.ones(1)
        return torch.zeros(1, *config.shape), one, torch.eye(config.classes + 1)[:1], one

    def label_rows(self, labels: torch.Tensor) -> torch.Tensor:
        """Rows [n,K+1], some of them the null label."""
        classes = self.recipe.network.classes
        null = torch.rand(len(labels), generator=self.generator) < self.recipe.p_null
        return torch.eye(classes + 1)[torch.where(null, classes, labels)]

    def real(self, n: int) -> tuple[torch.Tensor, torch.Tensor]:
        """n pictures [n,C,H,W] and their labels."""
        i = torch.randint(len(self.pictures), (n,), generator=self.generator)
        return data.to_unit(self.pictures[i]), self.labels[i]

    def noised(self, n: int) -> tuple[torch.Tensor, ...]:
        """(x, sigma, label, clean) of n pictures."""
        clean, labels = self.real(n)
        sigma = sample_sigmas(n, self.recipe, self.generator)
        x = clean + per_sample(sigma) * torch.randn(clean.shape, generator=self.generator)
        return x, sigma, self.label_rows(labels), clean

    def errors(self, estimate: torch.Tensor, wanted: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        """Mean squared error of each picture [n], by EDM's weight of its noise level."""
        sd = self.recipe.network.sigma_data
        weight = (sigma**2 + sd**2) / (sigma * sd) ** 2
        return (estimate - wanted).square().mean((1, 2, 3)) * weight


class GuidanceFreeTrainer(LearningTrainer):
    """Guided estimates learnt from clean pictures (2501.15420)."""

    def batch(self) -> tuple[torch.Tensor, ...]:
        """(x, sigma, label, scale, clean)."""
        x, sigma, label, clean = self.noised(self.recipe.batch)
        scale = drawn_scales(len(x), self.generator).clamp(min=1)
        return x.contiguous(memory_format=torch.channels_last), sigma, label, scale, clean

    def losses(self, network, x, sigma, label, scale, clean) -> torch.Tensor:
        with torch.no_grad():
            uncond = network(x, sigma, null_rows(label), torch.ones_like(scale))
        estimate = conditional_part(network(x, sigma, label, scale), uncond, scale)
        return self.errors(estimate, clean, sigma).mean()[None]


class StudentTrainer(LearningTrainer):
    """A student of `guided`, from the weights of `first`; of a teacher of `teacher_steps` steps if that is not 0."""

    def __init__(
        self,
        name: str,
        recipe: StudentRecipe,
        run: Path,
        guided: Guided,
        first: Student,
        pictures,
        teacher_steps: int = 0,
        **about,
    ):
        super().__init__(name, recipe, run, first, pictures, **about)
        self.guided, self.teacher_steps = guided, teacher_steps
        # All of a batch of few steps are walks; else half of it.
        self.walking = recipe.batch if recipe.steps else recipe.batch // 2
        self.walks = Walks(self.walking, recipe.network.shape, self.new_walks, self.generator)
        self.walks.begin(self.real(self.walking)[0])

    def new_walks(self, n: int) -> tuple[torch.Tensor, torch.Tensor, list[list[float]]]:
        recipe, config = self.recipe, self.recipe.network
        labels = torch.randint(config.classes, (n,), generator=self.generator)
        lengths = torch.randint(8, 33, (n,), generator=self.generator).tolist()
        levels = [
            few_levels(recipe.steps, config.sigma_min, config.sigma_max)
            if recipe.steps
            else karras_sigmas(length, config.sigma_min, config.sigma_max)
            for length in lengths
        ]
        return self.label_rows(labels), drawn_scales(n, self.generator), levels

    def batch(self) -> tuple[torch.Tensor, ...]:
        """(x, sigma, label, scale, what the teacher wants there); walks first."""
        recipe, walks = self.recipe, self.walks
        parts = [(walks.x, walks.sigma, walks.label, walks.scale)]
        if n := recipe.batch - self.walking:
            x, sigma, label, _ = self.noised(n)
            parts.append((x, sigma, label, drawn_scales(n, self.generator)))
        x, sigma, label, scale = (torch.cat(column) for column in zip(*parts))
        x = x.contiguous(memory_format=torch.channels_last)
        with torch.no_grad():
            wanted = (
                self.after_a_stride(x, sigma, label, scale) if recipe.steps else self.guided(x, sigma, label, scale)
            )
        return x, sigma, label, scale, wanted

    def after_a_stride(self, x, sigma, label, scale) -> torch.Tensor:
        """The estimate that leads in one step where the teacher's steps lead."""
        down, low, high = self.walks.down, self.recipe.network.sigma_min, self.recipe.network.sigma_max
        if self.teacher_steps:
            parts = self.teacher_steps // self.recipe.steps
            levels = own_levels(few_levels(self.teacher_steps, low, high), sigma, parts)
        else:
            levels = between(sigma, down, self.recipe.parts, low)
        end = stride(self.guided, x, levels, label, scale, low, first_order=self.teacher_steps > 0)
        return straight_to(x, end, sigma, down)

    def losses(self, network, x, sigma, label, scale, wanted) -> torch.Tensor:
        denoised = network(x, sigma, label, scale)
        self.walks.advance(denoised.detach()[: self.walking])
        return (self.errors(denoised, wanted, sigma) / (1 + ((scale - 1) / 2) ** 2)).mean()[None]


def train_student(
    name: str,
    recipe: StudentRecipe,
    run: Path,
    teacher_run: str | None = None,
    models: Path = ROOT / "public/models",
    folder: str | None = None,
    log_every: int = 50,
    **about,
) -> Path:
    """Trains, or continues, a student of the network `name`; of few steps, of the student in runs/`teacher_run`.

    Raises ValueError where a teacher of few steps has no multiple of the student's.
    """
    if recipe.steps and recipe.guidance_free:
        raise ValueError(f"guidance_free: needs a student of any number of steps, got steps={recipe.steps}")
    teacher_steps = 0
    if recipe.steps:
        student, told = load_student(RUNS / (teacher_run or f"{name}-distilled") / "ema.pt")
        guided, first, teacher_steps = student, student, told["recipe"]["steps"]
        if teacher_steps and (teacher_steps <= recipe.steps or teacher_steps % recipe.steps):
            raise ValueError(f"steps: needs a part of the teacher's {teacher_steps}, got {recipe.steps}")
    else:
        teacher = load_teacher(name, models)
        guided, first = classifier_free(teacher), Student(teacher.config, teacher)
    pictures = data.load(recipe.dataset, "train", folder)
    about |= dict(compile=False)
    if recipe.guidance_free:
        return GuidanceFreeTrainer(name, recipe, run, first, pictures, **about).train(log_every)
    return StudentTrainer(name, recipe, run, guided, first, pictures, teacher_steps, **about).train(log_every)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--steps", type=int, default=0, help="steps of the student's samples (default: any number)")
    parser.add_argument("--teacher", help="run of the student that a student of few steps learns from")
    parser.add_argument("--run", help="folder name under runs/ (default: NAME-distilled, or NAME-fast for few steps)")
    parser.add_argument("--images", type=lambda s: int(s.replace("_", "")), help="length of the run in images")
    parser.add_argument("--minutes", type=float, help="length of the run in minutes, instead of images")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="change a field of the recipe")
    parser.add_argument("--threads", type=int, help="threads of PyTorch")
    parser.add_argument("--models", type=Path, default=ROOT / "public/models")
    parser.add_argument("--data", help="folder with the data (default: $GUIDANCE_DATA)")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    base = RECIPES[args.name]
    recipe = overridden(StudentRecipe(base.dataset, base.network, args.steps), args.set)
    if args.images:
        recipe = dataclasses.replace(recipe, images=args.images)
    told = {
        "--steps": args.steps,
        "--teacher": args.teacher,
        "--run": args.run,
        "--images": args.images,
        "--minutes": args.minutes and f"{args.minutes:g}",
    }
    command = ["python train_students.py", args.name, *(f"{k} {v}" for k, v in told.items() if v)]
    command += [f"--set {s}" for s in args.set]
    run = RUNS / (args.run or f"{args.name}-{'fast' if args.steps else 'distilled'}")
    try:
        train_student(
            args.name, recipe, run, args.teacher, args.models, args.data, budget=args.minutes, command=" ".join(command)
        )
    except Paused as paused:
        print(paused)


if __name__ == "__main__":
    main()
