"""F6, F7: the connection goes, the phone sleeps, the server is started anew, the questionnaire has a new version. What
was answered is still there."""

import shutil

import pytest

from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from tests.collect.forms import Form
from tests.collect.institution import drafts, found_institution, instruments, invite, light_form, open_form, responses
from tests.collect.serving import served, served_here
from tests.collect.visitor import Visitor


def given(form: Form) -> set[tuple[str, str]]:
    """What stands answered in a form."""
    hidden = {each.name for each in form.controls if each.kind == "hidden"}
    return {(name, value) for name, value in form.as_it_stands() if value and name not in hidden}


def typed(visitor: Visitor) -> set[tuple[str, str]]:
    """Fill the step in and let the script save it, without going on; what was filled in."""
    sent = visitor.fields()[:-1]
    answer = visitor.ask_as_script(f"{visitor.action()}/draft", sent)
    assert answer.status in (200, 204), answer.text
    return {(name, value) for name, value in sent if value and name not in hidden_in(visitor.form)}


def hidden_in(form: Form) -> set[str]:
    return {each.name for each in form.controls if each.kind == "hidden"}


def test_f6_what_the_script_saved_is_there_after_the_connection_is_gone(founded, visitor):
    survey = open_form(founded, "learner")
    visitor.get(f"/f/{survey}")
    visitor.step()
    saved = typed(visitor)
    visitor.close()
    visitor.get(f"/f/{survey}")
    assert given(visitor.form) >= saved
    assert visitor.walk()
    assert drafts(founded) == 0


def test_f6_an_invitation_goes_on_on_another_device_by_the_same_link(founded, port):
    survey = open_form(founded, "learner", mode="invitation")
    token = invite(founded, survey, 1)[0]
    with Visitor(port, seed=1) as phone, Visitor(port, seed=2) as desk:
        phone.get(f"/s/{token}")
        phone.step()
        saved = typed(phone)
        desk.get(f"/s/{token}")
        assert given(desk.form) >= saved
        assert desk.walk()
        phone.step()
        assert phone.page.main() is None
    assert responses(founded) == 1
    assert drafts(founded) == 0


def test_f6_an_open_form_is_begun_anew_by_another_browser(founded, port):
    survey = open_form(founded, "learner")
    with Visitor(port) as mine, Visitor(port) as another:
        mine.get(f"/f/{survey}")
        mine.step()
        typed(mine)
        another.get(f"/f/{survey}")
        assert given(another.form) == set()


def test_f6_a_draft_that_arrives_after_the_answer_was_sent_is_not_kept(founded, port):
    survey = open_form(founded, "learner", mode="invitation")
    with Visitor(port) as visitor, Visitor(port) as late:
        visitor.get(f"/s/{invite(founded, survey, 1)[0]}")
        visitor.step()
        late.cookies, late.answer, late.at = dict(visitor.cookies), visitor.answer, visitor.at
        assert visitor.walk()
        late.ask_as_script(f"{late.action()}/draft", late.fields())
    assert drafts(founded) == 0
    assert responses(founded) == 1


@pytest.mark.parametrize("mode", ["invitation", "link"])
def test_f7_a_server_started_anew_goes_on_where_people_were(engine, database_url, tmp_path, mode):
    found_institution(engine)
    survey = open_form(engine, "learner", mode=mode)
    with served(database_url, tmp_path) as server, Visitor(server.port) as visitor:
        visitor.get(f"/s/{invite(engine, survey, 1)[0]}" if mode == "invitation" else f"/f/{survey}")
        visitor.step()
        saved, title = typed(visitor), visitor.page.title
        server.end()
        server.start()
        visitor.get(f"/f/{survey}")
        assert visitor.page.title == title
        assert given(visitor.form) >= saved
        assert visitor.walk()
    assert responses(engine) == 1


@pytest.fixture
def next_version(tmp_path):
    """The questionnaires when the learners' has a second version, that asks one thing more and another no more."""
    folder = tmp_path / "instruments"
    shutil.copytree(data_folder() / "instruments", folder)
    path = folder / "learner.toml"
    text = path.read_text(encoding="utf-8").replace("version = 1\n", "version = 2\n", 1)
    kept, gone = text.split("[[questions]]\n", 1)
    first, rest = gone.split("[[questions]]\n", 1)
    asked_anew = first.replace('id = "', 'id = "again_', 1)
    path.write_text("[[questions]]\n".join((kept, first, asked_anew, rest)), encoding="utf-8")
    return dict(read_instruments(folder))


@pytest.mark.parametrize("mode", ["invitation", "link"])
def test_f7_a_form_begun_on_one_version_is_ended_on_it_when_the_next_has_come(founded, next_version, mode):
    survey = open_form(founded, "learner", mode=mode)
    assert next_version["learner"].version == instruments()["learner"].version + 1
    with (
        served_here(light_form(founded)) as before,
        served_here(light_form(founded, next_version)) as after,
        Visitor(before) as visitor,
    ):
        visitor.get(f"/s/{invite(founded, survey, 1)[0]}" if mode == "invitation" else f"/f/{survey}")
        visitor.step()
        saved = typed(visitor)
        visitor.ports = [after]
        visitor.get(f"/f/{survey}")
        assert given(visitor.form) >= saved
        assert not any("again_" in each.name for each in visitor.form.controls)
        assert visitor.walk()
    assert responses(founded) == 1
