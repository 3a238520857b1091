"""Read the sample institution's file: its catalogue, its organisations, and the truths its answers follow."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from feedback.catalogue.values import (
    Alignment,
    Contact,
    Credential,
    CredentialKind,
    MarketEvidence,
    Module,
    Occupation,
    Organisation,
    Pathway,
    Programme,
    Reviewer,
    Run,
    Skill,
    Stack,
    Value,
)
from feedback.errors import Problem, Refused
from feedback.sample.cohorts import months_before, runs_of
from feedback.sample.people import contacts_of

AnyValue = TypeVar("AnyValue", bound=Value)


@dataclass(frozen=True)
class Change:
    """What was changed in a credential, what was hoped for, and what became of it among the learners since.

    since: runs that began on this day or later are of the changed credential. learner_worth, learner_offsets: added to
    the truth. learner_complaints: in the place of the truth's, None for the same. completed: added to the share.
    """

    since: date
    what: str
    expected: str
    learner_worth: float = 0.0
    learner_offsets: Mapping[str, float] = field(default_factory=dict)
    learner_complaints: Mapping[str, float] | None = None
    completed: float = 0.0


@dataclass(frozen=True)
class Truth:
    """What people think of a credential; their answers scatter around it.

    employer_value: 0-4, the ladder rung of an average organisation. awareness: 0-1. learner_worth: 1-5, "worth the
    time" of a learner of average mood. offsets: by construct, added to these. employer_sectors: by section of ISIC,
    added to employer_value in the eyes of the organisations there. praise, complaints: topic -> weight.
    options: question -> option -> how many times as often as is usual. asides: aside -> skill -> share who give it.
    lines: question -> language of the form -> what they write; what is missing here is as is usual.
    most_*: no more answers than that, None for no limit. only_organisations: who alone knows it; empty for everyone.
    """

    weight: float
    employer_value: float
    awareness: float
    learner_worth: float
    learner_offsets: Mapping[str, float] = field(default_factory=dict)
    employer_offsets: Mapping[str, float] = field(default_factory=dict)
    employer_sectors: Mapping[str, float] = field(default_factory=dict)
    learner_praise: Mapping[str, float] = field(default_factory=dict)
    learner_complaints: Mapping[str, float] = field(default_factory=dict)
    employer_praise: Mapping[str, float] = field(default_factory=dict)
    employer_complaints: Mapping[str, float] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    asides: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    lines: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    most_learners: int | None = None
    most_employers: int | None = None
    only_organisations: tuple[str, ...] = ()
    change: Change | None = None

    def changed_in(self, run: Run) -> bool:
        """Whether a run of the credential was of what it was changed into."""
        return self.change is not None and run.starts is not None and run.starts >= self.change.since


@dataclass(frozen=True)
class Employer:
    """An organisation with the two things that shape its answers.

    contacts: how often its people answer, next to other organisations'. leniency: added to their rungs (of 0-4).
    """

    organisation: Organisation
    contacts: float
    leniency: float


@dataclass(frozen=True)
class Review:
    """What one reviewer found of a credential. usual: the step of every criterion that marks do not name (-1: not
    seen); changes: text and effort."""

    credential: str
    reviewer: str
    months_ago: int
    stage: str
    usual: int
    marks: Mapping[str, int]
    verdict: str
    distinct: int
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Institution:
    """Everything the file says. languages: each one's share among learners; truths: by credential.

    shares: of all responses, by what they are of. runs: oldest first within a credential.
    """

    title: str
    today: date
    shares: Mapping[str, float]
    languages: Mapping[str, float]
    kinds: tuple[CredentialKind, ...]
    programmes: tuple[Programme, ...]
    skills: tuple[Skill, ...]
    occupations: tuple[Occupation, ...]
    credentials: tuple[Credential, ...]
    modules: tuple[Module, ...]
    alignments: tuple[Alignment, ...]
    stacks: tuple[Stack, ...]
    pathways: tuple[Pathway, ...]
    runs: tuple[Run, ...]
    market: tuple[MarketEvidence, ...]
    employers: tuple[Employer, ...]
    contacts: tuple[Contact, ...]
    reviewers: tuple[Reviewer, ...]
    reviews: tuple[Review, ...]
    truths: Mapping[str, Truth]

    @property
    def comment_share(self) -> float:
        """Of those who may write something, how many do."""
        return self.shares["comments"]

    @property
    def values(self) -> tuple[Value, ...]:
        """Everything that belongs into the catalogue, in an order in which each may refer to those before."""
        organisations = tuple(employer.organisation for employer in self.employers)
        return (
            *(*self.kinds, *self.programmes, *self.skills, *self.occupations, *organisations, *self.credentials),
            *(*self.modules, *self.alignments, *self.stacks, *self.pathways, *self.runs, *self.market),
            *(*self.contacts, *self.reviewers),
        )


def read_institution(path: Path, today: date) -> Institution:
    """The sample institution as of a day: everything in it is dated backwards from it.

    Raises Refused naming the entry and the field that is wrong; tomllib.TOMLDecodeError, KeyError or TypeError when
    the file itself is broken (it comes with the program, nobody else writes it).
    """
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    shares = dict(raw["shares"])
    languages = shares.pop("languages")
    read = _Reader(path, today, raw["currency"], raw["address"])
    for row in raw["credentials"]:
        read.credential(row)
    employers = tuple(read.employer(row) for row in raw["organisations"])
    contacts = contacts_of([(each.organisation, each.contacts) for each in employers], raw["people"], today)
    return Institution(
        title=raw["title"],
        today=today,
        shares=MappingProxyType(shares),
        languages=MappingProxyType(languages),
        kinds=read.all(CredentialKind, raw["kinds"]),
        programmes=read.all(Programme, raw["programmes"]),
        skills=tuple(read.skills(raw["skills"], raw["competencies"])),
        occupations=tuple(read.occupation(row) for row in raw["occupations"]),
        credentials=tuple(read.credentials),
        modules=tuple(read.modules),
        alignments=tuple(read.alignments),
        stacks=read.all(Stack, raw["stacks"]),
        pathways=read.all(Pathway, raw["pathways"]),
        runs=tuple(read.runs),
        market=tuple(figure for row in raw["market"] for figure in read.market(row)),
        employers=employers,
        contacts=tuple(read.value(Contact, row) for row in contacts),
        reviewers=tuple(read.reviewer(row) for row in raw["reviewers"]),
        reviews=tuple(_review(row) for row in raw["reviews"]),
        truths=MappingProxyType(read.truths),
    )


class _Reader:
    """Makes values of the rows of the file; a row that is wrong is refused with its place."""

    def __init__(self, path: Path, today: date, currency: str, address: str) -> None:
        self.path, self.today, self.currency, self.address = path, today, currency, address
        self.credentials: list[Credential] = []
        self.modules: list[Module] = []
        self.alignments: list[Alignment] = []
        self.runs: list[Run] = []
        self.truths: dict[str, Truth] = {}

    def value(self, kind: type[AnyValue], fields: Mapping[str, Any]) -> AnyValue:
        try:
            return kind(**fields)
        except ValidationError as error:
            where = f"{self.path.name}, {kind.__name__.lower()} {fields.get('slug', '')}"
            raise Refused(
                [Problem(f"{where}, {'.'.join(map(str, wrong['loc']))}", wrong["msg"]) for wrong in error.errors()]
            ) from error

    def all(self, kind: type[AnyValue], rows: list[dict[str, Any]]) -> tuple[AnyValue, ...]:
        return tuple(self.value(kind, row) for row in rows)

    def credential(self, row: Mapping[str, Any]) -> None:
        """A credential with its modules, runs and truth. Its topics, languages and so on stand in the row itself."""
        about = {"currency": self.currency, **row}
        truth, cohorts, modules = about.pop("truth"), about.pop("cohorts"), about.pop("modules")
        change = about.pop("change", None)
        if about.pop("verification", False):
            about["verification_url"] = f"{self.address}/verify"
        about |= self._review_due(about)
        credential = self.value(Credential, about)
        changed = _change(change, self.today) if change else None
        self.credentials.append(credential)
        self.truths[credential.slug] = _truth(truth, changed)
        since, gained = (changed.since, changed.completed) if changed else (None, 0.0)
        self.runs += [self.value(Run, each) for each in runs_of(credential, cohorts, self.today, since, gained)]
        self._modules(credential, modules)

    def _modules(self, credential: Credential, rows: list[dict[str, Any]]) -> None:
        for number, row in enumerate(rows, 1):
            slug = f"{credential.slug}-module-{number}"
            about: dict[str, Any] = {"slug": slug, "programme": credential.programme, "title": row["title"]}
            self.modules.append(self.value(Module, about | {"description": row.get("description")}))
            self.alignments += [
                self.value(
                    Alignment,
                    {
                        "credential": credential.slug,
                        "skill": skill,
                        "module": slug,
                        "teaches": skill in row["teaches"],
                        "assesses": skill in row["assesses"],
                        "note": row.get("note"),
                    },
                )
                for skill in dict.fromkeys((*row["teaches"], *row["assesses"]))
            ]

    def skills(self, rows: Mapping[str, Any], competencies: Mapping[str, list[str]]) -> Iterator[Skill]:
        part_of = {skill: competency for competency, skills in competencies.items() for skill in skills}
        for slug, row in rows.items():
            about: dict[str, Any] = {"title": row} if isinstance(row, str) else dict(row)
            if (months := about.pop("valid_from_months_ago", None)) is not None:
                about["valid_from"] = months_before(self.today, months)
            about |= self._review_due(about)
            fixed = {"slug": slug, "competency": part_of[slug], "uri": f"{self.address}/skills/{slug}"}
            yield self.value(Skill, about | fixed)

    def _review_due(self, about: dict[str, Any]) -> dict[str, date]:
        """When it is to be looked at again, where a row says in how many months (below 0: overdue), which it loses."""
        months = about.pop("review_in_months", None)
        return {} if months is None else {"review_due": months_before(self.today, -months)}

    def occupation(self, row: Mapping[str, Any]) -> Occupation:
        uri = f"https://www.onetonline.org/link/summary/{row['code']}"
        return self.value(Occupation, {"scheme": "O*NET", "uri": uri, **row})

    def market(self, row: Mapping[str, Any]) -> Iterator[MarketEvidence]:
        about = {name: value for name, value in row.items() if name != "figures"}
        for months, figure in row["figures"].items():
            on = months_before(self.today, int(months))
            yield self.value(MarketEvidence, {**about, "on": on, "value": figure, "region": "Marrowick"})

    def employer(self, row: Mapping[str, Any]) -> Employer:
        about = dict(row)
        contacts, leniency = about.pop("contacts"), about.pop("leniency")
        return Employer(self.value(Organisation, about), contacts, leniency)

    def reviewer(self, row: Mapping[str, Any]) -> Reviewer:
        return self.value(Reviewer, {"independence_on": months_before(self.today, 15), **row})


def _change(row: Mapping[str, Any], today: date) -> Change:
    about = dict(row)
    return Change(since=months_before(today, about.pop("months_ago")), **about)


def _truth(row: dict[str, Any], change: Change | None) -> Truth:
    return Truth(**row | {"only_organisations": tuple(row.get("only_organisations", ())), "change": change})


def _review(row: Mapping[str, Any]) -> Review:
    return Review(**{**row, "changes": tuple((text, effort) for text, effort in row["changes"])})
