"""F5: a double click, two tabs, a page sent or loaded again, the way back. One row, and everybody is told the truth."""

from threading import Barrier, Thread

import pytest

from tests.collect.institution import drafts, invite, open_form, responses, times_kept, used
from tests.collect.visitor import Visitor

AT_ONCE = 8


@pytest.fixture(params=["invitation", "link"])
def mode(request):
    return request.param


@pytest.fixture(params=["learner", "dropout"])
def begun(request, mode, founded, visitor):
    """Somebody about to send a form of many steps, or of few: the mode, the link, and what is to be sent where."""
    survey = open_form(founded, request.param, mode=mode)
    link = f"/s/{invite(founded, survey, 1)[0]}" if mode == "invitation" else f"/f/{survey}"
    visitor.get(link)
    return mode, link, visitor.to_the_last_step(), visitor.action()


def test_f5_clicked_eight_times_at_once_one_answer_is_kept_and_all_see_its_receipt(begun, founded, visitor, port):
    _, _, fields, action = begun
    shown: list[str] = []
    begin = Barrier(AT_ONCE)

    def click():
        with Visitor(port) as same:
            same.cookies = dict(visitor.cookies)
            begin.wait()
            same.post(action, fields)
            shown.append(same.page.receipt)

    clicks = [Thread(target=click) for _ in range(AT_ONCE)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert len(shown) == AT_ONCE
    assert len(set(shown)) == 1
    assert times_kept(founded, shown) == {shown[0]: 1}
    assert responses(founded) == 1
    assert drafts(founded) == 0


def test_f5_the_same_form_sent_again_shows_the_same_receipt(begun, founded, visitor):
    _, _, fields, action = begun
    visitor.post(action, fields)
    receipt = visitor.page.receipt
    for _ in range(2):
        visitor.post(action, fields)
        assert visitor.page.receipt == receipt
    assert responses(founded) == 1


def test_f5_loaded_again_after_sending_nothing_is_kept_twice_and_no_form_stands_there_as_if_unsent(
    begun, founded, visitor
):
    mode, link, fields, action = begun
    visitor.post(action, fields)
    for address in (visitor.at, action, link):
        visitor.get(address)
        if mode == "invitation":
            assert visitor.page.main() is None
    assert responses(founded) == 1
    if mode == "invitation":
        assert used(founded) == 1


def test_f5_two_tabs_of_one_invitation_keep_one_answer_and_the_second_is_told_so(founded, port):
    survey = open_form(founded, mode="invitation")
    token = invite(founded, survey, 1)[0]
    with Visitor(port, seed=1) as first, Visitor(port, seed=2) as second:
        first.get(f"/s/{token}")
        second.get(f"/s/{token}")
        sent_first, sent_second = first.to_the_last_step(), second.to_the_last_step()
        first.post(first.action(), sent_first)
        second.post(second.action(), sent_second)
        assert first.page.receipt
        assert second.page.receipt in ("", first.page.receipt)
        assert second.answer.status in (200, 409, 410)
        assert second.page.main() is None
    assert responses(founded) == used(founded) == 1
    assert drafts(founded) == 0


def test_f5_back_to_an_earlier_step_keeps_what_was_answered_and_sends_it_once(founded, visitor):
    survey = open_form(founded, "learner")
    visitor.get(f"/f/{survey}")
    visitor.step()
    visitor.step()
    visitor.post(visitor.action(), [*visitor.form.as_it_stands(), ("go", "back")])
    assert any(each.checked for each in visitor.form.controls)
    assert visitor.walk()
    assert responses(founded) == 1
