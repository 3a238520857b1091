"""The fixed menu: what is chosen is a choice, and the address remembers it."""

from streamlit.testing.v1 import AppTest

from tests.ui.drawing import drawn


def groups():
    import streamlit as st

    from feedback.findings.evidence import Choice
    from feedback.ui import choices

    found = choices.group(Choice(programme="data"))
    st.text("|".join((found.programme, found.by, found.group)))


def visit(**address: str) -> AppTest:
    app = AppTest.from_function(groups, default_timeout=30)
    for name, value in address.items():
        app.query_params[name] = value
    return drawn(app.run())


def test_employers_are_split_by_sector_into_all_groups_until_something_else_is_chosen():
    page = visit()
    assert page.text[0].value == "data||"
    assert [one.label for one in page.selectbox] == ["Employers", "Sector"]
    assert page.selectbox[1].options[0] == "All sectors"


def test_a_split_and_one_of_its_groups_are_chosen_and_stand_in_the_address():
    page = drawn(visit().selectbox[0].select("role").run())
    page = drawn(page.selectbox[1].select("recruiters").run())
    assert page.text[0].value == "data|role|recruiters"
    assert dict(page.query_params) in ({"by": "role", "role": "recruiters"}, {"by": ["role"], "role": ["recruiters"]})
    assert visit(by="role", role="recruiters").text[0].value == "data|role|recruiters"


def test_another_split_leaves_no_group_of_the_last():
    page = visit(by="role", role="recruiters")
    page = drawn(page.selectbox[0].select("size").run())
    assert page.text[0].value == "data|size|"
