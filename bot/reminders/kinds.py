"""The kinds of open items, about which the bot reminds people unasked."""

from datetime import timedelta
from typing import Final

from flows.timing.pacing import ReminderManner

ANSWER: Final = "answer"  # an exercise
TASK: Final = "task"  # a row of a register
CHANGED: Final = "changed"  # a row that this person has taken on was changed by somebody else
WISH: Final = "wish"  # somebody wants to be contacted by this person
UNMET: Final = "unmet"  # this person wants to be contacted, and has not been by the day that was named
DECIDE: Final = "decide"  # to the coordinator: the time to answer is soon out
GIVEN: Final = "given"  # to the coordinator: all have answered, or the time is over, so that the answers can be shown
READY: Final = "ready"  # to the coordinator: all is in, and it can end
MEETING: Final = "meeting"
STUCK: Final = "stuck"  # to the coordinator: three reminders were of no use, or somebody has said that they cannot
STILL: Final = "still"  # to the coordinator: nothing has happened for three weeks
VACANT: Final = "vacant"  # to the core group: nobody coordinates
PLACE: Final = "place"  # to the coordinator: the network will soon be called to a meeting that has no place
WHERE: Final = "where"  # to the coordinator: the core group's next meeting has no place
SHARED: Final = "shared"  # the group fills in something together, which this person has not opened yet
SILENCE: Final = "silence"  # to the coordinator: nothing is heard of them, and soon the group will be asked
WEEKLY: Final = "weekly"  # to the coordinator: how it stands
AWAY: Final = "away"  # to the coordinator: somebody will be away
DATE: Final = "date"  # a date that the group has set in an exercise
AGAIN: Final = "again"  # to the coordinator: it is time to do an exercise once more, or to set a date that recurs
KEEPING: Final = "keeping"  # to the coordinator: something that is kept will soon be removed
CONTACT: Final = "contact"  # to a reader of incidents: whoever logged one that they have read wants to be contacted
WAITS: Final = "waits"  # to a reader of incidents: something has come
SINCE: Final = "since"  # to a reader of incidents: has anything happened since they read it
UNREAD: Final = "unread"  # to the coordinator: nobody has read it, or noted for long what came of it
QUARTER: Final = "quarter"  # to a reader of incidents: a quarter is over, and those who log are to hear what came of it
NUMBERS: Final = "numbers"  # to those whose numbers stand in the routine: are they right still
LEARNT: Final = "learnt"  # to everybody who may log: what readers tell of a quarter
PENDING: Final = "pending"  # someone has followed the group's link and not come in
UNREACHED: Final = "unreached"  # to the coordinator: the bot cannot write to somebody any more
RENEW: Final = "renew"  # the promise has a new version, and waits for an answer
ADMIT: Final = "admit"  # to the coordinator: guests wait to be let into the network
INVITING: Final = "inviting"  # to whoever gave an invitation away: nobody has answered
SHAPE: Final = "shape"  # to the coordinator: what the group has decided would alter the calendar
POLL: Final = "poll"  # a poll about when to meet waits for this person's times
OBJECTED: Final = "objected"  # to the coordinator: somebody has objected to a decision, which is to be talked about
SAY: Final = "say"  # a decision that was put to everybody waits for a yes or an objection
ASKED: Final = "asked"  # to a process leader: a coordinator's question waits for an answer
HELD: Final = "held"  # a text of theirs, of which they have not said what it answers, will soon be thrown away
CHECK_IN: Final = "check_in"

MANNER: Final = {
    ANSWER: ReminderManner.REMIND,
    TASK: ReminderManner.REMIND,
    WISH: ReminderManner.REMIND,
    CONTACT: ReminderManner.REMIND,
    DECIDE: ReminderManner.AHEAD,
    MEETING: ReminderManner.AHEAD,
    DATE: ReminderManner.AHEAD,
    SAY: ReminderManner.AHEAD,
    POLL: ReminderManner.AHEAD,
    AGAIN: ReminderManner.TELL,
    OBJECTED: ReminderManner.TELL,
    UNMET: ReminderManner.TELL,
    GIVEN: ReminderManner.TELL,
    SHARED: ReminderManner.TELL,
    PLACE: ReminderManner.TELL,
    WHERE: ReminderManner.TELL,
    READY: ReminderManner.TELL,
    STUCK: ReminderManner.TELL,
    STILL: ReminderManner.TELL,
    SILENCE: ReminderManner.TELL,
    VACANT: ReminderManner.TELL,
    WEEKLY: ReminderManner.TELL,
    AWAY: ReminderManner.TELL,
    KEEPING: ReminderManner.TELL,
    RENEW: ReminderManner.TELL,
    UNREACHED: ReminderManner.TELL,
    PENDING: ReminderManner.REMIND,
    INVITING: ReminderManner.TELL,
    ADMIT: ReminderManner.TELL,
    WAITS: ReminderManner.TELL,
    SINCE: ReminderManner.TELL,
    UNREAD: ReminderManner.TELL,
    QUARTER: ReminderManner.TELL,
    LEARNT: ReminderManner.TELL,
    NUMBERS: ReminderManner.TELL,
    SHAPE: ReminderManner.TELL,
    ASKED: ReminderManner.TELL,
    CHANGED: ReminderManner.TELL,
    HELD: ReminderManner.TELL,
    CHECK_IN: ReminderManner.TELL,
}
# What a group may know that somebody was reminded of. Incidents, and how somebody is, are not among it.
OPENLY: Final = frozenset(
    {ANSWER, TASK, CHANGED, DECIDE, GIVEN, READY, MEETING, DATE, AGAIN, ADMIT, INVITING, SHAPE, POLL, OBJECTED, SAY}
)
FEWER: Final = {PENDING: 2}  # reminders, where three would be too many: they have not said yes to anything yet
# How long what is told once waits for a message that goes anyway: nothing is lost by that, and a phone lights up less.
PATIENCE: Final = {
    SINCE: timedelta(13),
    KEEPING: timedelta(13),  # of a month
    AGAIN: timedelta(13),
    STILL: timedelta(13),
    LEARNT: timedelta(13),
    NUMBERS: timedelta(366),  # by itself never: it is due anew before
    WHERE: timedelta(366),  # by itself never: a group that meets where it works may know it unsaid
    QUARTER: timedelta(5),
    SHAPE: timedelta(5),
    SHARED: timedelta(5),  # the card in the group has told at once
    UNREAD: timedelta(3),
    READY: timedelta(3),  # the card in the group has asked at once
}
CHECK_IN_MARGIN: Final = timedelta(4)  # before the end of its round, from when a check-in waits no longer
# What has waited for days in vain comes by itself, without a sound: it is there when somebody looks.
SILENT: Final = frozenset({CHECK_IN, *(kind for kind, days in PATIENCE.items() if days >= timedelta(5))})
# What reads as a reproach to whoever is tired already: nobody is asked in the same message how they are.
REPROACHES: Final = frozenset({SILENCE, STILL, STUCK, VACANT})
# What July is quiet of. What somebody has set a day for, or waits for from a person, is spoken of as always.
RESTING: Final = frozenset(
    {
        *(ANSWER, DECIDE, GIVEN, READY, SHARED, STUCK, STILL, SILENCE, VACANT, WEEKLY, AGAIN, TASK),
        *(PENDING, INVITING, ADMIT, SHAPE, RENEW),
    }
)
# … unless it was begun in July:
BOOKED: Final = frozenset({ANSWER, DECIDE, GIVEN, READY, SHARED, TASK, PENDING, INVITING, ADMIT, SHAPE})
ALIKE: Final = {SHARED: ANSWER}  # what is not heard of either when the other is muted
MUTABLE: Final = (ANSWER, TASK, MEETING, WEEKLY, CHECK_IN)  # what a person can choose not to hear of
