"""What experts find short of a credential: criteria they mark low, and the changes they name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pandas import DataFrame

from feedback.analysis.people import EXPERT
from feedback.analysis.ratings import only, wilson
from feedback.analysis.reviews import CRITERION, VERDICT, marks_of, newest_rounds
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.lines import BY_EXPERTS, NAMED, OF_NO_TOPIC, Line, line_of, so_many
from feedback.findings.scope import in_scope
from feedback.findings.words import count


def reviewed(evidence: Evidence, choice: Choice, limits: Limits) -> list[Line]:
    """What experts find short in their newest round that may be told: criteria they mark below the lowest good mark, on
    average; and the changes they name."""
    reviews = newest_rounds(in_scope(evidence.answers, evidence, choice), limits.reviewers)
    return [*_marked(reviews, evidence, limits), *_named(reviews, evidence, limits)]


def _marked(reviews: DataFrame, evidence: Evidence, limits: Limits) -> list[Line]:
    found = marks_of(reviews)
    scale_of = dict(reviews[["question", "scale"]].astype(str).drop_duplicates().itertuples(index=False, name=None))
    lines = []
    for row in found[found["construct"] == CRITERION].to_dict("records") if len(found) else []:
        steps = evidence.scales.get(scale_of.get(row["question"], ""), ())
        good = [step.value for step in steps if step.side > 0]
        mean = sum(row["marks"]) / len(row["marks"])
        if row["people"] < limits.reviewers or not good or mean >= min(good):
            continue
        best, worst = max(step.value for step in steps), min(step.value for step in steps)
        marks = " and ".join(f"{mark:g}" for mark in row["marks"])
        name = evidence.named(row["question"], "", EXPERT)
        short = (best - mean) / (best - worst)
        row |= {"id": row["question"], "item": "", "audience": EXPERT, "name": name, "share": short}
        row |= {"organisations": None, "largest_share": None}
        row |= {"low": (best - row["high"]) / (best - worst), "high": (best - row["low"]) / (best - worst)}
        words = f"{count(row['people'], 'expert marks', 'experts mark')} it {marks} of {best:g}: “{name}”."
        # Experts are no sample, and sign what they say: nobody is taken away from them.
        lines.append(replace(line_of(row, BY_EXPERTS, 0.0, words), loss=0.0))
    return lines


def _named(reviews: DataFrame, evidence: Evidence, limits: Limits) -> list[Line]:
    """The changes experts name, one line a topic they speak of; one that speaks of none is a line by itself.

    An expert is asked for several changes, and may name one topic in each: of a topic at least as many experts speak as
    do where most do at one question. Their words are not among them: these stand under what experts say, for whoever
    may read them.
    """
    handed = only(reviews, construct=VERDICT).groupby("credential")["people"].sum().to_dict()
    rounds = dict(reviews[["credential", "survey"]].astype(str).drop_duplicates().itertuples(index=False, name=None))
    said: dict[tuple[str, str, str], Counter[str]] = {}
    columns = ["credential", "survey", "question", "topics"]
    for slug, survey, question, topics in evidence.named_changes[columns].astype(str).itertuples(index=False):
        if rounds.get(slug) == survey and handed.get(slug, 0) >= limits.reviewers:
            topic = _meant([each for each in topics.split("|") if each], evidence)
            said.setdefault((slug, topic or question, topic), Counter())[question] += 1
    lines = []
    for (slug, ident, topic), by_question in sorted(said.items()):
        people = int(handed[slug])
        times = min(max(by_question.values()), people)
        low, high = (float(end) for end in wilson(times, people))
        asked = f"asked “{evidence.named(ident, '', EXPERT)}”"
        name = evidence.topic_names.get(topic, topic) if topic else f"A change experts name, {asked}"
        about = f"about “{name}”" if topic else f"of no topic known here ({asked}): their words say which"
        least = "At least " if len(by_question) > 1 else ""
        words = f"{least}{so_many(times, people)} experts name a change {about}."
        row: dict[str, Any] = {
            "credential": slug,
            "id": ident,
            "item": NAMED if topic else OF_NO_TOPIC,
            "audience": EXPERT,
        }
        row |= {"people": people, "organisations": None, "largest_share": None, "name": name}
        row |= {"share": times / people, "low": low, "high": high}
        # Nobody is taken away from experts.
        lines.append(replace(line_of(row, BY_EXPERTS, 0.0, words), loss=0.0))
    return lines


def _meant(topics: Sequence[str], evidence: Evidence) -> str:
    """The topic a change is about: the first that stands under one of the institution's changes, else the first."""
    known = [topic for topic in topics if f"topic:{topic}" in evidence.changes]
    return next(iter([*known, *topics]), "")
