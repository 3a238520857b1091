"""One list of what to change: weighed, merged over witnesses, sure or not, and through the gate."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.attacking import attack
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import NAMED_CHANGES, Choice, Step
from feedback.findings.far import with_gaps
from feedback.findings.finished import answer_of, document_of
from feedback.findings.lines import Line
from feedback.findings.priorities import change_key
from feedback.findings.shortfalls import all_lines
from feedback.findings.work import work_out
from tests.analysis.answers_table import answers_about, chosen_about, together
from tests.findings.evidence_of import HOUSES, comments, evidence
from tests.findings.test_drivers import course

FINDING, LIMITS = FINDINGS["priorities"], Limits()
MARKS = tuple(Step(float(value), f"mark {value}", 1 if value > 1 else -1) for value in range(4))
CHANGES = {
    "question:assessment": "assessment", "topic:assessment": "assessment", "criterion:assessment_valid": "assessment",
    "concern:concerns/assessment_unclear": "assessment", "question:goals": "goals", "topic:pace": "pace",
}  # fmt: skip


def institution(*answers, **more):
    """Evidence with what speaks of the same thing."""
    held = evidence(*answers, **more)
    return replace(
        held,
        changes=CHANGES,
        change_names={"assessment": "Tests and tasks", "goals": "A clear purpose", "pace": "Pace"},
        scales={**held.scales, "mark4": MARKS},
        questions={**held.questions, "concerns/assessment_unclear": "It is unclear how people were tested",
                   "concerns/outdated": "The content is out of date", "concerns": "What makes you hesitate?"},
    )  # fmt: skip


def rated(slug, question, falling, number, *, first=100):
    """Learners of whom so many do not rate a question well."""
    return answers_about(slug, ratings=[2] * falling + [4] * (number - falling), question=question, first=first)


def of(held, choice=Choice(), limits=LIMITS):
    return work_out(FINDING, held, choice, limits)


def changes_in(held, choice=Choice()):
    return {row["change"]: row for row in of(held, choice).rows.to_dict("records")}


def marked(slug, marks):
    given = answers_about(slug, ratings=marks, question="assessment_valid", construct="criterion", audience="expert",
                          scale="mark4", first=700)  # fmt: skip
    verdict = answers_about(slug, ratings=[1] * len(marks), question="verdict", audience="expert", first=700)
    return together(given, verdict.assign(kind="one", item="ready", number=None, positive=None, scale="").astype(
        given.dtypes.to_dict()))  # fmt: skip


def hesitant(slug, unclear, number):
    """Employers of whom so many hesitate because testing is unclear."""
    said = [["assessment_unclear"]] * unclear + [["outdated"]] * (number - unclear)
    told = chosen_about(slug, chosen=said, question="concerns", construct="concern", instrument="employer",
                        audience="employer", first=800)  # fmt: skip
    return told.assign(organisation=[HOUSES[who % len(HOUSES)] for who in told["response"]])


def test_what_goes_with_the_verdict_comes_before_what_falls_short_as_much():
    said = of(institution(course("a", 80, first=100), a="A"))
    assert said.rows["change"].iloc[0] == "goals"
    assert said.rows["importance"].iloc[0] > said.rows["importance"].iloc[1]
    assert said.sentence.startswith("Change this first in A: A clear purpose. It would gain ")


def test_where_nothing_goes_with_the_verdict_yet_all_count_alike():
    rows = of(institution(rated("a", "goals", 8, 20), rated("a", "assessment", 12, 20), a="A")).rows
    assert list(rows["change"]) == ["assessment", "goals"]
    assert rows["importance"].nunique() == 1


def test_a_change_no_question_asks_about_is_weighed_as_a_usual_question_and_says_so():
    held = institution(course("a", 80, first=100), marked("a", [0, 1]), said=[comments("a", 30)], a="A")
    rows = changes_in(held)
    assert {name: row["usual"] for name, row in rows.items()} == {"goals": 0.0, "assessment": 0.0, "pace": 1.0}
    taken = of(held).table.set_index("What")["Taken as a usual question"].to_dict()
    assert taken == {"A clear purpose": "no", "Tests and tasks": "no", "Pace": "yes"}


def test_five_that_speak_most_for_it_are_taken_from_a_change_alone_and_it_says_so():
    """Five less of another may still put that one first, so it never says "any five"."""
    many = [rated("a", name, falling, 100) for name, falling in
            (("goals", 80), ("assessment", 78), ("proof", 76), ("fit", 20))]  # fmt: skip
    said = of(institution(*many, a="A"))
    assert "also without the five answers to each of its lines that speak most for it" in said.sentence
    assert said.table["Without the five that speak most for it"].tolist() == ["yes", "yes", "yes", "no"]
    assert "any five" not in said.sentence + said.caution


def test_witnesses_who_speak_of_the_same_thing_make_one_line_and_gain_their_mean():
    learned, experts, employers = rated("a", "assessment", 14, 20), marked("a", [0, 1]), hesitant("a", 8, 20)
    row = changes_in(institution(learned, experts, employers, a="A"))["assessment"]
    assert row["sources"] == "learners, employers, experts"
    assert [line["source"] for line in row["lines"]] == ["expert", "question", "would_count"]
    alone = [changes_in(institution(each, a="A"))["assessment"]["gain"] for each in (learned, experts, employers)]
    assert row["gain"] == pytest.approx(sum(alone) / 3, rel=0.02)
    assert row["people"] == 20
    assert row["name"] == "Tests and tasks"


def test_what_people_write_beside_a_rating_of_the_same_thing_moves_no_gain():
    learned = rated("a", "assessment", 14, 30)
    wrote = comments("a", 12, topic="assessment")
    beside, alone = (changes_in(institution(learned, said=said, a="A"))["assessment"] for said in ([wrote], []))
    assert beside["gain"] == pytest.approx(alone["gain"])
    assert [line["source"] for line in beside["lines"]] == ["question", "topic"]


def test_what_only_comments_say_is_a_line_of_its_own_for_those_who_write():
    all_write = changes_in(institution(said=[comments("a", 10)], a="A"))["pace"]
    half = changes_in(institution(rated("a", "goals", 0, 20), said=[comments("a", 10)], a="A"))["pace"]
    assert half["gain"] == pytest.approx(all_write["gain"] / 2, rel=0.01)
    assert half["topics"] == "pace"
    assert half["measure"] == "topic|learner|pace|"


def test_an_action_may_look_again_at_what_was_rated():
    assert changes_in(institution(rated("a", "goals", 9, 20), a="A"))["goals"]["measure"] == "question|learner|goals|"


def test_a_mark_that_is_good_enough_is_no_line_and_one_below_is():
    assert "assessment" in changes_in(institution(marked("a", [1, 2]), a="A"))
    assert of(institution(marked("a", [2, 2]), a="A")).rows.empty
    assert of(institution(marked("a", [0]), a="A")).rows.empty, "one reviewer alone shows nothing"


def need(slug, construct, steps):
    return answers_about(slug, ratings=steps, question=construct, item="charts", scale="need5", audience="employer",
                         organisations=[HOUSES[at % len(HOUSES)] for at in range(len(steps))], first=40)  # fmt: skip


def test_a_skill_that_is_needed_now_and_not_in_three_years_is_a_line():
    now, later = need("a", "skill_need", [4] * 10), need("a", "skill_need_3y", [0] * 9 + [4])
    row = changes_in(institution(now, later, a="A"))["ageing:charts"]
    assert row["name"] == "Drawing charts, needed less in three years"
    assert row["lines"][0]["words"].startswith("100% of 10 employers need “Drawing charts” now; 10% of 10 think")
    still = need("a", "skill_need_3y", [4] * 9 + [0])
    assert "ageing:charts" not in changes_in(institution(now, still, a="A"))


def test_a_place_survives_only_where_five_answers_less_leave_it_there():
    many = [rated("a", name, falling, 100, first=100) for name, falling in
            (("goals", 80), ("assessment", 78), ("proof", 76), ("fit", 20))]  # fmt: skip
    rows = of(institution(*many, a="A"), Choice(credential="a")).rows
    assert list(rows["survives"]) == [True, True, True, False]
    few = [rated("a", name, falling, 12, first=100) for name, falling in
           (("goals", 8), ("assessment", 8), ("proof", 7), ("fit", 7))]  # fmt: skip
    assert not of(institution(*few, a="A"), Choice(credential="a")).rows["survives"].any()


def test_it_says_where_another_weighting_puts_another_first():
    held = institution(course("a", 80, first=100), rated("a", "assessment", 75, 80, first=1000), a="A")
    said = of(held, Choice(credential="a"))
    leads = dict(zip(said.rows["change"], said.rows["leads"], strict=True))
    assert leads == {"goals": "drivers", "assessment": "equal"}
    assert "Weighed otherwise another comes first: Tests and tasks if all count alike." in said.sentence


@pytest.mark.parametrize(("people", "shown"), [(4, 0), (5, 1)])
def test_s18_four_people_make_no_line_and_five_do(people, shown):
    assert len(of(institution(rated("a", "goals", people, people), a="A")).rows) == shown


def test_employers_of_two_organisations_make_no_line():
    three = hesitant("a", 8, 20)
    two = three.assign(organisation=[HOUSES[who % 2] for who in three["response"]])
    assert "assessment" in changes_in(institution(three, a="A"))
    assert of(institution(two, a="A")).rows.empty


@settings(max_examples=2, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_s16_whoever_is_too_few_moves_nothing_that_is_listed(one, other):
    def said(hidden):
        few = together(*(answers_about("b", ratings=hidden, question=name, construct=construct, first=900)
                         for name, construct in (("worth", "overall"), ("goals", None))))  # fmt: skip
        answer = of(institution(course("a", 30, first=100), few, marked("a", [0, 1]), a="A", b="B"))
        return json.dumps([answer.sentence, answer.table.to_csv(), answer.chart("light")], default=str)

    assert said(one) == said(other)


def test_s16_nothing_hidden_follows_from_the_list_and_what_stands_beside_it():
    held = institution(
        course("a", 14, first=100), hesitant("a", 7, 12), need("a", "skill_need", [4] * 6 + [0] * 6),
        need("a", "skill_need_3y", [0] * 11 + [4]), marked("a", [0, 1]), rated("b", "goals", 3, 7, first=500),
        said=[comments("a", 9)], a="A", b="B",
    )  # fmt: skip
    found = attack(held, LIMITS, findings=("priorities", "what_to_change"), choices=[Choice()])
    assert found.solved == ()
    assert found.facts > 10


def test_its_lines_are_kept_beside_its_picture():
    answer = of(institution(course("a", 30, first=100), hesitant("a", 8, 20), a="A"))
    kept = answer_of(json.loads(json.dumps(document_of(answer))))
    assert kept.chart("dark")
    assert kept.rows["lines"].tolist() == answer.rows["lines"].tolist()


def named(*rows):
    """Changes that experts named: credential, question, topics."""
    return DataFrame([("expert", slug, question, "survey", topics) for slug, question, topics in rows],
                     columns=list(NAMED_CHANGES))  # fmt: skip


def test_a_change_an_expert_names_is_a_line_and_one_with_what_else_speaks_of_it():
    review = marked("a", [2, 3])
    held = replace(
        institution(review, rated("a", "goals", 9, 20), a="A", b="B"),
        named_changes=named(("a", "change_1", "language|pace"), ("a", "change_2", ""), ("a", "change_1", "materials"),
                            ("b", "change_1", "pace")),
    )  # fmt: skip
    rows = changes_in(held)
    assert {"pace", "topic:materials", "named:change_1", "named:change_2"} & rows.keys() == {
        "pace", "topic:materials", "named:change_2"
    }  # fmt: skip
    assert rows["pace"]["lines"][0]["words"] == "1 of 2 experts name a change about “Pace”."
    assert rows["pace"]["gap"] == pytest.approx(1 / 2)
    assert rows["pace"]["topics"] == "pace"
    assert "no topic known here" in rows["named:change_2"]["lines"][0]["words"]
    assert {row["credential"] for row in rows.values()} == {"a"}, "of B nobody has handed in a review"


def test_an_expert_who_names_a_topic_in_two_answers_is_one():
    twice = named(("a", "change_1", "pace"), ("a", "change_2", "pace"))
    held = replace(institution(marked("a", [2, 3]), a="A"), named_changes=twice)
    row = changes_in(held)["pace"]
    assert row["lines"][0]["words"] == "At least 1 of 2 experts name a change about “Pace”."
    assert row["lines"][0]["share"] == 1 / 2
    both = named(("a", "change_1", "pace"), ("a", "change_1", "pace"), ("a", "change_2", "pace"))
    assert changes_in(replace(held, named_changes=both))["pace"]["lines"][0]["share"] == 1


def test_a_change_of_no_known_topic_is_listed_last_without_a_gain_and_never_leads():
    alone = replace(institution(marked("a", [2, 3]), a="A"), named_changes=named(("a", "change_1", "")))
    said = of(alone)
    assert said.sentence == "Not enough people have answered yet to say what should change."
    assert said.rows[["gain", "low", "high", "p_top"]].isna().all(axis=None)
    assert said.table[["What", "Without the five that speak most for it"]].to_numpy().tolist() == [
        ["A change experts name, asked “change_1”", ""]
    ]
    assert said.chart("light") is None
    beside = replace(alone, answers=together(alone.answers, rated("a", "goals", 9, 20)))
    rows = of(beside).rows
    assert rows["change"].tolist() == ["goals", "named:change_1"]
    assert rows["gain"].iloc[0] == of(replace(beside, named_changes=named())).rows["gain"].iloc[0]
    assert answer_of(json.loads(json.dumps(document_of(of(beside))))).rows["change"].tolist() == rows["change"].tolist()


def test_an_action_comes_from_the_line_with_its_row_or_option():
    held = replace(institution(marked("a", [2, 3]), hesitant("a", 8, 20), a="A"),
                   named_changes=named(("a", "change_1", "pace")))  # fmt: skip
    abouts = {row["change"]: (row["source"], row["about"]) for row in changes_in(held).values()}
    assert abouts["pace"] == ("expert", "pace/named")
    assert abouts["assessment"] == ("would_count", "concerns/assessment_unclear")


def test_what_experts_name_stands_beside_the_mark_they_give_it_and_moves_no_gain():
    low = institution(marked("a", [0, 1]), a="A")
    both = changes_in(replace(low, named_changes=named(("a", "change_1", "assessment"))))["assessment"]
    assert both["gain"] == pytest.approx(changes_in(low)["assessment"]["gain"])
    assert [line["item"] for line in both["lines"]] == ["", "named"]


@pytest.mark.parametrize("rounds", [("survey",), ("survey", "next")])
def test_a_named_change_waits_until_as_many_reviews_are_in_as_show(rounds):
    reviews = [marked("a", [2, 3] if survey == "survey" else [2]).assign(survey=survey) for survey in rounds]
    late = named(("a", "change_1", "pace")).assign(survey=rounds[-1])
    held = replace(institution(together(*reviews), a="A"), named_changes=late)
    assert ("pace" in changes_in(held)) is (len(rounds) == 1)


@settings(max_examples=3, deadline=None)
@given(st.permutations([1] * 3 + [2] * 4 + [3] * 5), st.integers(1, 11))
def test_s14_how_far_answers_lie_below_the_best_follows_from_the_steps_told_alone(low, split):
    """Whoever gave which of the steps that are told together moves nothing."""

    def said(ratings):
        good = [4] * 12 + [5] * 10
        told = [
            answers_about("a", ratings=[*ratings, *good], question="goals", first=100),
            answers_about("b", ratings=[*([1] * 6), *([2] * 6), *([3] * 6), *good], question="goals", first=400),
        ]
        return json.dumps(of(institution(*told, a="A", b="B")).rows.to_dict("records"), default=str)

    few = [min(step, 2) for step in low[:split] if step < 3][:4]  # below the minimum: joined with the third step
    others = [3] * (12 - len(few))
    assert said([*few, *others]) == said([*([1] * len(few)), *others])


def test_where_no_steps_are_told_the_share_says_how_far_answers_fall_short():
    row = changes_in(institution(rated("a", "goals", 3, 20), a="A"))["goals"]["lines"][0]
    assert row["steps"] == []
    assert 3 / 20 * 2 / 4 < row["short"] < 3 / 20 + 17 / 20 / 4
    told = changes_in(institution(rated("a", "goals", 9, 20), a="A"))["goals"]["lines"][0]
    assert told["steps"] == [["learner", 2.0, 2.0, 9], ["learner", 4.0, 4.0, 11]]


def test_a_step_the_scale_has_no_more_leaves_the_share_to_say_how_far():
    held = institution(rated("a", "goals", 9, 20), a="A")
    fewer = tuple(step for step in held.scales["agree5"] if step.value != 2)
    line = changes_in(replace(held, scales={**held.scales, "agree5": fewer}))["goals"]["lines"][0]
    assert line["steps"] == []
    assert 0 < line["short"] < 1


def test_of_a_question_no_questionnaire_asks_any_more_no_steps_are_told():
    held = institution(rated("a", "goals", 9, 20), a="A")
    gone = replace(held, questions={name: words for name, words in held.questions.items() if "goals" not in name})
    assert changes_in(held)["goals"]["lines"][0]["steps"]
    assert changes_in(gone)["goals"]["lines"][0]["steps"] == []
    assert work_out(FINDINGS["answers"], gone, Choice(), LIMITS).rows.empty


def test_shares_and_parts_of_a_scale_are_not_drawn_together():
    def line(slug, share, short):
        return Line(slug, "question", "goals", "", "learner", 40, None, None, share, 0, 1, "Goals", ".",
                    short=short, short_sd=0.2)  # fmt: skip

    of_scale = [line("a", 0.5, 0.3), line("b", 0.6, 0.35)]
    share = line("c", 0.9, float("nan"))
    assert with_gaps([*of_scale, share]) == [*with_gaps(of_scale), *with_gaps([share])]


def test_where_the_good_end_lies_in_the_middle_answers_fall_short_on_either_side():
    steps = tuple(Step(float(value), str(value), (value > 5) - (value < 3)) for value in range(1, 8))
    held = institution(
        answers_about("a", ratings=[1] * 6 + [4] * 12 + [7] * 6, question="goals", scale="pace7", first=100), a="A"
    )
    held = replace(held, scales={**held.scales, "pace7": steps})
    line = changes_in(held)["goals"]["lines"][0]
    assert line["short"] == pytest.approx(0.5, abs=0.02)


def test_experts_texts_and_comments_are_no_part_of_it():
    held = institution(rated("a", "goals", 9, 20), said=[comments("a", 10, text="Unmistakable words")], a="A")
    assert "Unmistakable" not in str(of(held).table.to_csv())


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (("question", "assessment", ""), "assessment"),
        (("topic", "assessment", ""), "assessment"),
        (("would_count", "concerns", "assessment_unclear"), "assessment"),
        (("would_count", "pace", ""), "pace"),
        (("expert", "assessment_valid", ""), "assessment"),
        (("skill", "charts", ""), "skill:charts"),
        (("question", "skills", "charts"), "skill:charts"),
        (("alignment", "charts", ""), "skill:charts"),
        (("topic", "materials", ""), "topic:materials"),
    ],
)
def test_each_line_speaks_of_the_change_the_file_says(line, key):
    assert change_key(*line, institution(a="A")) == key


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(5, 60)), min_size=1, max_size=6))
def test_gaps_drawn_together_lie_between_the_lowest_and_the_highest_share(given_):
    lines = []
    for at, (hits, people) in enumerate(given_):
        share = min(hits, people) / people
        lines.append(Line(f"c{at}", "question", "goals", "", "learner", people, None, None, share, 0, 1, "Goals", "."))
    drawn = with_gaps(lines)
    shares = [line.share for line in lines]
    assert all(min(shares) - 1e-9 <= line.gap <= max(shares) + 1e-9 for line in drawn)
    assert all(line.gap_sd > 0 for line in drawn)
    if len(lines) == 1:
        assert drawn[0].gap == pytest.approx(lines[0].share)


def test_lines_come_in_an_order_of_their_own():
    held = institution(course("a", 20, first=100), marked("a", [0, 1]), said=[comments("a", 9)], a="A")
    mixed = replace(held, answers=held.answers.sample(frac=1, random_state=1))
    one, other = ([line.told for line in all_lines(each, Choice(), LIMITS)] for each in (held, mixed))
    assert one == other


def test_that_a_skill_was_promised_and_not_covered_is_not_made_smaller_by_what_else_is_said_of_it():
    asked = answers_about(
        "a", ratings=["not_covered"] * 8 + [4] * 12, question="skills", construct="skill_gain", item="charts",
        scale="confidence4", first=100,
    )  # fmt: skip
    short = answers_about(
        "a", ratings=[5] * 2 + [1] * 10, question="skill_shortfall", construct="skill_shortfall", item="charts",
        audience="employer", organisations=[HOUSES[at % len(HOUSES)] for at in range(12)], first=40,
    )  # fmt: skip
    alone, both = (changes_in(institution(*tables, a="A"))["skill:charts"] for tables in ([asked], [asked, short]))
    assert both["gain"] == pytest.approx(alone["gain"])
    assert len(both["lines"]) == len(alone["lines"]) + 1


def test_over_several_credentials_a_question_counts_the_same_for_each():
    held = institution(course("a", 60, first=100), course("b", 60, first=300, loud="assessment"), a="A", b="B")
    rows = of(held).rows
    assert set(rows["credential"]) == {"a", "b"}
    assert (rows.groupby("change")["importance"].nunique() == 1).all()
    own = {slug: changes_in(held, Choice(credential=slug))["goals"]["importance"] for slug in "ab"}
    assert own["a"] > own["b"]
