"""What comes back for fee and hours: never a number alone, and none that no other finding tells."""

import json
from dataclasses import replace

import pytest

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.finished import MODES
from feedback.findings.work import work_out
from tests.findings.evidence_of import evidence, later
from tests.findings.portfolio_of import offers_of, paid, seen, several


def found(held, choice=Choice()):
    return work_out(FINDINGS["returns"], held, choice, Limits())


def test_the_share_whose_pay_rose_stands_with_its_doubt_beside_what_it_costs():
    answer = found(several())
    assert answer.sentence.startswith("Half a year on, 53% of the learners of Alpha say that it has added to their pay")
    assert "(likely between 34 and 71%; 17 people)" in answer.sentence
    assert "it costs EUR 500 and 50 hours" in answer.sentence
    assert all(answer.chart(mode) for mode in MODES)
    row = answer.table.set_index("Credential").loc["Alpha"]
    assert row["A 5% rise pays it back in a year, from a yearly pay of"] == 10_000
    assert row["Fee an hour"] == 10


def test_of_several_the_surest_gain_leads_and_those_with_surely_few_are_counted():
    held = several(paid("a", 12, 6), paid("b", 5, 40, first=1000))
    assert found(held).sentence.startswith("Most surely: half a year on, 67% of the learners of Alpha")
    assert "Of 1 of 2 credentials with enough answers surely fewer than half." in found(held).sentence


def test_without_enough_on_pay_the_sentence_and_the_picture_go_by_what_learners_see_at_the_end():
    held = several(seen("a", [["value_for_money"]] * 8 + [["network"]] * 12), paid("a", 1, 2))
    answer = found(held)
    assert answer.sentence.startswith("Not enough learners have said half a year on")
    assert "40% see more back than it costs in Alpha (likely between" in answer.sentence
    assert answer.chart("light")
    assert "NaN" not in json.dumps([answer.chart(mode) for mode in MODES])


def test_pay_and_use_are_what_outcomes_tells_of_the_credential_by_itself():
    held = several(paid("a", 9, 8), later("a", [True] * 7 + [False] * 6), paid("b", 6, 3, first=1000))
    rows = found(held).rows
    rows = rows[rows["about"].isin(["pay", "use"])]
    for slug in ("a", "b"):
        alone = work_out(FINDINGS["outcomes"], held, Choice(credential=slug), Limits()).rows
        alone = alone[(alone["item"] == "") & (alone["state"] != "withheld")].set_index("question")
        mine = rows[(rows["credential"] == slug) & (rows["state"] != "withheld")].set_index("question")
        assert set(mine.index) == set(alone.index)
        for name in ("people", "hits", "share", "low", "high"):
            assert mine[name].astype(float).to_dict() == alone[name].astype(float).to_dict()


@pytest.mark.parametrize("more", [9, 0])
def test_where_all_of_a_small_group_gained_or_none_did_it_is_not_told(more):
    rows = found(several(paid("a", more, 9 - more))).rows
    pay = rows[(rows["about"] == "pay") & (rows["credential"] == "a")]
    told = pay[pay["state"] != "withheld"]
    alone = work_out(FINDINGS["outcomes"], several(paid("a", more, 9 - more)), Choice(credential="a"), Limits())
    assert told.empty == alone.shown.empty


def test_what_is_free_or_of_unknown_cost_is_said_so():
    free = found(several(fee=0.0, currency=None))
    assert "it is free of charge and takes 50 hours" in free.sentence
    unknown = found(several(fee=None, hours=None))
    assert "what it costs is not known" in unknown.sentence
    assert unknown.table["Fee an hour"].isna().all()


def test_a_fee_of_an_unknown_currency_stands_alone_and_no_hours_give_no_fee_an_hour():
    bare = found(several(currency=None, hours=0.0))
    assert "; it costs 500 and 0 hours." in bare.sentence
    assert bare.table["Fee an hour"].isna().all()
    assert "Fees go from" not in bare.sentence
    assert "  500" not in json.dumps(bare.chart("light"))


def test_a_credential_nobody_answered_about_stands_in_the_table_with_its_costs():
    held = replace(evidence(a="Alpha"), offers=offers_of("a"))
    answer = found(held)
    assert answer.sentence.startswith("Not enough learners")
    assert answer.table.loc[0, ["Fee", "Hours"]].tolist() == [500, 50]
    assert answer.chart("light") is None
