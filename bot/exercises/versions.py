"""Versions of exercises: a round keeps the questions and words that it began with, though the files change.

At each start the present text of every exercise is stored under its hash, and the older ones are loaded.
"""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from bot.logs import Log
from flows.definitions.loader import DefinitionError, read_exercise
from flows.definitions.model import Exercise, Process
from messages.language import WordsError
from messages.voice import Voice
from storage.records.exercise_versions import ExerciseVersion
from storage.store import Store

log = Log(__name__)


async def load_versions(store: Store, process: Process, voice: Voice) -> tuple[Process, Mapping[str, Exercise]]:
    """Return the process with the version of each exercise, and the exercises of earlier versions by version.

    The voice is given their words. A version that this program can no longer read is left out, and its rounds go on
    with the present text.
    """
    versioned, editions = in_use(process, voice)
    async with store.work() as work:
        others = await work.exercise_versions.keep(editions)
    earlier = {}
    for edition in others:
        try:
            found = read_exercise(edition.exercise, edition.structure, edition.version)
            voice.prefetch(edition.exercise, edition.version, edition.words)
        except (DefinitionError, WordsError):
            log.warning("exercise_version_unreadable", exercise=edition.exercise, version=edition.version)
        else:
            earlier[edition.version] = found
    return versioned, earlier


def in_use(process: Process, voice: Voice) -> tuple[Process, list[ExerciseVersion]]:
    """Return the process with the version of each exercise, and those versions."""
    editions = [_edition(exercise, voice) for exercise in process.exercises.values() if exercise.source]
    versions = {edition.exercise: edition.version for edition in editions}
    exercises = {name: replace(e, version=versions.get(name, "")) for name, e in process.exercises.items()}
    return replace(process, exercises=exercises), editions


def _edition(exercise: Exercise, voice: Voice) -> ExerciseVersion:
    words = voice.text_of(exercise.id)
    version = sha256(f"{exercise.source}\0{words}".encode()).hexdigest()[:16]
    return ExerciseVersion(version, exercise.id, exercise.source, words)
