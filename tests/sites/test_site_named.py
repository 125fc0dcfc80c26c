"""What a person names a work by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.sites.named import LONGEST, Named, named, named_identifier
from bibtools.sites.named_identifiers import isbn13

ARXIV = [
    "2104.08821",
    "2104.08821v4",
    "arXiv:2104.08821",
    "arxiv: 2104.08821v2",
    "ARXIV 2104.08821",
    "arXiv:2104.08821v4 [cs.CL] 18 May 2022",
    "arXiv:2104.08821 [cs.CL]",
    "arXiv preprint arXiv:2104.08821",
    "arXiv preprint arXiv:2104.08821, 2021",
    "CoRR abs/2104.08821",
    "eprint:2104.08821",
    "https://arxiv.org/abs/2104.08821",
    "http://arxiv.org/abs/2104.08821v2?context=cs",
    "https://arxiv.org/pdf/2104.08821v4.pdf",
    "https://www.arxiv.org/html/2104.08821v2#S1",
    "https://export.arxiv.org/format/2104.08821",
    "arxiv.org/abs/2104.08821",
    "https://ar5iv.labs.arxiv.org/html/2104.08821",
    "https://ar5iv.org/abs/2104.08821",
    "https://www.alphaxiv.org/abs/2104.08821v4",
    "https://huggingface.co/papers/2104.08821",
    "hf.co/papers/2104.08821",
    "https://www.semanticscholar.org/arxiv/2104.08821",
    "https://doi.org/10.48550/arXiv.2104.08821",
    "10.48550/arxiv.2104.08821",
    "DBLP:journals/corr/abs-2104-08821",
    "https://dblp.org/rec/journals/corr/abs-2104-08821.html",
    "https://ui.adsabs.harvard.edu/abs/2021arXiv210408821G/abstract",
    "<https://arxiv.org/abs/2104.08821>",
    r"\url{https://arxiv.org/abs/2104.08821}",
    '"arXiv:2104.08821"',
    " 2104.08821\t\n",
    "2104.08821.",
    "[2104.08821]",
    "[2104.08821] SimCSE: Simple Contrastive Learning of Sentence Embeddings",
    "[2104.08821v4] SimCSE",
    "(arXiv:2104.08821)",
    "[arXiv:2104.08821v2 [cs.CL]]",
    "arXiv preprint arXiv:2104.08821, 2021.",
    "arXiv:2104.08821v4 [cs.CL] 18 May 2022.",
    "info:arxiv/2104.08821",
    "https://web.archive.org/web/20220101000000/https://arxiv.org/abs/2104.08821v4",
    "https://www.google.com/url?q=https://arxiv.org/abs/2104.08821&sa=D",
]
DOIS = [
    ("10.1145/3292500.3330701", "10.1145/3292500.3330701"),
    ("doi:10.1145/3292500.3330701.", "10.1145/3292500.3330701"),
    ("DOI: 10.1145/3292500.3330701", "10.1145/3292500.3330701"),
    ("https://doi.org/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
    ("http://dx.doi.org/10.1145%2F3292500.3330701", "10.1145/3292500.3330701"),
    ("https://doi-org.proxy.example.edu/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
    ("10.1016/S0140-6736(97)11096-0", "10.1016/s0140-6736(97)11096-0"),
    ("(10.1016/S0140-6736(97)11096-0)", "10.1016/s0140-6736(97)11096-0"),
    ("info:doi/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
    ("urn:doi:10.1145/3292500.3330701", "10.1145/3292500.3330701"),
    (
        "https://proxy.example.edu/login?url=https://doi.org/10.1145/3292500.3330701",
        "10.1145/3292500.3330701",
    ),
    ("https://dl.acm.org/doi/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
    ("https://dl.acm.org/doi/abs/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
    ("https://dl.acm.org/doi/pdf/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
    ("https://link.springer.com/article/10.1007/s11263-015-0816-y", "10.1007/s11263-015-0816-y"),
    (
        "https://link.springer.com/content/pdf/10.1007%2F978-3-030-58452-8_13.pdf",
        "10.1007/978-3-030-58452-8_13",
    ),
    ("https://onlinelibrary.wiley.com/doi/full/10.1002/asi.20555", "10.1002/asi.20555"),
    (
        "https://onlinelibrary.wiley.com/doi/10.1002/(SICI)1097-0258(19980815/30)17:15/16"
        "%3C1661::AID-SIM968%3E3.0.CO;2-2",
        "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2",
    ),
    ("https://www.science.org/doi/10.1126/science.1127647", "10.1126/science.1127647"),
    ("https://www.nature.com/articles/s41586-021-03819-2", "10.1038/s41586-021-03819-2"),
    ("https://www.nature.com/articles/nature14539.pdf", "10.1038/nature14539"),
    ("https://www.nature.com/articles/nature14539/figures/1", "10.1038/nature14539"),
    (
        "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0000308",
        "10.1371/journal.pone.0000308",
    ),
    (
        "https://www.biorxiv.org/content/10.1101/2020.01.01.123456v2.full.pdf+html",
        "10.1101/2020.01.01.123456",
    ),
    ("https://www.medrxiv.org/content/10.1101/19007971v1", "10.1101/19007971"),
    ("10.1101/2020.01.01.123456v2", "10.1101/2020.01.01.123456"),
    (
        "https://direct.mit.edu/tacl/article/doi/10.1162/tacl_a_00349/96475/A-Primer",
        "10.1162/tacl_a_00349",
    ),
    (
        "https://academic.oup.com/nar/article/doi/10.1093/nar/gkaa1100/6018440",
        "10.1093/nar/gkaa1100",
    ),
    (
        "https://www.frontiersin.org/articles/10.3389/fpsyg.2017.01234/full",
        "10.3389/fpsyg.2017.01234",
    ),
    (
        "https://iopscience.iop.org/article/10.1088/1742-6596/664/4/042039/meta",
        "10.1088/1742-6596/664/4/042039",
    ),
    (
        "https://journals.aps.org/prl/abstract/10.1103/PhysRevLett.116.061102",
        "10.1103/physrevlett.116.061102",
    ),
    ("https://elifesciences.org/articles/12345", "10.7554/elife.12345"),
    ("https://zenodo.org/records/1234567", "10.5281/zenodo.1234567"),
    ("https://papers.ssrn.com/sol3/papers.cfm?abstract_id=1234567", "10.2139/ssrn.1234567"),
    ("https://www.ijcai.org/proceedings/2021/531", "10.24963/ijcai.2021/531"),
    ("10.18653/v1/2021.emnlp-main.552", "10.18653/v1/2021.emnlp-main.552"),
    ("https://dblp.org/doi/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
]
OTHERS = [
    ("hep-th/9901001v2", "arxiv", "hep-th/9901001"),
    ("math.GT/0309136", "arxiv", "math/0309136"),
    ("https://arxiv.org/pdf/hep-th/9901001v1", "arxiv", "hep-th/9901001"),
    ("pmid:31452104", "pmid", "31452104"),
    ("PMID: 31452104.", "pmid", "31452104"),
    ("https://pubmed.ncbi.nlm.nih.gov/31452104/", "pmid", "31452104"),
    ("https://www.ncbi.nlm.nih.gov/pubmed/31452104", "pmid", "31452104"),
    ("https://europepmc.org/article/MED/31452104", "pmid", "31452104"),
    ("PMC7505768", "pmcid", "PMC7505768"),
    ("pmcid:7505768", "pmcid", "PMC7505768"),
    ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7505768/", "pmcid", "PMC7505768"),
    ("https://pmc.ncbi.nlm.nih.gov/articles/PMC7505768/?report=1", "pmcid", "PMC7505768"),
    ("9780262033848", "isbn", "9780262033848"),
    ("978-0-262-03384-8", "isbn", "9780262033848"),
    ("0-262-03384-4", "isbn", "9780262033848"),
    ("ISBN 0262033844", "isbn", "9780262033848"),
    ("isbn-13: 978 0 262 03384 8", "isbn", "9780262033848"),
    ("080442957X", "title", "080442957X"),
    ("0-8044-2957-X", "isbn", "9780804429573"),
    ("https://openlibrary.org/isbn/9780262033848", "isbn", "9780262033848"),
    ("2021.emnlp-main.552", "acl", "2021.emnlp-main.552"),
    ("P19-1001", "acl", "P19-1001"),
    ("acl:p19-1001", "acl", "P19-1001"),
    ("https://aclanthology.org/2021.emnlp-main.552.pdf", "acl", "2021.emnlp-main.552"),
    ("https://aclanthology.org/2021.emnlp-main.552/", "acl", "2021.emnlp-main.552"),
    ("https://www.aclweb.org/anthology/P19-1001/", "acl", "P19-1001"),
    ("conf/nips/VaswaniSPUJGKP17", "dblp", "conf/nips/VaswaniSPUJGKP17"),
    ("DBLP:conf/nips/VaswaniSPUJGKP17", "dblp", "conf/nips/VaswaniSPUJGKP17"),
    (
        "https://dblp.uni-trier.de/rec/conf/nips/VaswaniSPUJGKP17.html?view=bibtex",
        "dblp",
        "conf/nips/VaswaniSPUJGKP17",
    ),
    ("https://github.com/example/boats", "repository", "https://github.com/example/boats"),
    (
        "https://github.com/Example/Boats/blob/main/README.md#citation",
        "repository",
        "https://github.com/Example/Boats",
    ),
    ("github.com/example/boats.git", "repository", "https://github.com/example/boats"),
    ("git@github.com:example/boats.git", "repository", "https://github.com/example/boats"),
    (
        "https://gitlab.com/group/sub/boats/-/tree/main",
        "repository",
        "https://gitlab.com/group/sub/boats",
    ),
    (
        "https://huggingface.co/example/boats-base",
        "repository",
        "https://huggingface.co/example/boats-base",
    ),
    (
        "https://huggingface.co/spaces/example/boats",
        "repository",
        "https://huggingface.co/spaces/example/boats",
    ),
    ("paper.pdf", "pdf", "paper.pdf"),
    ("../My Papers/Boats (final).PDF", "pdf", "../My Papers/Boats (final).PDF"),
    ("Attention  Is\nAll You Need", "title", "Attention Is All You Need"),
    ("\u201cAttention Is All You Need\u201d", "title", "Attention Is All You Need"),
    ("DBLP: some lessons learned", "title", "DBLP: some lessons learned"),
    ("DOI considered harmful", "title", "DOI considered harmful"),
    ("Input/output in 2.0/3.0 systems", "title", "Input/output in 2.0/3.0 systems"),
    (
        "https://paperswithcode.com/paper/attention-is-all-you-need",
        "title",
        "attention is all you need",
    ),
    (
        "https://openaccess.thecvf.com/content_CVPR_2020/papers/"
        "He_Momentum_Contrast_for_Boats_CVPR_2020_paper.pdf",
        "title",
        # The address may hold the beginning alone; author and year tell whose title it is.
        "He et al. (2020). Momentum Contrast for Boats",
    ),
    ("978 0 262 03384 8", "isbn", "9780262033848"),
    ("978\u20130\u2013262\u201303384\u20138", "isbn", "9780262033848"),
    ("0\u2010262\u201003384\u20104", "isbn", "9780262033848"),
    ("ISBN: 978-0-262-03384-8 (hardcover).", "isbn", "9780262033848"),
    ("urn:isbn:0262033844", "isbn", "9780262033848"),
    ("info:pmid/31452104", "pmid", "31452104"),
    ("https://pubmed.ncbi.nlm.nih.gov/?term=31452104", "pmid", "31452104"),
    (
        "https://raw.githubusercontent.com/example/boats/main/README.md",
        "repository",
        "https://github.com/example/boats",
    ),
    ("file:///home/me/My%20Papers/Boats.pdf", "pdf", "/home/me/My Papers/Boats.pdf"),
    ("file:///home/me/My%20Papers/Boats.PDF", "pdf", "/home/me/My Papers/Boats.PDF"),
    ("two  blanks.pdf", "pdf", "two  blanks.pdf"),
    ("978 reasons to float", "title", "978 reasons to float"),
    ("doi/10.1 or what is in a name", "title", "doi/10.1 or what is in a name"),
]
NOBODY = [
    "https://openreview.net/forum?id=abc",
    "https://www.semanticscholar.org/paper/A-Title/0123456789abcdef0123456789abcdef01234567",
    "https://ieeexplore.ieee.org/document/1234567",
    "https://proceedings.neurips.cc/paper/2017/hash/3f5ee243547dee91-Abstract.html",
    "https://example.org/boats",
    "https://github.com/example",
    "https://arxiv.org/list/cs.CL/recent",
    "https://[broken",
    "https://web.archive.org/web/2020/https://example.org/boats",
    "https://paperswithcode.com/paper/paper-boats-that-float-a-long-way-over-deep",
    "https://pubmed.ncbi.nlm.nih.gov/?term=boats",
]


@pytest.mark.parametrize("text", ARXIV)
def test_arxiv_in_any_dress(text: str) -> None:
    found = named(text)
    assert (found.kind, found.value, found.why_not) == ("arxiv", "2104.08821", "")
    assert found.text == text


@pytest.mark.parametrize(
    ("text", "version"),
    [("2104.08821", None), ("2104.08821v3", 3), ("https://arxiv.org/pdf/2104.08821v12", 12),
     ("hep-th/9901001v2", 2), ("https://arxiv.org/abs/2104.08821?v=3", None)],
)  # fmt: skip
def test_the_version_is_kept_apart(text: str, version: int | None) -> None:
    assert named(text).version == version


@pytest.mark.parametrize(("text", "doi"), DOIS)
def test_dois_and_the_pages_that_have_them(text: str, doi: str | None) -> None:
    found = named(text)
    assert (found.kind, found.value) == (("doi", doi) if doi else ("title", text))


@pytest.mark.parametrize(("text", "kind", "value"), OTHERS)
def test_everything_else(text: str, kind: str, value: str) -> None:
    found = named(text)
    assert (found.kind, found.value, found.why_not) == (kind, value, "")


@pytest.mark.parametrize("text", NOBODY)
def test_addresses_of_which_nobody_can_be_asked_say_so(text: str) -> None:
    found = named(text)
    assert found.kind == "address"
    assert found.why_not


@pytest.mark.parametrize(
    ("text", "kind"),
    [("arxiv:2104.0882", "arxiv"), ("doi:11.1/x", "doi"), ("pmid:x12", "pmid"),
     ("isbn:0262033845", "isbn"), ("dblp:boats", "dblp"), ("acl:boats", "acl")],
)  # fmt: skip
def test_a_dress_around_what_is_none_is_told(text: str, kind: str) -> None:
    for found in (named(text), named_identifier(text)):
        assert found is not None
        assert found.kind == kind
        assert found.why_not.startswith("that is no ")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("arxiv:2104.08821", "arxiv"), ("arXiv:hep-th/9901001", "arxiv"), ("doi:10.1145/1.2", "doi"),
     ("pmid:1", "pmid"), ("isbn:9780262033848", "isbn"), ("DBLP:conf/nips/X", "dblp"),
     ("https://arxiv.org/abs/2104.08821", "arxiv"), ("https://doi.org/10.1145/1.2", "doi"),
     ("https://example.org/", "address"), ("2104.08821", None), ("10.1145/1.2", None),
     ("gao2021simcse", None), ("P19-1001", None), ("smith:2020", None), ("fig:boats", None),
     ("eprint:boats", None), ("A title of a paper", None), ("", None)],
)  # fmt: skip
def test_in_a_document_only_what_is_dressed_counts(text: str, kind: str | None) -> None:
    found = named_identifier(text)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [("2104.0882", "arxiv"), ("1412.12345v2", "arxiv"), ("cs/0704001", "arxiv"),
     ("978-0-262-03384-9", "isbn"), ("9780262033849", "isbn"), ("0-262-03384-5", "isbn"),
     ("978 0 262 03384 9", "isbn"), ("978\u20130\u2013262\u201303384\u20139", "isbn")],
)  # fmt: skip
def test_nearly_an_identifier_is_no_title(text: str, kind: str) -> None:
    found = named(text)
    assert (found.kind, found.value) == (kind, text)
    assert found.why_not.startswith("that is no ")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [("10.1145%2F3292500.3330701", "doi", "10.1145/3292500.3330701"),
     ("10.48550/ARXIV.HEP-TH/9901001", "arxiv", "hep-th/9901001"),
     ("https://arxiv.org/abs/2104.08821, accessed May 2021", "arxiv", "2104.08821"),
     ("https://link.springer.com/article/10.1007/s11263-015-0816-y/figures/3", "doi",
      "10.1007/s11263-015-0816-y"),
     ("https://pubs.acs.org/doi/10.1021/acs.jcim.9b00266/suppl_file/x.pdf", "doi",
      "10.1021/acs.jcim.9b00266"),
     ("https://www.nature.com/articles/nature14539.epdf", "doi", "10.1038/nature14539"),
     ("(Almost) no crowding (at sea)", "title", "(Almost) no crowding (at sea)"),
     ("[Boats]", "title", "[Boats]"), ("Boats 2104.0882", "title", "Boats 2104.0882")],
)  # fmt: skip
def test_as_it_is_copied(text: str, kind: str, value: str) -> None:
    found = named(text)
    assert (found.kind, found.value, found.why_not) == (kind, value, "")


def test_a_text_too_long_is_no_name() -> None:
    found = named("boats " * LONGEST)
    assert (found.kind, found.why_not) == ("title", "it is longer than 2,000 characters")
    assert named_identifier("doi:10.1/" + "x" * LONGEST) is None


@given(st.integers(0, 10**9 - 1))
def test_isbns_of_ten_and_thirteen_are_one(number: int) -> None:
    digits = f"{number:09}"
    check = -sum(weight * int(one) for weight, one in zip(range(10, 1, -1), digits, strict=True))
    ten = digits + "0123456789X"[check % 11]
    thirteen = isbn13(ten)
    assert thirteen is not None
    assert isbn13(thirteen) == thirteen
    assert isbn13("-".join(thirteen)) == thirteen
    wrong = thirteen[:-1] + str((int(thirteen[-1]) + 1) % 10)
    assert isbn13(wrong) is None


@given(st.text(max_size=200))
def test_any_text_is_named_somehow(text: str) -> None:
    found = named(text)
    assert isinstance(found, Named)
    assert found.text == text
    assert found.shown or not text.strip()
    again = named_identifier(text)
    assert again is None or (again.kind, again.value) == (found.kind, found.value)


@given(st.sampled_from([*ARXIV, *(text for text, _ in DOIS), *(text for text, _, _ in OTHERS)]))
def test_what_is_shown_names_the_same(text: str) -> None:
    found = named(text)
    again = named(found.shown)
    assert (again.kind, again.value) == (found.kind, found.value)
