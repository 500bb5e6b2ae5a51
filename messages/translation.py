"""What of a language is still as it was copied from the one that this product is written in."""

from pathlib import Path
from typing import Final

from messages.language import HERE
from messages.proofreading import FILE, NO_PROSE, passages, words_of

ORIGINAL: Final = "sv"
SAID = 4  # words; fewer, such as a name, may well be the same in two languages


def mistakes(language: str, folder: Path = HERE) -> list[str]:
    """Return a sentence for each file in which texts are still in the original's words, with how many of how many."""
    original = {passage.place: passage.text for passage in passages(ORIGINAL, folder)}
    copied, written = dict[str, int](), dict[str, int]()
    for passage in passages(language, folder):
        if len(words_of(passage.text)) >= SAID:
            written[passage.file] = written.get(passage.file, 0) + 1
            copied[passage.file] = copied.get(passage.file, 0) + (original.get(passage.place) == passage.text)
    return [
        *(
            f"{language}/{file}: {count} of {written[file]} texts are those of “{ORIGINAL}”; translate them"
            for file, count in copied.items()
            if count
        ),
        *(
            f"{language}/{file} is the file of “{ORIGINAL}”; translate it"
            for file in NO_PROSE
            if file != FILE and _same(folder / language / file, folder / ORIGINAL / file)
        ),
    ]


def _same(one: Path, other: Path) -> bool:
    return one.exists() and one.read_bytes() == other.read_bytes()
