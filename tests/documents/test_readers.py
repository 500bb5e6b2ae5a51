"""What those whom a document is laid before would object to, and find no more."""

import re
from dataclasses import replace
from datetime import date

from flows.dates.months import add_months
from messages.documents import slides, word
from messages.documents.blocks import Figure, PageBreak, Source
from messages.documents.catalogue import DOCUMENTS, Reader, completeness
from messages.documents.compose import compose
from messages.documents.editions import Edition
from messages.documents.facts import Facts
from messages.documents.material import Approval, ApprovalLine, Attended, Material, RegisterRow, Round, Said, Sessions
from messages.documents.pictures import figure
from messages.documents.plan_tables import DONE, THERE
from messages.structure.blocks import Heading, Paragraph, Span, Table, plain
from tests.documents.answered import with_answers, with_rows
from tests.documents.in_chat import as_chat


def headers(document: str, material: Material) -> list[tuple[str, ...]]:
    """The header of each table of a document."""
    return [block.header for block in compose(document, material).blocks if isinstance(block, Table)]


def test_rows_that_wait_to_be_filled_in_are_not_printed(town: Material) -> None:
    """A row that stands there for somebody to fill in is no row of dashes in what is laid before others."""
    waiting = with_rows(town, "training", [{"who": {"id": 1}}, {"who": {"id": 2}, "course": "safe_hand"}])
    waiting = with_rows(waiting, "readiness_plan", [{"part": "need"}, {"part": "period", "what": "Fråga chefen"}])
    for columns in (("Person", "Utbildning"), ("Del", "Uppgift")):
        found = compose("start", waiting).blocks
        (table,) = (block for block in found if isinstance(block, Table) and block.header == columns)
        assert len(table.rows) == 1
        assert table.rows[0][1] != "–"


def test_a_decision_stays_one_when_the_candidates_are_forgotten(town: Material) -> None:
    """Names of those who were asked to join go after a year; the decision that was taken is no draft for that."""
    forgotten = replace(town, registers={**town.registers, "candidates": ()})
    assert completeness("start", forgotten).share == 1
    assert not Edition("start", forgotten).unfinished


def test_whom_to_call_has_room_on_the_first_page(town: Material) -> None:
    """With eighteen actors at four hours the first page names three for each, and how many more the chain has."""
    hours = ("daytime", "evening", "night", "weekend")
    chain = [
        {
            "link": "first_contact",
            "what": "Svarar",
            "actor": (f"Aktör {n}",),
            **{hour: f"0123-{place}00 {n:02}" for place, hour in enumerate(hours)},
        }
        for n in range(18)
    ]
    first = [block for block in compose("routine", with_rows(town, "chain", chain)).blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in first[:4]] == [3, 3, 3, 3]
    said = as_chat(compose("routine", with_rows(town, "chain", chain)))
    assert "15 nummer till står längre fram, under ”Kedjan”." in said
    blocks = compose("routine", with_rows(town, "chain", chain)).blocks
    (more,) = (n for n, block in enumerate(blocks) if isinstance(block, Source) and "15 nummer till" in block.text)
    assert isinstance(blocks[more - 1], Table)  # and it stays with that table, whatever follows


def test_minutes_tell_what_was_left_apart_from_what_was_done(town: Material) -> None:
    """What a session had no time for is a sentence of its own, and no end of the last point."""
    (kept,) = town.sessions.minutes[:1]
    minutes = (replace(kept, worked=(("Fira", True),), another_time=("Årets mått",)),)
    late = replace(town, sessions=replace(town.sessions, minutes=minutes))
    said = as_chat(compose("minutes", late))
    assert " Fira (övning 8.1)\n\nDet här hann vi inte med: Årets mått\n" in said


def test_minutes_hold_the_meetings_of_the_network(town: Material) -> None:
    """What the network came to at its meetings stands in the minutes, the newest first; what is to come does not."""
    said = as_chat(compose("minutes", town))
    newest, oldest = said.index("Rutinen på ett påhittat fall"), said.index("Läget i staden")
    assert newest < said.index("I rutinen ringer vi tolken före boendet.") < oldest
    assert "Hemma hos Hotell Exempel" not in said
    silent = with_rows(town, "meetings", [{"date": "2026-09-10T13:00", "status": "held"}])
    assert "Nätverksträffar" not in as_chat(compose("minutes", silent))


def test_minutes_tell_who_was_there_when_the_network_met(town: Material) -> None:
    """Who was ticked off stands at the meeting in the list, at the session of that day, or on its own."""
    (session,) = town.sessions.minutes[:1]
    days = (date(2026, 9, 10), session.on, date(2027, 1, 7))
    called = tuple(Attended(on, "Nätverksträff", (f"Ulla {n}",)) for n, on in enumerate(days))
    said = as_chat(compose("minutes", replace(town, sessions=replace(town.sessions, attended=called))))
    assert "Närvarande: Ulla 0." in said[said.index("Läget i staden") :]
    assert ", Ulla 1." in said[said.index(", steg\N{NO-BREAK SPACE}1") :]
    assert said.count("Ulla 1") == 1
    assert "Närvarande: Ulla 2." in said[said.index("torsdag 7 januari 2027 · Nätverksträff") :]


def test_minutes_of_each_meeting_stand_by_themselves(town: Material) -> None:
    """Whatever meeting it was, its paper has its page, the reference, whom people came from, and lines to sign on; its
    points are numbered through, its days have their year, and all meetings stand in the order of their days."""
    (session,) = town.sessions.minutes[:1]
    later = replace(session, on=date(2026, 10, 1), decisions=("Vi börjar i tid.", "Vi turas om."))
    called = (Attended(date(2026, 9, 10), "Nätverksträff", ("Elin", "Greta")),)
    came = with_rows(town, "guests", [{"name": "Greta", "organisation": ("Vården",)}])
    made = compose("minutes", replace(came, sessions=Sessions((later, session), called)))
    said = as_chat(made)
    days = ("5 november 2026 kl", "1 oktober 2026,", "10 september 2026 kl", "11 juni 2026 kl", "6 oktober 2025,")
    places = [said.index(day) for day in days]
    assert places == sorted(places)
    assert sum(isinstance(block, PageBreak) for block in made.blocks) == len(days) - 1
    assert said.count("\nJustering\n") == said.count("Diarienummer: SN 2025/0417") == len(days)
    assert "Elin (Kvinnojouren i Exempelstad), Greta (Vården)." in said
    assert "Alva och Bashir (Socialtjänsten i Exempelstad), Cecilia" in said
    points = re.findall(r"§\s*(\d)", said[places[1] : places[2]])
    assert [point[-1] for point in points] == list("123456")
    assert "Senast: 15 oktober 2025" in said


def test_the_card_has_a_number_for_children_by_day(town: Material) -> None:
    """Whoever is worried for a child on a weekday reads whom to call, on the card and in the routine."""
    for document in ("card", "routine"):
        assert "070-174 06 31" in as_chat(compose(document, town))


def test_what_follows_from_the_mapping_has_its_source(town: Material) -> None:
    """Conclusions and proposals say where they come from, in the report and on the slides, and so does the log."""
    for document in ("mapping_report", "mapping_presentation"):
        blocks = compose(document, town).blocks
        for title in ("Slutsatser", "Förslag"):
            at = next(n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.text == title)
            following = next(block for block in blocks[at + 1 :] if isinstance(block, Source))
            assert following.exercises == ("event",)


def test_what_was_proposed_has_its_day(town: Material) -> None:
    """An actor of a later day makes a new report and no new proposals, which can be decided on by now: their day
    stands with them. It makes no new version."""
    later = date(2026, 10, 19)
    grown = replace(
        town,
        registers={**town.registers, "actors": (*town.registers["actors"], RegisterRow(99, {"name": "Någon"}, later))},
    )
    said = as_chat(compose("mapping_report", grown))
    assert "Förslagen är från den 16 april 2026." in said
    assert "i dag" not in said
    parts = Edition("mapping_report", town).at_hand.parts
    changed = replace(town.rounds["event"], on=later)
    assert Edition("mapping_report", replace(town, rounds={**town.rounds, "event": changed})).at_hand.parts == parts


def test_the_booklet_tells_a_plan_as_a_plan(town: Material, empty: Material) -> None:
    """The meetings of the calendar are no account of what was done on which day, and are not called one."""
    blocks = compose("journey", town).blocks
    (at,) = (n for n, block in enumerate(blocks) if isinstance(block, Figure) and block.kind == "calendar")
    before, after = blocks[at - 1], blocks[at + 1]
    assert isinstance(before, Heading)
    assert before.text == "Så planerade vi vägen"
    assert isinstance(after, Paragraph)
    assert "kan ha blivit klara andra dagar" in plain(after.text)
    assert "kalendern" not in as_chat(compose("journey", empty))


def test_working_papers_say_that_they_stay_in_the_core_group(town: Material) -> None:
    """Where firms are weighed and people named as one talks among one's own, that stands below the title."""
    said = "arbetsmaterial, bara för kärngruppen"
    marked = {document for document in DOCUMENTS if said in compose(document, town).line}
    assert marked == {"actors", "guests"}
    assert {DOCUMENTS[document].reader for document in marked} == {Reader.CORE}


def test_nobody_is_left_with_a_dash_when_nobody_answers(town: Material) -> None:
    """Where the chain does not say what to do if nobody answers, the routine prints whom to ring."""
    rows = [
        {"link": "discovery", "what": "Ser", "daytime": "114 14", "otherwise": "Ring växeln"},
        {"link": "protection", "what": "Ordnar en säng", "daytime": "114 14"},
    ]
    for answers, whom in (({"emergency": "08-5"}, "Socialjouren 08-5"), ({"name": "Stad"}, "Polisen 114 14")):
        known = with_answers(with_rows(town, "chain", rows), "town", answers)
        blocks = compose("routine", known).blocks
        (chain,) = (b for b in blocks if isinstance(b, Table) and b.header[-1] == "Om ingen svarar")
        assert [row[-1] for row in chain.rows] == ["Ring växeln", f"{whom}. Vid fara: 112"]


def test_what_holds_for_the_whole_chain_is_said_once(town: Material) -> None:
    """Where the same is to be done whenever nobody answers, it stands above the chain's table, and not on each row."""
    rows = [
        {"link": link, "what": f"Gör {n}", "daytime": "114 14", "otherwise": "Ring växeln"}
        for n, link in enumerate(("discovery", "first_contact"))
    ]
    same = with_rows(town, "chain", rows)
    assert as_chat(compose("routine", same)).count("Ring växeln") == 1
    apart = with_rows(town, "chain", [rows[0], {**rows[1], "otherwise": "Ring 112"}])
    silent = with_rows(town, "chain", [{k: said for k, said in row.items() if k != "otherwise"} for row in rows])
    assert as_chat(compose("routine", silent)).count("Om ingen svarar: ") == 1
    assert any(header[-1] == "Om ingen svarar" for header in headers("routine", apart))
    assert not any(header[-1] == "Om ingen svarar" for header in headers("routine", same))


def test_a_conversation_has_its_month_but_no_day(town: Material) -> None:
    """The day on which somebody told what they know could point them out to who was there; the month does not."""
    assert "2026-03-05" in {row.values["date"] for row in town.registers["branch_findings"]}
    assert "Biltvätt, samtal, mars 2026" in as_chat(compose("mapping_report", town))


def test_the_plans_marks_are_told(town: Material) -> None:
    """Below the tables of the years stands what their marks mean; without activities there is nothing to tell."""
    marks = Paragraph((Span(f"{THERE} planerat det året, {DONE} gjort"),))
    assert marks in compose("plan", town).blocks
    assert marks not in compose("plan", replace(town, registers={**town.registers, "activities": ()})).blocks


def test_no_activity_of_the_invented_town_is_due_outside_its_years(town: Material) -> None:
    """An activity's day lies in the first of the years that it is planned for."""
    begins = date.fromisoformat(str(Facts(town).raw("plan_frame", "starts")))
    for row in town.registers["activities"]:
        first = min(int(year.removeprefix("year")) for year in row.values["year"])
        due = date.fromisoformat(row.values["by"])
        assert add_months(begins, 12 * (first - 1)) <= due < add_months(begins, 12 * first), row.number


def test_how_it_was_at_the_start_is_no_outcome(town: Material) -> None:
    """The yearly report dates how it was before, apart from what came of it, and says when that is counted."""
    made = compose("yearly", town)
    drawn = next(block for block in made.blocks if isinstance(block, Figure) and block.kind == "measures")
    assert drawn.data["start"] == "vid start (1 september 2026)"
    assert "vid start 2; år 1 mål 4;" in drawn.alt
    assert "outcome" not in {key for key, said in drawn.data.items() if said}
    told = "Resultatet för år 1 räknas när året är slut, den 31 augusti 2027."
    assert Paragraph((Span(told),)) in made.blocks
    counted = replace(town, rounds={**town.rounds, "figures": Round((Said("figure", 4, town.today, "#1"),))})
    assert told not in repr(compose("yearly", counted).blocks)
    assert "Resultatet är det vi vet hittills. År 1 slutar den 31 augusti 2027." in repr(
        compose("yearly", counted).blocks
    )
    after = replace(counted, today=date(2027, 9, 1))
    assert "hittills" not in repr(compose("yearly", after).blocks)
    second = replace(after, outcomes={1: (4, 6), 2: (3, None)})
    assert "Resultatet är det vi vet hittills. År 2 slutar den 31 augusti 2028." in repr(
        compose("yearly", second).blocks
    )
    begun = {name: found for name, found in town.rounds.items() if name != "plan_frame"}
    assert "Inget resultat är räknat än." in repr(compose("yearly", replace(town, rounds=begun)).blocks)


def test_the_routine_says_what_was_decided_and_from_when_it_holds(town: Material) -> None:
    """The routine's facts tell the day of its approval; a text that waits for somebody is not decided."""

    def told(town: Material) -> tuple[str, str]:
        tables = [block for block in compose("routine", town).blocks if isinstance(block, Table)]
        facts = {row[0]: row[1] for table in tables for row in table.rows if len(row) == 2}
        return facts["Beslut"], facts["Gäller från"]

    assert told(town) == ("Godkänd den 10 november 2026 av organisationerna", "10 november 2026")
    asked = Approval(2, final=False, lines=(ApprovalLine("Polisen"),))
    waits = replace(town, approvals={**town.approvals, "routine_approval": asked})
    assert told(waits) == ("Den här versionen är inte beslutad än", "Inte bestämt än")


def test_a_town_called_with_an_essay_still_gets_its_files(town: Material) -> None:
    """A property of a Word file or of slides holds 255 characters; a longer name is cut there, and only there."""
    essay = replace(town, town="Staden vid ån.\n" * 40)
    for document, write in (("minutes", word.write), ("mapping_presentation", slides.write)):
        assert write(compose(document, essay))


def test_a_meeting_that_was_held_is_in_the_report(town: Material) -> None:
    """A meeting that has been stands in the yearly report, though nobody told what it was about."""
    days = [{"date": "2026-06-11T13:00", "status": "held"}, {"date": "2026-12-03T13:00", "status": "booked"}]
    said = as_chat(compose("yearly", with_rows(town, "meetings", days)))
    assert "torsdag 11 juni 2026" in said
    assert "3 december" not in said


def test_the_start_has_one_day(town: Material) -> None:
    """How it was at the start has the day when the plan begins, in the table as in the picture, also if the words of a
    goal are touched later. The picture is no older than its figures, and has no day before it is known."""
    later = replace(town, today=date(2027, 3, 1))
    later = with_rows(later, "subgoals", [dict(row.values) for row in town.registers["subgoals"]])
    begins = Facts(town).begins()
    assert begins
    told = town.today.replace(day=1)
    figures = Round((Said("figure", 4, told, "#1"),))
    later = replace(later, rounds={**town.rounds, "figures": figures}, outcomes={1: (4,)})
    made = compose("yearly", later)
    assert any("Vid start (1 september 2026)" in header for header in headers("yearly", later))
    drawn = next(block for block in made.blocks if isinstance(block, Figure) and block.kind == "measures")
    assert drawn.data["start"] == "vid start (1 september 2026)"
    alone = Facts(later)
    assert figure("measures", alone)
    assert max(alone.dates) == told
    unknown = replace(town, rounds={name: found for name, found in town.rounds.items() if name != "plan_frame"})
    assert any("Vid start" in header for header in headers("yearly", unknown))
    shown = figure("measures", Facts(unknown))
    assert shown
    assert shown.data["start"] == "vid start"


def test_whoever_is_named_in_the_decision_has_a_home(town: Material) -> None:
    """What is laid before a board tells of each person whom they work for, as the board knows them by that."""
    trained = with_rows(town, "training", [{"who": {"id": 1}, "course": "safe_hand"}])
    found = compose("start", trained).blocks
    (table,) = (block for block in found if isinstance(block, Table) and block.header[1] == "Utbildning")
    assert table.rows[0][0] == "Alva (Socialtjänsten i Exempelstad)"
