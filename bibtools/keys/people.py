"""The functions of formulas that name people: `auth`, `authorsn`, `authEtAl`, `creators`, ..."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from bibtools.keys.folding import transliterate
from bibtools.keys.running import BadArgument, Function, Parameter, Run, Skip, parameters
from bibtools.keys.subject import Creator
from bibtools.keys.syntax import Value

_NAME_PLACE = re.compile(r"%\(([fFgIi])\)(?:\d{0,2})(?:\.(\d{1,3}))?s")


def check_name_template(value: Value) -> None:
    """Raises `BadArgument` unless the text is a template for names."""
    if not isinstance(value, str) or "%" in _NAME_PLACE.sub("", value):
        raise BadArgument(
            "a name is written with %(f)s (family), %(F)s (family without particle), %(g)s "
            "(given), %(I)s (initials) and %(i)s (first initial)."
        )


def _initials(given: str, *, every: bool) -> str:
    before, mark, _ = given.partition("\x97")
    text = before if mark else given if every else given[:1]
    capitals = "".join(char for char in text if char.isupper() or char.istitle())
    return "".join(char for char in transliterate(capitals) if char.isupper())


def written_name(creator: Creator, template: str) -> str:
    """A name as the template says."""

    def place(match: re.Match[str]) -> str:
        match match[1]:
            case "f":
                text = creator.family
            case "F":
                text = creator.bare_family
            case "g":
                text = creator.given
            case kind:
                text = _initials(creator.given, every=kind == "I")
        return text[: int(match[2])] if match[2] else text

    if template == "%(f)s":
        return creator.family
    return _NAME_PLACE.sub(place, template)


_KINDS = ("author", "editor", "translator", "collaborator")


def _names(run: Run, kind: str, initials: bool, length: int = 0) -> list[str]:
    """The names of the authors; with `*` of the editors, translators, others without authors."""
    template = run.name_template
    if length:
        template = re.sub(r"^%\(([fF])\)s", rf"%(\1).{min(length, 999)}s", template)
    if initials:
        template += "%(I)s"
    primary = run.subject.primary
    found: dict[str, list[str]] = {one: [] for one in _KINDS}
    for creator in run.subject.creators:
        name = written_name(creator, template)
        if not name:
            continue
        if creator.role in ("editor", "translator"):
            found[creator.role].append(name)
        else:
            found["author" if creator.role == primary else "collaborator"].append(name)
    return next((found[one] for one in (_KINDS if kind == "*" else (kind,)) if found[one]), [])


def _check_kind(value: Value) -> None:
    if value not in ("*", *_KINDS):
        raise BadArgument(f'"{value}" is no kind of creator; there are *, {", ".join(_KINDS)}.')


def _auth(run: Run, n: int, m: int, creator: str, initials: bool) -> str:
    names = _names(run, creator, initials, n)
    return names[m - 1] if 1 <= m <= len(names) else ""


def _authors_n(run: Run, n: int, creator: str, initials: bool, sep: str) -> str:
    names = _names(run, creator, initials)
    truncated = run.subject.entry.authors_truncated
    if n and (n < len(names) or (truncated and names)):
        names = [*names[:n], "EtAl"]
    return sep.join(names)


def _author_last(run: Run, creator: str, initials: bool) -> str:
    names = _names(run, creator, initials)
    return names[-1] if names else ""


def _initials_of(last: bool) -> Callable[[Run, str], str]:
    def work(run: Run, creator: str) -> str:
        template, run.name_template = run.name_template, "%(I)s"
        names = _names(run, creator, initials=False)
        run.name_template = template
        return names[-1 if last else 0] if names else ""

    return work


def _authors_alpha(run: Run, creator: str, initials: bool, sep: str) -> str:
    names = _names(run, creator, initials)
    if len(names) < 2:
        return names[0][:3] if names else ""
    if len(names) <= 4:
        return sep.join(name[:1] for name in names)
    return sep.join(name[:1] for name in names[:3]) + "+"


def _auth_ini(run: Run, n: int, creator: str, initials: bool, sep: str) -> str:
    names = _names(run, creator, initials)
    return sep.join(name[:n] if n else name for name in names)


def _author_ini(run: Run, creator: str, initials: bool, sep: str) -> str:
    names = _names(run, creator, initials)
    if not names:
        return ""
    return sep.join([names[0][:5], sep.join(name[:1] for name in names[1:])])


def _auth_auth_ea(run: Run, creator: str, initials: bool, sep: str) -> str:
    names = _names(run, creator, initials)
    return sep.join([*names[:2], *(["ea"] if len(names) > 2 else [])])


def _et_al(word: str) -> Callable[[Run, str, bool, str], str]:
    def work(run: Run, creator: str, initials: bool, sep: str) -> str:
        names = _names(run, creator, initials)
        truncated = run.subject.entry.authors_truncated and bool(names)
        if len(names) > 2 or truncated:
            names = [names[0], word]
        return sep.join(names)

    return work


def _auth_short(run: Run, creator: str, initials: bool, sep: str) -> str:
    names = _names(run, creator, initials)
    if len(names) < 2:
        return "".join(names)
    return sep.join(name[:1] for name in names[:3]) + ("+" if len(names) > 3 else "")


def _creator_names(run: Run, template: str) -> str:
    run.name_template = template
    return ""


_Roles = str | tuple[Value, ...]


def _creators(
    run: Run,
    n: int | tuple[int, int],
    type_: _Roles,
    name: str,
    etal: str,
    sep: str,
    min_: int,
    max_: int,
) -> str:
    everyone = run.subject.creators
    roles = [creator.role for creator in everyone]
    include, exclude = _chosen(type_, roles, run.subject.primary)
    chosen = [
        written_name(creator, name)
        for creator in everyone
        if (not include or creator.role in include) and creator.role not in exclude
    ]
    if (min_ and len(chosen) < min_) or (max_ and len(chosen) > max_):
        raise Skip
    if not n:
        return sep.join(chosen)
    if isinstance(n, tuple):
        return sep.join(_between(chosen, *n))
    if n < 0:
        return sep.join(chosen[n:])
    if n >= len(chosen):
        return sep.join(chosen)
    if etal and re.fullmatch(r"[A-Za-z]+", etal):
        etal = sep + etal
    return sep.join(chosen[:n]) + etal


def _between(names: Sequence[str], first: int, last: int) -> Sequence[str]:
    start = first - 1 if first > 0 else max(len(names) + first, 0)
    stop = last if last > 0 else len(names) + last + 1
    return names[start : max(stop, 0)]


def _chosen(type_: _Roles, roles: Sequence[str], primary: str) -> tuple[set[str], set[str]]:
    include: set[str] = set()
    exclude: set[str] = set()
    wanted: Sequence[Value] = (type_,) if isinstance(type_, str) else type_
    for one in wanted:
        options = one if isinstance(one, tuple) else (one,)
        named = [_role(str(option), roles, primary) for option in options]
        if isinstance(one, tuple):
            named = [role for role in named if role in roles][:1]
        for role in named:
            (exclude if role.startswith("-") else include).add(role.removeprefix("-"))
    return include, exclude


def _role(name: str, roles: Sequence[str], primary: str) -> str:
    if name == "*":
        return roles[0] if roles else ""
    return primary if name == "primary" else name


def _check_n(value: Value) -> None:
    if isinstance(value, tuple) and (
        len(value) != 2 or not all(isinstance(one, int) for one in value)
    ):
        raise BadArgument("a range has two numbers: n=[2, 3].")


def _creator_types(run: Run, match: re.Pattern[str] | None) -> str:
    subject = run.subject
    listed = [
        f"{subject.item_type}:"
        + ";".join(
            f"{1 if one.single else 2}{'primary' if one.role == primary else one.role}"
            for one in subject.creators
        )
        for primary in ("", subject.primary)
    ]
    if match is None:
        return listed[0]
    if not any(match.search(one) for one in listed):
        raise Skip
    return ""


_PEOPLE: Final = "creator=* initials=false"


def _people(before: str, sep: str | None, work: Callable[..., str]) -> Function:
    text = f"{before} {_PEOPLE}" + ("" if sep is None else f" sep={sep}")
    return Function(parameters(text, creator=_check_kind), work)


_AUTHORS = Function(
    (
        Parameter("n", 0, "number list", _check_n),
        Parameter("type", (("primary", "editor", "translator", "*"),), "text list"),
        Parameter("name", "%(f)s", "text", check_name_template),
        Parameter("etal", "", "text"),
        Parameter("sep", " ", "text"),
        Parameter("min", 0, "number"),
        Parameter("max", 0, "number"),
    ),
    _creators,
)
_BLANK = "\N{OPEN BOX}"

PEOPLE: Final[dict[str, Function]] = {
    "auth": _people("n=0 m=1", None, _auth),
    "authorsn": _people("n=0", _BLANK, _authors_n),
    "authforeini": Function(parameters("creator=*", creator=_check_kind), _initials_of(False)),
    "authorlastforeini": Function(parameters("creator=*", creator=_check_kind), _initials_of(True)),
    "authorlast": _people("", None, _author_last),
    "authorsalpha": _people("", _BLANK, _authors_alpha),
    "authini": _people("n=0", ".", _auth_ini),
    "authorini": _people("", ".", _author_ini),
    "authauthea": _people("", ".", _auth_auth_ea),
    "authetal": _people("", _BLANK, _et_al("EtAl")),
    "authetal2": _people("", ".", _et_al("etal")),
    "authshort": _people("", ".", _auth_short),
    "authors": _AUTHORS,
    "creators": _AUTHORS,
    "creatornames": Function(parameters("name=%(f)s", name=check_name_template), _creator_names),
    "creatortypes": Function(parameters("match~"), _creator_types),
}
"""By name in lower case."""
