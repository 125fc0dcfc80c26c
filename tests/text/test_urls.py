"""Addresses in prose: what is found, how it is cleaned, what kind it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.text.urls import CODE_KINDS, find_urls, kind_of

REPO = "https://github.com/owner/name"

FOUND = [
    pytest.param(f"See {REPO}.", [REPO], id="full stop"),
    pytest.param(f"See ({REPO}.)", [REPO], id="sentence in parentheses"),
    pytest.param(f"See ({REPO}).", [REPO], id="parentheses then stop"),
    pytest.param(f"See {REPO}, which", [REPO], id="comma"),
    pytest.param(f"See {REPO},which", [REPO], id="comma without blank"),
    pytest.param(f"See {REPO} .", [REPO], id="blank then stop"),
    pytest.param(f"See {REPO}.We show", [REPO], id="next sentence glued"),
    pytest.param(f"See {REPO}(code)", [REPO], id="parenthesis glued"),
    pytest.param(f"``{REPO}''.", [REPO], id="TeX quotes"),
    pytest.param(f'"{REPO}"!', [REPO], id="quotes"),
    pytest.param(f"**{REPO}**", [REPO], id="bold"),
    pytest.param(f"<{REPO}>", [REPO], id="angle brackets"),
    pytest.param(f"[code]({REPO}),", [REPO], id="markdown link"),
    pytest.param(f"[{REPO}]({REPO})", [REPO], id="markdown link of itself"),
    pytest.param(f"at{REPO}。代码", [REPO], id="glued before, ideographs behind"),
    pytest.param(f"{REPO}—and", [REPO], id="dash"),
    pytest.param(f"{REPO}---and", [REPO], id="TeX dash"),
    pytest.param(f"{REPO}$^1$", [REPO], id="footnote mark"),
    pytest.param(f"\\url{{{REPO}}}.", [REPO], id="url command"),
    pytest.param("\\url{github.com/owner/name}", [REPO], id="url command without scheme"),
    pytest.param("\\url{https://github.com/owner/ name}", [REPO], id="blank in url command"),
    pytest.param(f"\\href{{{REPO}}}{{here}}", [REPO], id="href command"),
    pytest.param(f"\\href{{{REPO}}}{{github.com/owner/name}}", [REPO], id="href to itself"),
    pytest.param(f"{REPO}{{{REPO}}}.", [REPO], id="flattened href"),
    pytest.param(f"{REPO}/{{this https URL}},", [f"{REPO}/"], id="flattened href with text"),
    pytest.param("at https: //github.com/owner/name.", [REPO], id="blank in scheme"),
    pytest.param("at https:// github.com/owner/name.", [REPO], id="blank behind scheme"),
    pytest.param("at https://github. com/owner/name", [REPO], id="blank in host"),
    pytest.param("at https://github.com/ owner/name", [REPO], id="blank before owner"),
    pytest.param("at https://github.com/owner/ name.", [REPO], id="blank before name"),
    pytest.param(
        "at https://github.com/owner/ which is", ["https://github.com/owner/"], id="only prose"
    ),
    pytest.param("at https:/ /github.com/owner/name", [REPO], id="blank between slashes"),
    pytest.param("at https : // github.com/owner/name", [REPO], id="three blanks"),
    pytest.param("at https://github.com /owner/name.", [REPO], id="blank behind host"),
    pytest.param("at https://github.com/owner /name.", [REPO], id="blank behind owner"),
    pytest.param("at https://github.com/owner/long- name.", [f"{REPO[:-4]}long-name"],
                 id="broken at a hyphen"),
    pytest.param("at https://kite.github. io/x.", ["https://kite.github.io/x"],
                 id="blank in project host"),
    pytest.param("at https://www. example.org/x.", ["https://www.example.org/x"],
                 id="blank behind www"),
    pytest.param("at https://kite. org.", ["https://kite.org"], id="blank before the domain"),
    pytest.param("https//github.com/owner/name", [REPO], id="no colon"),
    pytest.param("https:github.com/owner/name", [REPO], id="no slashes"),
    pytest.param("htttps://github.com/owner/name", [REPO], id="misspelt scheme"),
    pytest.param("Code:github.com/owner/name", [REPO], id="colon before no scheme"),
    pytest.param("HTTP/2.0 and http//", [], id="a protocol's version"),
    pytest.param(f"«{REPO}»", [REPO], id="guillemets"),
    pytest.param(f"{REPO}¹", [REPO], id="raised footnote number"),
    pytest.param(f"{REPO}†", [REPO], id="dagger"),
    pytest.param(f"{REPO}~\\cite{{x}}", [REPO], id="tie and citation"),
    pytest.param(f"&lt;{REPO}&gt;", [REPO], id="entities of brackets"),
    pytest.param("https://x.org/?a=1&amp;b=2&c", ["https://x.org/?a=1&b=2&c"], id="ampersands"),
    pytest.param("ssh://git@github.com/owner/name", ["ssh://git@github.com/owner/name"], id="ssh"),
    pytest.param("https://x.org/" + "long/" * 500, ["https://x.org/" + "long/" * 500],
                 id="very long"),
    pytest.param("https://x.org/a)b(c).", ["https://x.org/a)b(c)"], id="one closed too many"),
    pytest.param("github.com/owner/name.", [REPO], id="no scheme"),
    pytest.param("(www.github.com/owner/name)", [REPO.replace("//", "//www.")], id="www"),
    pytest.param(f"{REPO}.git.", [f"{REPO}.git"], id="dot git"),
    pytest.param(
        f"{REPO}/blob/main/a%20b.py?x=1&y=2#L1-L2;",
        [f"{REPO}/blob/main/a%20b.py?x=1&y=2#L1-L2"],
        id="deep link, query, fragment",
    ),
    pytest.param(
        "https://github.com/o/a\\_b\\%20c", ["https://github.com/o/a_b%20c"], id="escapes"
    ),
    pytest.param("http://x.org/\\~{}me/{\\_}a", ["http://x.org/~me/_a"], id="tilde, braced escape"),
    pytest.param("http://x.org/$\\sim$me", ["http://x.org/~me"], id="math tilde"),
    pytest.param(
        "https://a.org/bhttps://c.org/d",
        ["https://a.org/b", "https://c.org/d"],
        id="two glued",
    ),
    pytest.param(f"{REPO}https: //x.org/y", [REPO, "https://x.org/y"], id="two glued, one broken"),
    pytest.param(
        "https://web.archive.org/web/2020/https://a.org/b.",
        ["https://web.archive.org/web/2020/https://a.org/b"],
        id="address within an address",
    ),
    pytest.param("(https://x.org/A_(b)).", ["https://x.org/A_(b)"], id="balanced parentheses stay"),
    pytest.param("kite.github.io/project.", ["https://kite.github.io/project"], id="project page"),
    pytest.param("gitlab.lab.org/a/b", ["https://gitlab.lab.org/a/b"], id="own GitLab"),
    pytest.param("see doi.org/10.1000/x1;", ["https://doi.org/10.1000/x1"], id="DOI"),
    pytest.param("HTTP://A.org/B", ["HTTP://A.org/B"], id="kept as printed"),
    pytest.param(f"{REPO} and {REPO}", [REPO], id="once"),
    pytest.param("wikipedia.org, 01.AI, tasks.We, this https URL", [], id="no addresses"),
    pytest.param("www.example.org is a domain", [], id="bare www domain"),
    pytest.param("write to me@kite.github.io", [], id="mail address"),
    pytest.param("https:// and http://.", [], id="scheme alone"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "urls"), FOUND)
def test_finds(text: str, urls: list[str]) -> None:
    assert [found.url for found in find_urls(text)] == urls


KINDS = [
    ("https://github.com/o/n", "repository"),
    ("http://www.github.com/o/n.git", "repository"),
    ("https://github.com/o", "code owner"),
    ("https://github.com/", "other"),
    ("https://gist.github.com/o/1", "repository"),
    ("https://raw.githubusercontent.com/o/n/m/f", "other"),
    ("https://gitlab.com/g/s/n/-/tree/x", "repository"),
    ("https://gitlab.uni.example/o/n", "repository"),
    ("https://bitbucket.org/o/n", "repository"),
    ("https://codeberg.org/o/n", "repository"),
    ("https://anonymous.4open.science/r/n-12", "repository"),
    ("https://huggingface.co/o/n", "model"),
    ("https://hf.co/o/n", "model"),
    ("https://huggingface.co/o", "owner page"),
    ("https://huggingface.co/datasets/o/n", "dataset"),
    ("https://huggingface.co/spaces/o/n", "space"),
    ("https://huggingface.co/spaces/o", "owner page"),
    ("https://huggingface.co/collections/o/n", "collection"),
    ("https://huggingface.co/papers/2104.08821", "paper"),
    ("https://huggingface.co/docs/x", "other"),
    ("https://o-n.hf.space", "space"),
    ("https://o.github.io/n", "project page"),
    ("https://o.gitlab.io/n", "project page"),
    ("https://notgithub.com/o/n", "other"),
    ("https://github.blog/o/n", "other"),
    ("https://docs.github.com/o/n", "other"),
    ("https://zenodo.org/record/1", "archive"),
    ("https://doi.org/10.5281/zenodo.1", "archive"),
    ("https://doi.org/10.1/x", "paper"),
    ("https://arxiv.org/abs/2104.08821", "paper"),
    ("https://aka.ms/x", "other"),
    ("https://git.example.org/o/n", "other"),
]


@pytest.mark.parametrize(("url", "kind"), KINDS, ids=[url for url, _ in KINDS])
def test_kind(url: str, kind: str) -> None:
    assert kind_of(url) == kind


def test_code_is_repositories_models_and_spaces() -> None:
    assert {"repository", "code owner", "model", "space"} == CODE_KINDS


BEFORE = ["", "at ", "(", "[", '"', "``", "<", "\\url{", "*", "see:"]
AFTER = [
    "",
    ".",
    ",",
    ";",
    ":",
    "!",
    "?",
    ")",
    ").",
    ".)",
    "]",
    "}",
    '"',
    "''.",
    ">",
    "*",
    " .",
    "…",
]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("after", AFTER)
def test_every_neighbour(before: str, after: str) -> None:
    assert [found.url for found in find_urls(f"Code {before}{REPO}{after} End")] == [REPO]


HOSTILE = [
    *("((((", "a.", "http://", "{", "https: //", "https://a", "https://github.com/", "\\url{"),
    *("https://x.org/(", "https://x.org/)", ".We", "=https://a.b", "https://x@", "github.com/ "),
    *("https://web.archive.org/x/", "(www.a.org/", "a-", "--", "\\_", "https://x.org/\\~"),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_ends(piece: str) -> None:
    # Quadratic time would take minutes here.
    text = "https://x.org/" + piece * (200_000 // len(piece))
    assert find_urls(text)[0].start == 0


@given(st.text(alphabet="htps:/.gitubcom\\{}_%~ ()[]<>,;A1$^&é李-", max_size=80))
def test_any_text(text: str) -> None:
    for found in find_urls(f"https://a.org/{text}"):
        assert 0 <= found.start < found.end <= len(text) + 14
        assert "://" in found.url
        assert not any(c.isspace() or c in '<>"{}\\^`' for c in found.url)
