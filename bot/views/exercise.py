"""Facts of an exercise's messages: questions, summaries, who has answered.

It reads, decides nothing, and stores nothing. Names are in `names`, rows of a register in `rows`, results in `picture`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from bot.views.names import answer_key, cut
from bot.views.picture import PictureWording
from flows.definitions.model import ConsentAsked, Question
from flows.engine.reveal import LEAST_UNNAMED, enough, too_few
from flows.enums import Audience, ExerciseRole, How
from flows.fields import TextField
from flows.input_errors import Problem, Trouble
from flows.run.effects import AskQuestion
from flows.run.state import Phase, Run
from flows.values import Value, Values
from messages.documents.catalogue import told_outside
from messages.voice import TemplateFacts
from storage.records.records import Answer

LEAST_MINUTES = 5  # of what is told of how long something takes; also its steps
UNTAKEN = (Problem.CHOOSE, Problem.NAME)  # what a text is told that no answer could be read from
NOTHING: TemplateFacts = {"value": None, "comment": None, "by": None, "signed": None}  # a line's, unanswered
MEANT_FOR = 3  # items that the minutes of an exercise are meant for, where the group picks some


class ExerciseView(PictureWording):
    """The facts for each message of a run."""

    def audience(self, question: Question | None = None, *, shown: bool = False) -> str:
        """Return the sentence that says who will see the answer. `shown`: the others' are shown already."""
        asked = (question,) if question else self.exercise.questions
        return self._told("audience", asked, self._audience_kind(question, shown=shown))

    def mark(self, question: Question | None = None, *, shown: bool = False, comment: bool = False) -> str:
        """Return in a few words what `audience` says in full before the first question and before handing in.

        `comment`: of what is written to the answer, which is shown with a name also where answers are counted.
        """
        asked, kind = (question,) if question else self.exercise.questions, self._audience_kind(question, shown=shown)
        return self._told("mark", asked, "group" if comment and kind == "group_counted" else kind)

    def _told(self, how: str, asked: Iterable[Question], kind: str) -> str:
        org, teams = self.exercise.how is How.ORG, bool(self.exercise.teams)
        facts = {"comments": any(q.comment for q in asked), "network": "network" in self.exercise.who}
        return self.voice.label(f"{how}.{kind}", {**facts, "org": org, "teams": teams})

    def _audience_kind(self, question: Question | None, *, shown: bool) -> str:
        """Return which of the sentences on who sees an answer is the true one."""
        audience = question.audience if question else self._widest()
        if self.exercise.private:
            return "readers" if self.exercise.register else "profile"
        together = self.exercise.how in (How.GROUP, How.ROWS)
        if audience is Audience.GROUP:
            return self._sharing(question) if together else self._shown_to_group(question, shown=shown)
        return f"{audience}_unnamed" if self.exercise.anonymous and not together else str(audience)

    def _shown_to_group(self, question: Question | None, *, shown: bool) -> str:
        """Return how the group sees what each has answered alone."""
        if self.exercise.anonymous:
            return "group_unnamed_late" if shown else "group_unnamed"
        if self.exercise.approves:
            return "approval"
        if shown:
            return "group_late"
        if self._counted(question):
            return "group_counted"
        if question is None and any(self._counted(q) for q in self.exercise.questions):
            return "group_mixed"  # as each question says for itself
        return "group"

    def _sharing(self, question: Question | None) -> str:
        """Return who sees what the group writes together: perhaps more than the group."""
        if question and isinstance(question.field, TextField) and question.field.invites:
            return "shared_invites"
        if self._is_put_to_network(question):
            return "shared_asked"
        register, outside = self.exercise.register, self._is_told_outside()
        if outside and register and register.figures:
            return "shared_figures"
        if register and (register.shared or (outside and register.withheld)):  # the network reads it, not only on paper
            return "shared_authors" if register.authors else "shared_chosen"
        return "shared_outside" if outside else "shared"

    def is_shown(self, run: Run) -> bool:
        """True if answers are shown already; of those without names, as soon as any are."""
        return bool(run.admitted) if self.exercise.anonymous else run.phase is Phase.REVEALED

    def _counted(self, question: Question | None) -> bool:
        """True if the group is shown how many have answered what: for an exercise, in all of its questions."""
        asked = (question,) if question else self.exercise.questions
        return all(q.field.tapped for q in asked)

    def _is_put_to_network(self, question: Question | None) -> bool:
        """True if the network is asked about what is written here; where one answer alone decides that, at that one."""
        consent = self.exercise.part(ConsentAsked)
        return consent is not None and "network" in consent.roles and self.exercise.proposal in (None, question)

    def _is_told_outside(self) -> bool:
        """True if the network reads it in a document without having a seat in it."""
        return "network" not in self.exercise.who and self.exercise.id in told_outside(self.voice.language)

    def _widest(self) -> Audience:
        order = (Audience.SELF, Audience.ORG, Audience.COORDINATOR, Audience.GROUP)
        return max((q.audience for q in self.exercise.questions), key=order.index)

    def outline(self, run: Run, owner: str = "g") -> TemplateFacts:
        """Return what one wants to know before one starts: what it is, how much, how long, who sees it, until when.

        How much is what is asked on this owner's sheet.
        """
        off = self.exercise.staging.with_event and self.scene.group.settings.event.off
        late = self.is_shown(run) and bool(run.waiting_for())  # somebody can still answer after the others
        return {
            "title": self.words["title"],
            "lead": self.words["lead"],
            **self._amount(run, owner),
            "how": str(self.exercise.how),
            "audience": "" if run.spoken else self.audience(shown=late),
            "mark": "" if run.spoken else self.mark(shown=late),
            "answer_by": None if off else run.answer_by,
            "off": off,
            "carried": run.carried,
            "timer": self.exercise.thinking,
            "timer_ends": None,
            "teams": bool(self.exercise.teams),
            "town": self.scene.group.title,
            "unnamed": self.exercise.anonymous,
            "unseen": self.exercise.unseen,
            "approves": bool(self.exercise.approves),
            "network": sum(self.scene.takes_part(member, "network") for member in run.seats),
            "few": self.exercise.anonymous and max(len(run.owners()), run.admitted + run.late) < LEAST_UNNAMED,
            "done_when": self.done_when(run),
        }

    def _amount(self, run: Run, owner: str) -> TemplateFacts:
        """Return how many questions, and about how long: of the items picked, or for each that will be."""
        asked, every = run.asked(owner), run.keys()
        picks = self.exercise.for_each is not None and self.exercise.for_each.pick
        if not picks:
            or_more = not self.exercise.conditional_ids <= {*asked}  # an answer can open further questions
            amount = {"count": len(asked or every), "or_more": or_more}
            return {**amount, "minutes": self.exercise.minutes, "per_item": False}
        wanted = self.exercise.minutes * len(run.taken_up) / MEANT_FOR
        minutes = max(LEAST_MINUTES, round(wanted / LEAST_MINUTES) * LEAST_MINUTES)
        count = len(asked) or len(self.exercise.questions)
        return {"count": count, "or_more": False, "minutes": minutes, "per_item": not asked}

    def done_when(self, run: Run) -> str:
        """Return in a sentence when the exercise is done; empty for one that never is."""
        exercise = self.exercise
        facts = {
            "how": str(exercise.how),
            "owners": len(run.owners()),
            "teams": bool(exercise.teams),
            "approves": bool(exercise.approves),
            "concluded": exercise.conclusion,
            "talked": bool(self.words.get("discuss")) and not exercise.unseen,
            "board": exercise.board,
            "carried": run.carried,
            "questions": sum(question.required for question in exercise.questions),
            "conditional": bool(exercise.conditional_ids),
            "voluntary": any(not question.required for question in exercise.questions),
            "items": bool(exercise.for_each),
            "picks": exercise.for_each is not None and exercise.for_each.pick,
            "gaps": exercise.register is not None and bool(exercise.register.gaps),
            "always": exercise.always or exercise.private,
        }
        return self.voice.label("done_when", facts)

    def guide(self) -> TemplateFacts:
        """The guide and the tips."""
        told = self.voice.book("help")
        return {
            "guide": self.words["guide"],
            "tips": self.words.list("tips"),
            "told": [(told[f"{name}.title"], told[f"{name}.text"]) for name in self.exercise.shows],
        }

    # -- the dialogue --------------------------------------------------------------------------------------------
    def ask(self, run: Run, asked: AskQuestion, current: Answer | None, draft: Value = None) -> TemplateFacts:
        """A question as it is asked."""
        key, question = asked.key, run.question(asked.key)
        given = draft if current is None else current.value
        offered, numbered = bool(run.given.offers.get(question.id)), asked.n is not None
        waits = run.visit(asked.to).remark.text if question.comment and self.exercise.how is not How.ROWS else None
        facts = self._question(question, key.partition("@")[2])
        return {
            **facts,
            "n": asked.n,
            "goes_on": asked.goes_on and (asked.n or 0) > 1,
            "of": asked.of,
            "saved": self.short(asked.saved) if asked.saved else None,
            "in_row": self.exercise.how is How.ROWS and numbered,  # a new one is saved as a whole
            "kept": None,
            "advised": self.advice(asked.advised),
            "current": None if given is None else self.value(question, given),
            "comment": current.comment if current else None,
            "remark": waits,
            "offered": offered,
            "choices": not facts["ticks"] and bool(question.field.choices(run.there(question, asked.to))),
            "ticks": facts["ticks"] and numbered and offered,
            "query": asked.query,
            "taken_over": asked.taken_over,
            "trouble": self.trouble(asked.trouble),
            # What could not be taken may have been about something else than the question.
            "danger": facts["logging"] or (asked.trouble is not None and asked.trouble.name in UNTAKEN),
            "audience": self.mark(question, shown=self.is_shown(run)),
            "cards": [],
        }

    def _question(self, question: Question, item: str) -> TemplateFacts:
        """Return what a question about an item is by its definition, whoever is asked."""
        base, field = f"question.{question.id}", question.field
        return {
            "title": self.words["title"],
            "item": self.item(item) if item else None,
            "item_text": self.words.get(f"item.{item}.text") if item else None,
            "text": self.words[f"{base}.text"],
            "help": self.words.get(f"{base}.help"),
            "meanings": self.meanings(question),
            "shared": self.exercise.how is not How.EACH or self.exercise.teams > 0,
            "ends": [part for number, word in self.ends(question).items() for part in (number, word)] or None,
            "kind": str(question.kind),
            "many": question.many,
            "written": not field.tapped,
            "ticks": isinstance(field, TextField) and field.ticks,
            "logging": self.exercise.role is ExerciseRole.INCIDENT,
        }

    def meanings(self, question: Question) -> list[tuple[str, str]]:
        """Return what the options mean, if that must be known in order to choose."""
        told = ((option, self.words.get(f"meaning.{option}")) for option in question.options)
        return [(self.words.option(question.id, option), meaning) for option, meaning in told if meaning]

    def kinds(self, kinds: Iterable[str]) -> list[str]:
        """Name the kinds of finds that point somebody out; the finds themselves are shown nowhere."""
        return [self.voice.label(f"identity.{kind}") for kind in kinds]

    def trouble(self, trouble: Trouble | None) -> str | None:
        """Say what was wrong with a text, and what to do instead."""
        if trouble is None:
            return None
        facts, dates = dict(trouble.facts), trouble.facts.get("dates")
        if isinstance(dates, list):
            facts["dates"] = [self.voice.rules.day(day) for day in dates]
        if isinstance(moments := trouble.facts.get("moments"), list):
            facts["moments"] = [self.voice.rules.moment(one) for one in moments]
        if "than" in facts:
            facts["than"] = self.short(str(facts["than"]))
        return self.voice.label(trouble.name, facts)

    def lines(
        self, run: Run, answers: Sequence[Answer], *, whole: bool = False, shown: Sequence[str] = (), first: int = 0
    ) -> list[TemplateFacts]:
        """Return every question (or those shown, from number `first` on) with its answer, for summaries and cards."""
        given = {answer_key(a): a for a in answers}
        every = run.asked("g") if self.exercise.how is How.GROUP else run.keys()
        return [
            {"n": n, "short": self.short(key), **self._given(run, given.get(key), whole=whole)}
            for n, key in enumerate(shown or every, first + 1)
        ]

    def _given(self, run: Run, answer: Answer | None, *, whole: bool) -> TemplateFacts:
        if answer is None:
            return NOTHING
        value = self.value(run.question(answer_key(answer)), answer.value)
        return {
            "value": value if whole else cut(value),
            "comment": answer.comment,
            "by": self.scene.member(answer.member_id) if answer.member_id else None,
            "signed": answer.at.astimezone(self.scene.zone).date() if self.exercise.signed else None,
        }

    def by_item(self, run: Run, answers: Sequence[Answer]) -> list[TemplateFacts]:
        """Return how much is answered about each item, for the card of an exercise with many."""
        done = Counter(answer.item for answer in answers)
        asked = Counter(key.partition("@")[2] for key in run.asked("g"))
        lines: list[TemplateFacts] = []
        for n, item in enumerate(run.taken_up or run.items, 1):
            of = {"value": self.voice.label("of", {"n": done[item], "of": asked[item]})} if done[item] else {}
            lines.append({"n": n, "short": self.item(item), **NOTHING, **of})
        return lines

    def draft(self, run: Run, draft: Values, shown: Sequence[str]) -> list[TemplateFacts]:
        """Return the fields of a new row before it is saved."""
        lines: list[TemplateFacts] = []
        for n, key in enumerate(shown, 1):
            value = self.value(run.question(key), draft[key]) if key in draft else None
            lines.append({"n": n, "short": self.short(key), "value": cut(value) if value else None})
        return lines

    # -- together ------------------------------------------------------------------------------------------------

    def progress(self, run: Run, cannot: Collection[str] = ()) -> TemplateFacts:
        """Return who has handed in, who is awaited, and who of these `cannot`; without names only how many."""
        waiting, owners, named = run.waiting_for(), run.owners(), not self.exercise.anonymous
        done = [owner for owner in owners if owner not in waiting]
        # Whoever has left has not taken along what they wrote without a name.
        left = 0 if named else max(0, run.admitted + run.late - len(done))
        names: TemplateFacts = {"done": [], "waiting": [], "cannot": [], "unsent": 0}
        if named:
            names = {
                "done": [self.owner(run, owner) for owner in done],
                "waiting": [self.owner(run, owner, awaited=True) for owner in waiting if owner not in cannot],
                "cannot": [self.owner(run, owner) for owner in waiting if owner in cannot],
                "unsent": len(run.unsent()),
            }
        return {
            **names,
            "count_done": len(done) + left,
            "count_all": len(owners) + left,
            "so_few": not enough(run),
            "too_few": self._too_few(run),
        }

    def _too_few(self, run: Run) -> str:
        """Return what the group can do while too few have written for anything without names to be shown."""
        if not too_few(run):
            return ""
        return self.voice.label("too_few", {"doubted": run.given.doubted, "waited": bool(run.waiting_for())})


def is_over(run: Run) -> bool:
    """True when nothing more is asked of anybody."""
    return run.phase in (Phase.CONCLUDED, Phase.ASIDE)
