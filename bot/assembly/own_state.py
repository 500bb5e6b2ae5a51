"""What is told of the state of answers and meetings, and of how the group goes on: in a line, with the button.

As in `own_answers`, a function finds the facts for a rule of `messages/<language>/own_words.toml`.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Final

from bot.assembly.asked_in_words import Answerer, Asked, Found, Keys, told, towns
from bot.ballots import box
from bot.ballots.box import voter
from bot.context.context import Actor, Context
from bot.context.permissions import Rank, rank_of
from bot.exercises import approved_texts, runner
from bot.features.calendar import attendance, meeting_details
from bot.features.incidents import report
from bot.features.network import network_meetings
from bot.features.process.status import map_of, onward_keys
from bot.reminders.kinds import POLL
from bot.views.shared_buttons import approval_keys, in_town, join_key
from flows.ballots import YES, Purpose
from flows.enums import How
from flows.run.state import Phase, Place, Run
from messages.voice import TemplateFacts
from storage.records.meetings import Meeting
from storage.records.message_notes import MessageContext
from storage.records.records import is_own_number, private_chat

NAMED: Final = 3  # exercises that are told of


# -- answers -----------------------------------------------------------------------------------------------------------
async def _change(ctx: Context, asked: Asked) -> Found:
    lines, keys = await _changeable_answers(ctx, asked)
    return {"lines": lines}, keys


async def _changeable_answers(ctx: Context, asked: Asked) -> tuple[list[TemplateFacts], Keys]:
    """Tell of each exercise that they have answered whether that can be changed, as it now stands."""
    lines, keys = list[TemplateFacts](), await _ballots(ctx, asked)
    for actor in towns(asked, Rank.NETWORK):
        answered = [run async for run in _rounds(ctx, actor) if _has_answered(run, actor)]
        for run in (await _spoken_of(ctx, asked, answered))[:NAMED]:
            state, title = _changeable(run, actor), _title(ctx, run)
            approves = bool(run.exercise.approves)
            lines.append({"title": title, "town": told(asked, actor), "state": state, "approves": approves})
            if state == "open":
                keys.append([ctx.key("resume_title", "open", run.number, title=title)])
    return lines, keys


async def _takes_back(ctx: Context, asked: Asked) -> Found | None:
    """Tell what stands where nothing can be taken back: the text was not saved, or it is changed where it is.

    Under one's own answers it is asked which of them is meant.
    """
    last, _ = await ctx.work.outbox.latest_two(private_chat(asked.person.id))
    above = last.context if last else MessageContext()
    if above.holds and not above.passed:
        return {"unsaved": True, "asked": False, "opens": False, "unnamed": []}, []
    record = await ctx.work.runs.lookup(above.run) if above.run and not above.want else None
    run = runner.load(ctx, record) if record else None
    if run is not None and Place.SUMMARY in [run.visit(actor.member.id).place for actor in asked.seats]:
        return None
    lines, keys = await _changeable_answers(ctx, asked)
    unnamed = [line["title"] for line in lines if line["state"] == "unnamed"]
    keys += [row for actor in asked.seats for row in await report.ways_to_own(ctx, actor.group, asked.person)]
    return {"unsaved": False, "asked": bool(asked.questions), "opens": bool(keys), "unnamed": unnamed}, keys


async def _spoken_of(ctx: Context, asked: Asked, answered: list[Run]) -> list[Run]:
    """Return what a text may be about of what they have answered: what it stands under, what is open, or the newest."""
    about = [run for run in answered if run.number == asked.run] or [run for run in answered if not _is_over(run)]
    return about if about or await open_now(ctx, asked) is not None else answered[:1]


async def _ballots(ctx: Context, asked: Asked) -> Keys:
    """Return the buttons of the decisions that this person is asked about, whether they have answered or not."""
    keys = Keys()
    for actor in towns(asked):
        for ref, ballot in (await box.open_of(ctx, actor.group, Purpose.CONSENT)).items():
            if voter(actor.member.id) in ballot.asked:
                keys.append([in_town(ctx, ctx.key("say", "c_see", actor.group.id, ref), told(asked, actor))])
    return keys


async def _objects(ctx: Context, asked: Asked) -> Found | None:
    """Lead to the decision that is put to all: a word beside it does not count."""
    keys = await _ballots(ctx, asked)
    return ({}, keys) if keys else None


async def _times(ctx: Context, asked: Asked) -> Found | None:
    """Lead to the times that they have been asked about and have not answered."""
    keys = Keys()
    for actor in towns(asked, Rank.NETWORK):
        for item in await ctx.work.open_items.of_member(actor.member.id):
            if item.kind == POLL and item.state != "closed":
                key = ctx.key("day.poll", "tp_see", actor.group.id, item.ref.partition(":")[2])
                keys.append([in_town(ctx, key, told(asked, actor))])
    return ({}, keys) if keys else None


async def _rounds(ctx: Context, actor: Actor) -> AsyncIterator[Run]:
    """Yield the rounds in which this person answers something that others see, the newest first."""
    for record in reversed(await ctx.work.runs.all_of(actor.group.id)):
        run = runner.load(ctx, record)
        if not run.exercise.private and run.exercise.how is not How.ROWS and actor.member.id in run.seats:
            yield run


def _has_answered(run: Run, actor: Actor) -> bool:
    sheet = run.sheet(actor.member.id)
    return run.phase is not Phase.ASIDE and bool(sheet.answered or sheet.handed_in)


def _is_over(run: Run) -> bool:
    return run.phase is Phase.CONCLUDED


def _changeable(run: Run, actor: Actor) -> str:
    if run.exercise.anonymous:
        return "unnamed"
    together = run.exercise.how is How.GROUP
    over = _is_over(run) or (not together and run.locked(actor.member.id))
    return "over" if over else "together" if together else "open"


def _title(ctx: Context, run: Run) -> str:
    return ctx.services.voice.title_of(run.exercise.id)


async def _stands(ctx: Context, asked: Asked) -> Found | None:
    """Tell of each text that is put to the organisations whether it is adopted."""
    lines, keys = list[TemplateFacts](), Keys()
    for actor in towns(asked, Rank.NETWORK):
        for exercise in ctx.services.process.exercises.values():
            record = await ctx.work.runs.latest(actor.group.id, exercise.id) if exercise.approves else None
            if record is None or record.phase is Phase.ASIDE:
                continue
            run, part = runner.load(ctx, record), next(iter(exercise.approves))
            adopted = await approved_texts.adopted(ctx, actor.group, part)
            changed = adopted and await approved_texts.changed_since(ctx, actor.group, part)
            counts = {"all": len(run.owners()), "done": len(run.owners()) - len(run.waiting_for())}
            line = {"town": told(asked, actor), "title": _title(ctx, run), "adopted": adopted, "changed": changed}
            lines.append({**line, **counts})
            keys += approval_keys(ctx, run)
    return ({"lines": lines}, keys) if towns(asked, Rank.NETWORK) else None


# -- meetings ----------------------------------------------------------------------------------------------------------
async def nearest(ctx: Context, actor: Actor) -> Meeting | None:
    """Return the next meeting to which this person is called."""
    every = await ctx.work.meetings.planned(actor.group.id)
    coming = sorted((m for m in every if m.day >= ctx.today), key=lambda m: (m.day, m.at))
    core = actor.member.role == "core"
    return next(iter(coming), None) if core else network_meetings.coming(ctx, every)


async def _meet(ctx: Context, asked: Asked) -> Found | None:
    lines = list[TemplateFacts]()
    for actor in towns(asked):
        meeting = await nearest(ctx, actor)
        line = meeting_details.line(ctx, meeting) if meeting else {"on": None}
        where = rank_of(actor.member, actor.group) > Rank.LEADER  # who sees the way alone, sees when and not where
        hidden = {} if where else {"place": "", "link": ""}
        placeless = where and meeting is not None and network_meetings.lacks_place(meeting)
        lines.append({"town": told(asked, actor), **line, **hidden, "placeless": placeless})
    return ({"lines": lines}, []) if lines else None


async def _move(ctx: Context, asked: Asked) -> Found | None:
    """Lead whoever coordinates to moving, cancelling or asking for another time; tell others who can."""
    found = await _meet(ctx, asked)
    if found is None:
        return None
    facts, keys, leads, lines = found[0], Keys(), _leads(asked), list[TemplateFacts]()
    for actor in leads:
        if meeting := await _meant(ctx, actor, asked.text):
            town, about = told(asked, actor), (actor.group.id, str(meeting.id))
            lines.append({"town": town, **meeting_details.line(ctx, meeting)})
            off = ctx.key("calendar.cancel_of", "meetcancel", *about, on=meeting.day)
            moved = ctx.key("calendar.move_of", "moving", *about, on=meeting.day)
            keys += [[in_town(ctx, off, town)], [in_town(ctx, moved, town)]]
            keys.append([in_town(ctx, ctx.key("calendar.move", "moving", actor.group.id), town)])
    return {**facts, "lines": lines or facts["lines"], "leads": bool(leads)}, keys


async def _meant(ctx: Context, actor: Actor, text: str) -> Meeting | None:
    """Return the first meeting on a day that a text names, or else the next one."""
    every = await ctx.work.meetings.planned(actor.group.id)
    named = [m for m in every if m.day >= ctx.today and attendance.names(ctx, text, m.day)]
    return min(named, key=lambda m: m.day, default=None) or await nearest(ctx, actor)


async def _comes(ctx: Context, asked: Asked) -> Found | None:
    """Tell who of the core group cannot come to the next meeting and, if the network is called, how many said yes."""
    lines, keys = list[TemplateFacts](), Keys()
    for actor in towns(asked, Rank.MEMBER):
        if meeting := await nearest(ctx, actor):
            yes = (await network_meetings.called(ctx, meeting)).members(YES)
            networks = {one.id for one in await ctx.work.members.active(actor.group.id, roles=("network",))}
            is_theirs = network_meetings.is_networks(ctx, meeting) and bool(networks)
            lines.append(
                {
                    "town": told(asked, actor),
                    **meeting_details.line(ctx, meeting),
                    "cannot": await attendance.absent(ctx, actor.group, meeting),
                    "network": len(networks.intersection(yes)) if is_theirs else None,
                    "among": len(networks),
                }
            )
            key = ctx.key("meeting.nearest", "meeting", actor.group.id, str(meeting.id))
            keys.append([in_town(ctx, key, told(asked, actor))])
    return ({"lines": lines}, keys) if towns(asked, Rank.MEMBER) else None


async def _place(ctx: Context, asked: Asked) -> Found | None:
    """Lead whoever coordinates to where the place of the next meeting is written; tell others who does it."""
    lines, keys = list[TemplateFacts](), Keys()
    for actor in towns(asked, Rank.MEMBER):
        if meeting := await nearest(ctx, actor):
            leads = rank_of(actor.member, actor.group) >= Rank.COORDINATOR
            line = {**meeting_details.line(ctx, meeting), "town": told(asked, actor), "leads": leads}
            lines.append(line)
            if leads:
                key = ctx.key("day.place", "meetlong", actor.group.id, str(meeting.id))
                keys.append([in_town(ctx, key, told(asked, actor))])
    return ({"lines": lines}, keys) if lines else None


async def _whole(ctx: Context, asked: Asked) -> Found | None:
    """Tell when the last meeting is that is planned."""
    lines = list[TemplateFacts]()
    for actor in towns(asked, Rank.MEMBER):
        days = [meeting.day for meeting in await ctx.work.meetings.planned(actor.group.id)]
        lines.append({"town": told(asked, actor), "last": max(days, default=None)})
    return ({"lines": lines}, []) if lines else None


# -- whoever coordinates -----------------------------------------------------------------------------------------------
def _leads(asked: Asked) -> list[Actor]:
    return towns(asked, Rank.COORDINATOR)


def passed_on(ctx: Context, asked: Asked) -> Keys:
    """Return the buttons to share the coordination or hand it over, where it is theirs."""
    own = towns(asked, Rank.RESPONSIBLE)
    return [[in_town(ctx, ctx.key("share", "people", actor.group.id), told(asked, actor))] for actor in own]


async def _invite(ctx: Context, asked: Asked) -> Found | None:
    """Tell how one more comes into the core group: into its chat by the group's link, or on the page by their own."""
    seats, keys = towns(asked, Rank.MEMBER), Keys()
    if not seats:
        return None
    actor = seats[0]
    leads = rank_of(actor.member, actor.group) >= Rank.COORDINATOR
    if leads and ctx.services.page_url:
        keys.append([ctx.key("admission.make", "seatlink", actor.group.id)])
    chat = not is_own_number(actor.group.chat_id)
    return {"chat": chat, "page": bool(keys), "leads": leads, "url": join_key(ctx, actor.group).url}, keys


async def _begin(ctx: Context, asked: Asked) -> Found | None:
    """Lead whoever coordinates to what is next; tell others who begins it."""
    if not towns(asked, Rank.MEMBER):
        return None
    keys = await onward(ctx, asked)
    return {"leads": bool(_leads(asked)), "next": bool(keys)}, keys


async def onward(ctx: Context, asked: Asked) -> Keys:
    """Return the coordinator's buttons to what comes next in each town."""
    return [row for actor in _leads(asked) for row in onward_keys(ctx, actor.group, await map_of(ctx, actor.group))]


async def open_now(ctx: Context, asked: Asked) -> Run | None:
    """Return the newest round that is open to this person: the one they may speak of where no question stands."""
    found = [run for actor in towns(asked, Rank.NETWORK) async for run in _rounds(ctx, actor)]
    return next((run for run in found if run.phase is Phase.OPEN), None)


ANSWERS: Final[Mapping[str, Answerer]] = {
    "begin": _begin,
    "change": _change,
    "comes": _comes,
    "invite": _invite,
    "meet": _meet,
    "move": _move,
    "place": _place,
    "whole": _whole,
    "objects": _objects,
    "stands": _stands,
    "takes_back": _takes_back,
    "times": _times,
}
