"""Check that definitions are right, and that every word they need is there and translated in every language."""

import argparse
from pathlib import Path

import flows
import messages
from bot.commands import Arguments
from bot.config import languages
from flows.definitions.loader import DefinitionError, load_process
from flows.definitions.model import Process
from messages import asked, completeness, proofreading, translation
from messages.language import WordsError
from messages.proofreading import Passage
from messages.translation import ORIGINAL
from messages.voice import Voice, broken_files, the_voice

ROOMS = [Path(__file__).parents[1], Path(flows.__file__).parent]  # with `messages`, the code that names the bot's words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add how much is told; everything is always checked."""
    parser.add_argument(
        "--tables", action="store_true", help="measure the texts too: LIX, words, the longest of each file"
    )


def main(args: Arguments) -> int:
    """Print the verdict, each mistake with its place and cure, and what was asked for; return 1 for any mistake."""
    mistakes = [mistake for language in languages() for mistake in broken_files(language)]
    try:
        process = load_process()
        mistakes += (
            [] if mistakes else [m for language in languages() for m in of_language(process, the_voice(language))]
        )
    except (DefinitionError, WordsError) as error:
        mistakes += str(error).splitlines()
    if mistakes:
        return _told(mistakes)
    texts = {language: list(proofreading.passages(language)) for language in languages()}
    for language, passages in texts.items():
        mistakes += proofreading.mistakes(passages, proofreading.word_list(language))
        mistakes += translation.mistakes(language) if language != ORIGINAL else []
    if mistakes:
        _told(mistakes)
    else:
        questions = sum(len(exercise.questions) for exercise in process.exercises.values())
        there = f"{len(process.exercises)} exercises, {questions} questions"
        print(f"All is well: {there}, words in {', '.join(texts)}.")
    if args.tables:
        for language, passages in texts.items():
            _measured(language, passages)
    return int(bool(mistakes))


def _told(mistakes: list[str]) -> int:
    print(f"{len(mistakes)} to mend:", *mistakes, sep="\n")
    return 1


def of_language(process: Process, voice: Voice) -> list[str]:
    """Return a sentence for each word that a language lacks, or that nothing uses. Raises WordsError."""
    from bot.assembly import command_words
    from bot.views.button_labels import DRAWN

    voice.compile_all()
    code = [path for room in ROOMS for path in sorted(room.rglob("*.py"))]
    code += Path(messages.__file__).parent.glob("*.py")  # documents have words of their own
    drawn = [f"label.{name}" for name in DRAWN]
    in_code = [f"{voice.language}/interface: {told}" for told in asked.of_code(code, voice.names(), drawn)]
    return [*completeness.of_process(process, voice), *in_code, *command_words.mistakes(voice)]


def _measured(language: str, passages: list[Passage]) -> None:
    """Print words, LIX, longest text (characters) and longest sentence (words) of each file of a language."""
    print(f"\n{language + ': file':40} {'words':>6} {'LIX':>5} {'text':>6} {'sentence':>9}")
    for file, count in proofreading.measured(passages).items():
        lix = f"{count.lix:.0f}" if count.running else "–"
        print(f"{file:40} {count.words:6} {lix:>5} {count.longest_text:6} {count.longest_sentence:9}")
