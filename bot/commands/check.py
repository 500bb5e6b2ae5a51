"""Check that definitions are right, that every word they need is there in every language, and how the words read."""

import argparse
from pathlib import Path

import flows
from bot.commands import Arguments
from bot.config import languages
from flows.definitions.loader import DefinitionError, load_process
from flows.definitions.model import Process
from messages import asked, completeness, proofreading
from messages.language import WordsError
from messages.voice import Voice, broken_files, the_voice

ROOMS = [Path(__file__).parents[1], Path(flows.__file__).parent]  # the code that names the bot's words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: everything is always checked."""


def main(args: Arguments) -> int:
    """Print what the texts measure and each mistake with its place and cure; return 1 if there is any mistake."""
    mistakes = [mistake for language in languages() for mistake in broken_files(language)]
    try:
        process = load_process()
        mistakes += (
            [] if mistakes else [m for language in languages() for m in of_language(process, the_voice(language))]
        )
    except (DefinitionError, WordsError) as error:
        mistakes += str(error).splitlines()
    if not mistakes:
        mistakes += [mistake for language in languages() for mistake in proofread(language)]
    for mistake in mistakes:
        print(mistake)
    if mistakes:
        print(f"\n{len(mistakes)} to mend.")
        return 1
    questions = sum(len(exercise.questions) for exercise in process.exercises.values())
    print(f"All is well: {len(process.exercises)} exercises, {questions} questions, words in {', '.join(languages())}.")
    return 0


def of_language(process: Process, voice: Voice) -> list[str]:
    """Return a sentence for each word that a language lacks, or that nothing uses. Raises WordsError."""
    from bot.assembly import command_words
    from bot.views.button_labels import DRAWN

    voice.compile_all()
    code = (path for room in ROOMS for path in sorted(room.rglob("*.py")))
    drawn = [f"label.{name}" for name in DRAWN]
    in_code = [f"{voice.language}/interface: {told}" for told in asked.of_code(code, voice.names(), drawn)]
    return [*completeness.of_process(process, voice), *in_code, *command_words.mistakes(voice)]


def proofread(language: str) -> list[str]:
    """Print words, LIX, longest text (characters) and longest sentence (words) of each file of a language; return what
    an editor would mark. Raises WordsError."""
    texts = list(proofreading.passages(language))
    print(f"{'file':40} {'words':>6} {'LIX':>5} {'text':>6} {'sentence':>9}")
    for file, count in proofreading.measured(texts).items():
        lix = f"{count.lix:.0f}" if count.running else "–"
        print(f"{file:40} {count.words:6} {lix:>5} {count.longest_text:6} {count.longest_sentence:9}")
    print()
    return proofreading.mistakes(texts, proofreading.word_list(language))
