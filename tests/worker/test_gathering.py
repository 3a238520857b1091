"""What findings work on is gathered with every name, and every step of a scale on its side of the middle."""

from datetime import UTC, date, datetime

import pytest

from feedback.catalogue.values import Alignment, Credential, Module, Occupation, Pathway, Programme, Run, Skill
from feedback.findings.evidence import ASKED, FLAGGED, FUNNEL, HOUSES, NEEDS, OFFERS, PATHWAYS, RATED, ROLES
from feedback.settings import data_folder
from feedback.store import funnel, invitations
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.responses import StoredResponse, save_many
from feedback.store.surveys import Survey, open_survey
from feedback.survey.scales import FILE, read_scales
from feedback.worker.gathering import gather, question_names, side, with_roles
from tests.store.releasing import publish_all

SCALES = read_scales(data_folder() / "instruments" / FILE).scales


@pytest.mark.parametrize(
    ("scale", "sides"),
    [("agree5", [-1, -1, 0, 1, 1]), ("length7", [-1, -1, 0, 0, 0, 1, 1]), ("change5", [-1, -1, 0, 1, 1])],
)
def test_every_step_lies_on_its_side_of_the_middle(scale, sides):
    found = SCALES[scale]
    assert [side(found, step) for step in found.steps] == sides


def test_a_wording_whose_pieces_are_of_one_credential_reads_well_without_it(instruments):
    names = question_names([instruments["expert"]])
    assert names["workload_realistic"] == "Can it be done in its planned weeks?"
    assert not [wording for wording in names.values() if "the the" in wording or "its the" in wording or "{" in wording]


def test_counts_of_forms_and_roles_come_with_what_is_known_of_them(institution, instruments):
    counts = {("learner", "en", "opened", 0): 7, ("employer", "es", "seconds", 130): 2}
    with transaction(institution) as session:
        funnel.add(session, counts)
    with reading(institution) as session:
        evidence = with_roles(session, instruments, gather(session, instruments))
    assert tuple(evidence.funnel) == FUNNEL
    opened = evidence.funnel[evidence.funnel["survey"] == "learner"].iloc[0]
    assert (opened["count"], opened["audience"], opened["credentials"]) == (7, "learner", "data-badge")
    assert opened["minutes"] == instruments["learner"].minutes
    assert tuple(evidence.roles) == ROLES
    assert tuple(evidence.needs) == NEEDS
    assert tuple(evidence.rated) == RATED
    assert tuple(evidence.houses) == HOUSES
    assert tuple(evidence.flagged) == FLAGGED


def test_reviews_come_with_their_month_and_without_whose_they_are(institution, instruments):
    """By the month the newest round is known; learners' and employers' answers have none."""
    expert, learner = (instruments[name].version for name in ("expert", "learner"))
    opens = datetime(2026, 1, 1, tzinfo=UTC)
    asked = Survey(slug="r", instrument="expert", version=expert, opens=opens, credentials=["data-badge"])
    about = {"language": "en", "month": "2026-02", "about": ["data-badge"]}
    with transaction(institution) as session:
        open_survey(session, asked)
        for number, who in enumerate(("una", "ole")):
            said = {"answers": {"purpose_clear": number}, "role": who}
            save_many(session, [StoredResponse(f"{number:032x}", "r", "expert", expert, **about, **said)])
        said = {"answers": {"worth": 5}}
        save_many(session, [StoredResponse("f" * 32, "learner", "learner", learner, **about, **said)])
    publish_all(institution, instruments)
    with reading(institution) as session:
        answers = gather(session, instruments).answers
    months = answers.groupby("audience", observed=True)["month"].agg(lambda each: set(each.dropna()))
    assert months.to_dict() == {"expert": {"2026-02"}, "learner": set()}
    assert answers["role"].isna().all()
    assert set(answers.loc[answers["audience"] == "expert", "number"]) == {0, 1}


def test_whom_a_credential_is_for_comes_with_the_names_of_sectors_and_occupations(institution, instruments):
    badge = Credential(
        slug="data-badge", title="Data badge", kind="badge", programme="data", sectors=["R"], occupations=["analyst"]
    )
    with transaction(institution) as session:
        save(session, [Occupation(slug="analyst", title="Business analyst"), badge])
    with reading(institution) as session:
        evidence = gather(session, instruments)
    assert (evidence.aims["data-badge"], evidence.occupations["data-badge"]) == (("R",), ("Business analyst",))
    assert evidence.sectors["R"] == "Health and social work"
    assert "imported_ratings" not in evidence.forms
    assert "employer" in evidence.forms


def test_what_a_credential_claims_comes_with_what_its_modules_are_there_for(institution, instruments):
    skills = [Skill(slug=slug, title=slug.title()) for slug in ("sql", "charts", "latin")]
    badge = Credential(slug="data-badge", title="Data badge", kind="badge", programme="data", skills=["sql"])
    module = Module(slug="drawing", title="Drawing", programme="data")
    aligned = Alignment(credential="data-badge", skill="charts", module="drawing")
    with transaction(institution) as session:
        save(session, [*skills, badge, module, aligned])
    with reading(institution) as session:
        evidence = gather(session, instruments)
    assert evidence.claims["data-badge"] == ("sql", "charts")
    assert "latin" in evidence.skills


def test_how_many_were_asked_comes_from_invitations_or_else_from_who_completed_the_run(institution, instruments):
    badge = Run(slug="badge-1", credential="data-badge", label="First", starts=date(2026, 1, 1), completed=31)
    asked = Survey(
        slug="of-run", instrument="learner", version=instruments["learner"].version, mode="link",
        opens=datetime(2026, 1, 1, tzinfo=UTC), run="badge-1", credentials=["data-badge"],
    )  # fmt: skip
    with transaction(institution) as session:
        save(session, [badge])
        open_survey(session, asked)
        people = [invitations.Person(), invitations.Person(about=["data-badge"]), invitations.Person()]
        invitations.make(session, "employer", people, key=b"k" * 32)
    with reading(institution) as session:
        found = gather(session, instruments).asked
    assert tuple(found) == ASKED
    told = {(row.audience, row.credential, row.survey): row.people for row in found.itertuples()}
    assert told["learner", "data-badge", "of-run"] == 31
    assert told["employer", "data-badge", "employer"] == 3
    assert ("learner", "data-badge", "learner") not in told


def test_a_run_is_settled_once_its_surveys_have_closed_and_nothing_said_in_them_waits(institution, instruments):
    version, opens = instruments["learner"].version, datetime(2026, 1, 1, tzinfo=UTC)
    runs = [Run(slug=slug, credential="data-badge", label=slug) for slug in ("over", "open", "half")]
    asked = [("one", "over", "learner", 2), ("later", "over", "six_months", None), ("two", "open", "learner", None),
             ("three", "half", "learner", 2), ("four", "half", "learner", None)]  # fmt: skip
    with transaction(institution) as session:
        save(session, runs)
        for slug, run, name, month in asked:
            closes = datetime(2026, month, 1, tzinfo=UTC) if month else None
            of = {"version": instruments[name].version, "opens": opens, "closes": closes, "run": run}
            open_survey(session, Survey(slug=slug, instrument=name, credentials=["data-badge"], **of))
    with transaction(institution) as session:
        assert gather(session, instruments).settled == {"over": True, "open": False, "half": False}
        said = {"language": "en", "month": "2026-01", "about": ["data-badge"], "answers": {"worth": 5}}
        save_many(session, [StoredResponse("f" * 32, "one", "learner", version, **said)])
        assert gather(session, instruments).settled == {"over": False, "open": False, "half": False}
    publish_all(institution, instruments)
    with reading(institution) as session:
        assert gather(session, instruments).settled["over"]


def test_what_is_offered_and_every_step_of_a_pathway_come_with_their_words(institution, instruments):
    facts = {"weeks_reason": "Short.", "planned_weeks": 4, "fee": 60, "currency": "EUR", "topics": ["data", "office"]}
    with transaction(institution) as session:
        save(session, [Programme(slug="p", title="P", discipline="Computing")])
        usual = {"kind": "badge", "programme": "p", "languages": ["en", "es"]}
        save(session, [Credential(slug=slug, title=slug, **usual, **facts) for slug in ("first", "second")])
        save(session, [Pathway(slug="way", title="The way", programme="p", steps=["second", "first"])])
    with reading(institution) as session:
        evidence = gather(session, instruments)
    assert tuple(evidence.offers) == OFFERS
    first = evidence.offers.set_index("credential").loc["first"]
    assert (first["languages"], first["topics"], first["discipline"]) == ("en|es", "data|office", "Computing")
    assert (first["planned_weeks"], first["weeks_reason"], first["fee"], first["hours"]) == (4, "Short.", 60, None)
    assert first["kind"] == "Badge"
    assert first["unusual_weeks"]
    assert set(evidence.offers["credential"]) == set(evidence.titles)
    assert list(evidence.pathways.itertuples(index=False, name=None)) == [
        ("way", "The way", 1, "second"), ("way", "The way", 2, "first"),
    ]  # fmt: skip
    assert tuple(evidence.pathways) == PATHWAYS
