"""What an action is: what is to change of a credential, what it is to bring, and what became of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from feedback.policy import Subject
from feedback.store.committee import Seen, digest_of

PLANNED, DOING, DONE, DROPPED = "planned", "doing", "done", "dropped"
STATES: Mapping[str, str] = MappingProxyType({PLANNED: "Planned", DOING: "Under way", DONE: "Done", DROPPED: "Dropped"})
"""How an action stands, and what that is called."""
OPEN = (PLANNED, DOING)
"""An action that stands so has somebody to remind."""
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "question": "how a question was answered",
        "topic": "what comments are about",
        "skill": "a skill that falls short",
        "alignment": "a skill that was not covered",
        "would_count": "what an employer would count it for",
        "expert": "what experts ask for",
        "suggestion": "what people ask for",
        "review": "a review or a decision",
        "new": "what is wanted and nothing covers",
        "other": "something else",
    }
)
"""What an action comes from, in words."""
NEW, OTHER = "new", "other"
"""The source of an action of something new, and of one that comes from no line."""
QUESTION, TOPIC, SKILL = "question", "topic", "skill"
KINDS: Mapping[str, str] = MappingProxyType(
    {
        QUESTION: "the average answer, which is to rise",
        TOPIC: "the share of commenters who are critical of it, which is to fall",
        SKILL: "the share of employers for whom it falls short, which is to fall",
    }
)
"""What can be looked at again, and which way is better."""
AUDIENCES = ("learner", "employer")
NOT_BEGUN = "not begun"
"""The verdict on an action that nobody had begun when the run it was to show in was over: nothing was measured."""
VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        "worked": "it worked",
        "no evidence yet": "no evidence yet",
        "did not": "it did not work",
        NOT_BEGUN: "not begun, so not measured",
    }
)
"""What became of an action, in words."""
LATER = 2
"""In so many runs after the one it was to show in an action is looked at again, at most, while nothing can be said."""
AGAIN = frozenset({"too few", "all alike", NOT_BEGUN})
"""Why nothing could be said of an action where another run may say it: nothing was seen of how it went."""
LESS = "it brought less than was expected"
"""What is said instead of "it did not work" where what was measured is better all the same."""
FORM = 1
"""The form of the evidence of an action."""


@dataclass(frozen=True)
class Measure:
    """What is looked at again. kind: one of KINDS. id: of the question, topic or skill; item: the row of a grid."""

    kind: str
    audience: str
    id: str
    item: str = ""


@dataclass(frozen=True)
class Wanted:
    """An action as it is asked for.

    credential: its slug; "" for something new, which is of a programme (its slug), or of the institution without one:
    then nothing is looked at again, for nobody has been asked about it. source: one of SOURCES. about: the id of the
    line it comes from. owner: an account's id. measure: None where nothing is looked at again. baseline: where the line
    stood, as it was shown ("people", "share", "low", "high"), the scale of a question ("lowest", "highest", and by how
    many steps it can get better, "reach"), and its "occasion": the slug of the run, or of the survey without one, it is
    compared with ("": the last before). expected: by how much it gets better, above 0: steps of the scale, or of a
    share a part of 1. by_run: slug of the run, or of a survey without one, whose answers are compared, "" the next.
    seen: what it rests on.
    """

    credential: str
    title: str
    source: str
    about: str
    owner: str
    due: date
    measure: Measure | None = None
    baseline: Mapping[str, Any] = field(default_factory=dict)
    expected: float | None = None
    by_run: str = ""
    seen: Sequence[Seen] = ()
    release: int | None = None
    programme: str = ""


@dataclass(frozen=True)
class Action:
    """What is to change, and what became of it: see Wanted.

    evidence: what was seen, and what the action was made with. digest: SHA-256 of it. words_learners, words_employers:
    what these are told, "" for nothing. told_on: None while it is not public. effect: None until it was measured
    ("verdict", one of VERDICTS; "effect", "low", "high" and more; "earlier", what was said before, the oldest first, of
    runs of which nothing could be said; "later", how many runs after the first it is of). by: who made it.
    """

    id: str
    credential: str
    title: str
    source: str
    about: str
    measure: Measure | None
    baseline: Mapping[str, Any]
    expected: float | None
    by_run: str
    evidence: Mapping[str, Any]
    digest: str
    owner: str
    due: date
    state: str
    words_learners: str
    words_employers: str
    told_on: date | None
    effect: Mapping[str, Any] | None
    by: str
    made_on: date
    is_sample: bool = False
    programme: str = ""

    @property
    def is_as_made(self) -> bool:
        """Whether all it was made with, and all it rests on, is as it was then."""
        made = self.evidence.get("action")
        return digest_of(self.evidence) == self.digest and made == made_with(self)

    @property
    def is_open(self) -> bool:
        """Whether something is left to do."""
        return self.state in OPEN

    @property
    def seen(self) -> list[Seen]:
        """The findings it rests on, as they were shown."""
        return [Seen(**each) for each in self.evidence.get("findings", ())]

    @property
    def release(self) -> int | None:
        """The last release when it was made; None before the first."""
        return self.evidence.get("release")

    @property
    def is_looked_at_again(self) -> bool:
        """Whether nothing could be said of it yet, and one of the next runs is still to say it."""
        found = self.effect or {}
        return self.state != DROPPED and found.get("why") in AGAIN and int(found.get("later", LATER)) < LATER

    @property
    def earlier(self) -> list[Mapping[str, Any]]:
        """What was said of it before, the oldest first: nothing could be told of these runs."""
        return list((self.effect or {}).get("earlier", ()))

    def is_late(self, today: date) -> bool:
        """Whether something is left to do after the day it was due."""
        return self.is_open and self.due < today


@dataclass(frozen=True)
class Step:
    """Something that happened to an action. what: one of "made", "state", "owner", "due", "words", "told", "untold",
    "measured". state: where it stood after. words: why, "" where nobody said."""

    action: str
    number: int
    day: date
    by: str
    what: str
    state: str
    words: str


def subject_at(credential: str, programme: str, known: Callable[[str], Subject]) -> Subject:
    """What is of a credential, or without one of a programme ("": of the institution), as the policy knows it. known:
    what a credential is to it.

    >>> subject_at("", "data", Subject) == Subject("data"), subject_at("sql", "", lambda slug: Subject("art", slug))
    (True, Subject(programme='art', credential='sql'))
    """
    return known(credential) if credential else Subject(programme)


def state_on(day: date, one: Action, steps: Sequence[Step]) -> str:
    """How an action stood at the end of a day, by its steps; without any as it stands now.

    >>> made = Step("a", 1, date(2026, 1, 1), "", "made", PLANNED, "")
    >>> begun = Step("a", 2, date(2026, 3, 1), "", "state", DOING, "")
    >>> [state_on(date(2026, month, 1), None, [made, begun]) for month in (2, 3)]
    ['planned', 'doing']
    """
    moves = sorted((each for each in steps if each.what in ("made", "state")), key=lambda each: each.number)
    known = [each.state for each in moves if each.day <= day]
    return known[-1] if known else PLANNED if moves else one.state


def verdict_of(effect: Mapping[str, Any]) -> str:
    """What became of an action, in words: of VERDICTS, or LESS.

    >>> verdict_of({"verdict": "did not", "effect": 0.1}), verdict_of({"verdict": "did not", "effect": -0.1})
    ('it brought less than was expected', 'it did not work')
    """
    verdict = str(effect.get("verdict"))
    if verdict == "did not" and (effect.get("effect") or 0) > 0:
        return LESS
    return VERDICTS.get(verdict, VERDICTS["no evidence yet"])


def sealed(made: Action, seen: Sequence[Seen] = (), release: int | None = None) -> Action:
    """An action with its evidence and the digest of it."""
    findings = [vars(each) | {"columns": list(each.columns), "rows": [list(row) for row in each.rows]} for each in seen]
    evidence = {"form": FORM, "action": made_with(made), "release": release, "findings": findings}
    return Action(**vars(made) | {"evidence": evidence, "digest": digest_of(evidence)})


def made_with(one: Action) -> dict[str, Any]:
    """What an action was made with, as it goes under the digest."""
    return {
        "id": one.id,
        "credential": one.credential,
        "title": one.title,
        "source": one.source,
        "about": one.about,
        "measure": vars(one.measure) if one.measure else None,
        "baseline": dict(one.baseline),
        "expected": one.expected,
        "by_run": one.by_run,
        "by": one.by,
        "made_on": one.made_on.isoformat(),
    } | ({} if one.credential else {"programme": one.programme})
