from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from bibtools.text.fingerprints import ANCHORS, FEWEST, SAMPLE, AskedText, sketch, word_pairs

TEXT = (
    "Bridges sway when crowds march across them. A model of marching crowds couples the phase "
    "of every walker to the lateral motion of the deck, and predicts a sharp onset of swaying "
    "once a critical number of walkers is passed. Field measurements from seven footbridges "
    "confirm the predicted onset within four percent. Dampers tuned to the second lateral mode "
    "raise the critical number threefold, whereas stiffer cables hardly matter. Video tracking "
    "of single walkers reveals that few of them adjust their gait before the deck moves visibly. "
    "Cheap accelerometers suffice for monitoring, and a planner may estimate safe crowd sizes "
    "from drawings alone, long before construction of the footbridge begins."
)


def changed(part: float, seed: int = 3) -> str:
    rng = random.Random(seed)
    return " ".join(
        f"other{rng.randrange(999)}" if rng.random() < part else word for word in TEXT.split()
    )


def likeness(asked: str, known: str) -> float:
    text, made = AskedText.of(asked), sketch(known)
    assert text is not None and made is not None
    return text.likeness(made[0])


def test_a_text_is_known_again() -> None:
    assert likeness(TEXT, TEXT) == 1.0


def test_case_tex_and_punctuation_do_not_matter() -> None:
    dressed = TEXT.replace("crowds", "{crowds}").replace("percent", "$\\percent$").upper()
    assert likeness(dressed, TEXT) == 1.0


def test_a_rewritten_text_is_like_in_proportion() -> None:
    likes = [likeness(changed(part), TEXT) for part in (0.05, 0.2, 0.4)]
    assert likes == sorted(likes, reverse=True)
    assert likes[0] > 0.75 and likes[1] > 0.4 and likes[2] > 0.15


def test_another_text_is_not_like() -> None:
    other = " ".join(random.Random(5).sample(TEXT.split(), len(TEXT.split())))
    assert likeness(other, TEXT) < 0.15


def test_the_beginning_of_a_text_is_like() -> None:
    assert 0.3 < likeness(TEXT[: len(TEXT) // 2], TEXT) < 0.75


def test_a_short_text_tells_nothing() -> None:
    assert sketch("This paper has been withdrawn by the authors.") is None
    assert AskedText.of("This paper has been withdrawn by the authors.") is None


def test_sizes() -> None:
    made = sketch(TEXT)
    assert made is not None
    pairs = word_pairs(TEXT)
    assert made[0].pairs == len(pairs) >= FEWEST
    assert len(made[0].sample) == 2 * min(SAMPLE, len(pairs))
    assert made[1] == pairs[:ANCHORS]


@given(st.text(max_size=300))
def test_pairs_are_ascending_and_unique(text: str) -> None:
    pairs = word_pairs(text)
    assert pairs == sorted(set(pairs))
    assert all(0 <= pair < 1 << 33 for pair in pairs)


@given(st.lists(st.sampled_from([f"word{n}" for n in range(400)]), min_size=60, max_size=300))
def test_the_sample_is_the_lowest_part(words: list[str]) -> None:
    text = " ".join(words)
    made = sketch(text)
    pairs = word_pairs(text)
    assert (made is None) == (len(pairs) < FEWEST)
    if made is None:
        return
    lowest = pairs[:SAMPLE]
    expected = b"".join((pair & 0xFFFF).to_bytes(2, "little") for pair in lowest)
    assert made[0].sample == expected
