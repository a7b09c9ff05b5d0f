"""Write the Chinese lexicon for prompts: public/models/text-encoder/zh.json, and list it in the manifest beside it.

    python lexicon.py

Of the 1,294 things the name that captions use, the emoji, and Chinese names and keywords (emojibase-data, MIT); by
hand the words of captions (colours, counts, relations, styles) and those that belong to many things. The page makes
English captions of Chinese prompts with it (src/networks/text/chinese.ts).
"""

import json
import re
from collections import Counter
from pathlib import Path

import captions
import drawings
import emoji_sets
from emoji_sets import SETS, WORDS, Thing
from lexicon_words import COLOURS, COUNTS, GRAMMAR, NOUNS, RELATIONS, SHORT_RELATIONS, STYLES, VERBS
from manifest import ROOT, described_files

KEYWORD = "[\u4e00-\u9fff]{2,6}"  # single characters are too many things


def table(text: str) -> dict[str, str]:
    """Chinese → English, of lines with the English first."""
    out: dict[str, str] = {}
    for line in text.strip().splitlines():
        english, chinese = line.split(": ")
        for word in chinese.split():
            if word in out:
                raise ValueError(f"lexicon: needs one translation of {word}, got {out[word]} and {english}")
            out[word] = english
    return out


def counted(keyword: str, own: dict[str, dict[str, str]], grammar: dict[str, list[str]]) -> bool:
    """Whether a keyword is no more than a count and a measure word."""
    return keyword[0] in own["counts"] and keyword[1:] in grammar["measures"]


def head(names: dict[str, str], keyword: str, some: list[Thing]) -> str | None:
    """What a keyword of several things means: the one whose name ends with it, or what the labels of those share."""
    named = [t.label for t in some if names[t.code].endswith(keyword)]
    if len(named) == 1:
        return named[0]
    last = {label.split()[-1] for label in named}
    return last.pop() if len(last) == 1 else None


def lexicon(cache: Path) -> dict:
    raw = emoji_sets.members(WORDS, cache, r"zh(-hant)?/data\.json")
    simple, traditional = ({e["hexcode"]: e for e in json.loads(raw[f"{k}/data.json"])} for k in ("zh", "zh-hant"))
    things = drawings.catalogue(cache)
    names = {t.code: simple[t.code]["label"].lower() for t in things}
    own = {"colours": table(COLOURS), "counts": table(COUNTS), "relations": table(RELATIONS)}
    own |= {"shortRelations": table(SHORT_RELATIONS), "styles": table(STYLES), "verbs": table(VERBS)}
    own["styles"] |= {s.name.lower(): f"{s.name.lower()} style" for s in SETS.values()}
    grammar = {kind: words.split() for kind, words in GRAMMAR.items()}
    words = {w: english for w, english in table(NOUNS).items() if w not in names.values()}
    kinds = [*own.values(), *(w for kind, w in grammar.items() if kind != "measures"), words, set(names.values())]
    taken = Counter(w for some in kinds for w in some)
    if twice := [w for w, n in taken.items() if n > 1]:
        raise ValueError(f"lexicon: needs words of one kind each, got {twice}")
    uses: dict[str, list[Thing]] = {}
    for t in things:
        tags = [k for k in simple[t.code].get("tags", []) if re.fullmatch(KEYWORD, k) and not counted(k, own, grammar)]
        for keyword in dict.fromkeys([traditional[t.code]["label"].lower(), *tags]):
            if keyword not in taken:
                uses.setdefault(keyword, []).append(t)
    keywords: dict[str, list[str]] = {}
    for keyword, some in uses.items():
        if len(some) == 1:
            keywords.setdefault(some[0].code, []).append(keyword)
        elif english := head(names, keyword, some):
            words[keyword] = english
    return {
        "schema": 1,
        "licence": "MIT",
        "source": f"{WORDS.package} {WORDS.version} (npm, {WORDS.author}); words of captions by hand",
        **own,
        **grammar,
        "plurals": captions.PLURALS,
        "words": words,
        "things": [[t.label, simple[t.code]["emoji"], names[t.code], *keywords.get(t.code, [])] for t in things],
    }


def write(folder: Path, cache: Path) -> None:
    about = lexicon(cache)
    path = folder / "zh.json"
    path.write_text(json.dumps(about, ensure_ascii=False, separators=(",", ":")).replace('],["', '],\n["') + "\n")
    words = sum(len(row) - 3 for row in about["things"]) + len(about["words"])
    print(f"{path}: {path.stat().st_size / 1e3:.0f} kB, {len(about['things'])} things, {words} other words")


def main(folder: Path) -> None:
    write(folder, emoji_sets.cache_folder())
    path = folder / "manifest.json"
    about = json.loads(path.read_text())
    about["files"] = described_files(folder, tuple(f["name"] for f in about["files"]))
    path.write_text(json.dumps(about, indent=2) + "\n")


if __name__ == "__main__":
    main(ROOT / "public/models/text-encoder")
