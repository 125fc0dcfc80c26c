"""`bibtools search --interactive`: a list that follows what is typed, with a preview.

What is shown is drawn as text by prompt_toolkit, control characters made visible first: a title
cannot send an escape to the terminal. Looking up runs in a thread of its own, one question after
the other, and only the answer to the last one is shown: typing never waits.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bibtools.cli.screen import plain, show_notices, write_result
from bibtools.cli.search_output import authors_of, name_of
from bibtools.errors import BibtoolsError, UsageError
from bibtools.model.notices import Notice
from bibtools.searching.documents import Document
from bibtools.searching.ranking import found_spans
from bibtools.text.addresses import is_web_address
from bibtools.workflows.search import Found, Searched, Source, parse_query, search

if TYPE_CHECKING:
    from prompt_toolkit.application import Application
    from prompt_toolkit.formatted_text import StyleAndTextTuples as Fragments
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.output import Output

SHOWN = 100
"""Entries in the list, unless `--limit` says otherwise."""
FIRST = 40
"""So many are looked for while somebody types; the others when nothing was typed for `IDLE`
seconds."""
IDLE = 0.15
WIDE = 100
"""Columns from which the preview stands beside the list and not below it."""
_AUTHORS = 14
_HELP = "Enter key  Tab mark  ^O page  ^G code  ^P pdf  Esc leave"


def refuse_without_terminal(files: Sequence[str] = ()) -> None:
    """Raise `UsageError` when nobody can type."""
    if "-" in files:
        raise UsageError("--interactive reads keys from standard input; it cannot be a file.")
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "--interactive needs a terminal to type in.",
            "Without one, search for words: bibtools search WORDS.",
        )
    try:
        import prompt_toolkit  # noqa: F401
    except ImportError:
        raise UsageError(
            "--interactive needs the package prompt_toolkit, which is not installed.",
            "pip install prompt_toolkit",
        ) from None


def pick(sources: Sequence[Source], question: str, limit: int | None, *, prefix: bool) -> int:
    """Let a person pick entries and print their keys; the exit code."""
    from prompt_toolkit.output import create_output

    most = SHOWN if limit is None else limit or None

    def find(text: str) -> Searched:
        few = FIRST if most is None else min(FIRST, most)
        return search(sources, parse_query(text, prefix=prefix), few, browse=True)

    def find_all(text: str) -> Searched:
        return search(sources, parse_query(text, prefix=prefix), most, browse=True)

    # The list is drawn on stderr: stdout may be a pipe that waits for the keys.
    state = Picker(find, question, find_all=find_all)
    picked = run(state, screen=create_output(stdout=sys.stderr))
    show_notices(state.notices)
    if not picked:
        return 1
    write_result("".join(plain(name_of(one.hit.document)) + "\n" for one in picked))
    return 0


def run(state: Picker, keyboard: Input | None = None, screen: Output | None = None) -> list[Found]:
    """Show the list until a person leaves it; what was picked, in the order of marking."""
    app = application(state, keyboard, screen)
    return app.run() or []


@dataclass(slots=True)
class Picker:
    """What is on the screen."""

    find: Callable[[str], Searched]
    text: str = ""
    searched: Searched | None = None
    at: int = 0
    """Which entry is chosen."""
    marked: dict[tuple[str, int], Found] = field(default_factory=dict)
    told: str = ""
    """What is said in the last line instead of the help."""
    notices: list[Notice] = field(default_factory=list)
    """Told after the screen was given back."""
    find_all: Callable[[str], Searched] | None = None
    """Asked behind `find` when that says there is more; its answer begins with the same."""

    @property
    def found(self) -> tuple[Found, ...]:
        """The entries in the list."""
        return self.searched.found if self.searched is not None else ()

    @property
    def chosen(self) -> Found | None:
        """The entry that the line of choice is on."""
        return self.found[self.at] if self.at < len(self.found) else None

    def take(self, searched: Searched) -> None:
        """Show an answer, from its best."""
        self.searched = searched
        self.at = 0
        told = [notice.message for notice in searched.notices]
        self.told = plain(" ".join(told).replace("\n", " "))

    def take_all(self, searched: Searched) -> None:
        """Show the same answer with more behind; the choice stays on its entry."""
        chosen = self.chosen
        self.searched = searched
        keys = [(one.source.name, one.hit.number) for one in searched.found]
        if chosen is not None and (chosen.source.name, chosen.hit.number) in keys:
            self.at = keys.index((chosen.source.name, chosen.hit.number))
        else:
            self.at = min(self.at, max(0, len(keys) - 1))

    def move(self, lines: int) -> None:
        """Choose an entry further down or up."""
        self.at = max(0, min(len(self.found) - 1, self.at + lines))

    def mark(self) -> None:
        """Mark the chosen entry, or take the mark away, and go on to the next."""
        one = self.chosen
        if one is None:
            return
        key = (one.source.name, one.hit.number)
        if self.marked.pop(key, None) is None:
            self.marked[key] = one
        self.move(1)

    def is_marked(self, one: Found) -> bool:
        """Whether an entry is marked."""
        return (one.source.name, one.hit.number) in self.marked

    def picked(self) -> list[Found]:
        """What Enter takes: the marked entries, else the chosen one."""
        if self.marked:
            return list(self.marked.values())
        return [self.chosen] if self.chosen is not None else []


# --- what is drawn -------------------------------------------------------------------------------


def _shown(text: str) -> str:
    return plain(" ".join(text.split()))


def list_lines(state: Picker, height: int) -> Fragments:
    """The part of the list around the chosen entry."""
    height = max(1, height)
    first = max(0, min(state.at - height // 2, len(state.found) - height))
    drawn: Fragments = []
    for number, one in enumerate(state.found[first : first + height], start=first):
        line = "class:chosen " if number == state.at else ""
        mark = "*" if state.is_marked(one) else " "
        document = one.hit.document
        drawn.append((f"{line}class:mark", f"{'>' if number == state.at else ' '}{mark}"))
        told = f"{_shown(authors_of(document))[:_AUTHORS]:{_AUTHORS}} {_year(document):4} "
        drawn.append((f"{line}class:about", told))
        drawn += _marked_words(one, _shown(document.title) or _shown(name_of(document)), line)
        drawn.append(("", "\n"))
    return drawn[:-1]


def _year(document: Document) -> str:
    return str(document.year) if document.year else ""


def _marked_words(one: Found, text: str, style: str, field_name: str = "title") -> Fragments:
    drawn: Fragments = []
    at = 0
    for start, end in found_spans(one.plan, text, field_name):
        drawn.append((style, text[at:start]))
        drawn.append((f"{style}class:found", text[start:end]))
        at = end
    drawn.append((style, text[at:]))
    return drawn


def preview_lines(state: Picker) -> Fragments:
    """All of the chosen entry: title, authors, where, addresses, abstract."""
    one = state.chosen
    if one is None:
        return []
    document = one.hit.document
    drawn = _marked_words(one, _shown(document.title), "class:title ")
    rows = [
        ("", _shown("; ".join(document.authors))),
        ("", _shown(", ".join(part for part in (document.venue, _year(document)) if part))),
        ("key ", _shown(name_of(document))),
        ("page ", _shown(document.abs_address)),
        ("code ", _shown(document.code[0]) if document.code else ""),
        ("pdf ", _shown(document.pdf_address)),
    ]
    for name, text in rows:
        if text:
            drawn += [("", "\n"), ("class:about", name), ("", text)]
    if document.abstract:
        drawn.append(("", "\n\n"))
        drawn += _marked_words(one, _shown(document.abstract), "", "abstract")
    return drawn


def status_line(state: Picker) -> Fragments:
    """How many there are, and what keys do."""
    count = f"{len(state.found)}{'+' if state.searched is not None and state.searched.more else ''}"
    marked = f", {len(state.marked)} marked" if state.marked else ""
    return [("class:status", f"{count}{marked}  {state.told or _HELP}")]


# --- the application -----------------------------------------------------------------------------


def application(state: Picker, keyboard: Input | None, screen: Output | None) -> Application[Any]:
    """The screen with its keys."""
    from prompt_toolkit.application import Application
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.document import Document as Typed
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.layout import (
        BufferControl,
        ConditionalContainer,
        FormattedTextControl,
        HSplit,
        Layout,
        VSplit,
        Window,
    )
    from prompt_toolkit.layout.processors import BeforeInput
    from prompt_toolkit.output.color_depth import ColorDepth
    from prompt_toolkit.styles import Style

    typed = Buffer(multiline=False, document=Typed(state.text))
    entry = Window(BufferControl(typed, [BeforeInput("> ", "class:prompt")]), height=1)

    def height() -> int:
        shown = entries.render_info
        return shown.window_height if shown is not None else 10

    entries = Window(FormattedTextControl(lambda: list_lines(state, height())), wrap_lines=False)
    beside = Window(FormattedTextControl(lambda: preview_lines(state)), wrap_lines=True)
    below = Window(
        FormattedTextControl(lambda: preview_lines(state)),
        wrap_lines=True,
        height=lambda: max(3, app.output.get_size().rows // 3),
    )
    wide = Condition(lambda: app.output.get_size().columns >= WIDE)
    body = VSplit(
        [entries, ConditionalContainer(Window(width=1, char="│"), wide),
         ConditionalContainer(beside, wide)]
    )  # fmt: skip
    root = HSplit(
        [
            entry,
            body,
            ConditionalContainer(Window(height=1, char="─", style="class:about"), ~wide),
            ConditionalContainer(below, ~wide),
            Window(FormattedTextControl(lambda: status_line(state)), height=1),
        ]
    )
    app: Application[Any] = Application(
        Layout(root, entry),
        key_bindings=_keys(state),
        full_screen=True,
        mouse_support=False,
        style=Style.from_dict(_STYLE),
        color_depth=ColorDepth.DEPTH_1_BIT if _no_color() else None,
        input=keyboard,
        output=screen,
    )
    # Esc stands alone: what waits for the rest of a sequence waits no longer than this.
    app.ttimeoutlen = 0.05
    app.timeoutlen = 0.05
    follower = _Follower(state, app)
    typed.on_text_changed += lambda _: follower.follow(typed.text)
    app.pre_run_callables.append(lambda: follower.follow(typed.text))
    return app


_STYLE = {
    "chosen": "reverse",
    "mark": "bold",
    "found": "bold underline",
    "about": "ansibrightblack",
    "title": "bold",
    "prompt": "bold",
    "status": "ansibrightblack",
    "chosen about": "noinherit reverse",
}


def _no_color() -> bool:
    import os

    return bool(os.environ.get("NO_COLOR"))


class _Follower:
    """Asks what is typed, one question at a time, the last one always."""

    def __init__(self, state: Picker, app: Application[Any]) -> None:
        self.state = state
        self.app = app
        self.wanted: str | None = None
        self.is_asking = False
        self.typed = asyncio.Event()
        """Whether something is typed that was not asked yet."""

    def follow(self, text: str) -> None:
        self.wanted = text
        self.typed.set()
        if not self.is_asking:
            self.is_asking = True
            self.app.create_background_task(self.ask())

    async def ask(self) -> None:
        try:
            while self.wanted is not None:
                text, self.wanted = self.wanted, None
                self.typed.clear()
                try:
                    searched = await asyncio.to_thread(self.state.find, text)
                except BibtoolsError as error:
                    self.state.told = plain(error.message)
                else:
                    self.state.take(searched)
                    self.app.invalidate()
                    await self.ask_for_all(text, searched)
                self.app.invalidate()
        finally:
            self.is_asking = False

    async def ask_for_all(self, text: str, first: Searched) -> None:
        """The rest of an answer, unless something is typed before."""
        if self.state.find_all is None or not first.more:
            return
        try:
            await asyncio.wait_for(self.typed.wait(), IDLE)
        except TimeoutError:
            searched = await asyncio.to_thread(self.state.find_all, text)
            if self.wanted is None:
                self.state.take_all(searched)


def _keys(state: Picker) -> Any:
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()

    def page(event: KeyPressEvent) -> int:
        return max(1, event.app.output.get_size().rows // 2)

    moves: dict[str, Callable[[KeyPressEvent], int]] = {
        "up": lambda _: -1,
        "down": lambda _: 1,
        "c-k": lambda _: -1,
        "c-n": lambda _: 1,
        "pageup": lambda event: -page(event),
        "pagedown": page,
    }
    for name, lines in moves.items():

        @keys.add(name)
        def _(event: KeyPressEvent, lines: Callable[[KeyPressEvent], int] = lines) -> None:
            state.move(lines(event))

    @keys.add("tab")
    def _(_: KeyPressEvent) -> None:
        state.mark()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        if state.picked():
            event.app.exit(result=state.picked())

    @keys.add("escape")
    @keys.add("c-c")
    @keys.add("c-d")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result=[])

    _address_keys(state, keys)
    return keys


def _address_keys(state: Picker, keys: KeyBindings) -> None:
    addresses: dict[str, tuple[str, Callable[[Document], str]]] = {
        "c-o": ("page", lambda one: one.abs_address),
        "c-g": ("code", lambda one: one.code[0] if one.code else ""),
        "c-p": ("PDF", lambda one: one.pdf_address),
    }
    for key, (name, address) in addresses.items():

        @keys.add(key)
        def _(
            _: KeyPressEvent,
            name: str = name,
            address: Callable[[Document], str] = address,
        ) -> None:
            if state.chosen is not None:
                state.told = _opened(name, address(state.chosen.hit.document))


def _opened(name: str, url: str) -> str:
    """Open an address in the browser; the sentence that tells it."""
    from bibtools.adapters.browser import open_address

    if not url:
        return f"There is no {name} of this entry."
    if not is_web_address(url):
        return plain(f'"{url}" is no http or https address and was not opened.')
    return plain(f"Opened {url}" if open_address(url) else f"No browser could be started for {url}")
