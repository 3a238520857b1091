"""What goes with the overall answer: drawn together over credentials from sums of products, and never shown of so few
that somebody could follow from it."""

from collections.abc import Collection, Mapping

import numpy as np
from pandas import DataFrame, concat

from feedback.analysis.drivers import Pooled, Sums, pooled_drivers
from feedback.charts.intervals import ranked
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, at_the_end
from feedback.findings.words import between, listed, percent
from feedback.findings.work import Finding

WHOLE = "*"
"""The overall answer among the names of products (survey.levels)."""
WHATS = ("n", "sum", "square", "product")
"""What the rows of products say, in the order in which `drivers.Sums` has them (store.products)."""
ALL = ""
"""The credential of the rows about all together."""
STEP = 5
"""People are told in such steps: who left the overall answer out must not follow from two counts."""
FAINT = 0.02
"""A question whose interval reaches below this part of the differences may go with nothing."""
MEASURES = ("importance", "low", "high", "share", "own", "explained")
COLUMNS = ("credential", "instrument", "audience", "question", "item", "name", "people", *MEASURES)
TYPES = {"people": "int64", **dict.fromkeys(MEASURES, "float64")}


def strengths(
    evidence: Evidence, limits: Limits, *, of: Collection[str] | None = None, programme: str = ""
) -> dict[str, Pooled]:
    """By questionnaire what goes with learners' overall answer, for all credentials together ("") and for those in
    `of` (None: each). programme: draw together over its credentials only.

    Of a credential only what enough people answered together enters, so that a few move nothing.
    """
    known = [slug for slug in evidence.titles if programme in ("", evidence.programmes.get(slug))]
    products = at_the_end(evidence.products)
    products = products[(products["audience"] == "learner") & products["credential"].isin(known)]
    found = {}
    for instrument, rows in products.groupby(products["instrument"].astype(str)):
        parts = _sums(rows, evidence, str(instrument), limits)
        pooled = pooled_drivers(parts, only=of) if parts else None
        if pooled is not None:
            found[str(instrument)] = pooled
    return found


def _sums(rows: DataFrame, evidence: Evidence, instrument: str, limits: Limits) -> dict[str, Sums]:
    """The sums of each credential of which enough people answered."""
    rows = rows.astype({"credential": "str", "first": "str", "second": "str", "what": "str", "amount": "int64"})
    rows = rows[rows["first"] != ALL]
    names = _in_order(set(rows["first"]) - {WHOLE}, evidence, instrument)
    if WHOLE not in set(rows["first"]) or not names:
        return {}
    place = {name: at for at, name in enumerate([*names, WHOLE])}
    slugs = sorted(set(rows["credential"]))
    at = {slug: number for number, slug in enumerate(slugs)}
    amounts = np.zeros((len(slugs), len(WHATS), len(place), len(place)))
    where = (
        rows["credential"].map(at).to_numpy(),
        rows["what"].map({what: number for number, what in enumerate(WHATS)}).to_numpy(),
        rows["first"].map(place).to_numpy(),
        rows["second"].map(place).to_numpy(),
    )
    np.add.at(amounts, where, rows["amount"].to_numpy(dtype=float))
    for what in ("n", "product"):  # these are said once a pair
        half = amounts[:, WHATS.index(what)]
        both = half + np.swapaxes(half, 1, 2)
        own = np.einsum("gii->gi", half)
        np.einsum("gii->gi", both)[:] = own if what == "n" else np.einsum("gii->gi", amounts[:, WHATS.index("square")])
        amounts[:, WHATS.index(what)] = both
    amounts *= (amounts[:, :1] >= limits.minimum_group).astype(float)
    return {
        slug: Sums(tuple(place), amounts[number])
        for slug, number in at.items()
        if amounts[number, 0, -1, -1] >= limits.minimum_group
    }


def _in_order(names: Collection[str], evidence: Evidence, instrument: str) -> list[str]:
    """Questions in the order of asking."""
    last = len(evidence.questions)

    def asked(name: str) -> tuple[int, str]:
        place = evidence.place(*_split(name), instrument)
        return (last if place is None else place), name

    return sorted(names, key=asked)


def _split(name: str) -> tuple[str, str]:
    """A question and its row.

    >>> _split("teaching/clear"), _split("goals")
    (('teaching', 'clear'), ('goals', ''))
    """
    question, _, row = name.partition("/")
    return question, row


def work_drivers(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a question (or row of a grid): how closely it goes with the overall answer, for one credential or for all
    together.

    importance: the part of the differences in the overall answer that goes with it (0-1; all add up to `explained`),
    with low and high (90%). share: importance of explained. own: how much of it is the credential's own answers (0-1).
    people: who answered it and the overall answer, in steps of five.
    """
    one = choice.credential
    tables = []
    for instrument, pooled in strengths(evidence, limits, of={one} - {ALL}, programme=choice.programme).items():
        table = pooled.table[pooled.table["credential"] == one]
        names = [_split(str(item)) for item in table["item"]]
        tables.append(
            DataFrame(
                {
                    "credential": one,
                    "instrument": instrument,
                    "audience": "learner",
                    "question": [question for question, _ in names],
                    "item": [row for _, row in names],
                    "name": [evidence.named(*each, instrument) for each in names],
                    "people": table["n"].to_numpy() // STEP * STEP,
                    **{name: table[name].to_numpy() for name in MEASURES if name in table},
                    "explained": float(pooled.r_squared.get(one, 0.0)),
                }
            )
        )
    if not tables:
        return DataFrame({name: [] for name in COLUMNS}, dtype=object).astype(TYPES)
    found = concat(tables, ignore_index=True)[list(COLUMNS)].astype(TYPES)
    return found.sort_values(["importance", "question", "item"], ascending=[False, True, True], ignore_index=True)


def say_drivers(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """Which questions go most with the overall answer."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough people have answered yet to say which questions go with the overall answer."
    sure = shown[shown["low"] >= FAINT]
    meant = sure if len(sure) else shown
    named, first = [f"“{name}”" for name in meant["name"].head(3)], meant.iloc[0]
    lent = ""
    if choice.credential:
        own = percent(first["own"])
        lent = f" Of that {own} is what its own learners answered, the rest what holds over all credentials."
    hope = "" if len(sure) else ", as far as can be told"
    return (
        f"{listed(named)} {'go' if len(named) > 1 else 'goes'} most with the overall answer{hope}: of the differences "
        f"between people {percent(first['importance'])} go with the first ({between(first['low'], first['high'])}), "
        f"{percent(first['explained'])} with all questions together.{lent}"
    )


def draw_drivers(rows: DataFrame, mode: Mode) -> dict:
    """How closely each question goes with the overall answer."""
    table = rows[rows["state"] != "withheld"]
    notes = [f"{int(people)} or more" if people else "" for people in table["people"].fillna(0)]
    drawn = table.assign(label=table["name"], estimate=table["importance"], note=notes)
    most = max(0.1, float(table["high"].max()))
    columns = ["label", "estimate", "low", "high", "state", "note"]
    return ranked(
        drawn[columns], "part of the differences in the overall answer", (0, most), "learner", mode, percent=True
    )


def display_drivers(rows: DataFrame) -> DataFrame:
    """What goes with the overall answer as a table for people."""
    return DataFrame(
        {
            "Question": rows["name"],
            "Goes with (%)": (100 * rows["importance"]).round(1),
            "Low (90%)": (100 * rows["low"]).round(1),
            "High (90%)": (100 * rows["high"]).round(1),
            "Of all that goes with it (%)": (100 * rows["share"]).round(),
            "Own answers (%)": (100 * rows["own"]).round(),
            "People, at least": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )


def importance_of(pooled: Mapping[str, Pooled], credential: str) -> dict[str, tuple[float, float]]:
    """Of each question ("question/row") its share of what goes with the overall answer, for a credential, and the doubt
    of it (sd). That of all together where the credential has none; of several questionnaires the first that asks."""
    found: dict[str, tuple[float, float]] = {}
    for each in pooled.values():
        table = each.table
        mine = table[table["credential"] == credential]
        mine = mine if len(mine) else table[table["credential"] == ALL]
        for item, share, sd in mine[["item", "share", "share_sd"]].itertuples(index=False, name=None):
            found.setdefault(str(item), (float(share), float(sd)))
    return found


DRIVERS = Finding(
    id="drivers",
    question="What goes with the overall answer?",
    caution=(
        "How much of the differences between people's overall answers goes with each question: Johnson's relative "
        "weights (Johnson, 2000), which share out what questions say together. It is what goes together, not what "
        "causes what: people who are content rate most things well. Of one credential alone little is known below "
        "some hundred people, so its answers are drawn toward those of all credentials, which count as so many "
        "people's as predicts best (about 100, by cross-validation); only differences within credentials count. "
        "Where the good end of a scale is in its middle, nearness to it counts. Ranges: 90%, drawn as if answers "
        "were normal; they hold what they say in simulations (docs/benchmarks.md). Of what fewer than the minimum "
        "answered together nothing enters. People are told in steps of five."
    ),
    work=work_drivers,
    audiences=("learner",),
    measures=MEASURES,
    say=say_drivers,
    display=display_drivers,
    draw=draw_drivers,
    pools=True,
)
