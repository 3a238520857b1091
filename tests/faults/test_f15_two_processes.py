"""F15: two processes serve one form, and every request goes to the other one. With another key they say so."""

import pytest

from tests.collect.institution import drafts, found_institution, invite, open_form, responses, used
from tests.collect.serving import served
from tests.collect.visitor import Visitor


@pytest.mark.parametrize("mode", ["invitation", "link"])
def test_f15_a_walk_whose_every_request_goes_to_the_other_process(engine, database_url, tmp_path, mode):
    found_institution(engine)
    survey = open_form(engine, "learner", mode=mode)
    with (
        served(database_url, tmp_path) as one,
        served(database_url, tmp_path) as other,
        Visitor(one.port, other.port) as visitor,
    ):
        link = f"/s/{invite(engine, survey, 1)[0]}" if mode == "invitation" else f"/f/{survey}"
        assert visitor.answers(link)
    assert responses(engine) == 1
    assert used(engine) == (mode == "invitation")
    assert drafts(engine) == 0


def test_f15_processes_with_different_keys_refuse_each_others_forms_and_keep_nothing(engine, database_url, tmp_path):
    found_institution(engine)
    survey = open_form(engine)
    another = "another secret that nobody has told the first process"
    with (
        served(database_url, tmp_path) as one,
        served(database_url, tmp_path, secret=another) as other,
        Visitor(one.port) as visitor,
    ):
        visitor.get(f"/f/{survey}")
        fields, action = visitor.to_the_last_step(), visitor.action()
        visitor.ports = [other.port]
        visitor.post(action, fields)
        assert visitor.answer.status == 403
        assert visitor.page.receipt == ""
        visitor.ports = [one.port]
        visitor.post(action, fields)
        assert visitor.page.receipt
    assert responses(engine) == 1
