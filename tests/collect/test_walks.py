"""Every questionnaire, in every mode, from its address to the receipt, by somebody who answers at random."""

import pytest

from tests.collect.institution import found_institution, instruments, invite, light_form, open_form, responses, used
from tests.collect.serving import served_here
from tests.collect.visitor import Visitor

NAMES = sorted(name for name, each in instruments().items() if not each.import_only)


@pytest.mark.parametrize("mode", ["link", "kiosk", "invitation"])
def test_every_questionnaire_can_be_answered_to_its_receipt(sqlite_engine, mode):
    found_institution(sqlite_engine)
    with served_here(light_form(sqlite_engine)) as port:
        for turn, name in enumerate(NAMES):
            survey = open_form(sqlite_engine, name, mode=mode, languages=instruments()[name].languages)
            with Visitor(port, seed=turn) as visitor:
                address = f"/s/{invite(sqlite_engine, survey, 1)[0]}" if mode == "invitation" else f"/f/{survey}"
                assert visitor.answers(address), name
    assert responses(sqlite_engine) == len(NAMES)
    assert used(sqlite_engine) == (len(NAMES) if mode == "invitation" else 0)


def test_at_a_kiosk_the_next_person_finds_an_empty_form(sqlite_engine):
    found_institution(sqlite_engine)
    survey = open_form(sqlite_engine, "learner", mode="kiosk")
    with served_here(light_form(sqlite_engine)) as port, Visitor(port) as kiosk:
        for number in range(1, 4):
            kiosk.get(f"/f/{survey}")
            assert not any(each.checked for each in kiosk.form.controls)
            assert kiosk.walk()
            assert responses(sqlite_engine) == number


def test_a_survey_of_many_credentials_asks_which_one_first(sqlite_engine):
    found_institution(sqlite_engine)
    survey = open_form(sqlite_engine, "learner", credentials=3)
    with served_here(light_form(sqlite_engine)) as port, Visitor(port) as visitor:
        visitor.get(f"/f/{survey}")
        assert any(each.name == "subject" for each in visitor.form.controls)
        assert visitor.walk()
    assert responses(sqlite_engine) == 1
