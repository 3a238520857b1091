"""One list of what to change: every shortcoming learners, employers and experts name, weighed by how closely it goes
with the overall answer, those that speak of the same thing as one."""

from collections.abc import Mapping, Sequence
from math import nan
from typing import Any

from pandas import DataFrame, Series, notna

from feedback.analysis.priorities import TOP, rank_changes, stability
from feedback.charts.intervals import ranked
from feedback.charts.theme import Mode
from feedback.disclosure import Limits
from feedback.findings.drivers import importance_of, strengths
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.far import with_gaps
from feedback.findings.lines import ALIGNMENT, NAMED, OF_NO_TOPIC, Line
from feedback.findings.scope import STATES
from feedback.findings.shortfalls import all_lines
from feedback.findings.words import WEIGHTINGS, between_points, chance, listed, points
from feedback.findings.work import Finding

MEASURES = (
    "gain", "low", "high", "p_top", "survives", "importance", "usual", "gap", "lines", "sources", "ways", "leads",
    "measure", "topics",
)  # fmt: skip
GAINS = ("gain", "low", "high", "p_top", "survives")
UNSURE = 0.4
"""Below this chance of being among the first three a place is called unsure."""
WORDS = ("credential", "change", "name", "title", "label", "audience", "source", "about")
MOST = 300
"""So many changes are listed, best first: the others gain less than all of these."""
MOST_DRAWN = 12
WITNESSES = ("learner", "employer", "expert")
SKILL = "skill"
WITHOUT = "Without the five that speak most for it"
"""The heading of whether a change would stay among the first."""


def change_key(source: str, ident: str, item: str, evidence: Evidence) -> str:
    """The change a line speaks of: of learners' questions, topics, what makes employers hesitate, and criteria as the
    institution's file says (`Evidence.changes`), of what experts name by its topic; of skills the skill; anything else
    is a change of its own.

    >>> from pandas import DataFrame
    >>> change_key("topic", "pace", "", Evidence(DataFrame(), changes={"topic:pace": "pace"}))
    'pace'
    >>> change_key("topic", "materials", "", Evidence(DataFrame()))
    'topic:materials'
    """
    if source in (SKILL, "alignment") or (source == "question" and item in evidence.skills):
        return f"{SKILL}:{ident if source != 'question' else item}"
    if source == "expert" and item:
        source, item = ("topic" if item == NAMED else NAMED), ""
    kind = {"would_count": "concern" if item else "topic", "expert": "criterion"}.get(source, source)
    place = f"{kind}:{ident}/{item}" if item else f"{kind}:{ident}"
    return evidence.changes.get(place, place)


def work_priorities(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a change of a credential: what it is expected to gain (0-1, of all there is to gain), and how sure.

    Each line of it may be told by itself (see `shortfalls`), so the row may; people, organisations and largest_share
    are those of the line with least behind it. low, high: 90%; p_top: the chance of being among the three that gain
    most; survives: it is among these, and would be without the five answers to each of its lines that speak most for
    it, all others as they are. importance: the share of all that goes with the overall answer (0-1) by which it is
    weighed; gap: how far it falls short (0-1), as drawn together, on average over the lines that count; usual: for
    what part of its lines (0-1) the importance is taken as of a usual question, since no question asks. lines: its
    lines, as mappings. sources: who speaks of it. ways, leads: the weightings by which it is among the first three, and
    the first. source, about, measure: what an action on it would come from (about: the id, and the item behind a "/"),
    and what would be looked at again. topics: those of comments. Last, without numbers, stand changes of which no line
    counts (see `_counts`).
    """
    lines = all_lines(evidence, choice, limits)
    if not lines:
        return DataFrame({name: [] for name in (*WORDS, "people", "organisations", "largest_share", *MEASURES)})
    # Over several credentials a question counts the same for each, so that they differ by what falls short alone.
    pooled = strengths(evidence, limits, of={choice.credential} - {""}, programme=choice.programme)
    keys = [change_key(line.source, line.id, line.item, evidence) for line in lines]
    weighed = _weighed(with_gaps(lines), keys, importance_of(pooled, choice.credential), evidence)
    counting = weighed[weighed["counts"]].drop(columns="counts")
    ranking = rank_changes(counting) if len(counting) else DataFrame(columns=["change", *GAINS])
    tops = stability(counting).tops if len(counting) else {}
    by_change: dict[str, list[int]] = {}
    for at, change in enumerate(weighed["change"]):
        by_change.setdefault(str(change), []).append(at)
    rows = []
    weighed_too = set(ranking["change"])
    beside = [{**dict.fromkeys(GAINS, nan), "change": each} for each in by_change if each not in weighed_too]
    for row in [*ranking.head(MOST).to_dict("records"), *beside][:MOST]:
        mine = [lines[place] for place in by_change[row["change"]]]
        of = weighed.loc[by_change[row["change"]]]
        rows.append(_row(row, mine, of, keys[by_change[row["change"]][0]], tops, evidence, choice))
    return DataFrame(rows).astype({"people": "int64", "organisations": "Int64", "largest_share": "float64"})


def _weighed(
    lines: Sequence[Line], keys: Sequence[str], weights: Mapping[str, tuple[float, float]], evidence: Evidence
) -> DataFrame:
    """The lines as `rank_changes` takes them, in their order; with counts: whether it moves the gain, which what the
    same people write beside a question on the same thing, or say of their own skill, does not."""
    questions = len({(line.id, line.item) for line in lines if line.source == "question"})
    places: dict[str, list[str]] = {}
    for place, change in evidence.changes.items():
        kind, _, name = place.partition(":")
        if kind == "question":
            places.setdefault(change, []).append(name)
    said = _said_by([f"{line.credential}\0{key}" for line, key in zip(lines, keys, strict=True)], lines)
    usual = sum(share for share, _ in weights.values()) / len(weights) if weights else 1 / max(questions, 1)
    spread = float(Series([share for share, _ in weights.values()]).std(ddof=0)) if weights else 0.0
    rows = []
    for line, key in zip(lines, keys, strict=True):
        importance, doubt, reach = usual, spread, line.reach
        own = [f"{line.id}/{line.item}" if line.item else line.id] if line.source == "question" else places.get(key, [])
        heard = [weights[name] for name in own if name in weights]
        if line.source == "question" and not heard and line.id in weights and line.item:
            heard, reach = [weights[line.id]], reach / max(line.rows, 1)
        if heard:
            importance = sum(share for share, _ in heard) / len(heard)
            doubt = sum(sd for _, sd in heard) / len(heard)
        change = f"{line.credential}\0{key}"
        rows.append(
            {
                "change": change, "id": f"{line.source}\0{line.id}\0{line.item}\0{line.audience}",
                "source": line.audience, "importance": importance, "importance_sd": doubt, "gap": line.gap,
                "gap_sd": line.gap_sd, "reach": min(reach, 1.0), "loss": line.loss, "employers": line.need,
                "usual": not heard, "counts": _counts(line, said[change]),
            }
        )  # fmt: skip
    return DataFrame(rows)


def _said_by(changes: Sequence[str], lines: Sequence[Line]) -> dict[str, set[tuple[str, bool]]]:
    """By change who rates it, or says so beside others (in comments, or of their own skill); ALIGNMENT where
    it was not covered."""
    found: dict[str, set[tuple[str, bool]]] = {change: set() for change in changes}
    for change, line in zip(changes, lines, strict=True):
        found[change].add((line.source if line.source == ALIGNMENT else line.audience, line.is_aside))
    return found


def _counts(line: Line, said: set[tuple[str, bool]]) -> bool:
    """Ratings are the headline; what the same people write beside them is a sign of the same. That a skill was promised
    and not covered is an alarm, which what else is said of the skill does not make smaller. A change an expert names of
    no known topic may be as many things as there are texts: nothing is gained by it that could be weighed."""
    if line.item == OF_NO_TOPIC:
        return False
    if (ALIGNMENT, False) in said:
        return line.source == ALIGNMENT
    others = {who for who, aside in said if not aside}
    if line.source == "question" and line.is_aside:
        return not others
    return not line.is_aside or line.audience not in others


def _row(
    found: Mapping[str, Any],
    lines: Sequence[Line],
    weighed: DataFrame,
    key: str,
    tops: Mapping[str, tuple[str, ...]],
    evidence: Evidence,
    choice: Choice,
) -> dict[str, Any]:
    """One change with its lines, those that count first."""
    order = sorted(range(len(lines)), key=lambda at: (not weighed["counts"].iloc[at], -lines[at].share, lines[at].id))
    lines = [lines[at] for at in order]
    first = lines[0]
    name = _name(key, first, evidence)
    title = evidence.titles.get(first.credential, first.credential)
    people = [line for line in lines if line.audience != "expert"]
    houses = [line.organisations for line in people if line.organisations is not None]
    employed = [line.largest_share for line in people if line.largest_share is not None]
    behind = min(people or lines, key=lambda line: line.people)
    counted = weighed[weighed["counts"]]
    return {
        "credential": first.credential,
        "change": key,
        "name": name,
        "title": title,
        "label": name if choice.credential else f"{name} · {title}",
        "audience": behind.audience if not houses or behind.audience == "employer" else "learner",
        "source": first.source,
        "about": f"{first.id}/{first.item}" if first.item else first.id,
        "people": behind.people,
        "organisations": min(houses) if houses else None,
        "largest_share": max(employed) if employed else None,
        "gain": float(found["gain"]),
        "low": float(found["low"]),
        "high": float(found["high"]),
        "p_top": float(found["p_top"]),
        "survives": bool(notna(found["gain"]) and found["survives"]),
        "importance": float(counted["importance"].mean()),
        "usual": float(counted["usual"].mean()),
        "gap": float(counted["gap"].mean()),
        "sources": ", ".join(f"{who}s" for who in WITNESSES if any(line.audience == who for line in lines)),
        "lines": [line.told for line in lines],
        "ways": ", ".join(name for name, top in tops.items() if found["change"] in top),
        "leads": ", ".join(name for name, top in tops.items() if found["change"] in top[:1]),
        "measure": "|".join(next((line.measure for line in lines if line.measure), ())),
        "topics": "|".join(_topics(key, lines, evidence)),
    }


def _topics(key: str, lines: Sequence[Line], evidence: Evidence) -> list[str]:
    """The topics of comments that speak of a change, whether or not it is told how many do."""
    spoken = [place.removeprefix("topic:") for place, change in evidence.changes.items() if change == key]
    written = [line.id for line in lines if line.is_written and line.item != OF_NO_TOPIC]
    return list(dict.fromkeys([*written, *(topic for topic in spoken if f"topic:{topic}" in evidence.changes)]))


def _name(key: str, line: Line, evidence: Evidence) -> str:
    if key in evidence.change_names:
        return evidence.change_names[key]
    if line.source == "ageing":
        return f"{line.name}, needed less in three years"
    return evidence.skills.get(key.removeprefix(f"{SKILL}:"), line.name) if key.startswith(SKILL) else line.name


# --- in words, as a picture, as a table -------------------------------------------------------------------------------


def say_priorities(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What to change first, what that gains, and how sure the place is."""
    shown = _with_gain(rows)
    if shown.empty:
        return "Not enough people have answered yet to say what should change."
    first = shown.iloc[0]
    where = "" if choice.credential else f" in {first['title']}"
    said = (
        f"Change this first{where}: {first['name']}. It would gain {points(first['gain'])} of 100 points "
        f"({between_points(first['low'], first['high'])}), say {listed(str(first['sources']).split(', '))}"
    )
    place = _place(first) if len(shown) > TOP else ""
    return f"{said}. {place}{_steadiness(shown)}".strip()


def _with_gain(rows: DataFrame) -> DataFrame:
    """The changes that are shown and weighed."""
    return rows[(rows["state"] != "withheld") & rows["gain"].notna()]


def _place(first: Series) -> str:
    """How sure it is that a change is among the first."""
    most = "the five answers to each of its lines that speak most for it"
    stays = f"also without {most}" if first["survives"] else f"though not surely without {most}"
    if first["p_top"] < UNSURE:
        return "Its place is unsure: others gain nearly as much, and which three gain most cannot be told yet. "
    return f"It is {chance(first['p_top'])} among the three that gain most, {stays}. "


def _steadiness(shown: DataFrame) -> str:
    """Whether the first place hangs on what counts."""
    others = [
        f"{row['label']} {WEIGHTINGS[way]}"
        for row in shown.iloc[1:].to_dict("records")
        for way in str(row["leads"]).split(", ")
        if way in WEIGHTINGS
    ]
    if others:
        return f"Weighed otherwise another comes first: {listed(others)}."
    if len(shown) < 2:
        return ""
    ways = [WEIGHTINGS[way] for way in str(shown.iloc[0]["leads"]).split(", ") if way in WEIGHTINGS]
    said = "however it is weighed" if len(ways) == len(WEIGHTINGS) else listed(ways)
    return f"It comes first {said}." if ways else ""


def draw_priorities(rows: DataFrame, mode: Mode) -> dict | None:
    """The gains of the first changes; None where none is weighed."""
    table = _with_gain(rows).head(MOST_DRAWN)
    if table.empty:
        return None
    drawn = table.assign(
        estimate=100 * table["gain"].astype(float),
        low=100 * table["low"].astype(float),
        high=100 * table["high"].astype(float),
        note=[str(sources) for sources in table["sources"]],
        witness=[_mark_of(str(sources)) for sources in table["sources"]],
    )
    most = max(1.0, float(drawn["high"].max()))
    columns = ["label", "estimate", "low", "high", "state", "note", "witness"]
    return ranked(drawn[columns], "expected gain, in points of 100", (0, most), None, mode, percent=False)


def _taken(part: float) -> str:
    """Whether lines are weighed as a usual question, since none asks."""
    return "no" if not part else "yes" if part == 1 else "in part"


def _mark_of(sources: str) -> str | None:
    """The mark of the first who speaks of it."""
    return next((who for who in WITNESSES if f"{who}s" in sources), None)


def display_priorities(rows: DataFrame) -> DataFrame:
    """The list as a table for people."""
    gain, low, high = ((100 * rows[name].astype(float)).round(1) for name in ("gain", "low", "high"))
    survives = rows["survives"].astype(object).where(rows["gain"].notna()).map({True: "yes", False: "no"}).fillna("")
    return DataFrame(
        {
            "What": rows["name"],
            "Credential": rows["title"],
            "Said by": rows["sources"],
            "Gain (points of 100)": gain,
            "Low (90%)": low,
            "High (90%)": high,
            "Among the top three": [chance(float(p)) if notna(p) else "" for p in rows["p_top"]],
            "P(top three)": rows["p_top"].astype(float).round(2),
            WITHOUT: survives,
            "Weighed by (% of what goes with the overall answer)": (100 * rows["importance"].astype(float)).round(),
            "Falls short by (%)": (100 * rows["gap"].astype(float)).round(),
            "Taken as a usual question": [_taken(float(part)) if notna(part) else "" for part in rows["usual"]],
            "What they say": [" ".join(line["words"] for line in lines) if lines else "" for lines in rows["lines"]],
            "People, at least": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )


PRIORITIES = Finding(
    id="priorities",
    question="What should change first?",
    caution=(
        "Every line is a change of one credential: a question learners do not rate well, a topic of comments, "
        "what makes employers hesitate or would make it count for them, a skill they need and see done below the "
        "middle, one they will need less, one that was declared and not covered, a criterion experts mark below "
        "their lowest good mark, a change they name (of no topic known here: last, without a gain). Lines of several "
        "witnesses that speak of the same thing (data/changes.toml) are one, and gain what they gain on average. Gain "
        "is importance times gap times reach: "
        "how closely it goes with the overall answer (see there; over several credentials as it does over all of them; "
        "of what is not asked by a question, as much as a question on average); how far it falls short; and of "
        "comments the part of people who write. How far: answers to a question, and marks, lie below the best step by "
        "such a part of the scale, on average; of anything else such a part of those asked says so. Answers are taken "
        "as told under “all answers”: people on steps told together lie as people on that scale usually do. Of several "
        "credentials gaps are drawn together, the more the fewer answered; where nothing is, as if one more were "
        "wholly discontent and one more content. 100 points would be everything as good as can be. What people write "
        "on something they also rate is listed beside it, and moves no gain. Ranges: 90%, from 2,000 draws. “Without "
        "the five that speak most for it”: each of its lines without these answers (of employers and learners), all "
        "others as they are. It says what goes with people's verdict, not what causes it."
    ),
    work=work_priorities,
    measures=MEASURES,
    say=say_priorities,
    display=display_priorities,
    draw=draw_priorities,
    interval=("", ""),
    listed=True,
    pools=True,
    keeps=True,
)
