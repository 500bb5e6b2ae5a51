"""Check-ins (P.7): how everyone is, asked in private at the group's rhythm; in bands for the group, care in private.

No answer leads back to its author (see `storage.records.check_ins`), so nothing here may remember who said what: a low
score is answered with care at once, and that is all. "I want to be contacted" is something else, a request with a name:
see `wishes`.
"""

from datetime import date, timedelta

from bot.context.context import Actor, Context
from bot.context.events import ExerciseConcluded, ProfileGiven
from bot.context.message import Key, Keys
from bot.context.open_thing import Kind, OpenThing
from bot.context.permissions import About, Rank, may
from bot.context.routes import Routes, Takes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import counted, deferral
from bot.features.help import help_lines
from bot.features.wellbeing import care
from bot.features.wellbeing.heard import Heard, Sure
from bot.reminders import open_items
from bot.reminders.holidays import is_avoided
from bot.reminders.kinds import CHECK_IN
from flows.answers import clean, unfit
from flows.figures.wellbeing import FEWEST, HIGHEST, LOWEST, needs_care
from flows.identities import Handling
from flows.timing.calendar import workable
from flows.timing.pacing import JULY, USUAL, at_wall
from messages.voice import TemplateFacts
from storage.records.check_ins import CheckIn
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Outgoing, Person, private_chat

WANT = "feeling"  # what a word with a check-in is asked for as
LONGEST = timedelta(days=20)  # that a round is open: the question waits for another message to come along in
SCORES = tuple(str(score) for score in range(LOWEST, HIGHEST + 1))
WORD = 60  # characters
WORDINGS = 4  # of the question, in the order of `day.ask`


# -- the rhythm --------------------------------------------------------------------------------------------------------
def weeks_of(group: Group) -> int:
    """Return the weeks between two rounds; 0 for none."""
    return group.settings.times.check_in


def lasts(group: Group) -> timedelta:
    """Return how long a round is open: most of the time to the next one, as the question waits for company."""
    return min(LONGEST, timedelta(weeks=weeks_of(group)) - timedelta(days=1))


async def plan(ctx: Context, group: Group, after: date) -> None:
    """Schedule the next round: so many weeks after that day, on a workable one, and so that it is over before July."""
    ref = f"group:{group.id}"
    if not weeks_of(group):
        await ctx.work.schedule.cancel(kind=CHECK_IN, ref=ref)
        return
    day = after + timedelta(weeks=weeks_of(group))
    while not workable(day, is_avoided) or (day + lasts(group)).month == JULY:
        day += timedelta(1)
    await ctx.work.schedule.put(CHECK_IN, at_wall(day, USUAL, ctx.services.zone), group_id=group.id, ref=ref)


async def after_conclusion(ctx: Context, group: Group, happened: ExerciseConcluded) -> None:
    """Schedule a round soon after a heavy exercise."""
    exercise = ctx.services.process.exercises[(await ctx.work.runs.get(happened.run)).exercise]
    if exercise.heavy and weeks_of(group):
        await plan(ctx, group, ctx.today + timedelta(1) - timedelta(weeks=weeks_of(group)))


async def after_joining(ctx: Context, group: Group, given: ProfileGiven) -> None:
    """Schedule the first round when the first member has joined, as the subject is heavy from the start (P.7)."""
    planned = await ctx.work.schedule.when(CHECK_IN, f"group:{group.id}") is not None
    if not planned and not await ctx.work.check_ins.of_group(group.id):
        await plan(ctx, group, ctx.today)


async def begin(ctx: Context, group: Group) -> None:
    """Begin a round: each member is asked on a day of their own, and the next round is scheduled.

    Nobody is asked while the group has decided to wait.
    """
    if await deferral.rests(ctx, group):
        await plan(ctx, group, ctx.today)
        return
    group = await counted.show(ctx, group)
    members = await ctx.work.members.active(group.id)
    for earlier in await ctx.work.check_ins.of_group(group.id):
        if earlier.until >= ctx.today:  # whoever has not been asked in it yet is asked in this one
            await open_items.reconcile(ctx, group, f"checkin:{earlier.id}", {})
    check_in = await ctx.work.check_ins.open(group.id, [m.id for m in members], ctx.today, ctx.today + lasts(group))
    await open_items.reconcile(ctx, group, f"checkin:{check_in.id}", {(CHECK_IN, m.id): ctx.today for m in members})
    await plan(ctx, group, ctx.today)


async def wording(ctx: Context, check_in: CheckIn) -> int:
    """Return the wording of this round's question: they take turns, and 1 to 5 means the same in each."""
    before = [one for one in await ctx.work.check_ins.of_group(check_in.group_id) if one.id < check_in.id]
    return len(before) % WORDINGS


# -- answering ---------------------------------------------------------------------------------------------------------
async def feel(ctx: Context, actor: Actor, action: Action) -> None:
    """Take a score, which is kept apart from the person at once. A word may follow; a low score is met with care, also
    where the round is over and nothing is kept of it."""
    number, _, score = action.arg.partition(":")
    check_in = await _open_round(ctx, actor, int(number))
    if score not in SCORES:
        ctx.toast("check_in.over")
    elif check_in is not None and await ctx.work.check_ins.answer(check_in, actor.member.id, int(score)):
        edit = None if action.ask else ctx.tapped  # of more than this, the message stays
        await _thank(ctx, actor, check_in, int(score), edit=edit)
    elif await _meet_low(ctx, actor, int(score), over=check_in is None):
        ctx.toast("check_in.over_care")
    else:
        ctx.toast("check_in.over" if check_in is None else "check_in.answered")


async def _meet_low(ctx: Context, actor: Actor, score: int, *, over: bool) -> bool:
    """Meet a low score of which nothing is kept, as the round is `over` or they have answered in it; False if it is not
    low."""
    if needs_care(score):
        facts = {"lines": help_lines.to_talk_to(ctx), "over": over}
        await ctx.tell(actor, "check_in.late", facts, to_contact(ctx, actor.group))
    return needs_care(score)


def to_contact(ctx: Context, group: Group) -> list[list[Key]]:
    """Return the button with which somebody asks to be contacted."""
    return [[ctx.key("check_in.contact", "contact", group.id)]]


async def _thank(ctx: Context, actor: Actor, check_in: CheckIn, score: int, *, edit: int | None = None) -> None:
    keys = to_contact(ctx, actor.group)
    context = MessageContext(want=WANT, group=actor.group.id, check_in=check_in.id)
    facts = {"care": needs_care(score), "lines": help_lines.to_talk_to(ctx)}
    await ctx.tell(actor, "check_in.thanks", facts, keys, edit=edit, context=context)


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return the round in which this person was asked for a score, has given none and still can.

    Before they are asked it does not wait: each has a day of their own, and some want to hear of none.
    """
    found = list[OpenThing]()
    for item in await ctx.work.open_items.of_member(actor.member.id):
        number = int(item.ref.partition(":")[2]) if item.kind == CHECK_IN and item.state == "told" else 0
        check_in = await _open_round(ctx, actor, number) if number else None
        if check_in is not None and await ctx.work.check_ins.awaits(check_in, actor.member.id):
            key = ctx.key("check_in.ask", "feeling", actor.group.id, str(number))
            found.append(OpenThing(Kind.CHECK_IN, {"until": check_in.until}, (key,)))
    return found


async def ask(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask once more, in a message of its own."""
    check_in = await _open_round(ctx, actor, int(action.arg))
    if check_in is None:
        ctx.toast("check_in.over")
    elif not await ctx.work.check_ins.awaits(check_in, actor.member.id):
        ctx.toast("check_in.answered")
    else:
        facts, keys = await asked(ctx, check_in), [scale(actor.group.id, check_in.id)]
        town = await ctx.town_for(actor.person.id, actor.group)
        context = question(actor.group.id, check_in.id)
        await ctx.tell(actor, "day.message", {"lines": [], "question": {**facts, "town": town}}, keys, context=context)


async def asked(ctx: Context, check_in: CheckIn) -> TemplateFacts:
    """Return the facts of a round's question: how it is put, and whether they are too few for anybody to see it."""
    few = len(await ctx.work.members.active(check_in.group_id)) < FEWEST
    return {"wording": await wording(ctx, check_in), "few": few}


async def asking(ctx: Context, person: Person, replied: Outgoing | None) -> tuple[Actor, CheckIn] | None:
    """Return the round that still asks a person for a score, in the message replied to or else in their newest one."""
    if (found := await _under(ctx, person, replied)) is None:
        return None
    actor, number = found
    check_in = await _open_round(ctx, actor, number)
    waits = check_in is not None and await ctx.work.check_ins.awaits(check_in, actor.member.id)
    return (actor, check_in) if check_in is not None and waits else None


async def _under(ctx: Context, person: Person, replied: Outgoing | None) -> tuple[Actor, int] | None:
    """Return the number of the round that the message replied to, or the newest one, asks for a score in."""
    asked = replied or await ctx.work.outbox.newest(private_chat(person.id))
    context = asked.context if asked is not None else MessageContext()
    if not context.check_in or context.want:  # no check-in, or one that asks for a word by now
        return None
    group = await ctx.work.groups.get(context.group)
    member = await ctx.work.members.find(group.id, person.user_id)
    if member is None or group.state != "active" or not may(Rank.MEMBER, member, group):
        return None
    return Actor(person, group, member), context.check_in


async def wrote_late(ctx: Context, person: Person, replied: Outgoing | None, score: int) -> bool:
    """Meet a low score that is written where the round is over or answered; False for any other, and elsewhere."""
    found = await _under(ctx, person, replied)
    if found is None:
        return False
    actor, number = found
    return await _meet_low(ctx, actor, score, over=await _open_round(ctx, actor, number) is None)


def score_in(text: str) -> int | None:
    """Return the score that a text is, if it is a figure of the scale and nothing else."""
    figure = clean(text).rstrip(".!")
    return int(figure) if figure in SCORES else None


async def wrote(ctx: Context, asked: tuple[Actor, CheckIn], score: int) -> None:
    """Take a score that is written where one is asked for."""
    actor, check_in = asked
    await ctx.work.check_ins.answer(check_in, actor.member.id, score)
    await _thank(ctx, actor, check_in, score)


async def ask_score(ctx: Context, asked: tuple[Actor, CheckIn], also: Keys, *, absent: bool) -> None:
    """Ask for the score first, after any other text. `also` are buttons for what else may be meant; with `absent` it
    says that somebody is away."""
    actor, check_in = asked
    keys, context = [scale(actor.group.id, check_in.id), *also], question(actor.group.id, check_in.id)
    facts = {"absent": absent, "lines": help_lines.to_talk_to(ctx)}
    await ctx.tell(actor, "check_in.figure_first", facts, keys, context=context)


def scale(group_id: int, number: int) -> list[Key]:
    """Return the buttons for a score in this round."""
    return [Key(score, Action("feel", group_id, 0, f"{number}:{score}")) for score in SCORES]


def question(group_id: int, number: int) -> MessageContext:
    """Return the context of a message that asks for a score in this round."""
    return MessageContext(group=group_id, check_in=number)


async def say(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take a word beside the score, one for each person and round. It is kept by itself.

    Whatever becomes of it, whom to talk to stands under it: here one says how one is, in words that none need know.
    """
    check_in, word = await _open_round(ctx, actor, context.check_in), " ".join(clean(text).split())
    keys = to_contact(ctx, actor.group)
    if actor.person.id not in ctx.beside:
        care.beside(ctx, actor.person, Heard(Sure.LEANS))
    if check_in is None:
        await ctx.tell(actor, "check_in.no_word", keys=keys, context=context)
    elif unfit(word) or len(word) > WORD:
        await ctx.tell(actor, "check_in.too_long", {"most": WORD}, keys, context=context)
    else:
        kept = await ctx.work.check_ins.say(check_in, actor.member.id, word)
        await ctx.tell(actor, "check_in.word_kept" if kept else "check_in.word_said", keys=keys)


async def ask_anew(ctx: Context, check_in: CheckIn) -> None:
    """Ask again in a round whose answers the restored backup lacks."""
    group, ref = await ctx.work.groups.get(check_in.group_id), f"checkin:{check_in.id}"
    asked = await ctx.work.check_ins.begin_anew(check_in)
    await open_items.reconcile(ctx, group, ref, {})
    if check_in.until >= ctx.today:
        active = {member.id for member in await ctx.work.members.active(group.id)}
        await open_items.reconcile(ctx, group, ref, {(CHECK_IN, m): ctx.today for m in asked if m in active})


async def _open_round(ctx: Context, actor: Actor, number: int) -> CheckIn | None:
    found = await ctx.work.check_ins.lookup(number)
    today = ctx.today
    return found if found and found.group_id == actor.group.id and today <= found.until else None


ROUTES: Routes = (
    *buttons(Rank.MEMBER, About.GROUP, feel=feel, feeling=ask),
    *texts(Rank.MEMBER, Takes(Handling.ASK, unseen=True), **{WANT: say}),
)
