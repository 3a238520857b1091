"""What comments say: topics with their balance, languages, and the comments themselves, masked."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

import numpy as np
from pandas import DataFrame

from feedback.analysis.comments.redaction import mask, redactions
from feedback.analysis.comments.sentiment import labels
from feedback.analysis.comments.telling import telling_phrases
from feedback.analysis.people import count_people
from feedback.charts.bars import topic_balance
from feedback.charts.theme import Mode
from feedback.disclosure import Limits, showable
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.value import STATES, in_scope
from feedback.findings.words import count, people_of, percent

MOST_TOPICS = 14
MOST_READ = 3000
"""As many comments are looked through for telling phrases."""
POLARITIES = {"positive": "pos", "negative": "neg"}


def chosen(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """The comments of the chosen credential, programme and audience, where enough people commented on a credential."""
    comments = in_scope(evidence.comments, evidence, choice)
    comments = comments[comments["text"].map(lambda text: isinstance(text, str) and text.strip() != "").astype(bool)]
    if choice.audience:
        comments = comments[comments["audience"] == choice.audience]
    return showable(comments.assign(audience=comments["audience"].astype(str)), ["credential"], limits=limits)


def tone(comments: DataFrame) -> list[str]:
    """How each comment is meant: by its question where that says it, else by its words; "" when not scored."""
    given = comments["polarity"].astype("string").map(POLARITIES)
    return given.fillna(labels(comments["sentiment"])).fillna("").astype(str).tolist()


def work_topics(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a topic and audience: how many people name it, and how."""
    comments = chosen(evidence, choice, limits)
    rows = [
        {
            "response": response,
            "audience": str(audience),
            "organisation": organisation,
            "credential": credential,
            "topic": tag["topic"],
            "meant": POLARITIES.get(str(polarity)) or tag.get("polarity") or "",
        }
        for response, credential, audience, organisation, polarity, tags in zip(
            comments["response"],
            comments["credential"],
            comments["audience"],
            comments["organisation"],
            comments["polarity"],
            comments["topics"],
            strict=True,
        )
        if isinstance(tags, Sequence)
        for tag in tags
    ]
    columns = ["response", "credential", "audience", "organisation", "topic", "meant"]
    # A topic few named of one credential must not move the total over all, or subtraction gives it away.
    named = showable(DataFrame(rows, columns=columns), ["credential", "topic"], limits=limits)
    if named.empty:
        empty = count_people(named, ["topic", "audience"])
        return empty.assign(negative=[], positive=[], mixed=[], label=[], phrases=[])
    person = (
        named.groupby(["topic", "audience", "response", "organisation"], dropna=False, observed=True)["meant"]
        .agg(lambda meant: _one_voice(set(meant)))
        .reset_index()
    )
    counted = count_people(person, ["topic", "audience"])
    by = [person["topic"], person["audience"]]
    for meant in ("neg", "pos", ""):
        name = {"neg": "negative", "pos": "positive", "": "mixed"}[meant]
        held = (person["meant"] == meant).groupby(by).sum().rename(name).reset_index()
        counted = counted.merge(held, on=["topic", "audience"])
    many = not choice.audience and counted["audience"].nunique() > 1
    names = counted["topic"].map(lambda topic: evidence.topics.get(topic, topic))
    counted["label"] = names + counted["audience"].map(lambda who: f" · {who}s" if many else "")
    counted["phrases"] = counted["topic"].map(_phrases(comments, limits)).fillna("")
    return counted.sort_values(["people", "topic"], ascending=[False, True], ignore_index=True)


def _phrases(comments: DataFrame, limits: Limits) -> dict[str, str]:
    """The pairs of words that tell the comments on each topic from the others; English, said by enough people."""
    english = comments[comments["language"] == "en"].drop_duplicates("response").head(MOST_READ)
    pairs = [
        (text, topic)
        for text, tags in zip(english["text"], english["topics"], strict=True)
        for topic in sorted({tag["topic"] for tag in tags})
    ]
    table = DataFrame(pairs, columns=["text", "topic"])
    found = telling_phrases(table["text"], table["topic"], "en", number=2, minimum=limits.minimum_group)
    return found.groupby("group")["phrase"].agg(", ".join).to_dict()


def _one_voice(meant: set[str]) -> str:
    """A person counts once for a topic: negative, positive, or "" when mixed or not scored."""
    said = meant & {"neg", "pos"}
    return said.pop() if len(said) == 1 else ""


TOPIC_MEASURES = ("negative", "positive", "mixed", "phrases")


def say_topics(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What is said most, and what most negatively."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough people have commented on any one topic to show what they say."
    most = shown.iloc[0]
    critical = shown.assign(share=shown["negative"] / shown["people"]).sort_values("negative", ascending=False).iloc[0]
    return (
        f"People write most about “{most['label']}” ({people_of(most['people'])}). Most critical words fall on "
        f"“{critical['label']}”: {int(critical['negative'])} of {int(critical['people'])} who name it "
        f"({percent(critical['share'])}) are critical."
    )


def draw_topics(rows: DataFrame, mode: Mode) -> dict:
    """Topics, negative left and positive right."""
    table = rows[rows["state"] != "withheld"].head(MOST_TOPICS)
    table = table.assign(note=[f"{int(people)} people" for people in table["people"]])
    return topic_balance(table[["label", "negative", "positive", "mixed", "state", "note"]], mode)


def display_topics(rows: DataFrame) -> DataFrame:
    """Topics as a table for people."""
    return DataFrame(
        {
            "Topic": rows["label"],
            "Critical": rows["negative"],
            "Appreciative": rows["positive"],
            "Mixed or not scored": rows["mixed"],
            "Told by": rows["phrases"],
            "People": rows["people"],
            "Shown": rows["state"].map(STATES),
        }
    )


def work_list(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a comment, masked, of credentials with enough people who commented; the order tells nothing."""
    comments = chosen(evidence, choice, limits)
    behind = count_people(comments, ["credential", "audience"])
    rows = comments.assign(
        meant=tone(comments),
        text=[mask(text) for text in comments["text"]],
        spans=[moved(text, _spans(tags)) for text, tags in zip(comments["text"], comments["topics"], strict=True)],
        title=comments["credential"].map(evidence.titles).astype(str),
    ).merge(behind, on=["credential", "audience"])
    mixed = rows["text"].map(lambda text: blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest())
    kept = ["credential", "title", "audience", "language", "text", "meant", "sentiment", "vader", "textblob", "spans"]
    return rows.iloc[np.argsort(mixed.to_numpy(), kind="stable")][[*kept, *COUNTS]].reset_index(drop=True)


COUNTS = ("people", "organisations", "largest_share")
LIST_MEASURES = ("text", "meant", "sentiment", "vader", "textblob", "language", "spans")


def _spans(tags: object) -> tuple[tuple[str, int, int, str], ...]:
    """The tags of a comment as plain values: topic, start, end, polarity."""
    if not isinstance(tags, Sequence):
        return ()
    return tuple(
        (str(tag["topic"]), int(tag["start"]), int(tag["end"]), str(tag.get("polarity") or ""))
        for tag in tags
        if isinstance(tag, Mapping)
    )


def moved(text: str, spans: Sequence[tuple[str, int, int, str]]) -> tuple[tuple[str, int, int, str], ...]:
    """Where the spans of a text stand once it is masked; those that touch something masked are left out.

    >>> moved("mail a@example.org about labs", [("practice", 25, 29, "")])
    (('practice', 20, 24, ''),)
    """
    hidden = redactions(text)
    kept = []
    for topic, start, end, polarity in spans:
        if any(start < each.end and each.start < end for each in hidden):
            continue
        shift = sum(len(each.put) - (each.end - each.start) for each in hidden if each.end <= start)
        kept.append((topic, start + shift, end + shift, polarity))
    return tuple(kept)


def say_list(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """How many comments, how meant, in how many languages."""
    if rows.empty:
        return "No comments to show: those on a credential show once enough people have written one."
    scored = rows[rows["meant"] != ""]
    critical = (scored["meant"] == "neg").sum()
    languages = rows["language"][rows["language"] != ""].nunique()
    unscored = len(rows) - len(scored)
    apart = f"; {count(unscored, 'comment is', 'comments are')} in a language we do not score" if unscored else ""
    return (
        f"{count(len(rows), 'comment', 'comments')} in {count(languages, 'language', 'languages')}: "
        f"{percent(critical / max(len(scored), 1))} of those scored are critical{apart}."
    )


def display_list(rows: DataFrame) -> DataFrame:
    """Comments as a table for people."""
    words = {"neg": "critical", "pos": "appreciative", "neu": "mixed or unclear", "": "not scored"}
    return DataFrame(
        {
            "Comment": rows["text"],
            "Reads as": rows["meant"].map(words),
            "VADER": rows["vader"].round(2),
            "TextBlob": rows["textblob"].round(2),
            "Language": rows["language"],
            "Credential": rows["title"],
            "Said by": rows["audience"],
        }
    )
