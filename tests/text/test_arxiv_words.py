"""What says no more than "this is on arXiv", and which addresses are nobody's."""

from __future__ import annotations

import pytest

from bibtools.text.addresses import is_local
from bibtools.text.arxiv_words import says_arxiv


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("arXiv preprint arXiv:2104.08821", True),
        ("ArXiv e-prints", True),
        ("arXiv", True),
        ("CoRR", True),
        ("Computing Research Repository (CoRR)", True),
        ("abs/2104.08821", True),
        ("arXiv:2104.08821v3 [cs.CL]", True),
        ("https://arxiv.org/abs/2104.08821", True),
        ("10.48550/arXiv.2104.08821", True),
        ("2104.08821", True),
        ("arXiv--2104", True),
        ("{arXiv}", True),
        ("", False),
        ("2104", False),
        ("12", False),
        ("Nature", False),
        ("Proceedings of the CoRR Workshop", False),
        ("Journal of Correlations", False),
        ("arXiv preprint arXiv:2104.08822", False),
        ("10.1234/arXiv.2104.08821x", False),
        ("Nature, arXiv:2104.08821", False),
    ],
)
def test_says_arxiv(value: str, told: bool) -> None:
    assert says_arxiv(value, "2104.08821") is told


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("https://github.com/o/n", False),
        ("http://example.org:8080/x", False),
        ("https://8.8.8.8/", False),
        ("http://localhost/x", True),
        ("http://LOCALHOST./x", True),
        ("http://127.0.0.1:9/x", True),
        ("http://2130706433/", True),
        ("http://0x7f.1/", True),
        ("http://[::1]/", True),
        ("http://169.254.169.254/latest", True),
        ("http://10.1.2.3/", True),
        ("http://gitlab/x", True),
        ("https://git.corp/x", True),
        ("http://printer.local", True),
        ("http://[x", True),
    ],
)
def test_is_local(url: str, local: bool) -> None:
    assert is_local(url) is local
