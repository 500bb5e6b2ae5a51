"""A text in a private chat with where it was written, as its readers are given it."""

from dataclasses import dataclass, field

from bot.assembly import asked_questions, button_questions
from bot.assembly.asked_questions import OpenQuestion
from bot.channel.updates import Written
from bot.context.context import Actor, Context
from bot.features.process import unsaved_texts
from bot.features.wellbeing import care, check_ins
from bot.features.wellbeing.distress import may_go_on
from bot.features.wellbeing.hearing import Where
from storage.records.check_ins import CheckIn
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Member, Outgoing, Person, private_chat

Asking = tuple[Actor, CheckIn]


@dataclass(slots=True)
class Arrived:
    """A message in a private chat, as it comes in. Its writer is unknown until a link of ours makes them known."""

    said: Written
    person: Person | None
    unasked: bool = False


@dataclass(slots=True)
class PrivateText:
    """A text that is neither a command nor an edit."""

    person: Person
    said: Written
    under: MessageContext  # what the message is about under which it is written
    replied: Outgoing | None  # the message that it replies to, if that is remembered
    questions: list[OpenQuestion]  # those that it may answer, the likeliest last
    promises: list[tuple[Group, Member]] = field(default_factory=list)  # to be answered to first, and shown last
    lost: bool = False  # it belongs to a message that is forgotten, or to what was said elsewhere
    unasked: bool = False
    _check_ins: list[Asking | None] = field(default_factory=list)  # empty: not looked up yet
    _at_once: list[OpenQuestion | None] = field(default_factory=list)

    @property
    def written(self) -> list[OpenQuestion]:
        """The questions that want a text, without what asks with its buttons."""
        return [question for question in self.questions if question.wants_text]

    def only_waits(self, ctx: Context) -> bool:
        """True if nothing is asked now: what is open was put aside, or asked long ago."""
        return not asked_questions.asked_now(ctx, self.questions)

    async def check_in(self, ctx: Context) -> Asking | None:
        """Return the check-in that it is written under. One that is forwarded was said to somebody else."""
        if not self._check_ins:
            asking = None if self.said.forwarded else await check_ins.asking(ctx, self.person, self.replied)
            self._check_ins.append(asking)
        return self._check_ins[0]

    async def at_once(self, ctx: Context) -> OpenQuestion | None:
        """Return the question that it answers without doubt, if it is no reply."""
        if not self._at_once:
            asked = await asked_questions.answers_at_once(ctx, self.questions, self.said.text)
            doubtful = asked is not None and await self.may_follow_cry(ctx, asked.prompt.context)
            self._at_once.append(None if doubtful else asked)
        return self._at_once[0]

    def follows_cry(self, ctx: Context) -> bool:
        """True if it comes close upon a cry, or what was seen, and so may belong to it. What moves on does not."""
        moves = ctx.services.voice.rules.moves(self.said.text)
        return not moves and care.told_lately(ctx, self.person) is not None

    async def may_follow_cry(self, ctx: Context, asked: MessageContext) -> bool:
        """True likewise of what would answer this. What speaks of nobody and nowhere only may, if all would read it at
        once; never in an incident that is being logged, which is the place for it."""
        if not self.follows_cry(ctx):
            return False
        where = await asked_questions.where(ctx, self.person, asked)
        return where in (Where.SHARED, Where.CASE) or (where is not Where.LOGGING and may_go_on(self.said.text))

    def answers_nothing(self, *, lost: bool = False) -> bool:
        """Leave it to those who answer what nothing asks for; always False, as it is not taken."""
        self.unasked, self.lost = True, lost
        return False


async def private_text(ctx: Context, person: Person, said: Written) -> PrivateText:
    """Look up where a text was written."""
    under = await unsaved_texts.under(ctx, person, said.reply_to) or MessageContext()
    questions = await button_questions.claiming(ctx, person, said, under)
    replied = await ctx.work.outbox.by_message(private_chat(person.id), said.reply_to) if said.reply_to else None
    return PrivateText(person, said, under, replied, questions)
