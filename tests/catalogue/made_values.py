"""Values of the catalogue for tests: a whole one of every entity, and any that hypothesis can think of."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from feedback.catalogue.contents import Entity
from feedback.catalogue.hints import Hint, hints
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
from feedback.catalogue.values.base import plain

DAY = date(2026, 3, 1)
# One of each, in an order in which they can be kept. Of the first of each entity no field is as it is by default.
WHOLE: tuple[Value, ...] = (
    CredentialKind(
        slug="licence", name="Licence", meaning="May do it.", names={"es": "Licencia"}, meanings={"es": "Puede."}
    ),
    Programme(slug="data", title="Data", discipline="Statistics", description="All about data."),
    Module(slug="data-one", programme="data", title="One", description="The first."),
    Skill(
        slug="sql",
        title="SQL",
        uri="https://example.org/sql",
        alternatives=["Queries", "Tables: joining"],
        competency="Handling data",
        description="Asks databases.",
        valid_from=DAY,
        review_due=DAY,
    ),
    Occupation(slug="analyst", title="Analyst", scheme="O*NET", code="15-2051.00", uri="https://example.org/analyst"),
    Credential(
        slug="data-badge",
        title="=Data badge „Zürich“",
        kind="licence",
        programme="data",
        issuer="University",
        issuer_type="university",
        backing_body="Chamber",
        carriers=["badge image", "transcript"],
        description='Two lines\nof "text", and a comma',
        level="EQF 6",
        audience="graduates",
        for_working_people=True,
        planned_weeks=16.5,
        weeks_reason="Evenings only",
        intensity="part time",
        hours=120,
        fee=99.9,
        currency="EUR",
        languages=["en", "pt-BR"],
        lifecycle="beta",
        review_due=DAY,
        standard="'=ISO",
        assessment="Examined",
        project_component="A dashboard",
        portfolio_evidence="The dashboard",
        market_driven=False,
        verification_url="https://example.org/verify",
        signed="yes",
        licence="CC BY",
        rights="Ours",
        regulation="None",
        supplements=["BSc Statistics"],
        topics=["Databases", "Data"],
        sectors=["J", "K"],
        occupations=["analyst"],
        purpose_skill="Working with data",
        specialisation="specialised",
        applied_evidence="A real case",
        purpose_audience="Those who need it",
        stakeholders=["Chamber", "Two firms"],
        skills=["sql"],
    ),
    Credential(slug="second", title="Second", kind="badge", programme="data"),
    Run(
        slug="spring",
        credential="data-badge",
        label="Spring",
        starts=DAY,
        ends=date(2026, 6, 1),
        delivery="hybrid",
        beta=True,
        planned_weeks=10,
        actual_weeks=13,
        weeks_reason="Holidays",
        views=1000,
        enquiries=80,
        waiting_list=5,
        enrolled=30,
        started=28,
        completed=20,
        passed=18,
        test_results={"0-49": 2, "50-100": 18},
        badges_issued=18,
        badges_claimed=15,
        badges_shared=0,
    ),
    Stack(credential="second", target_kind="degree", target="BSc Statistics", note="10 credits"),
    Stack(credential="second", target="data-badge"),
    Pathway(slug="path", title="Path", programme="data", description="To the top", steps=["second", "data-badge"]),
    Alignment(
        credential="data-badge", skill="sql", module="data-one", teaches=False, assesses=True, note="In the exam"
    ),
    MarketEvidence(
        skill="sql",
        topic="Databases",
        measure="demand",
        value=1234.5,
        unit="vacancies",
        on=DAY,
        source="Labour office",
        url="https://example.org/figures",
        region="EU",
        note="Rising",
    ),
    Organisation(
        slug="acme",
        name="Acme",
        type="company",
        sector="C",
        size_band="1000+",
        occupations=["analyst"],
        country="DE",
        partner=True,
        note="Answers fast",
    ),
    Contact(
        organisation="acme",
        name="Ann Example",
        email="ann@example.org",
        role="recruiter",
        language="de",
        consents=["panel", "quoted"],
        last_asked=DAY,
        note="Mornings",
    ),
    Reviewer(
        name="Ben Example",
        email="ben@example.org",
        affiliation="Elsewhere",
        fields=["Databases"],
        independence="I teach nothing here.",
        independence_on=DAY,
        active=False,
    ),
)

SLUGS = ("one", "two", "three")


def _stays(text: str) -> bool:
    try:
        return plain(text) == text and text != ""
    except ValueError:
        return False


TEXTS = st.text(min_size=1, max_size=30).filter(_stays)
ENTRIES = TEXTS.filter(lambda text: "|" not in text)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
CODES = st.sampled_from(["en", "de", "pt-BR"])
ADDRESSES = st.sampled_from(["https://example.org/a?b=c", "urn:isbn:1", "http://x"])
# What the shape of a field does not tell.
SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "slug": st.sampled_from(["a", "some-thing", "x" * 80]),
    "languages": st.lists(CODES, unique=True),
    "language": CODES,
    "currency": st.just("EUR"),
    "country": st.just("DE"),
    "email": st.just("ann@example.org"),
    "uri": ADDRESSES,
    "url": ADDRESSES,
    "verification_url": ADDRESSES,
    "names": st.dictionaries(CODES, ENTRIES),
    "meanings": st.dictionaries(CODES, ENTRIES),
    "test_results": st.sampled_from([{}, {"0-49.5": 3, "50-100": 0}]),
    "starts": st.just(date(2026, 1, 1)),
    "ends": st.just(date(2026, 2, 1)),
    "views": st.integers(0, 10**9),
    "enquiries": st.integers(0, 10**9),
    "enrolled": st.just(40),
    "started": st.just(30),
    "completed": st.just(20),
    "passed": st.just(0),
    "badges_issued": st.just(9),
    "badges_claimed": st.integers(0, 9),
    "badges_shared": st.integers(0, 9),
}
TOGETHER = (("fee", "currency"), ("independence", "independence_on"))


def any_value(entity: Entity) -> st.SearchStrategy[Value]:
    """Any value of an entity; what it refers to is called one of SLUGS."""
    told = hints(entity.value)
    joined = bool({"stacks", "alignments"} & {entity.name})
    strategies = {name: _any(hint) for name, hint in told.items() if not (joined and name == "slug")}

    def made(fields: dict[str, Any]) -> Value:
        for one, other in TOGETHER:
            if one in told and (fields[one] is None or fields[other] is None):
                fields |= {one: None, other: None}
        if entity.name == "stacks" and fields["target_kind"] == "credential":
            fields |= {"credential": "one", "target": "two"}
        if entity.name == "market-evidence" and not fields["skill"]:
            fields["topic"] = fields["topic"] or "Topic"
        if entity.name == "contacts" and "none" in fields["consents"]:
            fields["consents"] = ["none"]
        return entity.value(**fields)

    return st.fixed_dictionaries(strategies).map(made)


def _any(hint: Hint) -> st.SearchStrategy[Any]:
    found = SPECIAL[hint.name] if hint.name in SPECIAL else _shaped(hint)
    return st.none() | found if hint.optional else found


def _shaped(hint: Hint) -> st.SearchStrategy[Any]:
    words = st.sampled_from(SLUGS) if hint.refers else st.sampled_from(hint.choices) if hint.choices else None
    match hint.shape:
        case "list":
            return st.lists(ENTRIES if words is None else words, unique=True, max_size=4)
        case "number":
            most = hint.most if hint.most is not None else (hint.below or 1e12) - 1
            return st.floats(hint.least or 0, most, exclude_min=hint.least is None)
        case "whole number":
            return st.integers(0, 1000)
        case "day":
            return DAYS
        case "yes or no":
            return st.booleans()
        case _:
            texts = TEXTS if hint.needed or hint.optional else TEXTS | st.just("")
            return texts if words is None else words
