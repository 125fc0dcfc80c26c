"""Records of services on their way through the cache."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bibtools.model import Doi, Entry
from bibtools.sites.records import Record, Repository, from_json, to_json
from tests.entry_strategies import differences, entries

_whole = Record(
    Entry(title="A title", doi=Doi("10.1234/a")),
    identifier="W1",
    published_doi=Doi("10.1234/b"),
    preprint_doi=Doi("10.48550/arXiv.2104.08821"),
    journal_reference="J. Examples 1, 2",
    comment="12 pages",
    retracted="the publisher says so",
    notice="a corrigendum to 10.1234/c",
    score=12.5,
    repository=Repository("https://github.com/a/b", archived=True, readme="Read me"),
)


def test_a_record_comes_back_whole() -> None:
    assert from_json(json.loads(json.dumps(to_json(_whole)))) == _whole


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(entries(), st.none() | st.builds(Repository, st.just("https://example.org/r")))
def test_any_entry_comes_back(entry: Entry, repository: Repository | None) -> None:
    back = from_json(json.loads(json.dumps(to_json(Record(entry, repository=repository)))))
    assert differences(entry, back.entry) == {}
    assert back.repository == repository
