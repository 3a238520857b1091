"""What people ask for: sentences of comments that want a change, put together with their like, and how many people
stand behind each.

The list of comments does not say which are of one person, so people are counted at the least: see `_behind`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

from pandas import DataFrame, concat

from feedback.analysis.comments.redaction import mask
from feedback.analysis.comments.suggestions import Suggestion, SuggestionGroup, group_suggestions, suggestions_in
from feedback.analysis.people import RESPONDENTS, count_people
from feedback.disclosure import Limits
from feedback.findings.comments import listable
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.scope import STATES, title_of
from feedback.findings.words import count, people_of
from feedback.findings.work import Finding

AUDIENCES = ("learner", "employer")
"""Experts name what they would change criterion by criterion, and sign it."""
WORDINGS = 3
"""So many other wordings of a wish are shown at most."""
WORDS = 4
COLUMNS = (
    "id", "credential", "title", "audience", "language", "topic", "about", "text", "words", "others", "comments",
    "credentials", "people", "organisations", "largest_share",
)  # fmt: skip
MEASURES = ("text", "words", "topic", "about", "others", "comments", "credentials", "language")


def work_suggestions(evidence: Evidence, choice: Choice, limits: Limits) -> DataFrame:
    """One row a wish: its most typical sentence, the credential of which most people say it, and how many they are.

    Wishes are put together within a language, and apart for learners at the end, leavers, those who look back, and
    employers. What is said where a question asks what to keep is no wish for a change, whatever its words. others:
    further wordings; comments, credentials: in how many it stands, of how many.
    """
    comments = listable(evidence, choice, limits, at_large=True)
    asked_for_praise = (comments["polarity"].astype("string") == "positive").fillna(False)
    comments = comments[comments["audience"].isin(AUDIENCES) & ~asked_for_praise.astype(bool)].reset_index(drop=True)
    rows = [
        row for _, lot in comments.groupby(["audience", "stage", "language"], sort=True) for row in _wishes(lot, limits)
    ]
    found = DataFrame(rows, columns=[name for name in COLUMNS if name not in ("title", "about")])
    found["title"] = title_of(found["credential"], evidence)
    found["about"] = found["topic"].map(lambda topic: evidence.topic_names.get(topic, topic)).astype(str)
    found = found.astype({"people": "int64", "organisations": "Int64", "largest_share": float})
    order = ["people", "comments", "text"]
    return found.sort_values(order, ascending=[False, False, True], ignore_index=True)[list(COLUMNS)]


def _wishes(comments: DataFrame, limits: Limits) -> Iterator[tuple[object, ...]]:
    """The wishes in comments of one audience, stage and language, without those that cannot be of enough people."""
    language = str(comments["language"].iloc[0])
    said = [one for at, text in zip(comments.index, comments["text"], strict=True)
            for one in suggestions_in(str(text), language, at)]  # fmt: skip
    groups = [group for group in group_suggestions(said, language) if group.comments >= limits.minimum_group]
    behind = _behind(comments, groups)
    for at, group in enumerate(groups):
        most = behind[behind["group"] == at].sort_values(["people", "credential"], ascending=[False, True]).iloc[0]
        here = comments["credential"].to_dict()
        own = [one for one in group.members if here[one.comment] == most["credential"]]
        typical = group.typical if group.typical in own else max(own, key=lambda one: _likeness(one, group.words))
        text = mask(typical.text.strip())
        others = [mask(one.text.strip()) for one in own if typical.text.strip() not in one.text]
        mark = f"{most['credential']} {comments['audience'].iloc[0]} {comments['stage'].iloc[0]} {language} {text}"
        yield (
            blake2b(mark.encode("utf-8", "replace"), digest_size=8).hexdigest(),
            str(most["credential"]),
            str(comments["audience"].iloc[0]),
            language,
            _topic(group.members, comments["topics"].to_dict()),
            text,
            ", ".join(group.words[:WORDS]),
            tuple(dict.fromkeys(each for each in others if each != text))[:WORDINGS],
            group.comments,
            len({here[one.comment] for one in group.members}),
            int(most["people"]),
            most["organisations"],
            most["largest_share"],
        )


def _behind(comments: DataFrame, groups: Sequence[SuggestionGroup]) -> DataFrame:
    """Who stands behind each group, by credential: group, credential, people, organisations, largest_share.

    Who comments on several credentials may ask the same of each, so credentials are never added up; and of several
    questions only the one counts in answer to which most said it. So people are as many at the least.
    """
    named = ["credential", "question", *(name for name in RESPONDENTS if name in comments and name != "credential")]
    parts = [
        comments.loc[sorted({one.comment for one in group.members}), named].assign(group=at, people=1)
        for at, group in enumerate(groups)
    ]
    by = ["group", "credential"]
    if not parts:
        return DataFrame(columns=[*by, "people", "organisations", "largest_share"])
    return count_people(concat(parts, ignore_index=True), by)


def _likeness(one: Suggestion, words: Sequence[str]) -> tuple[int, str]:
    said = one.text.casefold()
    return sum(word in said for word in words), one.text


def _topic(members: Sequence[Suggestion], topics: Mapping[int, object]) -> str:
    """What the sentences are mostly about, by the topics read in them; "" where in less than half one is."""
    named = Counter[str]()
    for one in members:
        tags = topics.get(one.comment)
        if isinstance(tags, Sequence):
            named.update({tag["topic"] for tag in tags if tag["start"] < one.end and one.start < tag["end"]})
    topic, times = min(named.most_common(), key=lambda each: (-each[1], each[0]), default=("", 0))
    return topic if 2 * times >= len(members) else ""


def say_suggestions(rows: DataFrame, evidence: Evidence, choice: Choice) -> str:
    """What most people ask for, and how many things are asked for."""
    if rows.empty:
        return (
            "Not enough people ask for the same yet to show it: a wish shows once enough of them write much the "
            "same about one credential."
        )
    first = rows.iloc[0]
    of = "" if choice.credential else f" of {first['title']}"
    return (
        f"{count(len(rows), 'thing is', 'things are')} asked for by enough people to show. Most of all: "
        f"“{first['text']}” (at least {people_of(first['people'], first['organisations'])}{of})."
    )


def display_suggestions(rows: DataFrame) -> DataFrame:
    """Wishes as a table for people."""
    return DataFrame(
        {
            "What is asked for": rows["text"],
            "Also said as": rows["others"].map(" | ".join),
            "Credential": rows["title"],
            "Said by": rows["audience"],
            "About": rows["about"],
            "People, at least": rows["people"],
            "Comments": rows["comments"],
            "Credentials": rows["credentials"],
            "Language": rows["language"],
            "Shown": rows["state"].map(STATES),
        }
    )


SUGGESTIONS = Finding(
    id="suggestions",
    question="What do people ask for?",
    caution=(
        "Sentences that ask for a change, found by the words each language asks with (should, please, more of) "
        "wherever a question does not ask what to keep. They are masked, and put with others of their language "
        "that ask for much the same (from about a third of the same words on; rare words count more); the one "
        "shown is most like the others. The list of comments does not say which are of one person, so people are "
        "counted at the least: of one credential, and of the question in answer to which most said it; where fewer "
        "than the minimum did, a wish does not show. A wish in words nobody else uses, or that asks without "
        "asking, is missed. How many ask is not how much would be gained."
    ),
    work=work_suggestions,
    audiences=AUDIENCES,
    measures=MEASURES,
    say=say_suggestions,
    display=display_suggestions,
    listed=True,
)
