"""What is told to whoever writes in their own words: one line from the calendar, the lists, the bank or the way, and a
way on that is there as a button. Only what they may read; what is not known is said, with the way to a person.

A function here finds the facts for a rule of `messages/<language>/own_words.toml`; the words stand under `own` in the
interface, under the rule's id. A rule without one has nothing to look up.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from bot.assembly import asked_questions, command_keys, inbox, open_facts, own_state
from bot.assembly.asked_in_words import Answerer, Asked, Found, Keys, told, towns
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.open_thing import Kind, Part
from bot.context.permissions import May, Rank, may, rank_of
from bot.exercises import runner
from bot.features.calendar import absence, attendance, whose_absence
from bot.features.digest.declined import ways_not_to_answer, ways_under, ways_under_task
from bot.features.help import help_lines, phone_numbers
from bot.features.incidents import report
from bot.features.members import membership, substitutes
from bot.features.process import looking_on, status
from bot.features.registers import knowledge, tasks
from bot.features.wellbeing import care
from bot.reminders.open_items import coordinators
from bot.views.names import cut
from bot.views.shared_buttons import about_key, in_town
from flows.answers import folded, named_option
from flows.run.state import Visit
from messages.voice import TemplateFacts
from storage.records.message_notes import AboutRow
from storage.records.records import Member, Row

SHOWN: Final = 3  # rows that are named
STEM: Final = 4  # letters that a word has at least without its ending
# What is told of an absence of which nothing is known.
AWAY: Final = {**dict.fromkeys(("meeting", "task", "until", "coming", "of_another"), False), "days": 0, "other": ""}


async def answer(ctx: Context, asked: Asked) -> tuple[str, TemplateFacts, Keys] | None:
    """Return what is said (its name under `own`), its facts and buttons; None if others who hear the text answer it.

    What they may not see or do is said to be so under a question; else it is as unknown as anything.
    """
    rule, find = asked.heard.rule, ANSWERS.get(asked.name)
    looked_up: Found | None = await find(ctx, asked) if find else ({}, [])
    command = rule.command if asked.name == rule.words else ""
    ways = command_keys.ways_to(ctx, asked.seats, command)
    refused = bool(command) and not ways
    if looked_up is None or (refused and not asked.questions):
        return None
    facts, keys = looked_up
    names = dict.fromkeys([one.name for actor in asked.seats for one in await _others_who_coordinate(ctx, actor)])
    every = {"names": list(names), "asked": bool(asked.questions), **facts}
    return ("not_yours", every, []) if refused else (asked.name, every, [*keys, *ways])


async def known_here(ctx: Context, asked: Asked) -> tuple[str, TemplateFacts, Keys]:
    """Return what is known of the exercise whose question a question of theirs stands under, and where to read on."""
    here = [one for one in await open_facts.every(ctx, asked.person) if one.of.above(asked.above)]
    facts, texts = open_facts.told(ctx, asked, here, "text")
    approves = any(one.thing.facts["approves"] for one in here)
    names = [one.name for one in await _others_who_coordinate(ctx, asked.seats[0])]
    facts = {**facts, "reads": approves, "names": names}
    return asked.name, facts, texts if approves else await _about(ctx, asked)


async def _others_who_coordinate(ctx: Context, actor: Actor) -> list[Member]:
    if rank_of(actor.member, actor.group) < Rank.LEADER:
        return []
    return [one for one in await coordinators(ctx, actor.group) if one.id != actor.member.id]


# -- the calendar, the way, what waits ---------------------------------------------------------------------------------
async def _step(ctx: Context, asked: Asked) -> Found | None:
    lines = list[TemplateFacts]()
    for actor in towns(asked):
        found = await status.map_of(ctx, actor.group)
        lines.append({**status.map_facts(ctx, actor.group, found), "town": told(asked, actor)})
    return ({"lines": lines}, []) if lines else None


async def _waits(ctx: Context, asked: Asked) -> Found | None:
    """Tell how much waits, and what is nearest of it that may be named: an exercise."""
    elsewhere = asked.name != asked.heard.rule.id
    if not towns(asked, Rank.NETWORK) or (elsewhere and await open_facts.named_to(ctx, asked.person, asked.text)):
        return None  # "what shall I do about the hotel" is of that
    todo = [one async for one in inbox.open_to(ctx, asked.person) if one.part is Part.TODO]
    named = [one.facts for one in todo if one.kind is Kind.ENTRY and not one.facts["private"]]
    dated = sorted((one for one in named if one["answer_by"]), key=lambda one: str(one["answer_by"]))
    first = next(iter([*dated, *named]), {"title": None, "answer_by": None})
    facts = {"count": len(todo), "title": first["title"], "until": first["answer_by"], "today": ctx.today}
    return facts, []


# -- people, and what they have taken on -------------------------------------------------------------------------------
async def _leader(ctx: Context, asked: Asked) -> Found | None:
    lines = list[TemplateFacts]()
    for actor in towns(asked):
        found = await coordinators(ctx, actor.group)
        guides = [one.name for one in await looking_on.LEADERS.of_group(ctx, actor.group)]
        yours = any(one.id == actor.member.id for one in found)
        others = [one for one in found if one.id != actor.member.id]
        gone = await ctx.work.absences.away_on(ctx.today)
        away = [one.name for one in others if one.person_id in gone]
        names = [one.name for one in others]
        lines.append({"town": told(asked, actor), "names": names, "away": away, "you": yours, "guides": guides})
    return ({"lines": lines}, []) if lines else None


async def _stands_in(ctx: Context, asked: Asked) -> Found | None:
    """Tell the core group how somebody stands in for whoever coordinates, with the button that counts now."""
    lines, keys = list[TemplateFacts](), list[list[Key]]()
    for actor in towns(asked, Rank.MEMBER):
        town, rank = told(asked, actor), rank_of(actor.member, actor.group)
        wanted = await substitutes.is_wanted(ctx, actor)
        way = "substitute" if rank >= Rank.RESPONSIBLE else "stand_in" if wanted else ""
        if way:
            keys.append([in_town(ctx, ctx.key(way, way.replace("_", ""), actor.group.id), town)])
        names = [one.name for one in await coordinators(ctx, actor.group) if one.id != actor.member.id]
        lines.append({"town": town, "names": names, "you": rank >= Rank.COORDINATOR, "way": way})
    return ({"lines": lines}, keys) if lines else None


async def _absent(ctx: Context, asked: Asked) -> Found | None:
    """Tell who of the core group is away today."""
    gone, lines = await ctx.work.absences.away_on(ctx.today), list[TemplateFacts]()
    for actor in towns(asked, Rank.MEMBER):
        core = await ctx.work.members.active(actor.group.id)
        lines.append({"town": told(asked, actor), "away": [one.name for one in core if one.person_id in gone]})
    return ({"lines": lines}, []) if lines else None


async def _town(_ctx: Context, asked: Asked) -> Found:
    """Tell which town the question is about, or whatever is open."""
    return {"title": asked.seats[0].group.title}, []


async def _greeting(ctx: Context, asked: Asked) -> Found:
    """Greet with what waits, as somebody who comes back after days wants to know."""
    facts, _ = await _waits(ctx, asked) or ({"count": 0}, [])
    return facts, [[ctx.key("what_waits", "answers")]] if facts["count"] else []


async def _logged(ctx: Context, asked: Asked) -> Found | None:
    """Lead to what they have logged themselves, and to nobody who would learn that they have."""
    keys = [row for actor in asked.seats for row in await report.ways_to_own(ctx, actor.group, asked.person)]
    return ({}, keys) if keys else None


async def _no_talk(ctx: Context, asked: Asked) -> Found:
    """Leave them alone, and show where they may have asked for it."""
    logged = await _logged(ctx, asked)
    return {"logged": logged is not None}, logged[1] if logged else []


async def _took(ctx: Context, asked: Asked) -> Found | None:
    """Tell who has taken on what a text speaks of; under a question only if a list knows it."""
    lines = list[TemplateFacts]()
    for actor in towns(asked, Rank.NETWORK):
        for row in await tasks.taken_on(ctx, actor.group, actor.member):
            present = await runner.present_of(ctx, actor.group, ctx.services.process.exercises[row.register])
            title = present.task_title(row)
            if row.assignee is not None and (_speaks_of(asked.heard.about, title) or _stands_under(asked, row)):
                who = None if row.assignee == actor.member.id else present.scene.member(row.assignee)
                lines.append({"town": told(asked, actor), "title": cut(title, 60), "who": who, "due": row.due})
    if asked.questions and not lines:
        return None
    return {"lines": lines[:SHOWN]}, []


def _stands_under(asked: Asked, row: Row) -> bool:
    about = asked.above.of(AboutRow)
    return about is not None and about.row == row.id


def _speaks_of(about: str, text: str) -> bool:
    """True if a text has the longest word of what is asked about, in any form: "hotellet" in "Ring hotellen"."""
    word = max(about.split(), key=len, default="")
    stem = word[: max(STEM, len(word) - 2)]
    return len(stem) >= STEM and stem in folded(text)


async def _is(ctx: Context, asked: Asked) -> Found | None:
    """Tell what the bank says of a word, or else what the word means here; if neither is known, that is said.

    An empty bank is no way.
    """
    lines, filled = list[TemplateFacts](), list[Actor]()
    for actor in towns(asked, Rank.NETWORK):
        filled += [actor] if await knowledge.titles(ctx, actor, bool) else []
        found = await knowledge.titles(ctx, actor, lambda text: _speaks_of(asked.heard.about, text))
        lines += [{"town": told(asked, actor), "title": cut(title, 60)} for title in found]
    if not towns(asked):
        return None
    meaning = _meaning(ctx, asked.heard.about)
    if asked.only and not (lines or meaning):
        return None  # it may be about what it replies to
    keys = [*await _about(ctx, asked), *command_keys.ways_to(ctx, filled, "kunskap")]
    return {"lines": lines[:SHOWN], "meaning": meaning}, keys


def _meaning(ctx: Context, about: str) -> str:
    """Return what one of the field's terms means; "" if it speaks of none."""
    terms = sorted(name for name in ctx.services.voice.names() if name.startswith("label.term."))
    words = [name.rpartition(".")[2] for name in terms]
    known = next((word for word in words if _speaks_of(word, about)), None)
    return ctx.services.voice.label(f"term.{known}") if known else ""


async def _card(ctx: Context, asked: Asked) -> Found:
    """Tell whom to call at this hour: the first one in the town's own routine."""
    lines = list[TemplateFacts]()
    for actor in asked.seats:
        known = may(May.LOG, actor.member, actor.group)  # the numbers are for whoever may log
        routine = await phone_numbers.at_hand(ctx, actor.group if known else None)
        lines.append({"town": told(asked, actor), **routine})
    return {"lines": lines}, []


async def _whom(ctx: Context, asked: Asked) -> Found:
    """Tell whom to call at this hour, also about a child, and who advises those who meet it in their work."""
    actor = asked.seats[0]
    routine = await phone_numbers.at_hand(ctx, actor.group if may(May.LOG, actor.member, actor.group) else None)
    child = await help_lines.for_child(ctx, actor.group)
    return {**routine, "child": child, "line": ctx.services.voice.help_lines}, []


# -- the question, and the exercise ------------------------------------------------------------------------------------
async def _about(ctx: Context, asked: Asked) -> Keys:
    """Return the button to the guide of the exercise whose question it stands under."""
    record = await ctx.work.runs.lookup(asked.run) if asked.run else None
    run = runner.load(ctx, record) if record else None
    return [[about_key(ctx, run, in_group=False)]] if run is not None and not run.exercise.private else []


async def _unclear(ctx: Context, asked: Asked) -> Found | None:
    spoken_of = None if asked.run else await own_state.open_now(ctx, asked)
    keys = [[about_key(ctx, spoken_of, in_group=False)]] if spoken_of else await _about(ctx, asked)
    found = {"guide": bool(keys)}, keys or await own_state.onward(ctx, asked)
    return found if found[1] or asked.questions else None  # else there is no question to understand


async def _skip(ctx: Context, asked: Asked) -> Found:
    """Tell whether the question that stands open can be passed over."""
    record = await ctx.work.runs.lookup(asked.run) if asked.run else None
    actor = await asked_questions.seated(ctx, asked.person, record.id) if record else None
    run = runner.load(ctx, record) if record and actor else None
    key = run.visits.get(actor.member.id, Visit()).key if run and actor else None
    return {"required": bool(run and key and run.question(key).required)}, await _about(ctx, asked)


async def _sees(ctx: Context, asked: Asked) -> Found:
    """Tell who sees the answer to what is asked, as the exercise itself says it."""
    record = await ctx.work.runs.lookup(asked.run) if asked.run else None
    actor = await asked_questions.seated(ctx, asked.person, record.id) if record else None
    if record is None or actor is None:
        seen = [one.of.sees for one in await open_facts.named_to(ctx, asked.person, asked.text) if one.of.sees]
        return {"audience": next(iter(seen), "")}, []
    run = runner.load(ctx, record)
    key = run.visits.get(actor.member.id, Visit()).key
    present = await runner.present_of(ctx, actor.group, run.exercise)
    return {"audience": present.audience(run.question(key) if key else None)}, []


# -- away, out, to a person --------------------------------------------------------------------------------------------
async def _away(ctx: Context, asked: Asked) -> Found | None:
    """Offer the days that a text names, the meeting that it is about, and not to answer now."""
    seats = towns(asked, Rank.NETWORK)
    if not seats and asked.questions:  # whoever comes in has time
        return {**AWAY, "coming": True}, []
    if not seats or await _about_something(ctx, asked):
        return None
    if (other := await whose_absence.of_another(ctx, asked.person, asked.text)) is not None:
        return {**AWAY, "of_another": True, "other": other}, []
    group = seats[0].group
    cannot = await attendance.near(ctx, asked.person, asked.text)
    task = await ways_under_task(ctx, asked.person, asked.under)
    keys = [*task, *cannot]
    days = await absence.readings(ctx, asked.text)
    keys += _away_keys(ctx, group.id, days, offered=not keys and len(days) < 2)
    keys += [[key] for key in await _cannot(ctx, asked)]
    until, back = await absence.going_on(ctx, asked.person)
    facts = {**AWAY, "days": len(days), "meeting": bool(cannot), "task": bool(task), "until": until}
    return facts, [*keys, *back]


def _away_keys(ctx: Context, group: int, days: list[tuple[date, date]], *, offered: bool) -> Keys:
    """Return the buttons to be away on these days, and on others; the first is what is `offered`."""
    first, *rest = [
        *(ctx.key("own.away", "away", group, f"{a.toordinal()}:{b.toordinal()}", first=a, last=b) for a, b in days),
        ctx.key("own.other_days" if days else "away_now", "away", group),
    ]
    return [[replace(first, says="yes") if offered else first], *([key] for key in rest)]


async def _about_something(ctx: Context, asked: Asked) -> bool:
    """True where a meeting or a reminder stands above, or a cancelled meeting is meant: it has its own answer."""
    return bool(
        await attendance.asking(ctx, asked.person, asked.under)
        or await ways_under(ctx, asked.person, asked.under)
        or await attendance.called_off(ctx, asked.person, asked.text)
    )


async def _cannot(ctx: Context, asked: Asked) -> list[Key]:
    runs = [q.prompt.context.run for q in asked.questions if not q.prompt.context.want]
    return (await ways_not_to_answer(ctx, asked.person, runs))[:1]


async def _time(ctx: Context, asked: Asked) -> Found:
    return {}, [[key] for key in await _cannot(ctx, asked)]


async def _nothing(ctx: Context, asked: Asked) -> Found | None:
    """Lead back to the list where it is asked what a new row is called: "nej, inga än" is no name."""
    record = await ctx.work.runs.lookup(asked.run) if asked.run else None
    actor = await asked_questions.seated(ctx, asked.person, record.id) if record else None
    run = runner.load(ctx, record) if record else None
    if actor is None or run is None or run.exercise.register is None or run.exercise.private:
        return None
    names = run.visits.get(actor.member.id, Visit()).key == run.exercise.register.title
    return ({}, [[ctx.key("back", "rows", run.number)]]) if names else None


async def _page(ctx: Context, asked: Asked) -> Found:
    """Offer the way to the page, which stands in no menu, to whoever is not there."""
    ways = [[ctx.key("own.page", "town", actor.group.id, "sidan")] for actor in towns(asked)[:1]]
    return {"there": bool(ctx.browser)}, [] if ctx.browser else ways


async def _late(ctx: Context, asked: Asked) -> Found | None:
    if await _about_something(ctx, asked):
        return None
    return {}, await attendance.near(ctx, asked.person, asked.text)


async def _leaves(ctx: Context, asked: Asked) -> Found:
    """Offer the way out, and that of handing over, which each role has; who is in the chat leaves by leaving that."""
    outside = [actor for actor in asked.seats if membership.leaves_by_button(actor)]
    keys = list[list[Key]]()
    for actor in outside:
        town = told(asked, actor)
        if actor.member.role == "network":
            keys.append([in_town(ctx, ctx.key("network.hand_over", "myseat", actor.group.id), town)])
        leave = ctx.key("rights.leave", "leavenet", actor.group.id, role=actor.member.role)
        keys.append([in_town(ctx, leave, town)])
    passed_on = own_state.passed_on(ctx, asked)
    return {
        "out": bool(outside),
        "core": not outside or any(actor.member.role == "core" for actor in outside),
        "hands_over": any(a.member.role == "network" for a in outside),
        "leads": bool(passed_on),
    }, [*passed_on, *keys]


async def _person(ctx: Context, asked: Asked) -> Found | None:
    """Offer to be contacted: they choose by whom. Under a question only somebody who is in the group is meant."""
    there = [one.name for actor in asked.seats for one in await ctx.work.members.active(actor.group.id)]
    if asked.questions and asked.heard.about and not named_option({one: one for one in there}, asked.heard.about):
        return None  # "jag behöver prata med kommunen"
    keys = await care.ways_to_ask(ctx, asked.person)
    return {"asks": bool(keys)}, keys


ANSWERS: Final[Mapping[str, Answerer]] = {
    **own_state.ANSWERS,
    **open_facts.ANSWERS,
    "step": _step,
    "waits": _waits,
    "arrived": _waits,
    "greeting": _greeting,
    "absent": _absent,
    "town": _town,
    "leader": _leader,
    "stands_in": _stands_in,
    "logged": _logged,
    "no_talk": _no_talk,
    "took": _took,
    "is": _is,
    "card": _card,
    "whom": _whom,
    "case": _whom,
    "unclear": _unclear,
    "skip": _skip,
    "sees": _sees,
    "away": _away,
    "grief": _away,
    "late": _late,
    "page": _page,
    "nothing": _nothing,
    "time": _time,
    "leaves": _leaves,
    "person": _person,
    "bot": _person,
    "do": _person,
}
