"""The people of one piece of the sample, and their ratings: a column a question, and the branches they open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback.survey.questionnaire import AllOf, AnyOf, Condition, Instrument, Question, Rule
from feedback.survey.setting import Setting, Subject

Booleans = NDArray[np.bool_]
Column = list[Any]
"""One raw answer a row, None where there is none."""


@dataclass
class Rows:
    """Everyone a part of a questionnaire is put to: a row a person, or a row a person and credential.

    persons: which person (0 to n - 1). credentials: index of the credential; NOBODY for a foil or for none.
    favour: how well the person thinks of it, 0 to 1, sometimes beyond. voices: what they write of it in comments.
    occasions: index of the run a learner tells of; NOBODY for employers. kept, asked: by question, filled in drawing
    order. people: the rows of the persons, None when these are.
    """

    persons: NDArray[np.int64]
    credentials: NDArray[np.int64]
    favour: NDArray[np.float64]
    voices: NDArray[np.int64]
    sittings: Sequence[Setting]
    subjects: Sequence[Subject | None]
    languages: Sequence[str]
    organisations: NDArray[np.int64]
    occasions: NDArray[np.int64]
    people: "Rows | None" = None
    kept: dict[str, Column] = field(default_factory=dict)
    asked: dict[str, Booleans] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.persons)

    @property
    def foils(self) -> Booleans:
        """Which rows are about a title that does not exist."""
        return np.fromiter((subject is not None and subject.foil for subject in self.subjects), bool, len(self))


def holds(rule: Rule | None, rows: Rows, ratings: Rows | None) -> Booleans:
    """For which rows a rule holds: what survey.routing decides for one person, here for a column of them.

    ratings: where people's answers about their credentials stand; None when `rows` are these themselves.
    """
    if rule is None:
        return np.ones(len(rows), dtype=bool)
    if isinstance(rule, AllOf):
        return np.logical_and.reduce([holds(each, rows, ratings) for each in rule.conditions])
    if isinstance(rule, AnyOf):
        return np.logical_or.reduce([holds(each, rows, ratings) for each in rule.conditions])
    if rule.question in rows.kept:
        return _passing(rule, rows.kept[rule.question])
    if rows.people is not None and rule.question in rows.people.kept:
        return _passing(rule, rows.people.kept[rule.question])[rows.persons]
    if ratings is not None and rule.question in ratings.kept:
        return _any_rating(rule, rows, ratings)
    return np.full(len(rows), _passes(rule, None))


def may_be_asked(question: Question, rows: Rows) -> Booleans:
    """For which rows there is something to ask: a foil meets only the question of awareness, and of the blocks of
    questions each sitting meets those it draws."""
    if question.construct == "awareness":
        return np.ones(len(rows), dtype=bool)
    if question.block is None:
        return ~rows.foils
    put = (sitting.puts(question.block, subject) for sitting, subject in zip(rows.sittings, rows.subjects, strict=True))
    return np.fromiter(put, bool, len(rows)) & ~rows.foils


def _any_rating(condition: Condition, rows: Rows, ratings: Rows) -> Booleans:
    """Whether it passes for any real credential a person was asked about; without one, as if nothing was answered."""
    asked = ratings.asked[condition.question] & ~ratings.foils
    counted = np.bincount(ratings.persons[asked], minlength=len(rows))
    passed = asked & _passing(condition, ratings.kept[condition.question])
    found = np.bincount(ratings.persons[passed], minlength=len(rows)) > 0
    return np.where(counted > 0, found, _passes(condition, None))


def _passing(condition: Condition, column: Column) -> Booleans:
    known: dict[Any, bool] = {}
    return np.fromiter((_remembered(condition, answer, known) for answer in column), dtype=bool, count=len(column))


def _remembered(condition: Condition, answer: Any, known: dict[Any, bool]) -> bool:
    if isinstance(answer, list):
        return _passes(condition, answer)
    if answer not in known:
        known[answer] = _passes(condition, answer)
    return known[answer]


def _passes(condition: Condition, answer: Any) -> bool:
    if answer is None:
        return condition.answered is False
    if condition.answered is False:
        return False
    chosen = answer if isinstance(answer, list) else (answer,)
    if condition.is_in is not None and not any(one in condition.is_in for one in chosen):
        return False
    if condition.not_in is not None and any(one in condition.not_in for one in chosen):
        return False
    if condition.at_most is None and condition.at_least is None:
        return True
    if not isinstance(answer, int | float):
        return False
    return (condition.at_most is None or answer <= condition.at_most) and (
        condition.at_least is None or answer >= condition.at_least
    )


def gathered(people: Rows, ratings: Rows, instrument: Instrument) -> list[dict[str, Any]]:
    """For each person, {question: answer}, and {question: {credential: answer}} for what is asked of each."""
    documents: list[dict[str, Any]] = [{} for _ in range(len(people))]
    persons = ratings.persons.tolist()
    slugs = [subject.slug if subject else "" for subject in ratings.subjects]
    for question in instrument.questions:
        if question.id not in instrument.repeated:
            for document, answer in zip(documents, people.kept[question.id], strict=True):
                if answer is not None:
                    document[question.id] = answer
            continue
        for person, slug, answer in zip(persons, slugs, ratings.kept[question.id], strict=True):
            if answer is not None:
                documents[person].setdefault(question.id, {})[slug] = answer
    return documents
