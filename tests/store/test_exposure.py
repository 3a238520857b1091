"""P11: what a thief would hold, counted from what is there. On both databases."""

from feedback.policy import OPERATOR
from feedback.store import accounts
from feedback.store.database import reading, transaction
from feedback.store.exposure import exposure
from feedback.store.invitations import Person, make
from feedback.store.retention import hold
from tests.store.releasing import save_all


def found(engine, instruments):
    with reading(engine) as session:
        return {each.what: each for each in exposure(session, instruments)}


def test_of_nobody_there_is_nothing(institution, instruments):
    assert found(institution, instruments) == {}


def test_people_answers_and_doors_are_counted_and_what_is_sealed_says_so(institution, instruments, said):
    save_all(institution, *[said(worth=4)] * 3, *[said(keep="My name is Ann")] * 4)
    with transaction(institution) as session:
        make(session, "of-learners", [Person("ann@example.org"), Person()], key=b"k" * 32)
        accounts.add_account(session, "Ann", "ann@example.org", ())
        hold(session, "of-learners", "A complaint", by=OPERATOR)
    told = found(institution, instruments)
    assert told["answers, without a name"].number == 10  # seven, told in steps of five
    assert told["of these, answers with unmasked texts that people wrote"].number == 5
    assert told["addresses of people invited to surveys"].number == 1
    assert told["names and mail addresses of accounts"].number == 1
    links = told["links of invitations, as fingerprints"]
    assert (links.number, links.sealed) == (2, True)
    assert "Ann" not in str(told)
