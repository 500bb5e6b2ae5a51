"""Check that the exercises' definitions are right and that every word they need is there, in every language."""

import argparse

from bot.commands import Arguments
from bot.config import languages
from bot.dispatch import chat_commands
from flows.loader import DefinitionError, load_process
from messages import completeness
from messages.voice import Voice, WordsError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything is checked, always."""


def main(args: Arguments) -> int:
    """Print each mistake with its place and cure; return 1 if there is any."""
    try:
        process = load_process()
        voices = [Voice(language) for language in languages()]
        for voice in voices:
            voice.compile_all()
        mistakes = [mistake for voice in voices for mistake in completeness.of_process(process, voice)]
        mistakes += [mistake for voice in voices for mistake in chat_commands.mistakes(voice)]
    except (DefinitionError, WordsError) as error:
        mistakes = str(error).splitlines()
    for mistake in mistakes:
        print(mistake)
    if mistakes:
        print(f"\n{len(mistakes)} to mend.")
        return 1
    questions = sum(len(exercise.questions) for exercise in process.exercises.values())
    print(f"All is well: {len(process.exercises)} exercises, {questions} questions, words in {', '.join(languages())}.")
    return 0
