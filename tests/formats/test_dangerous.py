r"""Which TeX in a .bib reads files, runs programs or changes how TeX reads, and which does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.formats.bibtex.dangerous import Danger, Harm, dangerous, is_dangerous_address

RUNS, WRITES, READS = Harm.RUNS, Harm.WRITES, Harm.READS
OPENS, CHANGES, DEFINES = Harm.OPENS, Harm.CHANGES, Harm.DEFINES


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(r"\input{/etc/passwd}", [(r"\input", READS)], id="input"),
        pytest.param(r"a \input x b", [(r"\input", READS)], id="input-primitive"),
        pytest.param(r"\include{x}", [(r"\include", READS)], id="include"),
        pytest.param(r"\INPUT{x}", [(r"\INPUT", READS)], id="bibtex-writes-titles-small"),
        pytest.param(r"\@input{x}", [(r"\@input", READS)], id="at-sign"),
        pytest.param(r"\input@path", [(r"\input", READS)], id="at-sign-is-no-letter"),
        pytest.param(r"\input{|ls}", [(r"\input", RUNS)], id="pipe"),
        pytest.param(r"\input|ls ", [(r"\input", RUNS)], id="pipe-bare"),
        pytest.param(r'\input"|ls"', [(r"\input", RUNS)], id="pipe-quoted"),
        pytest.param(r"\includegraphics[width=1cm]{|x}", [(r"\includegraphics", RUNS)],
                     id="pipe-behind-options"),
        pytest.param(r"\openin5=x \read5 to\x", [(r"\openin", READS), (r"\read", READS)],
                     id="read"),
        pytest.param(r"\newread\x", [(r"\newread", READS)], id="newread"),
        pytest.param(r"\openout5=x", [(r"\openout", WRITES)], id="openout"),
        pytest.param(r"\write5{x}", [(r"\write", WRITES)], id="write"),
        pytest.param(r"\immediate\write18{ls}", [(r"\immediate", WRITES), (r"\write18", RUNS)],
                     id="write18"),
        pytest.param(r"\write 18{ls}", [(r"\write 18", RUNS)], id="write18-blank"),
        pytest.param(r"\write\"12{ls}", [(r"\write", WRITES)], id="write18-escaped-is-none"),
        pytest.param(r'\write"12{ls}', [(r'\write"12', RUNS)], id="write18-hexadecimal"),
        pytest.param(r"\ShellEscape{ls}", [(r"\ShellEscape", RUNS)], id="shell-escape"),
        pytest.param(r"\directlua{os.exit()}", [(r"\directlua", RUNS)], id="lua"),
        pytest.param(r"\special{ps: x}", [(r"\special", RUNS)], id="special"),
        pytest.param(r"\sys_shell_now:n {ls}", [(r"\sys_shell_now:n", RUNS)], id="expl3"),
        pytest.param(r"\catcode`\@=11", [(r"\catcode", CHANGES)], id="catcode"),
        pytest.param(r"\csname input\endcsname", [(r"\csname", CHANGES), (r"\endcsname", CHANGES)],
                     id="csname"),
        pytest.param(r"\begin{input}{x}", [(r"\begin{input}", READS)], id="as-an-environment"),
        pytest.param(r"\begin{filecontents*}{x}", [(r"\begin{filecontents*}", WRITES)],
                     id="filecontents"),
        pytest.param(r"\end{document}", [(r"\end{document}", CHANGES)], id="end-document"),
        pytest.param("^^5cinput", [("^^5", CHANGES)], id="hidden-backslash"),
        pytest.param(r"\def\x{y}", [(r"\def", DEFINES)], id="def"),
        pytest.param(r"\let\x=\y", [(r"\let", DEFINES)], id="let"),
        pytest.param(r"\href{run:x.exe}{y}", [(r"\href{run:", OPENS)], id="href-run"),
        pytest.param(r"\href {FILE:///etc}{y}", [(r"\href {FILE:", OPENS)], id="href-file"),
        pytest.param(r"\url{javascript:alert(1)}", [(r"\url{javascript:", OPENS)], id="url-script"),
        pytest.param(r"\url{http://x.org/run:a}", [], id="url-http"),
        pytest.param(r"\href{zotero://select/items/1}{y}", [], id="href-zotero"),
        pytest.param(r"\\input", [], id="line-break-and-a-word"),
        pytest.param(r"\textbackslash input", [], id="spelt-backslash"),
        pytest.param(r"\inputs \included \readers \writer \letter", [], id="other-names"),
        pytest.param(r"$\begin{bmatrix} 1 \\ 2\end{bmatrix}$", [], id="matrix"),
        pytest.param(r"\begin{quotation} x \end{quotation}", [], id="environment"),
        pytest.param(r"{\noopsort{a}} \'{e} \emph{x} \verb+a_b+ $\alpha^{2}$", [], id="usual"),
        pytest.param(r"\providecommand{\x}{}", [], id="provide-takes-nothing-away"),
        pytest.param("x ^^ y", [], id="two-hats"),
        pytest.param("C:\\\\read\\\\write", [], id="doubled-path"),
        pytest.param("\\", [], id="lone-backslash"),
        pytest.param("", [], id="nothing"),
    ],
)  # fmt: skip
def test_found(text: str, found: list[tuple[str, Harm]]) -> None:
    dangers = dangerous(text)
    assert [(one.command, one.harm) for one in dangers] == found
    assert all(text[one.start : one.end] == one.command for one in dangers)


def test_names_in_their_own_case_only() -> None:
    assert dangerous(r"\Read \INPUT", any_case=False) == []
    assert dangerous(r"\InputIfFileExists{x}", any_case=False) == [
        Danger(0, 18, r"\InputIfFileExists", READS)
    ]
    assert dangerous(r"\begin{Input}", any_case=False) == []


@given(st.text(alphabet="\\^@{}|:_ inputwrie18", max_size=60))
def test_any_text_will_do(text: str) -> None:
    for one in dangerous(text):
        assert text[one.start : one.end] == one.command
        assert one.command[0] in "\\^"


@pytest.mark.parametrize(
    "piece", ["\\write", "^", "\\begin{", "\\href[", "\\input [", "@\\", "\\@"]
)
def test_linear(piece: str) -> None:
    # Squares of this would take hours.
    dangerous(piece * 200_000)


@pytest.mark.parametrize(
    ("value", "bad"),
    [
        ("run:evil.sh", True),
        ("javascript:alert(1)", True),
        (" JavaScript : x", True),
        (r"\url{javascript:x}", True),
        ("data:text/html,x", True),
        ("https://x.org/run:", False),
        ("running.org", False),
    ],
)
def test_addresses(value: str, bad: bool) -> None:
    assert is_dangerous_address(value) is bad
