"""The careful reader: every part of one block with its place, and what is wrong with it.

BibTeX stops at the first fault and skips to the next `@`. This reader reports the fault and
reads on. Entries that BibTeX accepts are read exactly as BibTeX reads them. The quick reader
(`values`) takes the common case and hands everything else to this one.
"""

from __future__ import annotations

import re

from bibtools.formats.bibtex.grammar import (
    BLANK,
    DIGITS,
    IDENTIFIER,
    NAME,
    QUOTED_STOP,
    TYPE,
)
from bibtools.formats.bibtex.scans import FieldPlace, Scan, Token
from bibtools.formats.bibtex.source import Source, blank_end

_AFTER_AT = re.compile(rb"@" + BLANK + rb"(" + TYPE + rb")" + BLANK + rb"([{(])")
_BRACE_KEY = re.compile(rb"[^, \t\r\n}]*+")
# BibTeX takes `)` for part of a key; where no comma follows it can only be the end.
_PAREN_KEY = re.compile(rb"[^, \t\r\n]*+(?=" + BLANK + rb",)|[^, \t\r\n)]*+")
_LOOSE_KEY = re.compile(rb"[^,={}\"\r\n]*+")
_FIELD_START = re.compile(
    rb"[\r\n,][ \t\r\n,]*+(?=" + IDENTIFIER + rb"++" + BLANK + rb"=" + BLANK + rb"[{\"\w])"
)
_LINE_FIELD = re.compile(
    rb"[\r\n][ \t\r\n,]*+(?=" + IDENTIFIER + rb"++" + BLANK + rb"=" + BLANK + rb"[{\"\w])"
)
_LIKELY_QUOTE_END = re.compile(rb'"(?=' + BLANK + rb"(?:,|[\r\n]|\Z))")
_JUNK_STOP = re.compile(rb"[{},\n]")
_LINE_END = re.compile(rb"[^\r\n]*+")


def scan_block(source: Source, at: int, stop: int) -> Scan | None:
    """Read the block whose `@` is at `at`, not beyond `stop`; None when it is no block.

    A block that BibTeX reads without an error may hold text that looks like an entry. One that
    BibTeX rejects ends before the next line that starts an entry.
    """
    scan = _attempt(source, at, stop, final=False)
    if scan is None or scan.strict:
        return scan
    limit = min(stop, source.next_line_head(at + 1))
    end = _likely_end(source, scan, limit)
    if end > 0:
        return _attempt(source, at, end, final=True, closed=True)
    while limit > at and source.data[limit - 1 : limit] in (b" ", b"\t", b"\r", b"\n"):
        limit -= 1
    return _attempt(source, at, limit, final=True)


def _likely_end(source: Source, scan: Scan, limit: int) -> int:
    """Where a block with a fault is closed, at most at `limit`; 0 or less when it is not."""
    data = source.data
    if 0 <= scan.close < limit:
        return scan.end
    if data[scan.opening : scan.opening + 1] != b"{":
        return 0
    closed = source.brace_end(scan.opening, limit)
    quoted = any(
        problem.rule == "bibtex.unclosed-value"
        and data[problem.offset : problem.offset + 1] == b'"'
        for problem in scan.problems
    )
    if not quoted:
        return closed
    # A brace without partner in quotation marks: the entry's own is the last one, when what
    # the braces leave over looks like more of the entry.
    rest = data[max(closed, scan.opening) : limit]
    last = data.rfind(b"}", scan.opening, limit) + 1
    more = closed < 0 or (b'"' in rest and _FIELD_START.search(rest))
    return last if more and last and not data[last:limit].strip() else closed


def _attempt(
    source: Source, at: int, stop: int, *, final: bool, closed: bool = False
) -> Scan | None:
    """One reading; unless `final`, it ends at the first fault that BibTeX would not pass.

    `closed` says that the last byte before `stop` is the closing delimiter.
    """
    data = source.data
    head = _AFTER_AT.match(data, at, stop)
    if head is None:
        return None
    kind = source.text(*head.span(1)).lower()
    scan = Scan(kind, at, head.start(2))
    closer = b"}" if head[2] == b"{" else b")"
    pos = blank_end(data, head.end(), stop)
    inner_stop = stop
    if final:
        if closed:
            scan.close = inner_stop = stop - 1
        else:
            scan.complain(
                scan.opening,
                "bibtex.unclosed",
                f'The "{"{" if closer == b"}" else "("}" that opens this @{kind} is never closed.',
                f'Put a "{closer.decode()}" where the entry ends.',
            )
    reader = _Fields(source, scan, closer, inner_stop, final)
    if kind == "preamble":
        reader.read_preamble(pos)
    else:
        if kind != "string":
            pos = reader.read_key(pos)
            if pos < 0:
                scan.end = stop
                return scan
        reader.read_fields(pos, after_key=kind != "string")
    if scan.close >= 0:
        scan.end = scan.close + 1
    else:
        scan.end = stop
        scan.strict = False
    return scan


class _Next:
    """The next match of a pattern, remembered: many questions cost one pass over the bytes."""

    def __init__(self, pattern: re.Pattern[bytes], data: bytes, stop: int) -> None:
        self._pattern, self._data, self._stop = pattern, data, stop
        self._asked, self._found = stop + 1, -1

    def start(self, pos: int) -> int:
        """Where the first match at or after `pos` starts; -1 when there is none."""
        if pos < self._asked or -1 < self._found < pos:
            match = self._pattern.search(self._data, pos, self._stop)
            self._asked, self._found = pos, match.start() if match else -1
        return self._found


class _Fields:
    """Reads key and fields of one block into a `Scan`."""

    def __init__(self, source: Source, scan: Scan, closer: bytes, stop: int, final: bool) -> None:
        self.source, self.data = source, source.data
        self.scan, self.closer, self.stop, self.final = scan, closer, stop, final
        self.next_field = _Next(_LINE_FIELD, self.data, stop)
        self.next_quote_end = _Next(_LIKELY_QUOTE_END, self.data, stop)

    def at_close(self, pos: int) -> bool:
        """True where the block ends; notes the place."""
        if self.final and self.scan.close >= 0:
            return pos >= self.stop
        if self.data[pos : pos + 1] == self.closer and pos < self.stop:
            if self.final:
                # In a block without an end this brace closes something else.
                return False
            self.scan.close = pos
            return True
        return pos >= self.stop

    def read_key(self, pos: int) -> int:
        """The offset after the key (-1 to give up)."""
        data, scan = self.data, self.scan
        pattern = _BRACE_KEY if self.closer == b"}" else _PAREN_KEY
        match = pattern.match(data, pos, self.stop)
        end = match.end() if match else pos
        key = data[pos:end]
        after = blank_end(data, end, self.stop)
        scan.key_start, scan.key_end = pos, end
        if b"=" in key or data[after : after + 1] == b"=":
            scan.key_end = pos
            scan.complain(
                pos,
                "bibtex.no-key",
                f"This @{scan.kind} has no citation key: a field follows at once.",
                'Write a key and a comma after the "{".',
            )
            return pos if self.final else -1
        if data[after : after + 1] == b"," or self.at_close(after):
            if not key:
                scan.complain(
                    pos,
                    "bibtex.no-key",
                    f"The citation key of this @{scan.kind} is empty.",
                    fault=False,
                )
            return after
        if not self.final:
            scan.strict = False
            return -1
        loose = _LOOSE_KEY.match(data, pos, self.stop)
        if loose and data[loose.end() : loose.end() + 1] == b",":
            scan.key_end = pos + len(loose[0].rstrip(b" \t"))
            scan.complain(
                end,
                "bibtex.key-blank",
                f'The citation key "{self.source.text(pos, scan.key_end)}" has a blank in it; '
                f'bibtex takes "{self.source.text(pos, end)}" and skips the entry.',
                "Write the key without blanks.",
            )
            return loose.end()
        scan.complain(
            end,
            "bibtex.missing-comma",
            f'A comma is missing after the citation key "{self.source.text(pos, end)}".',
        )
        return after

    def read_preamble(self, pos: int) -> None:
        """The value of a @preamble, kept as one field without a name."""
        scan = self.scan
        tokens, end, whole = self.read_value(pos)
        scan.fields.append(FieldPlace("", pos, pos, tokens, pos, end, whole))
        after = blank_end(self.data, end, self.stop)
        if not self.at_close(after):
            scan.strict = False

    def read_fields(self, pos: int, *, after_key: bool) -> None:  # noqa: C901 - one state machine
        """All `name = value` up to the end of the block."""
        data, scan, stop = self.data, self.scan, self.stop
        needs_comma = after_key
        seen: set[str] = set()
        while True:
            pos = blank_end(data, pos, stop)
            if self.at_close(pos):
                return
            byte = data[pos : pos + 1]
            if byte == b",":
                if not needs_comma:
                    scan.complain(
                        pos,
                        "bibtex.stray-comma",
                        "There is a comma too many here.",
                        "bibtex skips the rest of the entry; take the comma out.",
                    )
                    if not self.final:
                        return
                needs_comma = False
                pos += 1
                continue
            name = NAME.match(data, pos, stop)
            equals = blank_end(data, name.end(), stop) if name else pos
            if name is None or data[equals : equals + 1] != b"=":
                pos = self.skip_junk(pos, name is not None)
                if pos < 0:
                    return
                needs_comma = False
                continue
            if needs_comma:
                previous = scan.fields[-1] if scan.fields else None
                where = previous.end if previous else scan.key_end
                if previous:
                    scan.complain(
                        where,
                        "bibtex.missing-comma",
                        f'A comma is missing after the value of "{previous.name}".',
                    )
                elif not scan.problems:
                    scan.complain(
                        where, "bibtex.missing-comma", "A comma is missing after the key."
                    )
                if not self.final:
                    scan.strict = False
                    return
            if name[0][:1].isdigit():
                scan.complain(
                    name.start(),
                    "bibtex.field-name",
                    f'The field name "{self.source.text(*name.span())}" starts with a digit; '
                    "bibtex skips the rest of the entry.",
                )
            value_at = blank_end(data, equals + 1, stop)
            tokens, end, whole = self.read_value(value_at)
            lower = self.source.text(*name.span()).lower()
            scan.fields.append(
                FieldPlace(lower, name.start(), name.end(), tokens, value_at, end, whole)
            )
            if not (scan.strict or self.final):
                return
            if lower in seen:
                scan.complain(
                    name.start(),
                    "bibtex.duplicate-field",
                    f'The field "{lower}" is given twice; bibtex takes the first.',
                    fault=False,
                )
            seen.add(lower)
            pos = end
            needs_comma = True

    def skip_junk(self, pos: int, named: bool) -> int:
        """Report what is no field and find the next one; -1 to give up."""
        data, scan, stop = self.data, self.scan, self.stop
        if not self.final:
            scan.strict = False
            return -1
        line_end = _LINE_END.match(data, pos, stop)
        shown = self.source.text(pos, min(line_end.end() if line_end else stop, pos + 40)).rstrip()
        if data[pos : pos + 1] == b"%":
            scan.complain(
                pos,
                "bibtex.percent",
                f'"{shown}" is no comment for bibtex, which knows none inside an entry.',
                "Move it out of the entry.",
            )
            return line_end.end() if line_end else stop
        if named:
            message = f'"{shown}" is no field: there is no "=" after the name.'
        elif data[pos : pos + 1] == b"}":
            message = 'This "}" closes nothing.'
        else:
            message = f'"{shown}" is no field.'
        scan.complain(pos, "bibtex.junk", message)
        while pos < stop:
            start = _FIELD_START.match(data, pos, stop)
            if start:
                return start.end()
            if data[pos : pos + 1] == b"{":
                end = self.source.brace_end(pos, stop)
                pos = end if end > 0 else pos + 1
            else:
                pos += 1
            found = _JUNK_STOP.search(data, pos, stop)
            pos = found.start() if found else stop
        return stop

    def read_value(self, pos: int) -> tuple[tuple[Token, ...], int, bool]:
        """The tokens joined by `#`, the offset after them, and whether they are whole."""
        data, stop = self.data, self.stop
        tokens: list[Token] = []
        while True:
            token, whole = self.read_token(pos)
            if token is None:
                self.scan.complain(
                    pos,
                    "bibtex.no-value",
                    "A value is missing here." if not tokens else 'Nothing follows the "#".',
                )
                return tuple(tokens), tokens[-1].end if tokens else pos, True
            tokens.append(token)
            if not whole:
                return tuple(tokens), token.end, False
            pos = blank_end(data, token.end, stop)
            if data[pos : pos + 1] != b"#" or pos >= stop:
                return tuple(tokens), token.end, True
            pos = blank_end(data, pos + 1, stop)

    def read_token(self, pos: int) -> tuple[Token | None, bool]:
        data, stop, scan = self.data, self.stop, self.scan
        byte = data[pos : pos + 1] if pos < stop else b""
        if byte == b"{":
            end = self.source.brace_end(pos, stop)
            if end > 0 and not (scan.close < 0 and self.final and self._suspect(pos, end)):
                return Token("{", pos, end), True
            return self._unclosed("{", pos)
        if byte == b'"':
            end = self._quote_end(pos)
            if end > 0 and not (scan.close < 0 and self.final and self._suspect(pos, end)):
                return Token('"', pos, end), True
            return self._unclosed('"', pos)
        digits = DIGITS.match(data, pos, stop)
        if digits:
            return Token("0", pos, digits.end()), True
        name = NAME.match(data, pos, stop)
        if name:
            return Token("a", pos, name.end()), True
        return None, True

    def _suspect(self, pos: int, end: int) -> bool:
        """In a block without an end, a value that holds whole fields was not closed itself."""
        return _LINE_FIELD.search(self.data, pos, end) is not None

    def _quote_end(self, pos: int) -> int:
        data, stop = self.data, self.stop
        pos += 1
        while True:
            mark = QUOTED_STOP.search(data, pos, stop)
            if mark is None or mark[0] == b"}":
                return -1
            if mark[0] == b'"':
                return mark.end()
            pos = self.source.brace_end(mark.start(), stop)
            if pos < 0:
                return -1

    def _unclosed(self, delimiter: str, pos: int) -> tuple[Token, bool]:
        """A guess at where a value without its closing delimiter ends."""
        data, scan = self.data, self.scan
        if delimiter == '"' and self.final:
            ending = self.next_quote_end.start(pos + 1)
            field_start = self.next_field.start(pos + 1)
            if ending > 0 and not 0 < field_start < ending:
                scan.complain(
                    pos,
                    "bibtex.unbalanced-value",
                    "The braces in this value do not match: bibtex skips the rest of the entry.",
                )
                return Token(delimiter, pos, ending + 1), True
        what = "brace" if delimiter == "{" else "quotation mark"
        scan.complain(
            pos,
            "bibtex.unclosed-value",
            f"The {what} that opens this value is never closed.",
        )
        if not self.final:
            return Token(delimiter, pos, self.stop), False
        following = self.next_field.start(pos)
        end = following if following >= 0 else self.stop
        while end > pos + 1 and data[end - 1 : end] in b" \t\r\n,":
            end -= 1
        if following < 0 and scan.close < 0:
            while end > pos + 1 and data[end - 1 : end] in b" \t\r\n}":
                end -= 1
        return Token(delimiter, pos, end), False
