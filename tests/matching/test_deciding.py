"""Decisions find their records again, also on a page that has grown."""

from __future__ import annotations

from bibtools.formats.decisions import read_decisions, write_decisions
from bibtools.matching.deciding import apply_decisions, reference
from bibtools.model import ArxivId, Entry, Notice, Source
from bibtools.model.decisions import Decision, DecisionKind, Reference

FOG = Entry(title="Fog", abstract="On fog and how it lifts.", sources=(Source("a.txt", 3),))
FOG_TWIN = Entry(title="Fog!", abstract="Another text on fog.", sources=(Source("b.txt", 1),))
BARE = Entry(abstract="An abstract without a title.", sources=(Source("c.txt", 1),))
NEW = Entry(title="A newcomer")

SAME = Decision(DecisionKind.SAME, (reference(FOG), reference(BARE)))
APART = Decision(DecisionKind.DIFFERENT, (reference(FOG), reference(FOG_TWIN)))
ID = Decision(DecisionKind.ID, (reference(FOG),), ArxivId("2104.08821"))
NO_ID = Decision(DecisionKind.ID, (reference(BARE),))


def test_decisions_survive_their_file() -> None:
    decisions = [SAME, APART, ID, NO_ID]
    written = write_decisions(decisions)
    assert read_decisions(written.encode(), "f") == (decisions, [])
    assert len(written.splitlines()) == 4


def test_records_are_found_where_they_now_stand() -> None:
    applied = apply_decisions([SAME, APART, ID, NO_ID], [NEW, FOG_TWIN, NEW, BARE, FOG])
    assert applied.same == ((3, 4),)
    assert applied.different == ((1, 4),)
    assert applied.ids == {4: ArxivId("2104.08821"), 3: None}
    assert applied.notices == ()


def test_a_new_version_of_the_abstract_is_still_the_record() -> None:
    changed = Entry(title="FOG", abstract="On fog, second version.")
    assert apply_decisions([ID], [changed]).ids == {0: ArxivId("2104.08821")}


def test_the_later_decision_wins() -> None:
    later = Decision(DecisionKind.DIFFERENT, SAME.records)
    applied = apply_decisions([SAME, later], [FOG, BARE])
    assert (applied.same, applied.different) == ((), ((0, 1),))


def test_a_decision_about_nothing_here_is_told() -> None:
    applied = apply_decisions([ID], [NEW])
    assert applied.notices == (
        Notice(
            'A decision (id) about "Fog" fits no record of these pages.',
            rule="decisions.no-record",
        ),
    )


def test_lines_that_are_no_decision_are_told() -> None:
    no_id = b'{"decision": "id", "records": [{"title": "x"}], "arxiv": "no"}'
    data = b'{"decision": "maybe"}\n\n[]\n' + no_id + b"\n"
    decisions, notices = read_decisions(data, "f")
    assert decisions == []
    assert [(n.file, n.line, n.rule) for n in notices] == [
        ("f", 1, "decisions.line"),
        ("f", 3, "decisions.line"),
        ("f", 4, "decisions.line"),
    ]


def test_a_reference_is_by_what_a_record_says() -> None:
    assert reference(NEW) == Reference("A newcomer")
    assert reference(BARE).abstract_print is not None
