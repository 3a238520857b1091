"""What is wanted and rarely offered: market evidence as one picture. About no respondent: nothing is withheld."""

from pandas import DataFrame

from feedback.analysis.market import CROWDED, WHITE_SPACE, demand_and_supply
from feedback.charts.quadrant import need_performance
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.words import count, listed
from feedback.findings.work import Finding

FEWEST = 3
"""Fewer topics or skills cannot be told apart by their places."""
MOST_DOTS = 14
CORNERS = ("wanted, rarely offered", "wanted, often offered", "neither", "often offered, hardly wanted")
COLUMNS = ["label", "demand", "supply", "on", "source", "sources", "wanted", "offered", "place"]


def work_market(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a topic or skill: where it stands among the others in demand and in supply.

    Figures of the market are about nobody who answered: the table counts no `people`, on purpose, and the finding says
    so (`published`). A choice of credential or programme changes nothing.
    """
    found = demand_and_supply(evidence.market)
    names = [
        evidence.skills.get(skill, skill) if skill else topic
        for topic, skill in zip(found["topic"], found["skill"], strict=True)
    ]
    return found.assign(label=names)[COLUMNS]


def say_market(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What is wanted and rarely offered, and what is crowded."""
    known = rows[rows["place"] != ""]
    if len(known) < FEWEST:
        return "Not enough market evidence yet: figures of demand and supply for three topics or skills are the least."
    white, crowded = (list(known.loc[known["place"] == place, "label"]) for place in (WHITE_SPACE, CROWDED))
    newest = known["on"].max()
    said = (
        f"Wanted and rarely offered: {listed(white[:3])}."
        if white
        else "Nothing stands out as wanted and rarely offered."
    )
    beside = f" Crowded, and hardly wanted: {listed(crowded[::-1][:3])}." if crowded else ""
    return f"{said}{beside} From {count(len(known), 'topic', 'topics')}, newest figures of {newest}."


def draw_market(rows: DataFrame, mode: Mode) -> dict | None:
    """Demand against supply, by place among the others."""
    known = rows[rows["place"] != ""]
    if len(known) < FEWEST:
        return None
    ends = known.head(-(-MOST_DOTS // 2)).index.union(known.tail(MOST_DOTS // 2).index)
    table = known.loc[ends].rename(columns={"wanted": "need", "offered": "performance"})
    return need_performance(
        table[["label", "need", "performance", "state"]],
        mode,
        need_title="Wanted more than this share of the others",
        performance_title="Offered more often than this share of the others",
        corners=CORNERS,
        words=("wanted more than", "offered more often than"),
        witness=None,
    )


def display_market(rows: DataFrame) -> DataFrame:
    """Market evidence as a table for people."""
    return DataFrame(
        {
            "Topic or skill": rows["label"],
            "Demand": rows["demand"],
            "Supply": rows["supply"],
            "Wanted more than (% of the others)": (100 * rows["wanted"].astype(float)).round(),
            "Offered more often than (% of the others)": (100 * rows["offered"].astype(float)).round(),
            "It is": rows["place"].replace("", "not known"),
            "Newest figure of": rows["on"],
            "Source": rows["source"],
            "Sources": rows["sources"],
        }
    )


MARKET = Finding(
    id="market",
    question="What is wanted and rarely offered?",
    caution=(
        "The newest figures brought in of each source. Sources count different things, so each topic is given its "
        "place among the others of the same source: the share of the others below it. The cross-hairs are the "
        "middle. It says what employers or searchers ask for at large, not what your own partners value."
    ),
    work=work_market,
    audiences=(),
    measures=(),
    say=say_market,
    display=display_market,
    draw=draw_market,
    published=True,
)
