"""A cascade of small networks that prompts condition, for the tests of the page: never trained, but no part is 0.

    python tiny_words.py       # e2e/models/tiny-words, its stage tiny-words-16, their encoder tiny-encoder, their judge

The base draws 8×8, the stage 16×16. Their weights are random, so that every input changes what they draw, and what
the judge says of it.
"""

import json

import torch
from torch import nn

import emoji_sets
import manifest
from encoder import Encoder
from export_text import export_graph, network_manifest, stage_entry
from judge import Judge, JudgeConfig
from judge_exporter import export_judge, parts
from networks import flops, parameters
from text_exporters import export_encoder
from text_networks import TextDenoiser, TextUNetConfig
from upsamplers import Upsampler, UpsamplerConfig

OUT = manifest.ROOT / "e2e/models"
ENCODER = manifest.ROOT / "public/models/text-encoder"
TOKENS, WIDTH = 8, 16
WORDS = ["a", "an", "apple", "black", "blue", "cat", "green", "on", "owl", "red", "three", "two", "yellow"]
SAMPLED = {"guidanceScale": 2, "numSteps": 3, "sampler": "ddim", "augmentation": 0.1}
JUDGE, PROMPTS = (
    "tiny-words-judge",
    ["a red apple", "an owl on blue", "two cats", "a yellow apple on a black background"],
)
TOLD = {"images": 1, "minutes": 0.1, "hardware": "none", "command": "python tiny_words.py", "recipe": {"p_uncond": 0.1}}


def randomised(network: nn.Module, seed: int) -> nn.Module:
    """The network with small random weights wherever training starts from 0."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in network.parameters():
        if not parameter.detach().any():
            nn.init.normal_(parameter, std=2 / max(1, parameter[0].numel()) ** 0.5, generator=generator)
    return network.eval().requires_grad_(False)


def tokeniser() -> dict:
    """The encoder's tokeniser with few words, and all letters and digits."""
    whole = json.loads((ENCODER / "tokenizer.json").read_text())
    letters = [chr(c) for c in range(33, 127) if not chr(c).isupper()]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = [*special, *letters, *(f"##{c}" for c in letters), *(w for w in WORDS if len(w) > 1)]
    place = {word: i for i, word in enumerate(vocabulary)}
    whole["model"]["vocab"] = place
    for token in whole["added_tokens"]:
        token["id"] = place[token["content"]]
    for name, token in whole["post_processor"]["special_tokens"].items():
        token["ids"] = [place[name]]
    return whole


def export_tiny_judge() -> None:
    """A judge of pictures of 16×16, and what it says of random ones."""
    generator = torch.Generator().manual_seed(2)
    judge = randomised(Judge(JudgeConfig(things=3, channels=(8, 16), features=8, text=WIDTH)), 2)
    folder = OUT / JUDGE
    folder.mkdir(exist_ok=True)
    export_judge(judge, folder / "model.onnx", side=16)
    x = torch.rand(60, 3, 16, 16, generator=generator) * 2 - 1
    reference = manifest.write_reference(judge(x)[0], torch.arange(30), "test", folder / "reference.bin")
    manifest.write_manifest(
        folder,
        {
            "id": JUDGE,
            "title": "What is in a picture (test network)",
            "role": "features",
            "dataset": emoji_sets.CARD,
            "shape": [3, 16, 16],
            "classes": ["apple", "cat", "owl"],
            "parts": parts(),
            "parameters": parameters(judge),
            "flopsPerForward": flops(judge, x[:1]),
            "reference": {**reference, "prompts": PROMPTS},
        },
        ("model.onnx", "reference.bin"),
    )


def main() -> None:
    torch.manual_seed(0)
    words = tokeniser()
    size = len(words["model"]["vocab"])
    encoder = Encoder(words=size, width=WIDTH, layers=1, heads=2, inner=32, positions=128).eval()
    folder = OUT / "tiny-encoder"
    folder.mkdir(exist_ok=True)
    export_encoder(encoder, folder / "model.onnx")
    (folder / "tokenizer.json").write_text(json.dumps(words, ensure_ascii=False) + "\n")
    (folder / "zh.json").write_bytes((ENCODER / "zh.json").read_bytes())
    manifest.write_manifest(
        folder,
        {
            "id": "tiny-encoder",
            "title": "Few words (test network)",
            "role": "text-encoder",
            "licence": "Apache-2.0",
            "source": "training/tiny_words.py",
            "width": WIDTH,
            "longest": TOKENS,
            "words": size,
            "lexicons": {"zh": "zh.json"},
            "parameters": parameters(encoder),
        },
        ("model.onnx", "tokenizer.json", "zh.json"),
    )
    base = TextDenoiser(TextUNetConfig((3, 8, 8), WIDTH, (16, 32), (1, 1), (1, 1), embedding=32, head=16, patch=2))
    stage = Upsampler(UpsamplerConfig((3, 16, 16), WIDTH, (16, 16, 32), (1, 1, 2), embedding=32, head=16))
    about = {}
    for seed, (name, network) in enumerate({"tiny-words": base, "tiny-words-16": stage}.items()):
        folder = OUT / name
        folder.mkdir(exist_ok=True)
        difference = export_graph(name, randomised(network, seed), folder / "model.onnx")
        about[name] = network_manifest(network, TOLD, {})
        about[name]["prompts"] |= {"encoder": "tiny-encoder", "tokens": TOKENS, "examples": ["a red apple", "an owl"]}
        manifest.report(folder, difference)
    export_tiny_judge()
    entry = stage_entry("tiny-words-16", about["tiny-words-16"], SAMPLED)
    first = about["tiny-words"] | {"title": "Words (test network)"}
    first |= {"companions": {"features": JUDGE}, "stages": [entry]}
    manifest.write_manifest(OUT / "tiny-words", {"id": "tiny-words", **first})
    manifest.write_manifest(OUT / "tiny-words-16", {"id": "tiny-words-16", **about["tiny-words-16"]})
    manifest.write_index(OUT)


if __name__ == "__main__":
    main()
