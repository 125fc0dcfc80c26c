"""Groups of JabRef and BibDesk follow renamed keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.keys.groups import follow_groups

KEYS = {"old2020": "new2020a", "b:c": "bc"}


def jabref(*lines: str) -> str:
    return "@a{x}\n@comment{jabref-meta: " + "\n".join(lines) + "\n}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            jabref("groupstree:", "0 AllEntriesGroup:;", r"1 ExplicitGroup:To\;0\;old2020\;z\;;"),
            jabref("groupstree:", "0 AllEntriesGroup:;", r"1 ExplicitGroup:To\;0\;new2020a\;z\;;"),
            id="explicit",
        ),
        pytest.param(
            jabref("groupstree:", r"1 ExplicitGroup:old2020\;0\;OLD2020\;b:c\;;"),
            jabref("groupstree:", r"1 ExplicitGroup:old2020\;0\;new2020a\;bc\;;"),
            id="not-the-name-and-any-case",
        ),
        pytest.param(
            jabref("groupstree:\n1 Explicit\r\nGroup:X\\;0\\;old2\r\n020\\;;"),
            jabref("groupstree:\n1 Explicit\r\nGroup:X\\;0\\;new2020a\r\n\\;;"),
            id="broken-lines",
        ),
        pytest.param(
            jabref("groupstree:", r"1 ExplicitGroup:a\\\;b\;0\;old2020\;;"),
            jabref("groupstree:", r"1 ExplicitGroup:a\\\;b\;0\;old2020\;;").replace(
                "old2020", "new2020a"
            ),
            id="semicolon-in-a-name",
        ),
        pytest.param(
            jabref("grouping:", r"1 StaticGroup:old2020\;0\;1\;old2020\;\;old2020\;;"),
            jabref("grouping:", r"1 StaticGroup:old2020\;0\;1\;old2020\;\;old2020\;;"),
            id="static-without-keys",
        ),
        pytest.param(
            jabref("grouping:", r"1 KeywordGroup:K\;0\;keywords\;old2020\;0\;0\;;"),
            jabref("grouping:", r"1 KeywordGroup:K\;0\;keywords\;old2020\;0\;0\;;"),
            id="words-are-no-keys",
        ),
        pytest.param(
            jabref("saveActions:enabled;\nold2020;"),
            jabref("saveActions:enabled;\nold2020;"),
            id="other-settings",
        ),
        pytest.param(
            "@comment{BibDesk Static Groups{\n<dict><key>group name</key><string>old2020</string>"
            "<key>keys</key>\n<string>z,old2020, b:c</string></dict>}}",
            "@comment{BibDesk Static Groups{\n<dict><key>group name</key><string>old2020</string>"
            "<key>keys</key>\n<string>z,new2020a, bc</string></dict>}}",
            id="bibdesk",
        ),
        pytest.param("@comment{old2020}\n% jabref-meta old2020", None, id="plain-comment"),
    ],
)
def test_groups(before: str, after: str | None) -> None:
    assert follow_groups(before.encode(), KEYS).decode() == (before if after is None else after)


def test_a_file_that_is_not_utf_8() -> None:
    before = "@comment{jabref-meta: groupstree:\n1 ExplicitGroup:Käse\\;0\\;old2020\\;;}\n".encode(
        "latin-1"
    )
    assert follow_groups(before, KEYS) == before.replace(b"old2020", b"new2020a")


@given(st.text(alphabet="01 ExplicitGroup:\\;old2020{}\n", max_size=60))
def test_without_renamed_keys_nothing_changes(body: str) -> None:
    data = jabref("groupstree:", body).encode()
    assert follow_groups(data, {"nobody": "somebody"}) == data
