"""Kept answers: every version once, nothing twice."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.records.records import GivenAnswer, SeatState
from storage.store import Store
from tests.storage.conftest import make_group

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
chats = iter(range(-1, -10_000, -1))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["", "x"]), json_values), max_size=12))
async def test_versions_and_idempotence(store: Store, said: list[tuple[str, str, Any]]) -> None:
    """What was said last is the answer, what was said before is its history, and repeating adds nothing."""
    model: dict[tuple[str, str], list[Any]] = {}
    async with store.work() as work:
        group, (member,) = await make_group(work, next(chats), 1, first_user=-next(chats) * 10)
        run = await work.runs.add(group.id, "0.1", "hash", {})
        owner = f"m:{member.id}"
        for question, item, value in said:
            versions = model.setdefault((question, item), [])
            if not versions or repr(versions[-1]) != repr(value):
                versions.append(value)
            for _ in range(2):
                kept = await work.answers.keep(
                    run.id, GivenAnswer(owner, question, item, value, None, "self", False), member.id
                )
                assert (kept.version, repr(kept.value)) == (len(versions), repr(value))
    async with store.work() as work:
        answers = await work.answers.of_owner(run.id, owner)
        assert {(a.question, a.item): repr(a.value) for a in answers} == {k: repr(v[-1]) for k, v in model.items()}
        for answer in answers:
            history = await work.answers.history(answer.id)
            assert [repr(a.value) for a in history] == list(map(repr, model[answer.question, answer.item]))
            assert [a.version for a in history] == list(range(1, len(history) + 1))


async def test_answer_is_found_by_its_message(store: Store) -> None:
    """The message that gave an answer edits it, until a later message has given it anew."""
    async with store.work() as work:
        group, (member,) = await make_group(work, -1, 1)
        run = await work.runs.add(group.id, "0.1", "hash", {})
        answer = GivenAnswer(f"m:{member.id}", "q", "", "ett", None, "self", False)
        first = await work.answers.keep(run.id, answer, member.id, (1000, 7))
        assert await work.answers.by_source(1000, 7) == first
        await work.answers.keep(run.id, replace(answer, value="två"), member.id, (1000, 9))
        assert await work.answers.by_source(1000, 7) is None
        await work.answers.keep(run.id, replace(answer, value="två"), member.id, (1000, 11))
        newest = await work.answers.by_source(1000, 11)
        assert newest is not None
        assert (newest.value, newest.version) == ("två", 2)
        button = await work.answers.keep(run.id, replace(answer, value="tre"), member.id)
        assert button.source == (1000, 11)


async def test_what_is_no_json_is_refused(store: Store) -> None:
    """A value that cannot be kept as it is raises at once, and leaves nothing."""
    async with store.work() as work:
        group, (member,) = await make_group(work, -1, 1)
        run = await work.runs.add(group.id, "0.1", "hash", {})
        for value in (float("nan"), object()):
            with pytest.raises((ValueError, TypeError)):
                await work.answers.keep(
                    run.id, GivenAnswer(f"m:{member.id}", "q", "", value, None, "self", False), member.id
                )
        assert await work.answers.of_owner(run.id, f"m:{member.id}") == []


async def test_runs_are_rounds(store: Store) -> None:
    """An exercise done again is a new round; the newest is found, also past those in a phase that is left aside."""
    async with store.work() as work:
        group, _ = await make_group(work, -1)
        first = await work.runs.add(group.id, "0.5", "hash", {"a": 1})
        assert await work.runs.latest(group.id, "0.5") == first
        second = await work.runs.add(group.id, "0.5", "hash", {})
        other = await work.runs.add(group.id, "0.6", "hash", {})
        assert (first.round, second.round, other.round) == (1, 2, 1)
        await work.runs.update(second.id, phase="aside")
        assert [run.id for run in await work.runs.all_of(group.id)] == [first.id, second.id, other.id]
        newest = [await work.runs.latest(group.id, "0.5", besides=phase) for phase in ("", "aside")]
        assert [run.id for run in newest if run] == [second.id, first.id]
        assert await work.runs.latest(group.id, "0.7") is None
        assert [run.round for run in await work.runs.of_exercise(group.id, "0.5")] == [1, 2]
        await work.runs.update(first.id, phase="open", state={"a": 2})
        assert [run.state for run in await work.runs.all_of(group.id)] == [{"a": 2}, {}, {}]


async def test_an_earlier_version_is_found_by_its_message(store: Store) -> None:
    """A message whose answer has been changed since still leads to it; what two have said together is no message's."""
    async with store.work() as work:
        group, (alva, bo) = await make_group(work, -1, 2)
        run = await work.runs.add(group.id, "0.4", "hash", {})
        answer = GivenAnswer("g", "q", "", "ett", None, "group", False)
        first = await work.answers.keep(run.id, answer, alva.id, (1000, 7))
        assert await work.answers.superseded(1000, 7) is None
        await work.answers.keep(run.id, replace(answer, value="två"), bo.id, (2000, 9))
        joined = await work.answers.keep(run.id, replace(answer, value="ett\n\ntvå"), bo.id, (2000, 9), joined=True)
        assert joined.source is None
        assert await work.answers.by_source(2000, 9) is None
        assert await work.answers.superseded(1000, 7) == first
        later = await work.answers.superseded(2000, 9)
        assert later is not None
        assert (later.value, later.version, later.member_id) == ("två", 2, bo.id)


async def test_only_those_who_write_an_answer_together_see_how_it_has_changed(store: Store) -> None:
    """Neither another organisation nor a guest, somebody who has left or another group sees an earlier version."""
    async with store.work() as work:
        group, members = await make_group(work, -1, 5)
        _, (stranger,) = await make_group(work, -2, 1, first_user=900)
        ours, theirs = [(await work.members.add_organisation(group.id, name)).id for name in ("Ett", "Två")]
        alva, bo, cia, guest, left = [
            await work.members.update(member.id, organisation_id=organisation)
            for member, organisation in zip(members, (ours, ours, theirs, ours, ours), strict=True)
        ]
        await work.members.update(guest.id, role="guest")
        await work.members.update(left.id, state=SeatState.LEFT)
        run = await work.runs.add(group.id, "1.2", "hash", {})

        async def seen(owner: str, audience: str = "group") -> list[str]:
            for value in ("före", "efter"):
                kept = await work.answers.keep(
                    run.id, GivenAnswer(owner, f"q_{audience}", "", value, None, audience, False), alva.id
                )
            readers = {"alva": alva, "bo": bo, "cia": cia, "guest": guest, "left": left, "stranger": stranger}
            return [name for name, reader in readers.items() if await work.answers.shared_history(kept.id, reader)]

        assert await seen("g") == ["alva", "bo", "cia"]
        assert await seen(f"o:{ours}") == ["alva", "bo"]
        assert await seen(f"m:{alva.id}") == []
        assert await seen("g", "coordinator") == []  # not even Alva, who coordinates: others wrote it as well
        assert await work.answers.shared_history(10_000, alva) == []


async def test_which_answers_somebody_else_wrote_before(store: Store) -> None:
    """Not those that one person has changed, nor those that were there before anybody wrote."""
    async with store.work() as work:
        group, (alva, bo) = await make_group(work, -1, 2)
        run = await work.runs.add(group.id, "1.2", "hash", {})
        for question, members in {"once": (alva,), "own": (bo, bo), "theirs": (alva, bo), "begun": (None, bo)}.items():
            for n, member in enumerate(members):
                given = GivenAnswer("g", question, "", f"{n}", None, "group", False)
                await work.answers.keep(run.id, given, member.id if member else None)
        answers = await work.answers.of_owner(run.id, "g")
        several = await work.answers.by_several(answers)
    assert [answer.question for answer in answers if answer.id in several] == ["theirs"]
