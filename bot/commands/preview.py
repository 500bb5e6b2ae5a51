"""Write one page with every message of the process as it looks and every text as it is written, for editors."""

import argparse
import sys
from pathlib import Path

from bot.commands import Arguments
from bot.config import languages
from flows.definitions.loader import DefinitionError, load_process
from messages.language import WordsError
from messages.voice import Voice

ABOUTS = ("page", "private", "group", "hint", "verdict", "gap", "example", "comment", "texts", "how", "hand_back")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file to write, and the language."""
    parser.add_argument("file", type=Path, help="the page to write, for example preview.html")
    parser.add_argument("--language", default="sv", choices=languages(), help="a folder in messages/ (default: sv)")


def main(args: Arguments) -> int:
    """Write the page; return 1 if definitions or words must be mended first."""
    from bot.commands.preview_page import chapters

    try:
        process, voice = load_process(), Voice(args.language)
        found = list(chapters(process, voice))
        page = voice.page(
            "preview.html.j2",
            language=args.language,
            name=voice.book("process")["name"],
            chapters=found,
            abouts={about: voice.label(f"preview.{about}") for about in ABOUTS},
        )
    except (DefinitionError, WordsError) as error:
        print(error, file=sys.stderr)
        return 1
    args.file.write_text(page, encoding="utf-8")
    messages, texts = sum(len(c.bubbles) for c in found), sum(len(c.texts) for c in found)
    print(f"{args.file}: {len(found)} chapters, {messages} messages, {texts} texts.")
    return 0
