"""Write what the reference tokeniser and encoder make of texts, for the tests of their TypeScript side.

    python text_fixture.py tokens    # e2e/fixtures/tokens.jsonl.gz: a line [text, ids] each, of 10,000 strings
    python text_fixture.py states    # e2e/fixtures/states.json: token states of three captions

The strings are of every kind that a person may type, and some that nobody would; a seed decides them. Characters
that Python's Unicode does not know are left out: a browser's may.
"""

import argparse
import gzip
import json
import unicodedata
from pathlib import Path

import numpy as np
import torch

import captions
import drawings
import emoji_sets
import encoder
from manifest import ROOT
from text_exporters import dequantised

STRINGS = 10_000
CAPTIONS = (
    "red apple",
    "three taxis, early noto style on a turquoise background",
    "a picture of a television left of a flying saucer on a plain light blue background",
)
EVERY = 24  # of the 384 numbers of a state
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
# By hand: what a program that reads prompts trips over.
ODD = [
    "",
    " ",
    "\t\n\r",
    "\0",
    "\ufffd",
    "\ufeffred apple",
    "\ud83c",
    "red \udf4e apple",
    "\ud83ca",
    "a" * 100,
    "a" * 101,
    "a" * 10_000,
    "red apple " * 1_000,
    "苹果" * 5_000,
    "🍎" * 5_000,
    "!" * 10_000,
    "[MASK]" * 40,
    "[mask]",
    "[ MASK ]",
    "a[SEP]b",
    "[[CLS]]",
    "[CLS",
    "__proto__ constructor toString hasOwnProperty",
    "##ing",
    "ΌΔΟΣ ΟΔΟΣ. Σ",
    "İstanbul I ı",
    "Straße STRASSE",
    "ﬁne ﬀ",
    "e\u0301 é E\u0301 É",
    "\u0301",
    "한국어",
    "𠀀𪚥 豈 丽",
    "مرحبا \u202eabc\u202c עולם",
    "👩‍👩‍👧 🇩🇪 1️⃣ 👍🏽",
    "private\ue000use \U000f0000 \U00100000",
    "zero\u200bwidth soft\u00adhyphen",
    "line\u2028paragraph\u2029ideographic\u3000no-break\u00a0space\u180e",
    "don't re-do it… “quoted” – (a/b) 50% $3 #1 @x ^_^ `code` ~ <b>",
]


def lines(cache: Path) -> list[str]:
    rng = np.random.default_rng(0)
    things = drawings.catalogue(cache)
    vocabulary = list(encoder.load(cache)[0].vocabulary)
    raw = emoji_sets.members(emoji_sets.WORDS, cache, r"zh/data\.json")["zh/data.json"]
    chinese = [word for e in json.loads(raw) for word in (e["label"], *e.get("tags", []))]
    plan = drawings.plan(things, "train")
    words = [w for w in vocabulary if w.isascii() and w.isalpha()]
    assigned = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) not in ("Cn", "Co", "Cs")]
    blocks = {  # by their first and last code point
        "accents": (0xA1, 0x24F),
        "combining": (0x300, 0x36F),
        "punctuation": (0x2010, 0x205E),
        "symbols": (0x2190, 0x27BF),
        "Hebrew": (0x5D0, 0x5EA),
        "Arabic": (0x600, 0x6FF),
        "Greek and Cyrillic": (0x370, 0x4FF),
        "kana": (0x3041, 0x30FF),
        "full width": (0xFF01, 0xFF5E),
        "rare Chinese": (0x20000, 0x2A6DF),
        "emoji": (0x1F300, 0x1F64F),
        "control": (0x00, 0xA0),
    }
    letters = {
        name: [c for c in map(chr, range(lo, hi + 1)) if unicodedata.category(c) != "Cn"]
        for name, (lo, hi) in blocks.items()
    }

    def some(pool: list[str], least: int, most: int) -> list[str]:
        return [pool[i] for i in rng.integers(len(pool), size=rng.integers(least, most + 1))]

    def mixed() -> str:
        parts = [*some(words, 1, 4), *some(chinese, 0, 2), *some(list(SPECIAL), 0, 1)]
        parts += ["".join(some(pool, 1, 3)) for pool in letters.values() if rng.random() < 0.3]
        return some(["", " ", "  ", ", "], 1, 1)[0].join(parts[i] for i in rng.permutation(len(parts)))

    def accented() -> str:
        return " ".join(
            "".join(c + "".join(some(letters["combining"], 0, 1)) for c in w.title()) for w in some(words, 1, 3)
        )

    kinds = (
        *[lambda: captions.caption(plan[rng.integers(len(plan))], things, rng)] * 6,
        lambda: "".join(some(chinese, 1, 5)),
        lambda: " ".join(some(words, 1, 12)),
        lambda: " ".join(some(words, 25, 34)),
        lambda: "".join(some(words, 2, 4)).upper(),
        lambda: "".join(some(list("abcdefghijklmnopqrstuvwxyz0123456789.,-'!? "), 1, 60)),
        lambda: "".join(some(assigned, 1, 7)),
        lambda: "".join(some(letters[list(letters)[rng.integers(len(letters))]], 1, 20)),
        accented,
        mixed,
    )
    keywords = [k for t in things for k in t.keywords]
    out = [*ODD, *(t.label for t in things), *(keywords[i] for i in rng.permutation(len(keywords))[:1000])]
    while len(out) < STRINGS:
        out.append(kinds[len(out) % len(kinds)]())
    return out


def write_tokens(path: Path, cache: Path) -> None:
    tokenizer = encoder.load(cache)[0]
    rows = "".join(json.dumps([text, tokenizer(text)], separators=(",", ":")) + "\n" for text in lines(cache))
    path.write_bytes(gzip.compress(rows.encode(), mtime=0))
    print(f"{path}: {rows.count(chr(10))} strings, {path.stat().st_size / 1e3:.0f} kB")


@torch.inference_mode()
def write_states(path: Path, cache: Path) -> None:
    """One number in EVERY of each token's state, computed with the 8-bit weights that the graph has."""
    tokenizer, network = encoder.load(cache)
    rows = [tokenizer(caption) for caption in CAPTIONS]
    states = dequantised(network)(*encoder.padded(rows))[:, :, ::EVERY].double().numpy()
    prompts = [
        {"text": caption, "ids": row, "states": np.round(states[i, : len(row)], 5).tolist()}
        for i, (caption, row) in enumerate(zip(CAPTIONS, rows))
    ]
    path.write_text(json.dumps({"every": EVERY, "prompts": prompts}) + "\n")
    print(f"{path}: {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["tokens", "states"])
    if parser.parse_args().command == "tokens":
        write_tokens(ROOT / "e2e/fixtures/tokens.jsonl.gz", emoji_sets.cache_folder())
    else:
        write_states(ROOT / "e2e/fixtures/states.json", emoji_sets.cache_folder())
