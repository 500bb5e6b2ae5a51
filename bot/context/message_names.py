"""What holds for messages by their names in the words: which change no subject, which are shut, which stand alone."""

from typing import Final

# Messages that do not change the subject, such as receipts: a prompt of before is still what a text answers.
BESIDE: Final = frozenset(
    (
        *(
            "notice",
            "notice_lost",
            "media",
            "no_such_move",
            "slower",
            "edit_lost",
            "edit_closed",
            "edit_row",
            "edit_again",
            "not_deleted",
        ),
        *("dead_letter", "stray", "returned", "unknown_command", "thanked", "not_taken_up", "either", "pen_elsewhere"),
        *("held", "placed", "away.kept", "away.back", "check_in.word_kept", "todo.noted", "nudge.sent"),
        *("leader.sent", "leader.replied", "incident.media", "incident.position", "incident.identity"),
        *("network.letter", "care.numbers", "care.again", "care.first", "handover.left", "board.voting"),
        *("day.cannot_because", "day.why_sent", "incident.child"),
    )
)
# Messages whose content the page shows only to people who have lately given a one-time code there.
SHUT: Final = frozenset(("incidents.list", "incidents.card", "incidents.strike"))
# Messages about what one has logged oneself: whoever comes to an open browser later does not find them on the page.
FOLDS: Final = frozenset(
    f"incident.{name}" for name in ("start", "saved", "corrected", "unchanged", "mine", "correct", "withdraw")
)
# Where to turn: to somebody unknown it is told beyond the limit of other messages, in a flood as well.
WHERE_TO_TURN: Final = frozenset(("where_to_turn", "care.numbers", "care.again", "care.danger_seen", "stranger_again"))
# Messages in private with nothing under them but what is their own: to be passed on, or read in a grave moment.
ALONE: Final = frozenset(
    (
        *("guest.letter", "guest.open_letter", "outside.letter", "candidate.letter"),
        *("where_to_turn", "care.numbers", "care.again", "care.danger_seen", "care.first"),
    )
)
