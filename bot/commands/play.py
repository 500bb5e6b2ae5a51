"""Play a town in the terminal: transcripts from files, or line by line as one types, to be saved as a transcript."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot import logs
from bot.commands import Arguments
from bot.config import languages
from bot.context.trace import Trace, untraced

if TYPE_CHECKING:
    from bot.demo.town import SetupChanges

HELP = """Write as in a transcript, first who there is:
  Med: Alva, Bo   Alva: text   Alva i gruppen: text   Alva trycker [Ja]   Klockan går 3 dagar
A line that begins with > demands what the bot shows; # is a comment. Further:
  ?           everything that a line can be
  spara FIL   save what has been played as a transcript; Ctrl+D ends"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the transcripts to play; without any, the person at the terminal plays."""
    parser.add_argument("files", nargs="*", type=Path, help="transcripts, from any folder; none: play line by line")
    parser.add_argument("--language", default="sv", choices=languages(), help="which the bot speaks")
    parser.add_argument("--quiet", action="store_true", help="print nothing but what does not hold")
    parser.add_argument("--why", action="store_true", help="tell of each text who took it, and who let it pass")


def main(args: Arguments) -> int:
    """Return 1 where an expected line is missing or a file cannot be read."""
    logs.set_up("ERROR")
    given: SetupChanges = {"language": args.language, "trace": _told if args.why else untraced}
    if not args.files:
        return asyncio.run(_by_hand(input, given))
    as_written = [_as_written(path, given, quiet=args.quiet) for path in args.files]
    print(f"{sum(as_written)} of {len(as_written)} as written.")
    return 0 if all(as_written) else 1


def _told(trace: Trace) -> None:
    print(f"    why: {trace}")


def _as_written(path: Path, given: "SetupChanges", *, quiet: bool) -> bool:
    from bot.demo.transcript import Differs

    print(f"== {path.name}")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        print(f"{path} cannot be read as a text in UTF-8.", file=sys.stderr)
        return False
    try:
        asyncio.run(_transcript(path.name, text, given, quiet=quiet))
    except Differs as error:
        print(error, file=sys.stderr)
        return False
    return True


async def _transcript(name: str, text: str, given: "SetupChanges", *, quiet: bool) -> None:
    from bot.demo.player import Player
    from bot.demo.town import town
    from bot.demo.transcript import begins

    with tempfile.TemporaryDirectory(prefix="stadsbot-play-") as folder:
        async with town(Path(folder), start=begins(text), **given) as played:
            await Player(played, None if quiet else print).play(name, text)


async def _by_hand(ask: Callable[[str], str], given: "SetupChanges") -> int:
    """Play typed lines until the end of the input. A line that cannot be played is told, and not saved."""
    from bot.demo import transcript
    from bot.demo.player import Player
    from bot.demo.screen import Screen
    from bot.demo.town import town
    from bot.sandbox.errors import ActError

    print(HELP)
    written = ["# Spelat för hand.", ""]
    with tempfile.TemporaryDirectory(prefix="stadsbot-play-") as folder:
        async with town(Path(folder), **given) as played:
            player, looked = Player(played, print), Screen(played.sandbox, played.chats)
            while True:
                try:
                    line = await asyncio.to_thread(ask, "> " if sys.stdin.isatty() else "")
                except EOFError:
                    return 0
                match line.split(maxsplit=1):
                    case ["?"]:
                        print(transcript.__doc__)
                    case ["spara", name]:
                        print(_saved(Path(name), written))
                    case []:
                        written.append("")
                    case _:
                        try:
                            await player.take(line)
                        except (AssertionError, ActError) as error:
                            print(error, file=sys.stderr)
                            continue
                        written += [line.strip(), *looked.expectations()]


def _saved(path: Path, lines: list[str]) -> str:
    try:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError:
        return f"{path} cannot be written."
    return f"Saved as {path}."
