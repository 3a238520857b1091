"""Evidence built in the open: five employers of three organisations, some learners, a few comments."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import pandas as pd
from pandas import DataFrame

from feedback.findings.evidence import (
    FUNNEL,
    MARKET,
    MEASURES,
    NEEDS,
    PRODUCTS,
    RATED,
    ROLES,
    RUNS,
    Evidence,
    Step,
    no_forms,
    no_houses,
    no_market,
    no_roles,
    no_runs,
)
from feedback.findings.evidence import HOUSES as LISTED
from tests.analysis.answers_table import (
    answers_about,
    awareness_of,
    chosen_about,
    comments_about,
    counted,
    no_answers,
    together,
    topics_about,
    with_joint,
)

HOUSES = ["ash", "oak", "elm", "fir", "yew", "ivy", "may", "fig"]
STEPS = tuple(Step(value, f"step {value}", (value > 3) - (value < 3)) for value in range(1, 6))


def employers(credential: str, steps: list[int], *, first: int = 0, houses: list[str] | None = None) -> DataFrame:
    """Employers aware of a credential, with their step of the ladder and their view of one skill."""
    names = houses or [HOUSES[place % len(HOUSES)] for place in range(len(steps))]
    given = {"audience": "employer", "organisations": names, "first": first}
    return together(
        awareness_of(credential, said=["certifies"] * len(steps), organisations=names, first=first),
        answers_about(credential, ratings=steps, question="ladder", construct="recognition", scale="ladder5", **given),
        answers_about(credential, ratings=[1 + step for step in steps], question="trust", item="genuine", **given),
        answers_about(
            credential, ratings=[4] * len(steps), question="skill_need", item="charts", scale="need5", **given
        ),
        answers_about(
            credential, ratings=[min(4, step) for step in steps], question="skill_performance", item="charts",
            scale="perform5", **given,
        ),
    )  # fmt: skip


def hired(credential: str, rated: list[int], *, item: str = "hired", first: int = 0) -> DataFrame:
    """Employers on whether it helped to be hired: on five steps, the upper two of which stand for somebody."""
    houses = [HOUSES[place % len(HOUSES)] for place in range(len(rated))]
    given = {"audience": "employer", "organisations": houses, "first": first}
    return answers_about(credential, ratings=rated, question="effect", item=item, **given)


def chosen_between(worth: Mapping[str, float], *, people: int = 8, first: int = 500) -> DataFrame:
    """Employers who each choose once between each two: the one worth more, but for one in six."""
    tables = []
    for at, (one, other) in enumerate(combinations(sorted(worth), 2)):
        better = 1.0 if worth[one] > worth[other] else 0.0
        for place in range(people):
            said = better if (place + at) % 6 else 1 - better
            table = answers_about(
                "", ratings=[1], audience="employer", question="pairs", construct="preference_chosen",
                organisations=[HOUSES[place % len(HOUSES)]], first=first + place,
            )  # fmt: skip
            tables.append(table.assign(item=f"{one}|{other}", number=said, positive=None, score=None, scale=None))
    return pd.concat(tables, ignore_index=True)


def combined(worth: Mapping[str, float], *, people: int = 2, first: int = 700) -> DataFrame:
    """Employers who each name the best and the worst of every two and all of three: by what they are worth on average,
    but for one in six."""
    tables = []
    for at, three in enumerate(combinations(sorted(worth), 3)):
        options = ["+".join(each) for size in (2, 3) for each in combinations(three, size)]
        value = {option: sum(worth[slug] for slug in option.split("+")) / (1 + option.count("+")) for option in options}
        for place in range(people):
            ordered = sorted(options, key=lambda option: value[option], reverse=bool((place + at) % 6))
            table = answers_about(
                "", ratings=[1], audience="employer", question="bundle:task", construct="bundle_task",
                organisations=[HOUSES[(place + at) % len(HOUSES)]], first=first + place + people * at,
            )  # fmt: skip
            item = "|".join([ordered[0], *sorted(ordered[1:-1]), ordered[-1]])
            tables.append(table.assign(item=item, number=None, positive=None, score=None, scale=None))
    return pd.concat(tables, ignore_index=True)


def learners(credential: str, worth: list[int], *, first: int = 100) -> DataFrame:
    """Learners with their verdict and what they say of the assessment."""
    return together(
        answers_about(credential, ratings=worth, question="worth", construct="overall", first=first),
        answers_about(credential, ratings=worth, question="assessment", first=first),
    )


@dataclass(frozen=True)
class Said:
    """What people wrote: the counted topics, and the list of the comments themselves."""

    topics: DataFrame
    listed: DataFrame


def comments(credential: str, count: int, *, topic: str = "pace", first: int = 100, text: str = "") -> Said:
    """Comments of learners that ask for a change of one topic."""
    table = comments_about(credential, topics=[[topic]] * count)
    said = [text or f"Comment {place} on {credential}." for place in range(count)]
    listed = table.assign(text=said, language="en", vader=-0.5, textblob=-0.5, sentiment=-0.5)
    return Said(topics_about(credential, topics=[[topic]] * count, first=first), listed)


def reviewed(credential: str, count: int, state: str = "internal", **more) -> Said:
    """The same, in the state a moderator has put them in."""
    said = comments(credential, count, **more)
    return Said(said.topics, said.listed.assign(state=state))


def leavers(credential: str, reasons: list[list[str]], *, first: int = 400) -> DataFrame:
    """Learners who left, with their reasons."""
    return chosen_about(
        credential, chosen=reasons, question="reason", construct="dropout_reason", instrument="dropout", first=first
    )


def later(credential: str, used: list[bool], *, first: int = 500) -> DataFrame:
    """Learners six months on: whether they use it, and that an employer asked those who do."""
    told = answers_about(credential, ratings=[5 if yes else 1 for yes in used], question="used_at_work", first=first)
    told = told.assign(kind="one", item=["daily" if yes else "not_yet" for yes in used], number=None, scale="")
    asked = [["asked"] if yes else ["no"] for yes in used]
    noticed = chosen_about(credential, chosen=asked, question="employer_noticed", first=first)
    return together(told.astype(noticed.dtypes.to_dict()), noticed).assign(instrument="six_months")


def wishes(credential: str, wanted: list[list[str]], *, language: str = "es", first: int = 100) -> DataFrame:
    """Learners' wishes for other languages; who wants a language or subtitles names one."""
    named = [place for place, each in enumerate(wanted) if {"language", "subtitles"} & set(each)]
    spoken = answers_about(credential, ratings=[5] * len(named), question="language_needed", first=first)
    spoken = spoken.assign(construct="language_wanted", kind="one", item=language, number=None, positive=None, scale="")
    wish = chosen_about(credential, chosen=wanted, question="localisation", first=first)
    return together(wish, spoken.astype(wish.dtypes.to_dict()))


def reviews(credential: str, marks: list[list[int]], verdicts: list[str], *, first: int = 600) -> DataFrame:
    """Experts' marks: one list a reviewer, of two criteria; and their verdicts."""
    given = {"audience": "expert", "construct": "criterion", "scale": "mark4", "first": first}
    both = zip(("purpose_clear", "skills_validated"), zip(*marks, strict=True), strict=True)
    criteria = [answers_about(credential, ratings=list(each), question=name, **given) for name, each in both]
    verdict = answers_about(credential, ratings=[1] * len(verdicts), question="verdict", audience="expert", first=first)
    verdict = verdict.assign(kind="one", item=verdicts, number=None, positive=None, scale="")
    return together(*criteria, verdict.astype(criteria[0].dtypes.to_dict()))


def runs_of(credential: str, *counts: tuple[int, int]) -> DataFrame:
    """Runs in time: how many started and completed each; run n's survey is "<credential>-n"."""
    return DataFrame(
        [
            {
                "slug": f"{credential}-{number}", "credential": credential, "label": f"Run {number}",
                "starts": f"202{number}-03-01", "ends": None, "delivery": "hybrid", "beta": number == 1,
                "planned_weeks": 10, "actual_weeks": 11, "views": 900, "enquiries": 40, "enrolled": started + 2,
                "started": started, "completed": completed, "passed": completed - 1,
            }
            for number, (started, completed) in enumerate(counts, start=1)
        ],
        columns=RUNS,
    )  # fmt: skip


def market_of(*figures: tuple[str, float, float]) -> DataFrame:
    """Figures of one source: skill, demand, supply."""
    rows = [
        (None, skill, measure, value, "vacancies", "2026-01-01", "Adverts", None)
        for skill, demand, supply in figures
        for measure, value in (("demand", demand), ("supply", supply))
    ]
    return DataFrame(rows, columns=MARKET)


def forms_of(survey: str, **marks: int) -> DataFrame:
    """How far people got with a form: opened=, started=, reached_1=, finished=, seconds_130= and so on, in English."""
    of = {"survey": survey, "language": "en", "instrument": "learner", "form": "End of course", "audience": "learner",
          "minutes": 3.0, "credentials": "data-badge"}  # fmt: skip
    rows = []
    for name, count in marks.items():
        mark, _, value = name.partition("_")
        rows.append({**of, "mark": mark, "value": int(value or 0), "count": count})
    return DataFrame(rows, columns=FUNNEL).astype({"value": "int64", "count": "int64", "minutes": "float64"})


def roles_of(credential: str, *roles: tuple[str, str]) -> DataFrame:
    """Employers heard on a credential: organisation and role of each."""
    rows = [("employer", credential, house, role, 1) for house, role in roles]
    return DataFrame(rows, columns=ROLES)


def houses_of(*kinds: tuple[str | None, str | None, int]) -> DataFrame:
    """So many organisations of a sector and a band of size in the catalogue."""
    return DataFrame(kinds, columns=LISTED)


def products_of(answers: DataFrame) -> DataFrame:
    """What of these answers goes together, as the store adds it up: ratings of learners on scales with a best end, the
    overall answer being that of the construct "overall"."""
    rated = answers[(answers["audience"] == "learner") & answers["score"].notna()]
    names = rated["question"].astype(str) + rated["item"].astype(str).map(lambda item: f"/{item}" if item else "")
    rated = rated.assign(name=names.where(rated["construct"] != "overall", "*"))
    level = (rated["score"] * 4).round().astype(int)
    rows = []
    for (instrument, credential), each in rated.assign(level=level).groupby(["instrument", "credential"]):
        given = each.pivot_table(index="response", columns="name", values="level", aggfunc="first")
        rows.append((instrument, credential, "", "", "n", len(given)))
        for first, second in [(one, other) for one in given for other in given]:
            both = given[[first, second]].dropna() if first != second else given[[first]].dropna()
            one, other = both[first], both[second]
            rows += [(instrument, credential, first, second, "sum", one.sum())]
            rows += [(instrument, credential, first, second, "square", (one**2).sum())]
            if first <= second:
                rows.append((instrument, credential, first, second, "n", len(both)))
            if first < second:
                rows.append((instrument, credential, first, second, "product", (one * other).sum()))
    found = DataFrame(rows, columns=[name for name in PRODUCTS if name != "audience"]).assign(audience="learner")
    return found.astype({"amount": "int64"})[list(PRODUCTS)]


FIGURES = (("sql", 90, 2), ("excel", 80, 70), ("slides", 10, 60), ("latin", 5, 1))


def evidence(
    *answers: DataFrame,
    said: list[Said] | None = None,
    sums: bool = False,
    runs: DataFrame | None = None,
    market: DataFrame | None = None,
    forms: DataFrame | None = None,
    roles: DataFrame | None = None,
    houses: DataFrame | None = None,
    aims: Mapping[str, tuple[str, ...]] | None = None,
    **titles: str,
) -> Evidence:
    """Evidence of these answers and comments; titles by slug with underscores for hyphens. sums: counted up, as the
    store does, instead of one row an answer."""
    written = [comments("none", 0), *(said or [])]
    given = with_joint(together(*answers)) if answers else no_answers()
    topics = pd.concat([each.topics for each in written], ignore_index=True)
    needs = given[(given["construct"] == "skill_need") & (given["status"] == "answered")]
    ranked = given[given["construct"].isin([measure.construct for measure in MEASURES])]
    return Evidence(
        rated=ranked[ranked["number"].notna()][list(RATED)].reset_index(drop=True),
        houses=no_houses() if houses is None else houses,
        needs=needs.rename(columns={"item": "skill"})[list(NEEDS)].reset_index(drop=True),
        answers=counted(given) if sums else given,
        products=products_of(given),
        topics=counted(topics) if sums else topics,
        comments=pd.concat([each.listed for each in written], ignore_index=True),
        runs=no_runs() if runs is None else runs,
        market=no_market() if market is None else market,
        funnel=no_forms() if forms is None else forms,
        roles=no_roles() if roles is None else roles,
        aims=aims or {},
        sectors={"C": "Manufacturing", "K": "Computing and information", "R": "Health and social work"},
        forms={"learner": "End of course", "employer": "What credentials are worth to you"},
        survey_runs={} if runs is None else {slug: slug for slug in runs["slug"]},
        settled={} if runs is None else dict.fromkeys(runs["slug"], True),
        titles={slug.replace("_", "-"): title for slug, title in titles.items()},
        skills={"charts": "Drawing charts"},
        questions={
            "worth": "It was worth the time",
            "goals": "I knew what I would be able to do",
            "assessment": "The tests showed whether I can do it",
            "localisation": "Would another language have helped?",
            "localisation/no": "No, it was fine",
            "localisation/language": "Another language",
            "localisation/subtitles": "Subtitles",
            "localisation/local_cases": "Local examples",
            "language_needed/es": "Spanish",
            "language_needed/mt": "Maltese",
            "dropout:reason/time": "It took more time than I have",
            "dropout:reason/cost": "It cost too much",
            "six_months:used_at_work": "I use it at work",
            "six_months:employer_noticed/asked": "I was asked about it",
            "six_months:employer_noticed/no": "Not that I know of",
            "purpose_clear": "The purpose is clear",
            "skills_validated": "Employers confirmed the skills",
            "verdict/ready": "Ready as it is",
            "verdict/ready_with_changes": "Ready once the changes are made",
            "verdict/not_ready": "Not ready",
        },
        topic_names={"pace": "Pace"},
        scales={"agree5": STEPS},
    )
