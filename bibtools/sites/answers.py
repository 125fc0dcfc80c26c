"""Giving every question its answer, by what the records call themselves, never by their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bibtools.sites.asking import Answer, CouldNotAsk, Found, NotFound, Question
from bibtools.sites.records import Record

Records = Mapping[tuple[str, str], tuple[Record, ...]]
"""What was found, by kind of question and subject in lower case."""


def never(_: str) -> bool:
    """For services that can be asked about every subject together with others."""
    return False


def by_subject(
    questions: Sequence[Question],
    found: Records,
    *,
    sent: int = 0,
    announced: int = 0,
    only_alone: Callable[[str], bool] = never,
) -> dict[Question, Answer]:
    """The answer for each question. What is not among the records was not found, unless the
    service sent fewer than it `announced`, or the subject was left out of a common request
    because it can be asked `only_alone`.
    """
    missing: Answer = NotFound()
    if announced > sent:
        missing = CouldNotAsk(f"it announced {announced} records and sent {sent}")
    answers: dict[Question, Answer] = {}
    for question in questions:
        records = found.get((question.kind, question.subject.lower()), ())
        if records:
            answers[question] = Found(records)
        elif len(questions) > 1 and only_alone(question.subject):
            answers[question] = CouldNotAsk(f'"{question.subject}" can only be asked about alone')
        else:
            answers[question] = missing
    return answers
