"""What should change: every shortcoming in one unit, the share of the people asked for whom it falls short."""

from collections.abc import Collection

from pandas import DataFrame, concat

from feedback.analysis.people import EMPLOYER, LEARNER, count_people
from feedback.analysis.ratings import only, share_of_people, wilson
from feedback.analysis.recognition import FOIL
from feedback.analysis.skills import skill_ratings

OUTCOMES = ("overall",)
"""Constructs that say how good the whole was. Nobody can mend the whole, so they are no lines of this list."""
NOT_COVERED = "not_covered"
"""The status of a skill a learner says was not covered."""
ALARM = 0.20
"""From this share of "was not covered" on, a declared skill is a line of its own."""
SHORTFALL = "skill_shortfall"
"""The construct that says of each skill an employer rated twice whether it is needed while holders perform below the
middle of the scale."""
ANY_TOPIC = ""
"""The topic of the rows that count who wrote a comment at all."""
WORDS = ("credential", "source", "id", "item", "audience")
COLUMNS = {
    **dict.fromkeys(WORDS, "str"),
    **{"people": "int64", "organisations": "Int64", "largest_share": "float64"},
    **dict.fromkeys(("falling", "share", "low", "high"), "float64"),
}


def what_falls_short(
    answers: DataFrame,
    topics: DataFrame,
    *,
    by_credential: bool = True,
    outcomes: Collection[str] = OUTCOMES,
) -> DataFrame:
    """Every shortcoming learners and employers name, most certain first.

    answers, topics: counted answers and counted topics (one row an audience, credential, topic and so on: critical,
    appreciative, people; topic "" for those who wrote a comment at all). Neither is changed. Foils are left out, and,
    unless all credentials are taken together, what is about none; a person counts once for each credential.
    Four sources, told apart by `source`; each line is a share of people, so that they compare:
    "question": learners who rated and did not choose a positive value (on a two-sided scale: not of the middle), of
    those who rated; id is the question, item its row. Constructs in `outcomes` are left out.
    "topic": people who name the topic critically, of the people who wrote a comment at all; id is the topic.
    "skill": employers who need the skill (a positive value) while holders perform below the middle of the scale, of
    those who rated both; id is the skill.
    "alignment": learners who say a declared skill was not covered, of those asked about it, at 20% or more; id is the
    skill.
    Returns credential ("" when by_credential is False: all credentials together), source, id, item, audience, people,
    organisations, largest_share, falling (people, may be a fraction where people rated several things), share, low,
    high (Wilson, 90%). Ranked by `low`, so that few answers alone put nothing first; ties by share, then by name.
    That a line is there is itself an answer, so withheld lines must go: pass `drop=True` to disclosure.withhold.
    """
    by = ["credential"] if by_credential else []
    answers, topics = _about(answers, by_credential), _about(topics, by_credential)
    lines = concat(
        [_questions(answers, by, outcomes), _topics(topics, by), _skills(answers, by), _alignment(answers, by)],
        ignore_index=True,
    )
    order = ["low", "share", "credential", "source", "id", "item"]
    return lines.sort_values(order, ascending=[False, False, True, True, True, True], ignore_index=True)


def _about(table: DataFrame, by_credential: bool) -> DataFrame:
    """The rows about what exists, and, to tell credentials apart, about a credential at all."""
    credential = table["credential"].astype("str")
    return table[~credential.str.startswith(FOIL) & ((credential != "") | (not by_credential))]


def _questions(answers: DataFrame, by: list[str], outcomes: Collection[str]) -> DataFrame:
    rated = only(answers, audience=LEARNER, status="answered", kind=("scale", "grid"))
    rated = rated[rated["positive"].notna() & ~rated["construct"].isin(list(outcomes))]
    rated = rated.assign(falling=~rated["positive"].astype(bool))
    found = share_of_people(rated, [*by, "question", "item"], "falling")
    return _lines(found.rename(columns={"question": "id"}), "question", LEARNER)


def _topics(topics: DataFrame, by: list[str]) -> DataFrame:
    cell = [*by, "audience"]
    topics = topics.astype(dict.fromkeys([*cell, "topic"], "str"))
    writers = count_people(topics[topics["topic"] == ANY_TOPIC], cell)
    falls = topics[(topics["topic"] != ANY_TOPIC) & topics["critical"].astype(bool)]
    tally = falls.groupby([*cell, "topic"])["people"].sum().rename("hits").reset_index()
    found = tally.merge(writers, on=cell).rename(columns={"topic": "id"})
    low, high = wilson(found["hits"], found["people"])
    return _lines(found.assign(share=found["hits"] / found["people"], low=low, high=high), "topic")


def _skills(answers: DataFrame, by: list[str]) -> DataFrame:
    both = skill_ratings(answers, SHORTFALL)
    found = share_of_people(both, [*by, "item"], "positive")
    return _lines(found.rename(columns={"item": "id"}), "skill", EMPLOYER)


def _alignment(answers: DataFrame, by: list[str]) -> DataFrame:
    grids = only(answers, audience=LEARNER, kind="grid")
    asked = grids[grids["positive"].notna() | (grids["status"] == NOT_COVERED)]
    asked = asked.assign(falling=asked["status"] == NOT_COVERED)
    found = share_of_people(asked, [*by, "question", "item"], "falling")
    return _lines(found[found["share"] >= ALARM].rename(columns={"item": "id"}), "alignment", LEARNER)


def _lines(found: DataFrame, source: str, audience: str | None = None) -> DataFrame:
    """The findings of one source in the columns all sources share."""
    given = {"credential": "", "item": "", **({"audience": audience} if audience else {})}
    found = found.rename(columns={"hits": "falling"}).assign(source=source)
    found = found.assign(**{name: value for name, value in given.items() if name not in found})
    return found[list(COLUMNS)].astype(COLUMNS)
