"""Whether the list of what to change puts first what is planted in the sample."""

import json

import pytest

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.work import work_out
from feedback.store.answers import described
from feedback.store.blocks import COUNTED_PRODUCTS
from feedback.store.counting import Tally
from feedback.store.database import open_database, reading
from feedback.store.migrate import migrate
from feedback.worker.gathering import question_names, scale_steps
from feedback.worker.merging import names_of_changes, spoken_of


@pytest.fixture(scope="module")
def published(institution, instruments, drawn, tmp_path_factory):
    """The sample's answers as findings get them, counted without being stored."""
    tally = Tally(instruments)
    tally.add(
        (row.key, row.instrument, row.version, row.survey, row.month, row.organisation, row.role, None,
         json.dumps(row.about), json.dumps(row.answers))
        for row in drawn
    )  # fmt: skip
    count = tally.count()
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('priorities')}/empty.db")
    migrate(engine)
    with reading(engine) as session:
        answers = described(session, count.cells, instruments)
    engine.dispose()
    products = count.products.frame().rename(columns={"people": "amount"}).assign(audience="learner")
    return Evidence(
        answers=answers.assign(role=None, month=answers["month"].where(answers["audience"] == "expert")),
        products=products[list(COUNTED_PRODUCTS)],
        titles={each.slug: each.title for each in institution.credentials},
        programmes={each.slug: each.programme for each in institution.credentials},
        skills={each.slug: each.title for each in institution.skills},
        questions=question_names(instruments.values()),
        scales=scale_steps(instruments.values()),
        changes=spoken_of(),
        change_names=names_of_changes("en"),
    )


def first_in(evidence, slug="", most=5):
    rows = work_out(FINDINGS["priorities"], evidence, Choice(credential=slug), Limits()).rows
    return list(rows["change"].head(most)), rows


def test_the_hated_credential_comes_first_and_what_its_learners_complain_about_is_among_its_first(published):
    rows = first_in(published)[1]
    assert rows["credential"].iloc[0] == "safety-auditor"
    changes, own = first_in(published, "safety-auditor")
    assert "assessment" in changes
    assert own.set_index("change").loc["assessment", "lines"][0]["share"] > 0.8


def test_a_stale_skill_comes_first_of_its_credential(published):
    changes, rows = first_in(published, "spreadsheet-essentials")
    assert changes[0] == "ageing:pivot-summaries"
    assert rows["p_top"].iloc[0] > 0.8


def test_a_skill_needed_and_badly_done_and_one_promised_and_not_taught_are_among_the_first(published):
    assert "skill:automated-testing" in first_in(published, "web-development")[0]
    assert "skill:security-reporting" in first_in(published, "applied-cybersecurity", 7)[0]


def test_what_goes_with_the_verdict_is_known_within_narrow_bounds(published):
    rows = work_out(FINDINGS["drivers"], published, Choice(), Limits()).rows
    assert len(rows) == 12
    assert (rows["high"] - rows["low"]).max() < 0.05
    assert rows["explained"].iloc[0] > 0.5
