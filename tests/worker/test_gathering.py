"""What findings work on is gathered with every name, and every step of a scale on its side of the middle."""

import pytest

from feedback.catalogue.values import Credential, Occupation
from feedback.findings.evidence import FLAGGED, FUNNEL, ROLES
from feedback.settings import data_folder
from feedback.store import funnel
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.survey.scales import FILE, read_scales
from feedback.worker.gathering import gather, side, with_roles

SCALES = read_scales(data_folder() / "instruments" / FILE).scales


@pytest.mark.parametrize(
    ("scale", "sides"),
    [("agree5", [-1, -1, 0, 1, 1]), ("length7", [-1, -1, 0, 0, 0, 1, 1]), ("change5", [-1, -1, 0, 1, 1])],
)
def test_every_step_lies_on_its_side_of_the_middle(scale, sides):
    found = SCALES[scale]
    assert [side(found, step) for step in found.steps] == sides


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
    assert tuple(evidence.flagged) == FLAGGED


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
