"""Compares our tokeniser with the `tokenizers` package on 10,000 strings.

    pip install tokenizers==0.23.3 && python compare_tokens.py

Words of the vocabulary, title case, letters of many scripts, Chinese, emoji, control characters, the empty string
and very long ones; the same strings each time.
"""

import random
import sys
import zipfile

import encoder
from emoji_sets import cache_folder

SPECIAL = ["", " ", "[CLS]", "a" * 10_000, "猫" * 500, "cat " * 3000, "a red apple", "\x00\x01", "Ǆ ﬁ ½"]
LETTERS = " \t\n.,!?-_'\"()éüñçßøÅİı中国猫红苹果日本語한국😀🐱👨‍👩‍👧🏳️‍🌈\u200b\u200d\ufeff\u00a0\u3000ـعربيשלוםกข"


def strings(vocabulary: list[str], count: int = 10_000) -> list[str]:
    rng = random.Random(0)
    words = [w for w in vocabulary if not w.startswith("[")]
    letters = list(LETTERS) + [chr(rng.randrange(0x20, 0x3000)) for _ in range(200)]

    def mixed(longest: int) -> str:
        return "".join(rng.choice(letters) for _ in range(rng.randrange(1, longest)))

    texts = list(SPECIAL)
    while len(texts) < count:
        kind = rng.random()
        if kind < 0.4:
            texts.append(" ".join(rng.choice(words) for _ in range(rng.randrange(1, 20))))
        elif kind < 0.7:
            texts.append(mixed(60))
        else:
            parts = (rng.choice([rng.choice(words), mixed(8)]).title() for _ in range(rng.randrange(1, 12)))
            texts.append(" ".join(parts))
    return texts


def main() -> None:
    from tokenizers import Tokenizer as Reference

    with zipfile.ZipFile(encoder.wheel(cache_folder())) as files:
        vocabulary = files.read(encoder.VOCABULARY).decode().splitlines()
        reference = Reference.from_str(files.read(encoder.VOCABULARY.replace("vocab.txt", "tokenizer.json")).decode())
    reference.no_padding()
    reference.enable_truncation(encoder.LONGEST)
    ours = encoder.Tokenizer(vocabulary)
    texts = strings(vocabulary)
    different = [t for t in texts if ours(t) != reference.encode(t).ids]
    print(f"{len(texts)} strings, {len(different)} differ")
    for text in different[:10]:
        print(ascii(text[:100]), ours(text), reference.encode(text).ids)
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
