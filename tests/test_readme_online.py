"""What README and docs show of commands is what they print."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import readme_world
from tests.loopback import ONLY_LOOPBACK

pytestmark = ONLY_LOOPBACK
PAGES = readme_world.pages()


def test_the_readme_shows_five_examples() -> None:
    assert readme_world.README in PAGES
    assert len(readme_world.blocks(readme_world.README.read_text("utf-8"))) >= 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_shows_what_is_printed(page: Path) -> None:
    text = page.read_text("utf-8")
    now = readme_world.renewed(text)
    message = "run: python -m tests.readme_world"
    assert readme_world.undated(text) == readme_world.undated(now), message
