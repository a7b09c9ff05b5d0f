"""The openly licensed emoji sets that drawings.py draws with: their packages, and what is drawn in which of them.

The cache is `cache/` beside this file, or $GUIDANCE_CACHE; nothing in it is committed. Left out are skin tones,
flags, keycaps, letters in squares, clock faces and joined sequences: a thing is one code point that at least
four sets drew.
"""

import hashlib
import json
import os
import re
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FEWEST = 4  # drawings of a thing


@dataclass(frozen=True)
class Set:
    """An npm package of drawings. `name` and `style` are the words that captions use."""

    package: str
    version: str
    sha256: str
    name: str
    style: str
    licence: str
    author: str


SETS = {
    "noto": Set(
        "@iconify-json/noto",
        "1.2.9",
        "3e918d88fc945c0bb3d468dbace6f88caef67f01c9f0e7bcae0915a042e8f1ad",
        "Noto",
        "shaded",
        "Apache-2.0",
        "Google",
    ),
    "noto-v1": Set(
        "@iconify-json/noto-v1",
        "1.2.5",
        "2bf62c26c2c2884aa99e90aec942cdaee17a5921f05690694f4978ad4b017c37",
        "early Noto",
        "shaded",
        "Apache-2.0",
        "Google",
    ),
    "twemoji": Set(
        "@iconify-json/twemoji",
        "1.2.5",
        "19046dff7d8707ce96212ec86468b36ac5f8e60409629dd13f809265c6d0ebb7",
        "Twemoji",
        "flat",
        "CC-BY-4.0",
        "Twitter",
    ),
    "fluent": Set(
        "@iconify-json/fluent-emoji",
        "1.2.7",
        "8044210dbf11e016d4de85f15d01a243423bd832457e7e2491df1b751c0e272b",
        "Fluent",
        "shaded",
        "MIT",
        "Microsoft",
    ),
    "fluent-flat": Set(
        "@iconify-json/fluent-emoji-flat",
        "1.2.6",
        "7d064769dee690815f823bc5bcc511d957198caf9f5edd8dd9c1aa48a6aeb175",
        "Fluent flat",
        "flat",
        "MIT",
        "Microsoft",
    ),
    "emojione": Set(
        "@iconify-json/emojione",
        "1.2.3",
        "26a14f44284407e8bcde91799388dca2bfd91dbcd55a97f425524a1c5b73610e",
        "EmojiOne",
        "flat",
        "CC-BY-4.0",
        "Emoji One",
    ),
    "fxemoji": Set(
        "@iconify-json/fxemoji",
        "1.2.2",
        "f3e72b3c59d05e1db03b7e308d55c0d05bd7ba3f625a90da1b79313c12858eef",
        "Firefox",
        "flat",
        "Apache-2.0",
        "Mozilla",
    ),
    "streamline": Set(
        "@iconify-json/streamline-emojis",
        "1.2.4",
        "5dac87c876b322500989828c5823143e0100d78881627a2e4081a4b897cbfdbc",
        "Streamline",
        "outlined",
        "CC-BY-4.0",
        "Streamline",
    ),
    "fluent-3d": Set(
        "@lobehub/fluent-emoji-3d",
        "1.1.0",
        "c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58",
        "Fluent 3-D",
        "3-D",
        "MIT",
        "Microsoft, packaged by LobeHub",
    ),
}
WORDS = Set(
    "emojibase-data",
    "17.0.0",
    "d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a",
    "",
    "",
    "MIT",
    "Miles Johnson",
)
CARD = {
    "name": "Emoji of nine sets on coloured backgrounds",
    "licence": "Apache-2.0, MIT and CC-BY-4.0, by set",
    "source": "; ".join(f"{s.package} {s.version} ({s.author}, {s.licence})" for s in (*SETS.values(), WORDS))
    + "; rendered by training/drawings.py",
}

# Groups of Unicode whose things can be counted and put beside each other.
NOUNS = {"animals-nature", "food-drink", "travel-places", "activities", "objects"}
LEFT_OUT_GROUPS = {"component", "flags"}
LEFT_OUT_SUBGROUPS = {"alphanum", "keycap", "skin-tone", "hair-style", "family"}


def cache_folder() -> Path:
    return Path(os.environ.get("GUIDANCE_CACHE") or Path(__file__).resolve().parent / "cache")


def fetch(cache: Path) -> None:
    """Packs every pinned package with npm, from the registry that npm is configured for, and compares its checksum."""
    cache.mkdir(parents=True, exist_ok=True)
    for s in (*SETS.values(), WORDS):
        path = archive(s, cache)
        if not path.exists():
            subprocess.run(
                ["npm", "pack", "--silent", f"{s.package}@{s.version}"],
                cwd=cache,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest != s.sha256:
            raise ValueError(f"{path}: needs the checksum {s.sha256}, got {digest}")
        print(path)


def archive(s: Set, cache: Path) -> Path:
    return cache / f"{s.package.removeprefix('@').replace('/', '-')}-{s.version}.tgz"


def members(s: Set, cache: Path, pattern: str) -> dict[str, bytes]:
    """Files of a package whose path below `package/` matches the pattern."""
    path = archive(s, cache)
    if not path.exists():
        raise FileNotFoundError(f"{path}: needs `python drawings.py fetch`, found no file")
    with tarfile.open(path) as tar:
        names = (m for m in tar if m.isfile() and re.fullmatch(pattern, m.name.partition("/")[2]))
        return {m.name.partition("/")[2]: tar.extractfile(m).read() for m in names}


@dataclass(frozen=True)
class Thing:
    """`icons` names the thing's drawing in each set that has one."""

    code: str
    label: str
    group: str
    subgroup: str
    keywords: tuple[str, ...]
    icons: dict[str, str]

    @property
    def countable(self) -> bool:
        plain = re.fullmatch("[a-z ]+", self.label) and not re.search(" (and|with|of|in|on) ", self.label)
        return self.group in NOUNS and bool(plain) and not plural(self.label)


def plural(label: str) -> bool:
    last = label.split()[-1]
    return (last.endswith("s") and not last.endswith(("ss", "us", "is"))) or last in {
        "people",
        "dice",
        "teeth",
        "fries",
    }


def slug(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower().replace("&", "and"))


def icon_names(key: str, things: list[dict], shortcodes: dict[str, list[str]], available: list[str]) -> dict[str, str]:
    """Code point → icon, for one set whose icons are known by name.

    By the label; else by another well-known name, unless that is the label of something else. Streamline numbers
    its variants (`bird-1`). Firefox calls the face of an animal by the animal's name and the animal `…side`.
    """
    by_slug = {slug(name): name for name in reversed(available)}
    labels = {slug(e["label"]) for e in things}
    found = {}
    for e in things:
        own = slug(e["label"])
        other = [s for s in map(slug, shortcodes.get(e["hexcode"], [])) if s not in labels]
        names = [own, *other]
        if key == "streamline":
            names += [f"{n}1" for n in names]
        if key == "fxemoji" and f"{own}face" in labels:
            names = [f"{own}side"]
        elif key == "fxemoji" and own.endswith("face") and own.removesuffix("face") in labels:
            names = [own.removesuffix("face")]
        if hit := next((n for n in names if n in by_slug), None):
            found[e["hexcode"]] = by_slug[hit]
    return found


def upright(icons: dict) -> list[str]:
    """Names of a set's icons, and of those aliases that are not turned or mirrored."""
    plain = [
        a
        for a, about in icons.get("aliases", {}).items()
        if set(about) == {"parent"} and about["parent"] in icons["icons"]
    ]
    return [*icons["icons"], *plain]


def catalogue(cache: Path) -> list[Thing]:
    """The things that at least four sets drew, in Unicode's order."""
    words = {
        name: json.loads(raw)
        for name, raw in members(WORDS, cache, r"en/(data|shortcodes/[a-z-]+)\.json|meta/groups\.json").items()
    }
    groups, subgroups = (words["meta/groups.json"][k] for k in ("groups", "subgroups"))
    kept = []
    for e in sorted((e for e in words["en/data.json"] if "order" in e and "group" in e), key=lambda e: e["order"]):
        group, subgroup = groups[str(e["group"])], subgroups[str(e["subgroup"])]
        points = [p for p in e["hexcode"].split("-") if p != "FE0F"]
        clock = re.search("o’clock|-thirty", e["label"])
        if len(points) == 1 and group not in LEFT_OUT_GROUPS and subgroup not in LEFT_OUT_SUBGROUPS and not clock:
            kept.append(
                e
                | {
                    "label": e["label"].lower().replace("“", "").replace("”", ""),
                    "groups": (group, subgroup),
                    "point": points[0].lower(),
                }
            )
    shortcodes: dict[str, list[str]] = {}
    for name, table in words.items():
        if name.startswith("en/shortcodes/"):
            for code, codes in table.items():
                shortcodes.setdefault(code, []).extend([codes] if isinstance(codes, str) else codes)
    icons: dict[str, dict[str, str]] = {e["hexcode"]: {} for e in kept}
    for key, s in SETS.items():
        if key == "fluent-3d":  # files are named by code points
            files = {Path(n).stem.replace("-fe0f", ""): n for n in names_of(s, cache)}
            found = {e["hexcode"]: files[e["point"]] for e in kept if e["point"] in files}
        else:
            found = icon_names(
                key, kept, shortcodes, upright(json.loads(members(s, cache, r"icons\.json")["icons.json"]))
            )
        for code, icon in found.items():
            icons[code][key] = icon
    uses: dict[str, int] = {}
    for e in kept:
        for tag in e.get("tags", []):
            uses[tag] = uses.get(tag, 0) + 1
    return [
        Thing(
            e["hexcode"],
            e["label"],
            *e["groups"],
            tuple(
                t
                for t in e.get("tags", [])
                if uses[t] <= 4 and t not in e["label"].split() and re.fullmatch("[a-z]{3,}", t)
            ),
            icons[e["hexcode"]],
        )
        for e in kept
        if len(icons[e["hexcode"]]) >= FEWEST
    ]


def names_of(s: Set, cache: Path) -> list[str]:
    with tarfile.open(archive(s, cache)) as tar:
        return sorted(n.partition("/")[2] for n in tar.getnames() if n.endswith(".webp"))


def svg(icons: dict, name: str) -> str:
    """An icon of a set as an SVG document."""
    name = icons.get("aliases", {}).get(name, {}).get("parent", name)
    icon = icons["icons"][name]
    left, top, width, height = (
        icon.get(k, icons.get(k, d)) for k, d in (("left", 0), ("top", 0), ("width", 16), ("height", 16))
    )
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {spaces} viewBox="{left} {top} {width} {height}">{icon["body"]}</svg>'


def write(path: Path, array: np.ndarray) -> None:
    """Beside, then renamed: an interrupted call leaves no half file."""
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        np.save(file, array)
    os.replace(temporary, path)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
