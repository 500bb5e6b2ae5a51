"""What each message of the dialogue needs to be worded. It reads; it stores nothing."""

from typing import Any

from bot.exercises.carried_over import recalled
from bot.exercises.turn_context import TurnContext
from flows.effects import Say
from flows.model import How


async def facts_for(turn: TurnContext, say: Say, to: int) -> dict[str, Any]:
    """The facts of a message to a member (`to`: their number), with the town where they sit in several."""
    town = await turn.ctx.town_for(turn.scene.members[to].person_id, turn.group)
    return {**await _facts_for(turn, say, to), "town": town}


async def _facts_for(turn: TurnContext, say: Say, to: int) -> dict[str, Any]:
    """What the message needs. Its name tells which."""
    present = turn.present
    match say.name:
        case "visit.ask":
            return await _question(turn, say, to)
        case "visit.comment":
            return await _comment(turn, say, to)
        case "visit.summary":
            return await _summary(turn, say, to)
        case "visit.met":
            return _met(turn, say)
        case "visit.own" | "visit.pick":
            return {"title": present.words["title"], "trouble": present.trouble(say.facts["trouble"])}
        case "visit.changed":
            return {"short": present.short(say.facts["key"])}
        case "row.summary":
            lines = present.draft(turn.run, say.facts["draft"], say.facts["shown"])
            return {"title": present.words["title"], "lines": lines}
        case "row.unchanged" | "row.saved":
            return {"saved": say.name == "row.saved"}
        case "run.invite" | "visit.intro":
            return {**_outline(turn), **await _opening(turn, to), **say.facts}
        case _:
            return {**_outline(turn), **say.facts}


async def _question(turn: TurnContext, say: Say, to: int) -> dict[str, Any]:
    run, present = turn.run, turn.present
    if run.exercise.how is How.ROWS:
        visit = run.visits[to]
        draft = visit.draft.get(say.key)
        if visit.row is not None and not run.exercise.private:
            draft = (await turn.ctx.work.rows.get(visit.row)).values.get(say.key)
        return present.ask(run, say.key, say.facts, None, draft)
    answered = say.key in run.sheet(to).answered
    current = await turn.answer(run.owner(to), say.key) if answered else None
    return present.ask(run, say.key, say.facts, current)


async def _comment(turn: TurnContext, say: Say, to: int) -> dict[str, Any]:
    run, present = turn.run, turn.present
    current = await turn.answer(run.owner(to), say.key)
    return {
        "short": present.short(say.key),
        "value": present.value(run.question(say.key), current.value) if current else None,
        "comment": current.comment if current else None,
        **say.facts,
    }


async def _summary(turn: TurnContext, say: Say, to: int) -> dict[str, Any]:
    run, present = turn.run, turn.present
    answers = await turn.ctx.work.answers.of_owner(run.number, run.owner(to))
    return {
        **present.outline(run),
        **say.facts,
        "lines": present.lines(run, answers, shown=say.facts["shown"], first=say.facts["first"]),
        "saved": present.short(say.facts["saved"]) if say.facts["saved"] else None,
        "missing": [present.short(key) for key in say.facts["missing"]],
        "advised": present.advice(say.facts["advised"]),
        "private": run.exercise.private,
    }


def _met(turn: TurnContext, say: Say) -> dict[str, Any]:
    """Two have changed the same answer: what each of them wrote."""
    present, question = turn.present, turn.run.question(say.key)
    return {
        **say.facts,
        "mine": present.value(question, say.facts["mine"]),
        "theirs": present.value(question, say.facts["theirs"]),
        "by": turn.scene.member(say.facts["by"]) if say.facts["by"] else None,
        "short": present.short(say.key),
        "text": say.write,
    }


def _outline(turn: TurnContext) -> dict[str, Any]:
    run, present = turn.run, turn.present
    return {**present.outline(run), **present.progress(run), "private": run.exercise.private}


async def _opening(turn: TurnContext, to: int) -> dict[str, Any]:
    """What comes back from earlier exercises, and who writes on the same sheet."""
    run = turn.run
    team = turn.present.team(run, run.owner(to), to) if run.exercise.teams else []
    return {"recall": await recalled(turn.ctx, turn.scene, run.exercise), "team": team}
