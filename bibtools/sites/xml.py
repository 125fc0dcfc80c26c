"""XML from strangers as a tree of elements, with what XML can do to a reader forbidden.

No document type, so no entities of its own making (billion laughs, files, addresses), and a
bound on depth and number of elements. Names come without their namespaces: no service that we
read uses one local name for two things in one place.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import NoReturn
from xml.parsers import expat

from bibtools.sites.asking import Reply, UnreadableError
from bibtools.sites.shapes import looks_like_a_page, refusal, text

Element = ET.Element

_DEEPEST = 60
_MOST = 500_000
_LARGEST = 50_000_000


def read(reply: Reply, root: str, *, doctype: bool = False) -> Element:
    """The root element of an answer with status 200, which must have that name.

    For `doctype` see `parse`. Raises `UnreadableError` for every other answer.
    """
    if reply.status != 200:
        raise refusal(reply)
    if not reply.body.strip():
        raise UnreadableError("the answer is empty")
    if looks_like_a_page(reply):
        raise UnreadableError("the answer is a web page, not data")
    found = parse(reply.body, doctype=doctype)
    if found.tag != root:
        raise UnreadableError(f"the answer is XML of another kind, not <{root}>")
    return found


def parse(body: bytes, *, doctype: bool = False) -> Element:
    """The root element of a document. Raises `UnreadableError`.

    With `doctype` a document type that only names itself (as PubMed's does) is passed over;
    one that declares anything is refused.
    """
    if len(body) > _LARGEST:
        raise UnreadableError("the answer is too large")
    return _Reader(doctype).read(body)


class _Reader:
    """Builds the tree of one document."""

    def __init__(self, doctype: bool) -> None:
        self._tree = ET.TreeBuilder()
        self._depth = self._count = 0
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._tree.data
        parser.StartDoctypeDeclHandler = self._plain_doctype if doctype else self._forbidden
        parser.EntityDeclHandler = self._forbidden
        parser.UnparsedEntityDeclHandler = self._forbidden
        parser.ElementDeclHandler = self._forbidden
        parser.AttlistDeclHandler = self._forbidden
        parser.NotationDeclHandler = self._forbidden
        # No ExternalEntityRefHandler: nothing outside the document is ever read.

    def read(self, body: bytes) -> Element:
        try:
            self._parser.Parse(body, True)
            return self._tree.close()
        except expat.ExpatError as error:
            where = f"line {error.lineno}: {expat.ErrorString(error.code)}"
            raise UnreadableError(f"the answer is not XML ({where})") from None
        except (LookupError, ValueError, AssertionError):
            # An encoding nobody knows, a tree that was never closed.
            raise UnreadableError("the answer is not XML that can be read") from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > _DEEPEST:
            raise UnreadableError("the answer is XML nested too deeply")
        if self._count > _MOST:
            raise UnreadableError("the answer has too many elements")
        self._tree.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._tree.end(_local(name))

    def _plain_doctype(
        self, _name: str, _system: str | None, _public: str | None, has_subset: bool
    ) -> None:
        if has_subset:
            self._forbidden()

    def _forbidden(self, *_: object) -> NoReturn:
        raise UnreadableError("the answer is XML that declares entities, which is not read")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def content(element: Element | None) -> str | None:
    """All text of an element on one line, its children's too; None when there is none."""
    return text("".join(element.itertext())) if element is not None else None


def content_of(parent: Element, path: str) -> str | None:
    """The text of the first element at `path`, as `content`."""
    return content(parent.find(path))
