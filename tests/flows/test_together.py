"""What people do together: pairs and small groups, the board, the working session."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import board, pairing
from flows.timing import working_session

PEOPLE = st.lists(st.integers(1, 1000), min_size=2, max_size=12, unique=True)


@given(PEOPLE)
def test_everyone_meets_everyone_once(people: list[int]) -> None:
    """The icebreaker goes on until all have met, and nobody meets the same person twice or is in two places at once."""
    found = pairing.rounds(people)
    met = [frozenset(pair) for pairs in found for pair in pairs]
    assert sorted(map(sorted, met)) == sorted(map(sorted, combinations(people, 2)))
    assert all(len({p for pair in pairs for p in pair}) == 2 * len(pairs) for pairs in found)


@given(st.dictionaries(st.integers(1, 99), st.integers(1, 6), min_size=2, max_size=30))
def test_small_groups_mix_organisations(organisation_of: dict[int, int]) -> None:
    """Everyone is in one group of two to four, and none holds more of an organisation than an even spread must."""
    groups = pairing.small_groups(organisation_of)
    assert sorted(p for g in groups for p in g) == sorted(organisation_of)
    assert all(2 <= len(g) <= 4 for g in groups)
    for organisation in set(organisation_of.values()):
        most = -(-sum(1 for o in organisation_of.values() if o == organisation) // len(groups))
        assert all(sum(organisation_of[p] == organisation for p in g) <= most for g in groups)


def test_organisations_take_turns() -> None:
    """Two from one organisation do not present after each other while another waits."""
    assert pairing.turns({1: [10, 11], 2: [20]}) == [10, 20, 11]


NOTES = st.lists(st.text(min_size=1).filter(lambda text: text.strip() != ""), min_size=1, max_size=12)


@given(NOTES, st.lists(st.tuples(st.sampled_from("maknd"), st.integers(1, 14), st.integers(1, 14)), max_size=25))
def test_the_board_loses_no_note(notes: list[str], deeds: list[tuple[str, int, int]]) -> None:
    """Whatever is merged, taken apart, named and voted, every note is there once and nobody has four dots."""
    b = board.lay(notes)
    for deed, one, other in deeds:
        match deed:
            case "m":
                b = board.merge(b, one, other)
            case "a":
                b = board.take_apart(b, one)
            case "n":
                b = board.name(b, one, "Tid")
            case "d":
                b = board.dot(b, other, one)
            case "k":
                b = board.take_dots_back(b, other)
        assert sorted(n for c in b.clusters for n in c.notes) == sorted(notes)
        assert len({c.id for c in b.clusters}) == len(b.clusters)
        assert all(len(mine) <= board.DOTS for mine in b.dots.values())
        assert sum(b.count(c.id) for c in b.clusters) == sum(len(mine) for mine in b.dots.values())
        assert board.from_json(board.to_json(b)) == b


def test_notes_alike_lie_together_at_once() -> None:
    """Two who wrote the same see one cluster, and the order of the notes tells nothing of who wrote them."""
    b = board.lay(["Tid", "att bli hörd", "tid "])
    assert [c.notes for c in b.clusters] == [("att bli hörd",), ("Tid", "tid ")]


@given(NOTES, NOTES)
def test_late_notes_find_their_place(first: list[str], late: list[str]) -> None:
    """Whoever answers when the board has been laid has their notes added, and nothing that lies there is moved."""
    b = board.add(board.lay(first), [*first, *late])
    assert sorted(n for c in b.clusters for n in c.notes) == sorted([*first, *late])
    assert b.clusters[: len(board.lay(first).clusters)] == board.lay(first).clusters
    assert board.add(b, [*first, *late]) == b


def test_cards_are_swapped() -> None:
    """After a meeting each has the other's card, and whoever rested keeps theirs."""
    assert pairing.swap({1: "a", 2: "b", 3: "c"}, [(1, 2)]) == {1: "b", 2: "a", 3: "c"}


def test_the_most_dotted_comes_first() -> None:
    """What most people find important is at the top."""
    b = board.lay(["a", "b", "c"])
    b = board.dot(board.dot(board.dot(b, 1, 3), 2, 3), 2, 2)
    assert [c.title for c in board.ranked(b)] == ["c", "b", "a"]


@given(
    st.lists(st.tuples(st.text("abc", min_size=1), st.integers(5, 120)), min_size=1, max_size=25), st.integers(30, 240)
)
def test_an_agenda_fits(exercises: list[tuple[str, int]], minutes: int) -> None:
    """A session's agenda never needs more than the time there is, and no exercise gets less than five minutes."""
    points = working_session.lay(exercises, minutes=minutes)
    assert sum(p.minutes for p in points) <= max(minutes, 2 * working_session.AROUND + working_session.LEAST)
    assert all(p.minutes >= working_session.LEAST for p in points)
    worked = [p for p in points[1:-1] if p.what not in (working_session.PAUSE, working_session.LUNCH)]
    assert [p.what for p in worked] == [what for what, _ in exercises][: len(worked)]
    room = minutes - sum(p.minutes for p in points)
    wanted = [m for _, m in exercises]
    assert room < working_session.LEAST or all(p.minutes + 5 > wanted[n] for n, p in enumerate(worked))


def test_a_session_goes_point_by_point() -> None:
    """Time is kept, can be stretched, and the last "next" ends the session."""
    s = working_session.begin(working_session.lay([("icebreaker", 20), ("premortem", 30)]), at=0)
    assert (s.point, working_session.minutes_left(s, at=61)) == (working_session.Point(working_session.OPENING, 5), 4)
    s = working_session.go_on(s, at=300)
    assert s.point is not None
    assert s.point.what == "icebreaker"
    assert working_session.minutes_left(working_session.more_time(s), at=300) == s.point.minutes + 5
    assert working_session.minutes_left(s, at=999_999) == 0
    ended = working_session.to_closing(s, at=400)
    assert ended.point == working_session.Point(working_session.CLOSING, 5)
    assert [ended.points[place].what for place in ended.passed] == ["premortem"]
    assert working_session.from_json(working_session.to_json(ended)) == ended
    assert working_session.to_closing(ended, at=450) == ended
    left = working_session.end(s)
    assert (left.over, [left.points[place].what for place in left.passed]) == (True, ["premortem", "closing"])
    assert working_session.end(left) == left
    assert working_session.go_on(ended, at=500).over
    s = working_session.go_on(working_session.go_on(working_session.go_on(s, at=1), at=2), at=3)
    assert s.over
    assert working_session.from_json(working_session.to_json(s)) == s
    assert working_session.go_on(s, at=9) == s


def test_a_group_of_one_is_refused() -> None:
    """A small group has at least two people."""
    with pytest.raises(ValueError, match="two people"):
        pairing.small_groups({1: 1, 2: 2}, most=1)


def test_more_time_for_a_point() -> None:
    """A point can get some minutes more, and a session that is over has no time left and none to give."""
    session = working_session.begin(working_session.lay([("talk", 10)], minutes=60), 0)
    left = working_session.minutes_left(session, 0)
    longer = working_session.more_time(session)
    assert working_session.minutes_left(longer, 0) == left + working_session.MORE
    assert working_session.time_is_out(longer) == (left + working_session.MORE) * 60
    over = session
    while over.point is not None:
        over = working_session.go_on(over, 0)
    assert working_session.more_time(over) == over
    assert (working_session.minutes_left(over, 0), working_session.time_is_out(over)) == (0, 0)


@pytest.mark.parametrize("minutes", [60, 90, 120, 180, 240, 300, 420])
@pytest.mark.parametrize("days", [1, 2, 3])
def test_a_day_has_its_pauses_and_every_exercise_its_day(minutes: int, days: int) -> None:
    """A whole day has lunch and two pauses, and a step laid over some days leaves nothing out and nothing twice."""
    wanted = [(f"e{n}", 5 + 5 * (n % 4)) for n in range(9)]
    left, seen = wanted, list[str]()
    for day in range(days, 0, -1):
        points = working_session.lay(left, minutes=minutes, days=day)
        names = [p.what for p in points]
        assert sum(p.minutes for p in points) <= minutes
        rests = [n for n in names if n in (working_session.PAUSE, working_session.LUNCH)]
        assert len(rests) <= (3 if minutes >= 240 else int(minutes > 100))
        assert minutes < 240 or len(left) < 4 or working_session.LUNCH in rests
        assert not {names[1], names[-2]} & set(rests)  # nobody has a pause right away
        today = list(working_session.begin(points, 0).exercises)
        seen += today
        left = [(what, m) for what, m in left if what not in today]
    assert seen == [what for what, _ in wanted]
