"""What no credential covers: what is wanted of it, and what is not known."""

from dataclasses import replace

import pytest

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.white_space import NOT_HERE
from feedback.findings.work import work_out
from tests.findings.evidence_of import evidence
from tests.findings.portfolio_of import figures_of, offers_of, rated

NEW, OLD = "2026-01-01", "2024-01-01"
FIGURES = figures_of(
    ("ai", "demand", 900, NEW), ("ai", "demand", 30, OLD), ("ai", "supply", 1, NEW),
    ("sql", "demand", 300, NEW), ("sql", "supply", 80, NEW),
    ("latin", "demand", 5, NEW), ("latin", "supply", 2, NEW),
    ("Green hydrogen", "demand", 500, NEW), ("Green hydrogen", "supply", 60, NEW),
)  # fmt: skip


def market(*answers, claims=None, offers=None, **more):
    held = evidence(*answers, a="Alpha", b="Beta")
    named = {"ai": "Checking AI", "sql": "SQL", "latin": "Latin"}
    known = offers_of("a", "b") if offers is None else offers
    return replace(held, market=FIGURES, skills=named, claims=claims or {"a": ("sql",)}, offers=known, **more)


def found(held, choice=Choice()):
    return work_out(FINDINGS["white_space"], held, choice, Limits())


def suggested(answer):
    return dict(zip(answer.table["Skill or topic"], answer.table["Suggestion"], strict=True))


def test_what_is_wanted_and_rarely_offered_may_be_launched_and_leads():
    answer = found(market())
    assert suggested(answer) == {
        "Checking AI": "launch", "Green hydrogen": "wanted, and crowded", "Latin": "hardly wanted",
    }  # fmt: skip
    assert answer.sentence.startswith("“Checking AI” may be worth a credential of its own")
    assert "its demand is 30 times what it was" in answer.sentence
    assert answer.table.loc[0, "Skill or topic"] == "Checking AI"


def test_a_skill_claimed_and_a_topic_in_a_title_or_among_the_subjects_are_covered():
    assert "SQL" not in suggested(found(market()))
    held = market(claims={"a": ("sql", "ai")}, offers=offers_of("a", "b", topics="energy|Green Hydrogen"))
    assert suggested(found(held)) == {"Latin": "hardly wanted"}
    titled = replace(market(), titles={"a": "Alpha", "b": "Green hydrogen basics"})
    assert "Green hydrogen" not in suggested(found(titled))


def test_a_topic_within_another_word_of_a_title_is_not_covered():
    figures = figures_of(("AI", "demand", 500, NEW), ("Wool", "demand", 60, NEW))
    held = replace(market(), market=figures, titles={"a": "Retail", "b": "Woollen goods"})
    assert {"AI", "Wool"} <= set(suggested(found(held)))
    named = replace(held, titles={"a": "AI in the shop", "b": "Woollen goods"})
    assert "AI" not in suggested(found(named))


@pytest.mark.parametrize("facts", [{"topics": "Green hydrogen"}, {}])
@pytest.mark.parametrize(("stage", "told"), [("design", True), ("retired", True), ("beta", False), ("live", False)])
def test_a_topic_of_a_credential_not_on_offer_is_still_missing_and_says_whose_it_is(stage, told, facts):
    held = market(offers=offers_of("a", "b", lifecycle=stage, **facts))
    held = held if facts else replace(held, titles={"a": "Alpha", "b": "Green hydrogen basics"})
    answer = found(held)
    assert ("Green hydrogen" in suggested(answer)) is told
    if told:
        row = answer.table.set_index("Skill or topic").loc["Green hydrogen"]
        assert row["Why"].endswith(
            f"not on offer yet, or no more: {'Alpha, Beta' if facts else 'Green hydrogen basics'}."
        )


@pytest.mark.parametrize(("stage", "told"), [("design", True), ("retired", True), ("beta", False), ("live", False)])
def test_what_only_a_credential_not_on_offer_claims_is_still_missing_and_says_whose_it_is(stage, told):
    answer = found(market(claims={"b": ("ai",)}, offers=offers_of("a", "b", lifecycle=stage)))
    assert ("Checking AI" in suggested(answer)) is told
    if told:
        why = answer.table.set_index("Skill or topic").loc["Checking AI", "Why"]
        assert "not on offer yet, or no more: Beta" in why


def test_a_lead_of_one_programme_is_not_told_what_another_one_designs():
    held = market(claims={"b": ("ai",)}, offers=offers_of("a", "b", lifecycle="idea"), programmes={"a": "x", "b": "y"})
    table = found(held, Choice(programme="x")).table
    assert "Beta" not in table.to_string()
    assert "one of another programme" in table.set_index("Skill or topic").loc["Checking AI", "Why"]


def test_employers_who_surely_need_a_skill_taken_off_a_credential_count_as_demand():
    held = replace(market(rated("a", [4] * 9, needs=[4] * 9)), market=FIGURES.head(0), skills={"charts": "Charts"})
    assert suggested(found(held)) == {"Charts": "launch"}
    few = replace(market(rated("a", [4] * 4, needs=[4] * 4)), market=FIGURES.head(0), skills={"charts": "Charts"})
    answer = found(few)
    assert suggested(answer) == {"Charts": "not known enough"}
    assert answer.sentence.startswith("Not enough is known")
    assert "bring in a figure of its demand" in answer.table.loc[0, "What would change it"]


def test_asking_about_a_skill_of_a_credential_in_design_is_what_it_says_and_helps():
    claims = {"a": ("charts",)}
    few = market(rated("a", [4] * 4, needs=[4] * 4), claims=claims, offers=offers_of("a", "b", lifecycle="design"))
    few = replace(few, market=FIGURES.head(0), skills={"charts": "Charts"})
    row = found(few).table.loc[0]
    assert (row["Skill or topic"], row["Suggestion"]) == ("Charts", "not known enough")
    assert row["What would change it"].startswith("Ask employers how far they need it;")
    asked = market(rated("a", [4] * 9, needs=[4] * 9), claims=claims, offers=offers_of("a", "b", lifecycle="design"))
    answer = found(replace(asked, market=FIGURES.head(0), skills={"charts": "Charts"}))
    row = answer.table.loc[0]
    assert (row["Suggestion"], row["People"]) == ("launch", 9)
    assert "100% of employers asked need it" in row["Why"]


def test_of_a_topic_nobody_is_told_to_ask_employers_in_a_way_that_cannot_help():
    table = found(market()).table.set_index("Skill or topic")["What would change it"]
    assert table["Green hydrogen"] == ""
    assert table["Latin"].startswith("Ask employers how far they need it (claim it in a credential that is in design)")


def test_where_nobody_knows_how_many_offer_it_a_launch_says_that():
    figures = figures_of(("Quantum", "demand", 90, NEW), ("Latin", "demand", 5, NEW))
    answer = found(replace(market(), market=figures, skills={}))
    assert "“Quantum” may be worth a credential of its own, as far as is known: " in answer.sentence
    assert "how many others offer it is not known" in answer.sentence
    assert "as far as is known" not in found(market()).sentence


def test_it_is_a_question_to_all_credentials():
    answer = found(market(), Choice(credential="a"))
    assert answer.sentence == NOT_HERE
    assert not answer.has_table


def test_where_everything_is_covered_that_is_said():
    held = replace(evidence(a="Alpha"), skills={"sql": "SQL"}, claims={"a": ("sql",)}, offers=offers_of("a"))
    assert found(held).sentence.startswith("Every skill in the catalogue")
