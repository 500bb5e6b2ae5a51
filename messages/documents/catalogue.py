"""Every document that can be made: what it draws on, who may have it, in which forms, and how it is set."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flows.loader import the_process
from flows.model import How, Process
from messages.documents.facts import Facts
from messages.documents.material import Material


class Reader(StrEnum):
    """Who may have a document; each includes those before it."""

    CORE = "core"  # the core group
    NETWORK = "network"  # the core group and the participants of the network
    ANYONE = "anyone"  # also guests: invitations and empty forms


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of the catalogue."""

    id: str
    step: int | None  # where people look for it; None for the empty forms
    needs: tuple[str, ...]  # exercises it waits for, each of which counts towards how complete it is
    also: tuple[str, ...] = ()  # exercises it draws on if they are there
    reader: Reader = Reader.CORE
    forms: tuple[str, ...] = ("docx", "pdf")
    layout: str = "report"
    contents: bool = False
    rest: bool = False  # holds what no other document draws on, so that a new exercise is found in one
    numbered: bool = False  # has versions, and says what differs from the last one


FORM = ("pdf", "pdf-a3", "docx")

DOCUMENTS: Mapping[str, Entry] = {
    entry.id: entry
    for entry in (
        Entry("readiness", 0, ("readiness", "readiness_plan")),
        Entry(
            "start",
            0,
            ("decision", "commitment", "direction", "city", "readiness", "candidates", "training"),
            numbered=True,
        ),
        Entry(
            "mapping_summary",
            2,
            ("vulnerable_groups", "places", "actors", "public_material", "indicators"),
            ("intelligence", "branch_findings"),
            Reader.NETWORK,
        ),
        Entry(
            "mapping_presentation",
            2,
            ("vulnerable_groups", "places", "actors", "public_material", "indicators"),
            ("intelligence", "branch_findings"),
            Reader.NETWORK,
            ("pptx", "pdf"),
            "slides",
        ),
        Entry(
            "mapping_report",
            2,
            (
                "mapping_choice",
                "vulnerable_groups",
                "places",
                "actors",
                "public_material",
                "indicators",
                "branch_findings",
                "mapping_plan",
            ),
            ("mapping_timeline", "intelligence", "adverts", "advert_precautions"),
            Reader.NETWORK,
            contents=True,
            numbered=True,
        ),
        Entry(
            "actors",
            3,
            ("actor_matrix", "collaboration_levels", "actor_levels", "actor_perspectives", "wider_support"),
            contents=True,
        ),
        Entry("knowledge", 4, ("knowledge", "stay_updated", "research_areas"), contents=True),
        Entry("knowledge_own", 4, ("knowledge",)),
        Entry("knowledge_network", 4, ("knowledge",), reader=Reader.NETWORK),
        Entry("communication", 5, ("communication_plan", "branches")),
        Entry("coordination", 5, ("coordination",), reader=Reader.NETWORK, numbered=True),
        Entry("network", 5, ("network_role",), ("keeping_alive",), Reader.NETWORK, numbered=True),
        Entry("invitation", 5, ("event",), reader=Reader.ANYONE),
        Entry("flyer", 5, ("event",), reader=Reader.ANYONE, layout="flyer"),
        Entry("programme", 5, ("event",), reader=Reader.ANYONE),
        Entry("checklist", 5, ("event_checklist",)),
        Entry("guests", 5, ("guests",)),
        Entry("common_ground", 6, ("common_ground",), reader=Reader.NETWORK),
        Entry("swot", 6, ("swot", "swot_insights"), reader=Reader.NETWORK),
        Entry(
            "plan",
            6,
            ("vision", "subgoals", "activities", "marketing", "plan_approval"),
            ("swot_insights", "keeping_alive"),
            Reader.NETWORK,
            contents=True,
            numbered=True,
        ),
        Entry(
            "routine",
            7,
            ("routine_goal", "chain", "ambition_path", "routine_approval"),
            ("ambition",),
            Reader.NETWORK,
            contents=True,
            numbered=True,
        ),
        Entry("card", 7, ("chain",), reader=Reader.NETWORK, layout="card", numbered=True),
        Entry("feedback", 8, ("feedback",)),
        Entry("reflections", 8, ("reflection_explore", "reflection_equip", "reflection_plan", "reflection_routine")),
        Entry("yearly", 8, ("yearly_review", "activities", "meetings"), reader=Reader.NETWORK),
        Entry(
            "journey",
            8,
            (
                "decision",
                "city",
                "our_organisation",
                "brave_agreement",
                "vulnerable_groups",
                "actor_matrix",
                "vision",
                "subgoals",
                "chain",
                "reflection_explore",
                "reflection_equip",
                "reflection_plan",
                "reflection_routine",
                "celebration",
                "keeping_alive",
            ),
            (
                "commitment",
                "places",
                "actors",
                "indicators",
                "collaboration_levels",
                "actor_levels",
                "swot",
                "swot_insights",
                "ambition",
                "ambition_path",
            ),
            contents=True,
            rest=True,
        ),
        *(
            Entry(f"form_{name}", None, (), (exercise,), Reader.ANYONE, FORM, "form")
            for name, exercise in (
                ("common_ground", "common_ground"),
                ("swot", "swot"),
                ("plan", "vision"),
                ("routine", "chain"),
                ("indicators", "indicators"),
                ("actor_matrix", "actor_matrix"),
                ("adverts", "adverts"),
            )
        ),
    )
}

TABLES = Entry("tables", None, (), reader=Reader.CORE, forms=("xlsx",))


def registers() -> tuple[str, ...]:
    """The ids of all registers, in the order of the process. Each is a table: "table.<id>" as xlsx or csv."""
    process = the_process()
    return tuple(e for step in process.steps for e in step.exercises if process.exercises[e].how is How.ROWS)


def the_rest(process: Process) -> tuple[str, ...]:
    """The ids of the exercises that no document draws on, in the order of the process. Lists are tables already."""
    drawn = {exercise for entry in DOCUMENTS.values() for exercise in (*entry.needs, *entry.also)}
    there = (process.exercises[name] for step in process.steps for name in step.exercises)
    return tuple(e.id for e in there if e.id not in drawn and e.how is not How.ROWS and not e.private)


def entries() -> tuple[Entry, ...]:
    """Everything that can be made and sent as a file: documents, forms, tables."""
    process = the_process()
    tables = (
        Entry(f"table.{name}", step.number, (name,), forms=("xlsx", "csv"))
        for name in registers()
        if (step := process.step_of(name)) is not None
    )
    return (*DOCUMENTS.values(), *tables, TABLES)


def entry(document: str) -> Entry:
    """The entry with this id. Raises KeyError for an unknown one."""
    return {found.id: found for found in entries()}[document]


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what a document needs is there (0–1), and the exercises that still have something to give."""

    share: float
    missing: tuple[str, ...]


def completeness(document: str, material: Material) -> Completeness:
    """How complete a document would be now. One that needs nothing (a form) is always complete."""
    facts = Facts(material)
    shares = {exercise: facts.share(exercise) for exercise in entry(document).needs}
    if not shares:
        return Completeness(1.0, ())
    return Completeness(sum(shares.values()) / len(shares), tuple(e for e, share in shares.items() if share < 1))


def title(document: str, material: Material) -> str:
    """What a document is called among others; what stands on it may be something else, as on a flyer."""
    facts = Facts(material)
    if document.startswith("table."):
        return facts.name(document.partition(".")[2])
    return facts.words.get(f"document.{document}.name") or facts.words(f"document.{document}.title")


def about(document: str, material: Material) -> str:
    """The sentence that goes with the file."""
    return Facts(material).words(f"document.{'table' if document.startswith('table.') else document}.about")
