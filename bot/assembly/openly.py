"""What everybody in a group sees happen anyway, and so may be in the latest copy at once (`storage.backup.latest`).

What is not named here waits for the nightly backup; so whatever is new waits, until somebody has thought of it.
"""

from bot.assembly import ballot_owners
from bot.ballots import box
from bot.features.calendar import absence, lifecycle
from bot.features.members import personal_data, promise
from bot.features.network import network_letter
from bot.features.outsiders import event_day
from bot.features.process.session_keys import SESSION
from bot.reminders import kinds, run_deadlines
from flows.definitions.model import Process
from flows.enums import ExerciseRole
from storage.backup.latest import Openly
from storage.records.schedule import RETENTION

DUES = frozenset(
    {
        run_deadlines.TIMER,
        box.DUE,
        ballot_owners.AWAY,
        absence.BACK,
        SESSION,
        kinds.AWAY,
        kinds.CHECK_IN,
        kinds.MEETING,
        kinds.STILL,
        lifecycle.BEGINS,
        lifecycle.OPENS,
        event_day.EVE,
        event_day.NEXT,
        event_day.TELLING,
        network_letter.LETTER,
        personal_data.FORGET,
        promise.KIND,
        RETENTION,
    }
)


def to_all(process: Process) -> Openly:
    """Return what of this process is done before all eyes: the rounds of incidents are not."""
    hidden = {id for id, exercise in process.exercises.items() if exercise.role is ExerciseRole.INCIDENT}
    return Openly(DUES, kinds.OPENLY, frozenset(hidden))
