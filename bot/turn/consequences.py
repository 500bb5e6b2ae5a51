"""What follows from a turn, done: answers kept, messages said, cards brought up to date, all in one transaction.

The engine decides, the presenter words, the store keeps. What reaches beyond the run is noted as a happening.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.agenda.deadlines import schedule_date, schedule_row, start_timer
from bot.core import invitations
from bot.core.buttons import Action
from bot.core.desk import Desk, Key
from bot.core.happenings import (
    Concluded,
    GuestRow,
    HandedIn,
    ItemAdded,
    PrivateRow,
    ProfileGiven,
    RegisterNeeded,
    TextChanged,
)
from bot.core.keys import approval_keys, beside_keys, feed_keys, open_key, pen_keys, row_keys, together_keys
from bot.turn import linking
from bot.turn.earlier import history_keys
from bot.turn.labels import label
from bot.turn.present import NAMED, Presenter, Scene, answer_key
from bot.turn.recalling import recalled
from bot.turn.texts import approvals_of
from flows.effects import (
    Amend,
    Button,
    Comment,
    Effect,
    HandIn,
    Keep,
    KeepItem,
    KeepRow,
    OpenStep,
    Say,
    Show,
    StartTimer,
    TakeBack,
    Toast,
)
from flows.keyboards import CONCLUSION
from flows.model import Audience, How, Kind, Question
from flows.state import Phase, Run, Sheet
from storage import records
from storage.records import Answer, Group, Member, group_chat

FINISHED = frozenset({"visit.handed_in", "row.saved", "row.unchanged", "row.discarded"})  # nothing is asked after these
PARTS = 20  # messages that a collected picture can take at most


@dataclass(frozen=True, slots=True)
class Source:
    """The message that an answer came in, so that editing it edits the answer."""

    chat_id: int
    message_id: int


class Consequences:
    """Does the effects of one turn, in order."""

    def __init__(
        self, desk: Desk, group: Group, scene: Scene, before: Run, run: Run, by: Member | None, source: Source | None
    ) -> None:
        self.desk, self.group, self.scene, self.before, self.run, self.by, self.source = (
            desk,
            group,
            scene,
            before,
            run,
            by,
            source,
        )
        self.present = Presenter(desk.house.voice, scene, run.exercise)
        self.row: records.Row | None = None  # the row that this turn made or changed
        self.given: Mapping[str, Any] | None = None  # … or what was given to a private register

    async def do(self, effect: Effect) -> None:
        """Do one effect."""
        match effect:
            case Keep() | Comment() | HandIn() | TakeBack() | KeepRow() | KeepItem():
                await self._remember(effect)
            case Toast(name, facts, alert):
                await self._toast(name, facts, alert=alert)
            case Say(to="group"):
                await self._say_group(effect)
            case Say(to="coordinators"):
                pass  # no exercise speaks to the coordinators alone yet; their own messages come from doors.reminders
            case Say():
                await self._say_member(effect)
            case Amend():
                await self.card()
            case Show(to):
                await self._show(to)
            case OpenStep(step):
                await self._open_step(step)
            case StartTimer():
                minutes = self.run.exercise.timer or 0
                await start_timer(self.desk, self.group, self.run, minutes)
                facts = {"title": self.present.words["title"], "minutes": minutes}
                await self.desk.to_group(self.group, "run.timer_begun", facts)

    # -- keeping -------------------------------------------------------------------------------------------------
    async def _remember(self, effect: Keep | Comment | HandIn | TakeBack | KeepRow | KeepItem) -> None:
        match effect:
            case Keep():
                await self._keep(effect)
            case Comment(owner, key, text, member):
                current = await self._current(owner, key)
                if current is not None:  # the message that wrote it is the one to edit, but for a text of its own
                    kept = current.source if self.run.question(key).kind is Kind.TEXT else None
                    await self._store(owner, key, current.value, text, member, source=kept)
            case HandIn(owner):
                await self.desk.work.answers.hand_in(self.run.number, owner)
                if self.run.exercise.private:
                    await self._profile(owner)
                self._handed_in(owner)
            case TakeBack(owner):
                await self.desk.work.answers.take_back(self.run.number, owner)
                self._handed_in(owner, back=True)
            case KeepRow():
                await self._keep_row(effect)
            case KeepItem(title, member):
                own = {linking.OWN: title}
                row = await self.desk.work.rows.add(self.group.id, self.run.exercise.id, own, author=member)
                self.desk.happened.append(ItemAdded(self.group.id, self.run.number, member, f"#{row.id}"))

    async def _keep(self, effect: Keep) -> None:
        value, comment = effect.value, None
        if effect.key in self.before.sheets.get(effect.owner, Sheet()).answered or effect.more:
            current = await self._current(effect.owner, effect.key)
            if current is not None:
                comment = current.comment
                value = f"{current.value}\n{value}" if effect.more else value
        await self._store(effect.owner, effect.key, value, comment, effect.member, joined=effect.joined)
        if self.run.exercise.private and self.run.sheets[effect.owner].handed_in:
            await self._profile(effect.owner)  # what someone who is in says about themselves holds at once

    async def _store(
        self,
        owner: str,
        key: str,
        value: Any,
        comment: str | None,
        member: int,
        *,
        source: tuple[int, int] | None = None,
        joined: bool = False,
    ) -> None:
        question_id, _, item = key.partition("@")
        audience = Audience.GROUP if key == CONCLUSION else self.run.question(key).audience
        if key != CONCLUSION:
            value = await self._resolved(self.run.question(key), value, member)
        if key != CONCLUSION and self.run.question(key).milestone:
            await schedule_date(self.desk, self.group, f"{self.run.number}:{key}", date.fromisoformat(value))
        here = (self.source.chat_id, self.source.message_id) if self.source else None
        await self.desk.work.answers.keep(
            self.run.number,
            owner,
            question_id,
            item,
            value,
            comment,
            str(audience),
            self.run.exercise.anonymous,
            member,
            source or here,
            joined=joined,
        )
        self._text_changed()

    def _handed_in(self, owner: str, *, back: bool = False) -> None:
        if self.run.exercise.approves:
            self.desk.happened.append(HandedIn(self.group.id, self.run.number, owner, back))

    def _text_changed(self) -> None:
        """What was approved may no longer be what is written."""
        if any(approvals_of(self.desk.house.process, self.run.exercise.id)):
            self.desk.happened.append(TextChanged(self.group.id, self.run.exercise.id))

    async def _resolved(self, question: Question, value: Any, member: int) -> Any:
        """A value in which an organisation or a row that was written by name is one of the group's."""
        if question.kind is Kind.ORGANISATION and "name" in value:
            return await self._organisation(value["name"])
        if question.kind is Kind.ROW:
            value = await linking.resolved(self.desk, self.group, question, value, member)
            rows = await linking.row_names(self.desk, self.group, self.run.exercise)
            self.scene = replace(self.scene, rows=rows)
            self.present = Presenter(self.desk.house.voice, self.scene, self.run.exercise)
        return value

    async def _organisation(self, name: str) -> dict[str, int]:
        """An organisation that was written by name, as a value. From now on it is one of the group's."""
        added = await self.desk.work.members.add_organisation(self.group.id, name)
        self.scene = replace(self.scene, organisations={**self.scene.organisations, added.id: added})
        self.present = Presenter(self.desk.house.voice, self.scene, self.run.exercise)
        return {"id": added.id}

    async def _current(self, owner: str, key: str) -> Answer | None:
        return next(
            (a for a in await self.desk.work.answers.of_owner(self.run.number, owner) if answer_key(a) == key), None
        )

    async def _keep_row(self, effect: KeepRow) -> None:
        values = {key.partition("@")[0]: value for key, value in effect.values.items()}
        if self.run.exercise.private:
            self.given = values
            return
        for question in self.run.exercise.questions:
            if values.get(question.id):
                values[question.id] = await self._resolved(question, values[question.id], effect.member)
        if self._is_guest() and not await self._may_answer(values):
            return
        if effect.row is None:
            author = None if self._is_guest() else effect.member  # who it was is nobody's business
            self.row = await self.desk.work.rows.add(self.group.id, self.run.exercise.id, values, author=author)
        else:
            row = await self.desk.work.rows.get(effect.row)
            self.row = await self.desk.work.rows.change(row.id, None, effect.member, values={**row.values, **values})
        await self._taken_on(values)
        self._text_changed()
        await self.card()

    def _is_guest(self) -> bool:
        """True for someone outside of the group who fills in a form."""
        return self.by is not None and self.by.role == "guest"

    async def _may_answer(self, values: Mapping[str, Any]) -> bool:
        """Whether the guest's link still is good: it may have been used by another, or taken back meanwhile."""
        assert self.run.exercise.register is not None
        actor = str(values[self.run.exercise.register.title]["id"])
        return await invitations.valid(self.desk, self.group, self.run.exercise.register.link, actor) is not None

    async def _taken_on(self, values: Mapping[str, Any]) -> None:
        """A row whose fields say who takes it on and until when is a task, which other fields can say is done."""
        register, row = self.run.exercise.register, self.row
        assert row is not None  # just kept
        changes: dict[str, Any] = {}
        if register and register.person in values:
            changes["assignee"] = (values[register.person] or {}).get("id")
        if register and register.due in values and (row.assignee or changes.get("assignee")):
            changes["due"] = values[register.due]
        if changes and register:
            changes.setdefault("due", row.values.get(register.due))
        if register and row.state != "removed" and any(name in values for name, _ in register.done):
            is_done = all(row.values.get(name) in options for name, options in register.done)
            changes["state"] = "done" if is_done else "open"
        if changes:
            self.row = await self.desk.work.rows.change(row.id, None, row.author, **changes)
            await schedule_row(self.desk, self.group, self.row)

    async def _profile(self, owner: str) -> None:
        """The joining answers become the member's profile; see bot.people.entering for what a new member is told."""
        answers = {a.question: a.value for a in await self.desk.work.answers.of_owner(self.run.number, owner)}
        self.desk.happened.append(ProfileGiven(self.group.id, int(owner[2:]), answers))

    # -- saying --------------------------------------------------------------------------------------------------
    async def _say_member(self, say: Say) -> None:
        assert isinstance(say.to, int)
        member = self.scene.members[say.to]
        person = await self.desk.work.people.get(member.person_id)
        if person.reach != "reachable" or (person.stopped and say.name == "run.invite"):
            return  # the roster shows who cannot be reached, and the card in the group has a link
        if say.name.startswith("trouble."):  # said beside the dialogue, not above a question
            text = self.desk.house.voice.label(say.name, say.facts)
            await self.desk.to_person(person.id, "notice", {"text": text}, about=self.group.id)
            return
        if self.run.exercise.private and say.name in FINISHED and self.run.exercise.register:
            await self.desk.work.people.update(person.id, focus=None)
            row = self.before.visits[say.to].row
            self.desk.happened.append(PrivateRow(self.group.id, self.run.exercise.id, say.to, self.given, row))
            return
        if member.role == "guest" and say.name in FINISHED:
            draft = self.before.visits[member.id].draft
            actor = draft[self.run.exercise.register.title]["id"] if self.run.exercise.register else None
            left = say.name != "row.saved"
            self.desk.happened.append(
                GuestRow(self.group.id, self.run.number, member.id, None if left else actor, self.row is not None)
            )
            return
        facts, keys = await self._facts(say), self._keys(say)
        if member.role == "guest" and "audience" in facts:
            facts["audience"] = self.desk.house.voice.label("audience.guest")
        if say.name in ("run.invite", "visit.intro"):
            keys += approval_keys(self.desk, self.run) + beside_keys(self.desk, self.run)
        if say.name in ("visit.summary", "visit.handed_in"):
            keys += feed_keys(self.desk, self.run)
        if say.name in ("visit.ask", "visit.summary") and self.run.shared:
            keys += await history_keys(self.desk, self.run, member, say.key)
        if say.name.startswith("row.") and self.row is not None:
            facts = {**self.present.row_card(self.row), **facts}
            keys = row_keys(self.desk, self.run, self.row)
        await self.desk.to_person(
            person.id,
            say.name,
            facts,
            keys,
            about=self.group.id,
            slot=f"visit:{self.run.number}",
            edit=self.desk.tapped if say.in_place else None,
            context={"run": self.run.number, **self._answered_by_reply(say)},
        )
        focus = None if say.name in FINISHED else self.run.number
        if say.ask and person.focus != focus:
            await self.desk.work.people.update(person.id, focus=focus, current_group=self.group.id)

    def _answered_by_reply(self, say: Say) -> dict[str, Any]:
        """Which question a reply to the message answers, and which version of a shared answer it shows."""
        if not say.key or not isinstance(say.to, int):
            return {}
        seen = {"seen": self.run.visits[say.to].seen} if self.run.shared and say.name == "visit.ask" else {}
        return {"key": say.key, "ask": say.ask, **seen}

    async def _facts(self, say: Say) -> dict[str, Any]:
        """What each message of the dialogue needs. The name of the message tells."""
        assert isinstance(say.to, int)
        run, present = self.run, self.present
        match say.name:
            case "visit.ask":
                visit = run.visits[say.to]
                if run.exercise.how is How.ROWS:
                    draft = visit.draft.get(say.key)
                    if visit.row is not None and not run.exercise.private:
                        draft = (await self.desk.work.rows.get(visit.row)).values.get(say.key)
                    return present.ask(run, say.key, say.facts, None, draft)
                answered = say.key in run.sheet(say.to).answered
                current = await self._current(run.owner(say.to), say.key) if answered else None
                return present.ask(run, say.key, say.facts, current)
            case "visit.comment":
                current = await self._current(run.owner(say.to), say.key)
                shown = present.value(run.question(say.key), current.value) if current else None
                return {
                    "short": present.short(say.key),
                    "value": shown,
                    "comment": current.comment if current else None,
                    **say.facts,
                }
            case "visit.summary":
                answers = await self.desk.work.answers.of_owner(run.number, run.owner(say.to))
                missing = [present.short(key) for key in say.facts["missing"]]
                advised = present.advice(say.facts["advised"])
                more = {
                    "lines": present.lines(run, answers, shown=say.facts["shown"], first=say.facts["first"]),
                    "missing": missing,
                    "advised": advised,
                    "private": run.exercise.private,
                }
                return {**present.outline(run), **say.facts, **more}
            case "visit.met":
                question = run.question(say.key)
                both = {name: present.value(question, say.facts[name]) for name in ("mine", "theirs")}
                by = present.scene.member(say.facts["by"]) if say.facts["by"] else None
                return {**say.facts, **both, "by": by, "short": present.short(say.key), "text": say.write}
            case "visit.own" | "visit.pick":
                return {"title": present.words["title"], "trouble": present.trouble(say.facts["trouble"])}
            case "visit.changed":
                return {"short": present.short(say.facts["key"])}
            case "row.summary":
                return {
                    "title": present.words["title"],
                    "lines": present.draft(run, say.facts["draft"], say.facts["shown"]),
                }
            case "row.unchanged" | "row.saved":
                if say.facts.get("row") is not None and self.row is None:
                    self.row = await self.desk.work.rows.get(say.facts["row"])
                return {"saved": say.name == "row.saved"}
            case _:
                facts = {**present.outline(run), **present.progress(run), "private": run.exercise.private}
                if say.name in ("run.invite", "visit.intro"):
                    facts["recall"] = await recalled(self.desk, self.scene, run.exercise)
                    together = run.exercise.teams and isinstance(say.to, int)
                    facts["team"] = present.team(run, run.owner(int(say.to)), int(say.to)) if together else []
                return {**facts, **say.facts}

    def _keys(self, say: Say) -> list[list[Key]]:
        return [[self._key(button, say) for button in row] for row in say.keyboard]

    def _key(self, button: Button, say: Say) -> Key:
        return Key(
            label(self.present, self.run, say, button), Action(button.verb, self.run.number, say.ask, button.arg)
        )

    async def _say_group(self, say: Say) -> None:
        facts: dict[str, Any] = {"title": self.present.words["title"]}
        match say.name:
            case "run.missing":
                keys = say.facts["keys"]
                facts |= {"missing": [self.present.short(key) for key in keys[:NAMED]], "more": len(keys[NAMED:])}
            case "run.conclusion":
                answer = await self._current("g", CONCLUSION)
                assert answer is not None  # it was kept by the effect before
                facts |= {**say.facts, "text": answer.value, "by": self.scene.member(answer.member_id or 0)}
            case "run.concluded":
                self.desk.happened.append(Concluded(self.group.id, self.run.number))
                return
        await self.desk.to_group(self.group, say.name, facts, self._keys(say), slot=f"{say.name}:{self.run.number}")

    async def _toast(self, name: str, facts: Mapping[str, Any], *, alert: bool) -> None:
        """A notice over the chat; where there was no tap, the same sentence as a message to the one who wrote."""
        if self.desk.toast(name, facts, alert=alert) or self.by is None or name == "visit.more_kept":
            return
        person = await self.desk.work.people.get(self.by.person_id)
        if person.reach == "reachable":
            keys = [[self.desk.key("resume", "open", self.run.number)]] if self.run.phase is Phase.OPEN else []
            await self.desk.to_person(
                person.id, "notice", {"text": self.desk.house.voice.toast(name, facts)}, keys, about=self.group.id
            )

    # -- the group -----------------------------------------------------------------------------------------------
    async def card(self) -> None:
        """Bring the run's card in the group up to date."""
        if self.run.exercise.private:
            return
        run, present, exercise = self.run, self.present, self.run.exercise
        facts = {
            **present.outline(run),
            **present.progress(run),
            "phase": str(run.phase),
            "lines": [],
            "gaps": [],
            "rows": None,
            "verdict": None,
        }
        if exercise.how is How.GROUP:
            answers = await self.desk.work.answers.for_group(run.number)
            facts["lines"] = present.by_item(run, answers) if exercise.for_each else present.lines(run, answers)
            facts["verdict"] = present.verdict_text(run, answers)
        if exercise.how is How.ROWS:
            rows, total = await self.desk.work.rows.list(self.group.id, exercise.id, limit=100_000)
            facts |= {"rows": total, "gaps": present.gaps(rows, self.desk.today)}
        await self.desk.to_group(
            self.group,
            "run.card",
            facts,
            self._card_keys(),
            slot=f"card:{run.number}",
            living=True,
            context={"run": run.number},
        )

    def _card_keys(self) -> list[list[Key]]:
        desk, run = self.desk, self.run
        how, number = run.exercise.how, run.number
        link, more = open_key(desk, run.exercise, number, in_group=True), approval_keys(desk, run)
        if run.exercise.deck and run.phase is Phase.OPEN:
            more = [[desk.key("pairs", "pairs", number)]]
        if run.phase is Phase.ASIDE:
            return [[desk.key("take_out", "resume", number)]]
        undo = desk.key(f"undo.{run.phase}", "undo", number)
        match run.phase:
            case Phase.OPEN if how in (How.EACH, How.ORG):
                return [[link], *more, [desk.key("reveal", "reveal", number), undo]]
            case Phase.OPEN:
                return [[link], *more, [desk.key("close", "close", number), undo]]
            case Phase.CONCLUDED if how is How.GROUP:
                return [*more, *together_keys(desk, run), [undo]]
            case Phase.REVEALED | Phase.CONCLUDED:
                return [*more, [undo]]
        return []

    async def _show(self, to: Any) -> None:
        """Show the collected picture where its audience is."""
        run = self.run
        if to == "group":
            answers: Sequence[Answer] = await self.desk.work.answers.for_group(run.number)
            answers = [a for a in answers if a.question != CONCLUSION]
            if self.before.phase is Phase.REVEALED:  # someone has answered late
                await self._retract("run.renewed")
            keys = together_keys(self.desk, run) + pen_keys(self.desk, run)
            await self.desk.to_group(
                self.group, "run.picture", self.present.picture(run, answers), keys, slot=f"picture:{run.number}"
            )
            await self._plan_weak_parts(answers)
            return
        for member in self.scene.members.values():
            if member.coordinator and member.state == "active":
                answers = await self.desk.work.answers.visible(run.number, member)
                await self.desk.to_person(
                    member.person_id, "run.picture", self.present.picture(run, answers), about=self.group.id
                )

    async def undo(self) -> None:
        """What a step that is taken back had set in motion is taken back with it."""
        if self.before.phase is Phase.REVEALED and self.run.phase is Phase.OPEN:
            await self._retract("run.hidden")
        outcome = self.run.exercise.outcome
        if self.before.phase is Phase.CONCLUDED and self.run.phase is Phase.OPEN and outcome is not None:
            steps = set(self.group.settings.get("steps", [0])) - {outcome.opens}
            settings = {**self.group.settings, "steps": sorted(steps)}
            self.group = await self.desk.work.groups.update(self.group.id, settings=settings)

    async def _retract(self, name: str) -> None:
        """A picture that no longer holds leaves the chat, every part of it; `name` is what stands there instead."""
        slot = f"picture:{self.run.number}"
        for part in (slot, *(f"{slot}#{number}" for number in range(PARTS))):
            shown = await self.desk.work.outbox.latest(group_chat(self.group.id), part)
            if shown is None and part != slot:
                return
            if shown is not None and shown.message_id is not None:
                facts = {"title": self.present.words["title"]}
                await self.desk.to_group(self.group, name, facts, edit=shown.message_id, slot=part)

    async def _plan_weak_parts(self, answers: Sequence[Answer]) -> None:
        """A row for each weak part in the verdict's plan register, unless there is one; then the register is opened."""
        verdict = self.run.exercise.verdict
        picture = self.present.judgement(self.run, answers)
        if verdict is None or verdict.plan is None or picture is None or not picture.weak:
            return
        register = self.desk.house.process.exercises[verdict.plan]
        part = register.questions[0]
        rows, _ = await self.desk.work.rows.list(self.group.id, register.id, limit=100_000)
        planned = {row.values.get(part.id) for row in rows}
        for key in picture.weak:
            if key in part.options and key not in planned:
                await self.desk.work.rows.add(self.group.id, register.id, {part.id: key}, author=None)
        self.desk.happened.append(RegisterNeeded(self.group.id, register.id))

    async def _open_step(self, step: int) -> None:
        settings = dict(self.group.settings)
        settings["steps"] = sorted({*settings.get("steps", [0]), step})
        self.group = await self.desk.work.groups.update(self.group.id, settings=settings)
