"""Write the students of a network as ONNX graphs with manifests, and name them in the network's own manifest.

python export_students.py letters              # runs/letters-distilled, letters-fast → public/models
python export_students.py tiny --out e2e/models
"""

import argparse
import json
from pathlib import Path

import torch

from exporters import check_difference, export_denoiser, half_rounded, onnx_difference, probes
from manifest import ROOT, report, write_index, write_manifest
from networks import flops, parameters
from students import MAX_SCALE, MIN_SCALE, STUDENTS
from train_students import few_levels, load_student
from trainer import RUNS


def export_student(name: str, kind: str, out: Path) -> str:
    """The student of runs/NAME-KIND as the model NAME-KIND, companion `kind` of NAME."""
    run = RUNS / f"{name}-{kind}"
    student, about = load_student(run / "ema.pt")
    config, steps = student.config, about["recipe"]["steps"]
    teacher_file = out / name / "manifest.json"
    teacher = json.loads(teacher_file.read_text())
    folder = out / f"{name}-{kind}"
    folder.mkdir(parents=True, exist_ok=True)
    export_denoiser(student, folder / "model.onnx")
    inputs = (*probes(config.shape, config.classes), torch.tensor([MIN_SCALE, 1.0, MAX_SCALE]))
    difference = onnx_difference(folder / "model.onnx", half_rounded(student), *inputs)
    check_difference(folder.name, difference, 1e-4)
    measured = run / "quality.json"
    write_manifest(
        folder,
        {
            "id": folder.name,
            "title": f"{teacher['title']}, {STUDENTS[kind]}",
            "role": "student",
            **{key: teacher[key] for key in ("dataset", "shape", "classes")},
            "conditioning": ["label", "scale"],
            **({"levels": few_levels(steps, config.sigma_min, config.sigma_max)[:-1]} if steps else {}),
            "sigma": teacher["sigma"],
            "parameters": parameters(student),
            "flopsPerForward": flops(student, *(t[:1] for t in inputs)),
            "training": {
                "imagesSeen": about["images"],
                "minutes": max(0.1, round(about["minutes"], 1)),
                "hardware": about["hardware"],
                "command": about["command"],
            },
            "quality": json.loads(measured.read_text()) if measured.exists() else {},
        },
    )
    teacher["companions"] = {**teacher["companions"], kind: folder.name}
    teacher_file.write_text(json.dumps(teacher, indent=2, ensure_ascii=False) + "\n")
    report(folder, difference)
    return folder.name


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="a network with students under runs/")
    parser.add_argument("--out", type=Path, default=ROOT / "public/models")
    args = parser.parse_args()
    for student_kind in STUDENTS:
        if (RUNS / f"{args.name}-{student_kind}" / "ema.pt").exists():
            export_student(args.name, student_kind, args.out)
    write_index(args.out)
