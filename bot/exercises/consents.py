"""What a decision that was put to everybody has come to: who said yes, who objects and why, who is silent.

`approvals.consent` asks, and takes the answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from bot.context.context import Context
from bot.exercises import runner
from flows.vocabulary import ExerciseRole, Field
from messages.voice import TemplateFacts
from storage.json_records import codec
from storage.records import Group

CONSENT = "consent"  # the kind of the activity state, and of the row in the schedule


@dataclass(frozen=True, slots=True)
class ConsentReply:
    """A member's answer to a decision."""

    yes: bool
    on: date
    why: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """A text that everybody is asked about. `asked`: the members; `said`: by member."""

    text: str
    until: date
    asked: tuple[int, ...]
    said: dict[int, ConsentReply] = field(default_factory=dict)
    over: bool = False
    withdrawn: bool = False  # the decision was taken back before all had answered
    round: int = 0  # how often the text was changed and everybody asked again: a tap on an old question counts no more


async def of(ctx: Context, group: Group, ref: str) -> Consent | None:
    """Return the consent with this reference ("run:12", "row:34"), None if nobody was asked."""
    state = await ctx.work.activity_states.state(group.id, CONSENT, ref)
    read = codec(Consent)
    assert read is not None  # it is a dataclass
    found: Consent | None = read.load(state) if state else None
    return found


async def last_asked(ctx: Context, group: Group, member: int) -> Consent | None:
    """Return the latest decision of an exercise that stands and that this member was asked about, None without one."""
    refs = [ref for ref in await ctx.work.activity_states.of_kind(group.id, CONSENT) if ref.startswith("run:")]
    found = [await of(ctx, group, ref) for ref in sorted(refs, key=lambda ref: int(ref.partition(":")[2]))]
    theirs = [consent for consent in found if consent is not None and member in consent.asked and not consent.withdrawn]
    return theirs[-1] if theirs else None


async def facts(ctx: Context, group: Group, consent: Consent, *, homes: bool = False) -> TemplateFacts:
    """Return the state in words: who said yes, who objects and why, who is silent; of the network only how many.

    `homes`: with the organisation of each, for whoever reads it and does not know them.
    """
    scene, deciders = await runner.scene_of(ctx, group), group.settings.deciders
    network = await network_of(ctx, group, consent)
    yes = [m for m, reply in consent.said.items() if reply.yes]
    asked = consent.asked if consent.over else await awaited(ctx, consent)
    silent = [m for m in asked if m not in consent.said]

    label, joined = ctx.services.voice.label, ctx.services.voice.rules.joined

    def named(member: int) -> str:
        known = scene.members.get(member)
        if known is None or not known.name:
            return label("consent.erased")
        return label("consent.who", {"name": known.name}) if member in deciders else known.name

    def told(members: Iterable[int]) -> list[str]:
        """Name these, those of an organisation together."""
        if not homes:
            return [named(member) for member in members]
        found: dict[str, list[str]] = {}
        for member in members:
            known = scene.members.get(member)
            home = scene.organisations.get(known.organisation_id or 0) if known and known.name else None
            found.setdefault(home.name if home else "", []).append(named(member))
        return [f"{joined(names)} ({home})" if home else joined(names) for home, names in found.items()]

    return {
        "text": consent.text,
        "until": consent.until,
        "over": consent.over,
        "withdrawn": consent.withdrawn,
        "again": consent.round > 0,
        "yes": told(m for m in yes if m not in network),
        "objections": [{"who": told([m])[0], "why": reply.why} for m, reply in consent.said.items() if not reply.yes],
        "silent": told(m for m in silent if m not in network),
        "network": {"asked": len(network), "yes": len(network & set(yes)), "silent": len(network & set(silent))},
    }


async def awaited(ctx: Context, consent: Consent) -> tuple[int, ...]:
    """Return those who are asked, without who has left in silence: nobody waits for them any more."""
    left = [m for m in consent.asked if m not in consent.said and await _has_left(ctx, m)]
    return tuple(member for member in consent.asked if member not in left)


async def _has_left(ctx: Context, number: int) -> bool:
    member = await ctx.work.members.lookup(number)
    return member is None or member.state == "left"


async def network_of(ctx: Context, group: Group, consent: Consent) -> set[int]:
    """Return those who are asked and are not in the group's chat."""
    there = await ctx.work.members.of_group(group.id, include_left=True, roles=("network",))
    return {member.id for member in there} & set(consent.asked)


async def in_words(ctx: Context, group: Group, ref: str, *, homes: bool = False) -> str:
    """Return the state in a line for documents and minutes; empty if nobody was asked. `homes`: as for `facts`."""
    consent = await of(ctx, group, ref)
    if consent is None or consent.withdrawn:
        return ""
    what, _, number = ref.partition(":")
    row = await ctx.work.rows.lookup(int(number)) if what == "row" else None
    register = ctx.services.process.with_role(ExerciseRole.TODOS)
    other = row is not None and str(register.told(row.values, Field.WHAT)) != consent.text
    return ctx.services.voice.label("consent.line", {**await facts(ctx, group, consent, homes=homes), "other": other})
