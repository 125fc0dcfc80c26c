"""XML from strangers."""

from __future__ import annotations

import pytest

from bibtools.sites import xml
from bibtools.sites.asking import Reply, UnreadableError

BOMB = (
    '<!DOCTYPE a [<!ENTITY b "boats boats">'
    + "".join(f'<!ENTITY b{n} "{f"&b{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><a>&b9;</a>"
)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(BOMB.encode(), "declares entities", id="bomb"),
        pytest.param(
            b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
            "declares entities",
            id="file",
        ),
        pytest.param(b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>', "entities", id="dtd"),
        pytest.param(b"<a>" * 61 + b"</a>" * 61, "nested too deeply", id="deep"),
        pytest.param(b"<a><b></a>", "line 1: mismatched tag", id="mismatched"),
        pytest.param(b"<a>", "not XML", id="cut"),
        pytest.param(b"<a>&nbsp;</a>", "undefined entity", id="undefined-entity"),
        pytest.param("<a>\u00e9</a>".encode("latin-1"), "not XML", id="wrong-charset"),
        pytest.param(b"<?xml version='1.0' encoding='boats'?><a/>", "XML", id="no-charset"),
        pytest.param(b"<a>\x07</a>", "not XML", id="control"),
        pytest.param(b"<b/>", "not <a>", id="another"),
    ],
)
@pytest.mark.parametrize("doctype", [False, True])
def test_refused(body: bytes, said: str, doctype: bool) -> None:
    if doctype and body.startswith(b"<!DOCTYPE a SYSTEM"):
        assert xml.read(Reply(200, body), "a", doctype=True).tag == "a"
        return
    with pytest.raises(UnreadableError, match=said) as caught:
        xml.read(Reply(200, body), "a", doctype=doctype)
    assert str(caught.value).isprintable()


def test_too_many_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "_MOST", 1000)
    with pytest.raises(UnreadableError, match="too many"):
        xml.parse(b"<a>" + b"<b/>" * 1000 + b"</a>")
    assert len(xml.parse(b"<a>" + b"<b/>" * 999 + b"</a>")) == 999


def test_names_come_without_namespaces() -> None:
    root = xml.parse(
        b'<x:a xmlns:x="urn:x" xmlns:y="urn:y" y:c="1"><y:b> t &amp; <i>u</i>\n</y:b></x:a>'
    )
    assert (root.tag, root.attrib) == ("a", {"c": "1"})
    assert xml.content_of(root, "b") == "t & u"
    assert xml.content_of(root, "none") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_encodings_that_are_declared(encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?><a>\u00e9</a>'.encode(encoding)
    assert xml.content(xml.parse(body)) == "\u00e9"
