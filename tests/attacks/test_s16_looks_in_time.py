"""S16, S17 over time: answers arrive, are published, are taken back; somebody looks at what is offered at each moment,
takes the files, and compares any two looks. On the store itself, through the one door.

What is left open, and to whom, stands in docs/decisions/0014: an answer taken back moves the numbers by one.
"""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise, product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from pandas import read_csv
from sqlalchemy import Engine

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.values import Credential, Programme
from feedback.collect import pages
from feedback.disclosure import Limits
from feedback.exchange.published import steps_between
from feedback.exchange.tables import write_table
from feedback.findings.attacking import attack, attack_over_time
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.work import work_out
from feedback.store.catalogue import save
from feedback.store.database import open_database, reading, transaction
from feedback.store.releases import publish, read_releases
from feedback.store.surveys import Survey, open_survey
from feedback.survey.submission import Submission
from feedback.survey.wording import languages, word
from feedback.worker.gathering import gather
from tests.attacks.test_s16_s17_subtraction import institution, rated
from tests.store.conftest import LEARNER
from tests.store.releasing import save_all, take_out

LIMITS = Limits()
LEAST = LIMITS.minimum_group
INSTRUMENTS = {"learner": LEARNER}
SLUGS = ("a", "b")
SEEN = ("learner_scales", "worth")
CHOICES = (Choice(), *(Choice(credential=slug) for slug in SLUGS))


@dataclass(frozen=True)
class Look:
    """What somebody holds of one moment. people: of every row shown, by finding, credential and row. filed: the same
    from the files, by finding and credential. came, gone: how many were ever published of each credential, and how many
    of these were taken back."""

    people: dict[tuple[str, str, str], int]
    filed: dict[tuple[str, str], list[int]]
    evidence: Evidence
    came: dict[str, int]
    gone: dict[str, int]


class History:
    """An institution of two credentials. waits, shown: by credential the receipts of whose answers wait, or are
    published, each with the step that was given to everything asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.waits: dict[str, dict[str, int]] = {slug: {} for slug in SLUGS}
        self.shown: dict[str, dict[str, int]] = {slug: {} for slug in SLUGS}
        self.came, self.gone = dict.fromkeys(SLUGS, 0), dict.fromkeys(SLUGS, 0)
        opens = datetime.now(UTC) - timedelta(days=1)
        with transaction(engine) as session:
            save(session, [Programme(slug="data", title="Data")])
            save(session, [Credential(slug=slug, title=slug, kind="badge", programme="data") for slug in SLUGS])
            for slug in SLUGS:
                asked = Survey(slug=slug, instrument="learner", version=1, opens=opens, credentials=[slug], zone="UTC")
                open_survey(session, asked)

    def arrive(self, slug: str, steps: list[int]) -> bool:
        """So many answer, each with the same step to everything; what is due is published. Whether anything was."""
        said = [{"worth": step, "teaching": {"clear": step}} for step in steps]
        sent = [Submission("learner", 1, slug, "en", (slug,), each) for each in said]
        self.waits[slug] |= dict(zip(save_all(self.engine, *sent), steps, strict=True))
        with transaction(self.engine) as session:
            made = publish(session, INSTRUMENTS, count_voices, minimum_group=LEAST)
        for unit in made.units if made else ():
            of = str(unit["credential"])
            self.came[of] += len(self.waits[of])
            self.shown[of] |= self.waits[of]
            self.waits[of] = {}
        return made is not None

    def erase(self, slug: str, place: int) -> int:
        """Somebody takes a published answer back: the step it gave; 0 where nothing is published."""
        if not (known := sorted(self.shown[slug])):
            return 0
        code = known[place % len(known)]
        assert take_out(self.engine, INSTRUMENTS, code)
        self.gone[slug] += 1
        return self.shown[slug].pop(code)

    def look(self) -> Look:
        """Everything that is offered at this moment."""
        with reading(self.engine) as session:
            evidence = gather(session, INSTRUMENTS)
        people, filed = {}, {}
        for slug, name in product(SLUGS, SEEN):
            answer = work_out(FINDINGS[name], evidence, Choice(credential=slug), LIMITS)
            shown = answer.shown[["label", "people"]].itertuples(index=False, name=None)
            people |= {(name, slug, str(label)): int(number) for label, number in shown}
            file = read_csv(io.BytesIO(write_table(answer.table, "csv")))
            filed[name, slug] = sorted(file["People"].dropna().astype(int).tolist())
        return Look(people, filed, evidence, dict(self.came), dict(self.gone))


@contextmanager
def begun(template: Path) -> Iterator[History]:
    """A history on a database of its own."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "feedback.db"
        shutil.copy(template, path)
        engine = open_database(f"sqlite:///{path}")
        yield History(engine)
        engine.dispose()


steps = st.lists(st.integers(1, 5), min_size=1, max_size=9)
arrivals = st.tuples(st.sampled_from(SLUGS), steps)
events = st.lists(st.one_of(arrivals, st.tuples(st.sampled_from(SLUGS), st.integers(0, 30))), min_size=3, max_size=7)
few = settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SIX = [1, 2, 4, 4, 5, 5]


@few
@given(events)
@example([("a", SIX), ("b", SIX), ("a", 0), ("a", SIX[:5]), ("a", [3]), ("b", 2), ("b", 1), ("b", SIX), ("b", SIX)])
def test_s16_whoever_looks_at_any_two_moments_sees_no_few_come_but_for_those_who_left(sqlite_template, happened):
    """Numbers move by nobody, or by as many as the minimum came, less those who took theirs back between the looks."""
    with begun(sqlite_template) as history:
        looks = [history.look()]
        for slug, what in happened:
            if history.erase(slug, what) if isinstance(what, int) else history.arrive(slug, what):
                looks.append(history.look())
        with reading(history.engine) as session:
            assert steps_between(read_releases(session), LEAST) == []
    for one, other in combinations(looks, 2):
        for slug in SLUGS:
            came, gone = other.came[slug] - one.came[slug], other.gone[slug] - one.gone[slug]
            assert came == 0 or came >= LEAST
            for place in one.people.keys() & other.people.keys():
                if place[1] == slug:
                    assert other.people[place] - one.people[place] == came - gone
    for look in looks:
        assert min(look.people.values(), default=LEAST) >= LEAST
        for at, numbers in look.filed.items():
            assert numbers == sorted(number for place, number in look.people.items() if place[:2] == at)


@settings(few, max_examples=1)
@given(st.lists(st.tuples(st.sampled_from(SLUGS), st.lists(st.integers(1, 5), min_size=5, max_size=9)), max_size=2))
@example([("a", SIX), ("b", [1, 2, 3, 3, 3, 3, 4]), ("a", [2, 2, 2, 2, 5])])
def test_s16_s17_nothing_small_follows_from_two_looks_that_does_not_from_one(sqlite_template, happened):
    with begun(sqlite_template) as history:
        looks = []
        for slug, given_steps in happened:
            if history.arrive(slug, given_steps):
                looks.append(history.look())
    for look in looks:
        assert attack(look.evidence, LIMITS, choices=CHOICES, findings=SEEN).solved == ()
    for one, other in pairwise(looks):
        assert attack_over_time(one.evidence, other.evidence, LIMITS, choices=CHOICES, findings=SEEN) == ()


def test_s16_the_attack_over_time_finds_two_people_who_came_alone():
    """It is not blind: numbers that moved by two, which no release lets them, are found."""
    before, after = (institution(rated("a", [2, 2, 3, 3, number]), slugs="a") for number in (5, 7))
    of = {"choices": CHOICES[:2], "findings": SEEN}
    found = attack_over_time(before, after, LIMITS, **of)
    assert [(each.cell, each.low, each.high) for each in found if each.cell.startswith("came")] == [
        ("came: a, learners, learner goals: all who answered", 2, 2)
    ]
    with pytest.raises(ValueError, match="somebody left"):
        attack_over_time(after, before, LIMITS, **of)


@few
@given(steps.filter(lambda given_steps: len(given_steps) >= LEAST), st.integers(0, 30), st.integers(1, 2))
def test_s16_an_answer_taken_back_tells_at_most_what_it_said(sqlite_template, given_steps, place, leaving):
    """The bound of 0014: all that two looks around an erasure differ by is what those who left had answered."""
    with begun(sqlite_template) as history:
        history.arrive("a", given_steps)
        before = history.look()
        said = sorted(history.erase("a", place) for _ in range(leaving))
        after = history.look()
    cell = ["question", "item", "number"]
    there, left = (look.evidence.answers.groupby(cell, observed=True)["people"].sum() for look in (before, after))
    moved = there.sub(left, fill_value=0)
    for question in {question for question, *_ in moved.index}:
        of_it = moved.xs(question, level="question")
        assert sorted(step for (_, step), n in of_it.items() for _ in range(int(n))) == said
    shown = before.people.keys() & after.people.keys()
    assert {before.people[place] - after.people[place] for place in shown} <= {leaving}


@pytest.mark.parametrize("language", sorted(languages()))
def test_s16_whoever_takes_answers_back_is_told_before_that_numbers_move_by_one(language):
    page = pages.fate_page(language, "ABCD", pages.fate_words(language, people=5))
    assert word("receipt.withdraw_seen", language) in page
    assert page.index(word("receipt.withdraw_seen", language)) < page.index('name="withdraw"')
