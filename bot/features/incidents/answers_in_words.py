"""What somebody writes where an incident asks with buttons: taken where it is sure which is meant.

No words are kept there, so a sentence that names one of the options stands for its button ("ja, det fanns ett barn"),
one that says that its writer does not know passes the question over, and what tells of a child answers what is asked
about that later. Anything else brings the buttons again.
"""

from collections.abc import Sequence
from typing import Final

from bot.channel.updates import Written
from bot.context.context import Actor, Context
from bot.exercises import runner
from bot.features.wellbeing.distress import tells_of
from flows.answers import named_option
from flows.dialogue import spoken
from flows.enums import Field, Mark
from flows.fields.choice import ChoiceField
from flows.fields.day import DateField
from flows.identities import Identity
from flows.run.events import Opened, Picked, Wrote
from flows.run.state import Run as State
from flows.run.state import Visit
from storage.records.runs import Run

SKIP: Final = "skip"


async def heard(
    ctx: Context, actor: Actor, record: Run, said: Written, found: tuple[Identity, ...]
) -> Wrote | Picked | Opened:
    """Return what a text is to the dialogue; of a child it answers what is asked about that, if later. `found`: what in
    it points somebody out."""
    run, rules, text = runner.load(ctx, record), ctx.services.voice.rules, said.text
    visit = run.visit(actor.member.id)
    labels = await runner.labels_of(ctx, actor.group, run, visit)
    named = [] if named_option(labels, text) else rules.named_in(labels, text)
    if rules.knows_nothing(text) and not named_option(labels, text) and SKIP in spoken.offered(run, actor.member.id):
        return Picked(actor.member.id, visit.ask, SKIP, "", ctx.today, ctx.dates)
    if (told := _of_child(run, visit, text, [*named, *found])) is not None:
        return Opened(actor.member.id, introduced=True, told=told)
    if named and (len(named) == 1 or run.question(visit.key).many):
        text = ", ".join(labels[option].partition(",")[0] for option in named)
    return Wrote(actor.member.id, text, said.at, ctx.today, ctx.dates, "", said.long, identities=found)


def _of_child(run: State, visit: Visit, text: str, meant: Sequence[str | Identity]) -> dict[str, str] | None:
    """Return what a text answers of later questions that tells of a child; None if it does not, or is `meant` for what
    is asked: an option, a number, or words."""
    buttons = not visit.key or isinstance(run.question(visit.key).field, ChoiceField | DateField)
    if meant or not buttons or not tells_of(text, "minor", but="no_minor"):
        return None
    minors = run.exercise.field(Field.MINORS)
    return {} if visit.row or minors.id in visit.draft else {minors.id: minors.option(Mark.YES)}
