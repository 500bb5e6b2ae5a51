"""What is kept of a text that organisations approve, and what follows from it when the text changes."""

from datetime import date
from typing import Any, Final

from flows.run.state import Phase
from flows.run.text_approval import Said, TextApproval
from storage.json_records import dump, load

ON = date(2027, 1, 11)
KEPT_BEFORE: Final[
    dict[str, Any]
] = {  # as an older program kept it, in the middle of a change: laid aside, and not sent out anew
    "versions": [{"mark": "a", "on": "2027-01-11"}, {"mark": "b", "on": "2027-01-12", "right": ["c"]}],
    "before": [
        {"version": 1, "decision": "approve", "reason": None, "signer": None, "on": "2027-01-11", "owner": "o:1"}
        | {"at": "2027-01-11T09:00:00+00:00", "back": "2027-01-12"}
    ],
    "gone": [],
    "changing": [],
    "given": {},
    "aside": {},
    "overruled": {},
    "outside": {},
    "last": 2,
    "was": {"version": 1, "owners": ["o:1"], "phases": ["open", "concluded"]}
    | {"aside": {"o:2": {"on": "2027-01-11", "by": 1, "version": 1}}, "overruled": {}},
}


def test_what_an_older_program_kept_goes_on() -> None:
    """The text is put back word for word: the answer holds again, and so does what was decided about silence."""
    kept, version = load(TextApproval, KEPT_BEFORE).reading("a", ON)
    assert version == 1
    now = kept.turned(version, kept.laid_aside, (Phase.OPEN,), ON)
    assert (set(now.given), now.before, set(now.aside)) == ({"o:1"}, (), {"o:2"})
    assert kept.was.phases == (Phase.OPEN, Phase.CONCLUDED)
    assert load(TextApproval, dump(now)) == now


def test_a_decision_is_about_the_version_it_was_made_on() -> None:
    """A change of the text lays answers and decisions aside; one that changes nothing leaves them as they are."""
    said = Said(1, "approve", ON)
    kept = load(TextApproval, {**KEPT_BEFORE, "was": {}, "before": [], "aside": KEPT_BEFORE["was"]["aside"]})
    kept = kept.answered("o:1", said)
    same = kept.turned(1, {}, (Phase.OPEN,), ON)
    assert (dict(same.given), set(same.aside)) == ({"o:1": said}, {"o:2"})
    other = kept.turned(2, {}, (Phase.OPEN,), ON)
    assert (dict(other.given), set(other.aside), set(other.laid_aside)) == ({}, set(), {"o:1"})
    assert set(other.turned(1, other.laid_aside, (Phase.OPEN,), ON).aside) == {"o:2"}
