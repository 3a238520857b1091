"""What comments say: topics with their balance, languages, and the comments themselves, masked.

Counts come from counted topics. The list of comments is bounded and does not say which are of one person.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b

import numpy as np
from pandas import DataFrame, Series

from feedback.analysis.comments.sentiment import labels
from feedback.analysis.comments.telling import telling_phrases
from feedback.analysis.people import count_people
from feedback.charts.bars import topic_balance
from feedback.charts.theme import Mode
from feedback.disclosure import Limits, showable
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import DROPOUT, LATER, STATES, at_the_end, in_scope, notes, title_of
from feedback.findings.voices import VOICES, voiced, voices_apart
from feedback.findings.words import count, people_of, percent
from feedback.findings.work import Finding
from feedback.limits import INTERNAL, PUBLIC, UNREVIEWED

MOST_TOPICS = 14
MOST_READ = 3000
"""As many comments are looked through for telling phrases."""
PHRASES, CANDIDATES = 2, 8
"""So many phrases tell a topic, chosen from so many."""
POLARITIES = {"positive": "pos", "negative": "neg"}
REVIEWED = {UNREVIEWED: "not yet", INTERNAL: "yes", PUBLIC: "yes, for everybody"}
"""What the state of a comment is called."""
HELD_BACK = "not told: it would give a few away"
"""What stands where the voices of a topic would, when with those of single credentials a small number would follow."""
COMMENTED = ""
"""The topic of the rows that count who wrote a comment at all."""


def named_topics(evidence: Evidence, choice: Choice, *, at_large: bool = False) -> DataFrame:
    """The counted topics of the chosen credential, programme and audience; at_large: see `in_scope`."""
    topics = in_scope(evidence.topics, evidence, choice, at_large=at_large)
    return topics[topics["audience"] == choice.audience] if choice.audience else topics


def counted_topics(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a topic and audience, those of most people first: how many people name it, and how."""
    by = ["topic", "audience"]
    topics = at_the_end(named_topics(evidence, choice))
    topics = topics[topics["topic"] != COMMENTED].astype({"topic": "str", "audience": "str"})
    # A topic few named of one credential must not move the total over all, or subtraction gives it away.
    named = showable(topics, ["credential", "topic"], limits=limits)
    counted = voiced(named, by, limits)
    apart = voices_apart(named, evidence, limits)
    held = [place in apart for place in zip(counted["topic"], counted["audience"], strict=True)]
    counted = counted.assign(**{name: counted[name].mask(Series(held, dtype=bool)) for name in VOICES})
    many = not choice.audience and counted["audience"].nunique() > 1
    names = counted["topic"].map(lambda topic: evidence.topic_names.get(topic, topic)).astype(str)
    counted["label"] = names + counted["audience"].map(lambda who: f" · {who}s" if many else "").astype(str)
    return counted.sort_values(["people", "topic"], ascending=[False, True], ignore_index=True)


def work_topics(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a topic and audience: how many people name it, how, and the phrases that tell it."""
    counted = counted_topics(evidence, choice, limits)
    phrases = counted["topic"].map(_phrases(evidence, choice, limits)).astype(object).fillna("").astype(str)
    return counted.assign(phrases=phrases)


def _phrases(evidence: Evidence, choice: Choice, limits: Limits) -> dict[str, str]:
    """The pairs of words that tell the comments on each topic from the others; English, said by enough people.

    The list does not say which comments are of one person. One person answers a question about a credential once, so a
    phrase is shown only where enough comments in answer to one question about one credential say it.
    """
    comments = listable(evidence, choice, limits)
    english = at_the_end(comments[comments["language"] == "en"]).head(MOST_READ)
    pairs = [
        (text, topic, (instrument, question, credential))
        for text, tags, instrument, question, credential in zip(
            english["text"],
            english["topics"],
            english["instrument"],
            english["question"],
            english["credential"],
            strict=True,
        )
        for topic in sorted({topic for topic, *_ in spans_of(tags)})
    ]
    table = DataFrame(pairs, columns=["text", "topic", "answer_to"])
    least = limits.minimum_group
    found = telling_phrases(table["text"], table["topic"], "en", number=CANDIDATES, minimum=least)
    kept: dict[str, list[str]] = {}
    for topic, phrase in zip(found["group"], found["phrase"], strict=True):
        if _said_of_one(table[table["topic"] == topic], phrase) >= least:
            kept.setdefault(topic, []).append(phrase)
    return {topic: ", ".join(phrases[:PHRASES]) for topic, phrases in kept.items()}


def _said_of_one(comments: DataFrame, phrase: str) -> int:
    """How many comments say a phrase of two words, in answer to the question about one credential that has most."""
    said = re.compile(r"\b" + r"[\s-]+".join(map(re.escape, phrase.split())) + r"\b", re.IGNORECASE)
    saying = comments[[bool(said.search(text)) for text in comments["text"]]]
    return int(saying.groupby("answer_to").size().max()) if len(saying) else 0


TOPIC_MEASURES = ("negative", "positive", "mixed", "phrases")


def say_topics(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What is said most, and what most negatively."""
    shown = rows[rows["state"] != "withheld"]
    if shown.empty:
        return "Not enough people have commented on any one topic to show what they say."
    most = shown.iloc[0]
    known = shown[shown["negative"].notna()]
    wrote = f"People write most about “{most['label']}” ({people_of(most['people'])})."
    if known.empty:
        return f"{wrote} Of no topic enough people wrote critically to tell how many."
    critical = known.assign(share=known["negative"] / known["people"]).sort_values("negative", ascending=False).iloc[0]
    return (
        f"{wrote} Most critical words fall on "
        f"“{critical['label']}”: {int(critical['negative'])} of {int(critical['people'])} who name it "
        f"({percent(critical['share'])}) are critical."
    )


def draw_topics(rows: DataFrame, mode: Mode) -> dict:
    """Topics, negative left and positive right."""
    table = rows[rows["state"] != "withheld"].head(MOST_TOPICS)
    nothing = table[["negative", "positive", "mixed"]].isna().all(axis=1)
    table = table.assign(note=notes(table[["people", "state"]]), instead=np.where(nothing, HELD_BACK, ""))
    return topic_balance(
        table[["label", "negative", "positive", "mixed", "state", "note", "instead"]],
        mode,
        words=("critical", "appreciative", "mixed or not scored"),
        axis_title="people who name it",
    )


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


def listable(evidence: Evidence, choice: Choice, limits: Limits, *, at_large: bool = False) -> DataFrame:
    """The listed comments of the chosen credential, programme and audience where enough people commented on a
    credential, and who they are: people, organisations, largest_share. Who left early, who looks back, and who answered
    at the end of a course are groups of their own. at_large: see `in_scope`.

    Only comments in one of the states that `limits` name are there, and those nobody has reviewed only where so many
    commented that a program's masking may be trusted with them.
    """
    by = ["credential", "audience", "stage"]
    wrote = _staged(named_topics(evidence, choice, at_large=at_large))
    wrote = showable(wrote[wrote["topic"] == COMMENTED], by, limits=limits)
    behind = count_people(wrote, by)
    comments = _staged(in_scope(evidence.comments, evidence, choice, at_large=at_large))
    text = comments["text"].map(lambda said: isinstance(said, str) and said.strip() != "").astype(bool)
    found = comments.assign(state=states_of(comments))[text.to_numpy()].merge(behind, on=by)
    few = (found["state"] == UNREVIEWED) & (found["people"] < limits.unreviewed_minimum)
    return found[found["state"].isin(limits.comments) & ~few].reset_index(drop=True)


def states_of(comments: DataFrame) -> Series:
    """What was decided of each comment; UNREVIEWED where nobody has."""
    state = comments["state"] if "state" in comments else Series(UNREVIEWED, index=comments.index)
    return state.astype("string").fillna(UNREVIEWED)


def _staged(table: DataFrame) -> DataFrame:
    """The table with its audience and stage as words."""
    later = table["instrument"].astype(str).where(table["instrument"].isin([DROPOUT, LATER]), "")
    return table.assign(audience=table["audience"].astype(str), stage=later.astype(str))


def tone(comments: DataFrame) -> list[str]:
    """How each comment is meant: by its question where that says it, else by its words; "" when not scored. Where
    people said how it sounds, it comes without the question's word (see store.comments.read_comments)."""
    given = comments["polarity"].astype("string").map(POLARITIES)
    return given.fillna(labels(comments["sentiment"])).fillna("").astype(str).tolist()


def work_list(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a listed comment, of credentials with enough people who commented; the order tells nothing. Texts come
    masked, and spans lie in them as they are."""
    comments = listable(evidence, choice, limits, at_large=True)
    rows = comments.assign(
        meant=tone(comments),
        review=comments["state"].map(REVIEWED).astype(str),
        spans=[spans_of(tags) for tags in comments["topics"]],
        title=title_of(comments["credential"], evidence),
        asked=[
            evidence.named(question, "", instrument)
            for question, instrument in zip(comments["question"], comments["instrument"], strict=True)
        ],
    )
    mixed = rows["text"].map(lambda text: blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest())
    kept = [
        "credential", "title", "asked", "audience", "stage", "language", "text", "meant", "sentiment", "vader",
        "textblob", "spans", "review", "people", "organisations", "largest_share",
    ]  # fmt: skip
    return rows.iloc[np.argsort(mixed.to_numpy(), kind="stable")][kept].reset_index(drop=True)


LIST_MEASURES = ("text", "meant", "sentiment", "vader", "textblob", "language", "spans", "review")


def spans_of(tags: object) -> tuple[tuple[str, int, int, str], ...]:
    """The tags of a comment as plain values: topic, start, end, polarity."""
    if not isinstance(tags, Sequence):
        return ()
    return tuple(
        (str(tag["topic"]), int(tag["start"]), int(tag["end"]), str(tag.get("polarity") or ""))
        for tag in tags
        if isinstance(tag, Mapping)
    )


def said_of(tags: object) -> tuple[bool, ...]:
    """Of each tag that `spans_of` gives, whether somebody said how the topic is spoken of there."""
    return (
        tuple(bool(tag.get("said")) for tag in tags if isinstance(tag, Mapping)) if isinstance(tags, Sequence) else ()
    )


def say_list(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """How many people wrote, and of the comments listed how they are meant and in how many languages they are."""
    if rows.empty:
        return "No comments to show: those on a credential show once enough people have written one."
    scored = rows[rows["meant"] != ""]
    critical = (scored["meant"] == "neg").sum()
    languages = rows["language"][rows["language"] != ""].nunique()
    unscored = len(rows) - len(scored)
    apart = f"; {count(unscored, 'comment is', 'comments are')} not scored" if unscored else ""
    wrote = rows.drop_duplicates(["credential", "audience", "stage"])["people"].sum()
    return (
        f"{count(wrote, 'person', 'people')} wrote; {count(len(rows), 'comment is', 'comments are')} listed here, in "
        f"{count(languages, 'language', 'languages')}: "
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
            "In answer to": rows["asked"],
            "Said by": rows["audience"],
            "Reviewed": rows["review"],
        }
    )


TOPICS = Finding(
    id="topics",
    question="What do people write about?",
    caution=(
        "Topics are found by word lists you can read and mend (data/topics); a person counts once for a topic of a "
        "credential. "
        "Critical or appreciative comes from the question where it says so, else from the words of the clause: in "
        "English by two lexicons and our own words, in German, Spanish, French and Portuguese by our own alone. "
        "What "
        "says none of them, and other languages, are counted as not scored, never as neutral. A part of fewer "
        "than the "
        "minimum is left out, and so are others that would give it away."
    ),
    work=work_topics,
    audiences=("learner", "employer"),
    measures=TOPIC_MEASURES,
    say=say_topics,
    display=display_topics,
    draw=draw_topics,
    listed=True,
)

COMMENTS = Finding(
    id="comments",
    question="What do they say, in their own words?",
    caution=(
        "E-mail addresses, links, telephone and long numbers and titled names are masked by a program before "
        "anybody reads; moderators mask the rest, and where nobody has looked yet it says so. The reading of tone "
        "is a signal, not a verdict: it misses about three in ten critical comments. The list is a part of what "
        "was published where there is more than fits; the numbers of people do not come from it."
    ),
    work=work_list,
    measures=LIST_MEASURES,
    say=say_list,
    display=display_list,
    listed=True,
)
