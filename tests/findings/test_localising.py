"""The case for another language: what learners ask for, and what it is given in."""

from dataclasses import replace

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from tests.findings.evidence_of import evidence, forms_of, wishes
from tests.findings.portfolio_of import offers_of

MANY, SOME, FEW = 18, 7, 3
ASKED = [["language"]] * MANY + [["local_cases"]] * SOME + [["no"]] * 20 + [["subtitles"]] * FEW


def held(*answers, languages="en|de", **more):
    given = answers or (wishes("a", ASKED), wishes("b", [["no"]] * 30 + [["language"]] * 2, first=300))
    return replace(evidence(*given, a="Alpha", b="Beta", **more), offers=offers_of("a", "b", languages=languages))


def found(evidence_, choice=Choice()):
    return work_out(FINDINGS["languages"], evidence_, choice, Limits())


def test_where_many_ask_for_another_language_there_is_a_case_and_what_is_missing_is_named():
    answer = found(held())
    assert answer.sentence.startswith("There is a case for another language in Alpha: 38% of its learners")
    assert "and name Spanish" in answer.sentence
    assert "given in en and de" in answer.sentence
    assert answer.table.loc[answer.table["What"] == "language asked for", "Asked for, and not given"].tolist() == [
        "yes"
    ]
    assert answer.chart("light")


def test_a_language_it_is_given_in_is_not_missing_and_of_unknown_ones_nothing_is_said():
    for languages in ("en|es", None):
        table = found(held(languages=languages)).table
        assert not table["Asked for, and not given"].str.len().any()


def test_wishes_are_those_localisation_tells_of_the_credential_by_itself():
    rows = found(held()).rows
    for slug in ("a", "b"):
        alone = work_out(FINDINGS["localisation"], held(), Choice(credential=slug), Limits()).rows
        alone = alone[alone["item"] != "any"].set_index(["question", "item"])
        mine = rows[rows["credential"] == slug].set_index(["question", "item"])
        assert set(mine.index) == set(alone.index)
        for name in ("people", "hits", "share", "low", "high"):
            assert mine[name].to_dict() == alone[name].to_dict()


def test_a_wish_too_few_have_stands_nowhere():
    rows = found(held()).rows
    assert set(rows.loc[rows["credential"] == "a", "item"]) == {"language", "local_cases", "es"}
    assert rows[rows["credential"] == "b"].empty


def test_where_hardly_anybody_asks_no_case_is_made():
    rare = held(wishes("a", [["language"]] * 6 + [["no"]] * 90))
    assert found(rare).sentence.startswith("Of no credential do we know")
    assert found(held(wishes("a", [["language"]] * 4))).sentence.startswith("Not enough learners")
    assert found(held(wishes("a", [["language"]] * 4))).chart("light") is None


def test_forms_are_counted_in_steps_of_five_and_of_the_choice_alone():
    sent = forms_of("data-badge-1", finished=13).assign(credentials="a")
    counted = held(wishes("a", ASKED), forms=sent)
    table = found(counted).table
    assert table.loc[table["What"] == "forms sent", "People asked, or forms at least"].tolist() == [10]
    assert "forms sent" not in set(found(counted, Choice(credential="b")).table["What"])
