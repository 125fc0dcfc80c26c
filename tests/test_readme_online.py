"""What the README shows of commands that ask services or Zotero is what they print."""

from __future__ import annotations

from tests import readme_world
from tests.loopback import ONLY_LOOPBACK

pytestmark = ONLY_LOOPBACK


def test_the_readme_shows_what_is_printed() -> None:
    text = readme_world.README.read_text("utf-8")
    assert len(readme_world.blocks(text)) == 3
    now = readme_world.renewed(text)
    message = "run: python -m tests.readme_world"
    assert readme_world.undated(text) == readme_world.undated(now), message
