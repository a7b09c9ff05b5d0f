"""Measure the students that ship beside a network against its classifier-free guidance, on the same noise.

    python evaluate_students.py letters                       # 2,600 samples a scale; writes quality.json into the runs
    python evaluate_students.py letters --per-class 20 --scales 1,3 --which fast
    python evaluate_students.py letters --known           # the teacher's figures are those in its manifest

What is measured are the exported graphs, the judge's among them. The teacher and the student of any number of steps
are sampled by Heun's method in --steps steps, a student of few steps as its manifest says. "From the teacher": the
root mean square difference to the teacher's sample of the same noise, in pixels of [-1, 1]; how far two samples of
one class are apart stands beside it.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import data
from evaluate import classifier_score, diversity, frechet, quantised, real_pictures
from manifest import ROOT
from sampling import integrate, karras_sigmas
from students import STUDENTS
from train import RECIPES
from trainer import RUNS

SCALES = (1.0, 1.5, 2.0, 3.0, 5.0, 8.0)


def session(folder: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])


class Sampled:
    """Samples of an exported network: a denoiser with classifier-free guidance, or a student."""

    def __init__(self, folder: Path, steps: int, threads: int):
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.network = session(folder, threads)
        self.student = any(i.name == "scale" for i in self.network.get_inputs())
        sigma = self.manifest["sigma"]
        few = self.manifest.get("levels")
        self.sigmas = [*few, 0.0] if few else karras_sigmas(steps, sigma["min"], sigma["max"])
        self.second_order = not few

    def _estimate(self, **inputs: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(self.network.run(["denoised"], inputs)[0])

    def __call__(self, noise: torch.Tensor, label: np.ndarray, scale: float) -> torch.Tensor:
        null = np.zeros_like(label)
        null[:, -1] = 1

        def predict(x: torch.Tensor, sigma: float) -> torch.Tensor:
            x, levels = x.numpy(), np.full(len(x), sigma, np.float32)
            if self.student:
                return self._estimate(x=x, sigma=levels, label=label, scale=np.full(len(x), scale, np.float32))
            cond = self._estimate(x=x, sigma=levels, label=label)
            return cond if scale == 1 else cond + (1 - scale) * (self._estimate(x=x, sigma=levels, label=null) - cond)

        return integrate(predict, noise, self.sigmas, self.second_order)


class ExportedJudge:
    """Logits and features of an exported classifier."""

    def __init__(self, folder: Path, threads: int):
        self.network = session(folder, threads)

    def __call__(self, x: torch.Tensor, batch: int = 500) -> tuple[torch.Tensor, torch.Tensor]:
        parts = [self.network.run(["logits", "features"], {"x": p.numpy()}) for p in x.split(batch)]
        return tuple(torch.from_numpy(np.concatenate(column)) for column in zip(*parts))


def figures(judge: ExportedJudge, x: torch.Tensor, labels: torch.Tensor, reference: np.ndarray) -> dict:
    logits, features = judge(quantised(x))
    return {
        "classAccuracy": round(float((logits.argmax(1) == labels).float().mean()), 4),
        "classifierScore": round(classifier_score(logits), 2),
        "frechetDistance": round(frechet(features.numpy(), reference), 2),
        "diversity": round(diversity(features, labels), 2),
    }


def distance(a: torch.Tensor, b: torch.Tensor) -> float:
    return round(float((a - b).square().mean().sqrt()), 4)


def evaluate_students(
    name: str,
    which: tuple[str, ...],
    models: Path = ROOT / "public/models",
    per_class: int = 100,
    scales: tuple[float, ...] = SCALES,
    steps: int = 16,
    threads: int = 1,
    folder: str | None = None,
    known: bool = False,
    batch: int = 52,
) -> dict[str, dict]:
    """Figures of each student beside its teacher's; written to runs/NAME-STUDENT/quality.json after every scale.

    Where the teacher's are `known`, its manifest has measured as many samples, and nothing is sampled of it.
    """
    manifest = json.loads((models / name / "manifest.json").read_text())
    judge = ExportedJudge(models / manifest["companions"]["features"], threads)
    _, _, others = real_pictures(RECIPES[name].dataset, per_class, folder)
    reference = judge(data.to_unit(others))[1].numpy()
    classes = len(manifest["classes"])
    labels = torch.arange(classes).repeat_interleave(per_class)
    rows = np.eye(classes + 1, dtype=np.float32)[labels.numpy()]
    noise = torch.randn(len(labels), *manifest["shape"], generator=torch.Generator().manual_seed(1))
    names = which if known else ("teacher", *which)
    sampled = {w: Sampled(models / (name if w == "teacher" else f"{name}-{w}"), steps, threads) for w in names}
    measured = manifest["quality"] if known else {"sampler": "heun", "steps": steps, "samples": len(labels)}
    if measured["samples"] != len(labels):
        raise SystemExit(f"--known: the manifest has figures of {measured['samples']} samples, got {len(labels)}")
    teachers = {row["guidanceScale"]: row for row in measured.get("scales", [])}
    sampler = f"{measured['sampler']}, {measured['steps']} steps"
    about = {"samples": len(labels), "judge": manifest["companions"]["features"], "teacherSampler": sampler}
    results = {
        w: {**about, "sampler": f"heun, {steps} steps" if w == "distilled" else "its own", "scales": []} for w in which
    }
    for scale in scales:
        drawn = {}
        teacher = {k: v for k, v in teachers.get(scale, {}).items() if k not in ("guidanceScale", "precision")}
        for w, sample in sampled.items():
            started = time.monotonic()
            parts = [sample(n, rows[i * batch : (i + 1) * batch], scale) for i, n in enumerate(noise.split(batch))]
            drawn[w] = torch.cat(parts)
            row = figures(judge, drawn[w], labels, reference)
            if w == "teacher":
                teacher = row
            else:
                if "teacher" in drawn:
                    apart = distance(drawn["teacher"][1:], drawn["teacher"][:-1])
                    row |= {"fromTeacher": distance(drawn[w], drawn["teacher"]), "apart": apart}
                results[w]["scales"].append({"guidanceScale": scale, **row, "teacher": teacher})
                (RUNS / f"{name}-{w}/quality.json").write_text(json.dumps(results[w], indent=2))
            print(f"{name} {w} s = {scale}: {row} {time.monotonic() - started:.0f} s", flush=True)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--which", default=",".join(STUDENTS), help="students, comma-separated")
    parser.add_argument("--per-class", type=int, default=100)
    parser.add_argument("--scales", default=",".join(map(str, SCALES)))
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--known", action="store_true", help="the teacher's figures are those in its manifest")
    parser.add_argument("--models", type=Path, default=ROOT / "public/models")
    parser.add_argument("--data", help="folder with the data (default: $GUIDANCE_DATA)")
    args = parser.parse_args()
    evaluate_students(
        args.name,
        tuple(args.which.split(",")),
        args.models,
        args.per_class,
        tuple(map(float, args.scales.split(","))),
        args.steps,
        args.threads,
        args.data,
        args.known,
    )


if __name__ == "__main__":
    main()
