"""Names of venues that are one, and those that are two."""

from __future__ import annotations

import pytest

from bibtools.matching.venues import venues_agree

ONE = [
    ("Physical Review Letters", "Phys. Rev. Lett."),
    ("Physical Review Letters", "PRL"),
    ("Physics Letters B", "Phys.Lett.B"),
    ("Journal of Boats", "J. Boats"),
    ("Proc. Natl. Acad. Sci.", "Proceedings of the National Academy of Sciences"),
    ("NeurIPS", "Advances in Neural Information Processing Systems 34"),
    ("NIPS", "Neural Information Processing Systems"),
    ("ICML", "Proceedings of the 38th International Conference on Machine Learning"),
    ("CVPR", "2021 IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)"),
    ("EMNLP (1)", "Conference on Empirical Methods in Natural Language Processing"),
    ("ICX", "Proceedings of ICX"),
    ("Commun. ACM", "Communications of the ACM"),
    ("JMLR", "Journal of Machine Learning Research"),
    ("Nature", "nature"),
    ("Proceedings of the IEEE", "Proc. IEEE"),
]
TWO = [
    ("ICX", "ECZ"),
    ("ICX", "Proceedings of ECZ"),
    ("Nature", "Nature Communications"),
    ("Physical Review", "Physical Review Letters"),
    ("Physics Letters A", "Physics Letters B"),
    ("Ships Tomorrow", "Boats Today"),
    ("Journal of Boats", "Proceedings of ICX"),
    ("IEEE Transactions on Robotics", "IEEE International Conference on Robotics"),
    ("EMNLP", "Findings of EMNLP"),
    ("ICX", "ICX Workshops"),
    ("Nano", "Nanoscale"),
    ("Cell", "Cell Death and Disease"),
    ("Proceedings", "Journal of Boats"),
]


@pytest.mark.parametrize(("first", "second"), ONE, ids=str)
def test_one_venue(first: str, second: str) -> None:
    assert venues_agree(first, second)
    assert venues_agree(second, first)


@pytest.mark.parametrize(("first", "second"), TWO, ids=str)
def test_two_venues(first: str, second: str) -> None:
    assert not venues_agree(first, second)
    assert not venues_agree(second, first)
