"""Captions of drawn pictures, composed from what is in them: exact by construction.

A picture (drawings.Picture) has many right captions: with or without style and background, by the thing's name or
one of its keywords, short ("red apple") or long ("a flat drawing of a red apple on a plain light blue background").
"""

import numpy as np

from drawings import Picture
from emoji_sets import SETS, Thing, plural

NUMBERS = {2: "two", 3: "three", 4: "four"}
PER_PICTURE = 1  # captions of a training picture: the more, the more states to keep
PLURALS = {
    "mouse": "mice",
    "person": "people",
    "sheep": "sheep",
    "fish": "fish",
    "leaf": "leaves",
    "knife": "knives",
    "tooth": "teeth",
    "man": "men",
    "woman": "women",
}


def pluralised(label: str) -> str:
    """The plural of a countable label: of its last word."""
    *before, last = label.split()
    if last in PLURALS:
        last = PLURALS[last]
    elif last.endswith(("s", "x", "ch", "sh")) or last in {"tomato", "potato", "mango", "volcano"}:
        last += "es"
    elif last.endswith("y") and last[-2] not in "aeiou":
        last = last[:-1] + "ies"
    else:
        last += "s"
    return " ".join([*before, last])


def with_article(words: str) -> str:
    """`a red apple`, `an owl`; none before a plural."""
    if plural(words):
        return words
    vowel = words[0] in "aeiou" and not words.startswith(("uni", "ura", "use", "eu", "ewe", "one"))
    return f"{'an' if vowel else 'a'} {words}"


def name(thing: Thing, rng: np.random.Generator | None = None, keyword: float = 0.0) -> str:
    """The thing's label or, with probability `keyword`, one of its keywords."""
    if rng is not None and thing.keywords and rng.random() < keyword:
        return thing.keywords[rng.integers(len(thing.keywords))]
    return thing.label


def caption(
    p: Picture,
    things: list[Thing],
    rng: np.random.Generator,
    style: float = 0.5,
    colour: float = 0.6,
    keyword: float = 0.12,
    long: float = 0.4,
) -> str:
    """A caption of the picture; the arguments are the probabilities that it tells the style, the background, …"""
    s = SETS[p.key]
    told_style = ("", s.style, s.name)[0 if rng.random() >= style else rng.integers(1, 3)]
    told_colour = p.colour if rng.random() < colour else ""
    extended = rng.random() < long
    if p.b is not None:
        first, second = (with_article(name(things[i], rng, keyword)) for i in (p.a, p.b))
        subject = f"{first} {p.relation} {second}"
    elif p.count > 1:
        subject = f"{NUMBERS[p.count]} {pluralised(things[p.a].label)}"
    else:
        bare = name(things[p.a], rng, keyword)
        subject = with_article(bare) if extended or told_style or rng.random() < 0.5 else bare
    if told_style == s.name:
        text = f"a drawing of {subject} in the style of {s.name}" if extended else f"{subject}, {s.name} style"
    elif told_style:
        text = (
            f"{with_article(s.style)} {'picture' if s.style == '3-D' else 'drawing'} of {subject}"
            if extended
            else f"{subject}, {s.style}"
        )
    else:
        text = f"a picture of {subject}" if extended else subject
    if told_colour:
        text += (
            f" on {with_article(f'plain {told_colour} background')}"
            if extended
            else (f" on {told_colour}" if rng.random() < 0.5 else f" on a {told_colour} background")
        )
    return text.replace("on a orange", "on an orange").lower()


def training_captions(pictures: list[Picture], things: list[Thing]) -> list[list[str]]:
    """PER_PICTURE captions of every picture, in its order."""
    rngs = (np.random.default_rng([7, p.seed]) for p in pictures)
    return [[caption(p, things, rng) for _ in range(PER_PICTURE)] for p, rng in zip(pictures, rngs)]


def prompt(p: Picture, things: list[Thing]) -> str:
    """The caption that tells all of a picture: what held-out pictures are asked for by."""
    return caption(p, things, np.random.default_rng([8, p.seed]), style=1.0, colour=1.0, keyword=0.0)
