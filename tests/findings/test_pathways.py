"""Where a pathway loses people, as far as that can be known of people nobody follows."""

from dataclasses import replace

import pandas as pd

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from tests.analysis.answers_table import chosen_about
from tests.findings.evidence_of import runs_of
from tests.findings.portfolio_of import pathway_of, several


def found(held, choice=Choice()):
    return work_out(FINDINGS["pathways"], held, choice, Limits())


def planning(credential, next_here, elsewhere):
    chosen = [["next_module"]] * next_here + [["job"]] * elsewhere
    told = chosen_about(credential, chosen=chosen, question="next_step", construct="stacking", first=100)
    told = told[told["item"] != ""].assign(kind="one", instrument="learner")
    return told


def test_the_step_that_loses_most_is_named_and_so_is_how_few_can_have_gone_on():
    runs = pd.concat([runs_of("a", (100, 90)), runs_of("b", (40, 10)), runs_of("d", (60, 50))])
    answer = found(replace(several(), runs=runs))
    assert answer.sentence.startswith("Most are lost in step 2 of “The way”, Beta: 75% of those who start it")
    assert "from Alpha to Beta: at most 47% of those who completed the one" in answer.sentence
    assert "Nobody's way is followed" in answer.sentence
    assert answer.table["Went on, at most (%)"].dropna().tolist() == [47, 100]
    assert answer.chart("light")


def test_a_step_of_too_few_is_withheld_and_bounds_nothing():
    runs = pd.concat([runs_of("a", (100, 90)), runs_of("b", (4, 1)), runs_of("d", (60, 50))])
    rows = found(replace(several(), runs=runs)).rows
    through = rows[rows["about"] == "through"].set_index("credential")
    assert through.loc["b", "state"] == "withheld"
    assert through["most"].isna().all()


def most_after(*runs):
    """Of ninety who completed the first step, how many percent can have gone on, by the runs of the second."""
    second = pd.concat([runs_of("b", (40, 10)).assign(slug=f"b-{at}", **facts) for at, facts in enumerate(runs)])
    rows = found(replace(several(), runs=pd.concat([runs_of("a", (100, 90)), second]))).rows
    first = rows[(rows["about"] == "through") & (rows["credential"] == "a")].iloc[0]
    return None if pd.isna(first["most"]) else round(100 * first["most"])


def test_whoever_enrolled_in_any_run_of_the_next_step_may_have_gone_on():
    assert most_after({}) == 47
    assert most_after({"enrolled": None}) == 44, "who started is the least that enrolled"
    assert most_after({}, {"enrolled": 22, "started": 20, "completed": None}) == 71, "one is still going"
    assert most_after({}, {"enrolled": 60, "completed": None}) == 100


def test_where_of_one_run_of_the_next_step_it_is_not_known_or_not_told_who_enrolled_nothing_is_bounded():
    assert most_after({}, {"enrolled": None, "started": None, "completed": None}) is None
    assert most_after({}, {"enrolled": 4, "started": 4, "completed": 1}) is None
    assert most_after({}, {"enrolled": 9, "started": 4, "completed": 1}) is None


def test_what_learners_plan_stands_beside_and_is_what_the_answers_tell():
    held = several(planning("a", 12, 8))
    rows = found(held).rows
    plan = rows[(rows["about"] == "onward") & (rows["credential"] == "a")].iloc[0]
    assert (plan["people"], plan["hits"], plan["share"]) == (20, 12, 0.6)
    few = found(several(planning("a", 3, 17))).rows
    assert few.loc[(few["about"] == "onward"), "state"].eq("withheld").all()


def test_with_a_programme_chosen_nothing_is_told_of_the_steps_of_another():
    held = replace(several(), programmes={"a": "x", "b": "y", "d": "x"})
    rows = found(held, Choice(programme="x")).rows
    assert set(rows["credential"]) == {"a", "d"}
    assert rows["most"].isna().all(), "what went on to the step between is of the other programme"
    assert rows.loc[rows["credential"] == "d", "step"].eq(3).all()


def test_a_credential_on_several_pathways_stands_in_each():
    both = pd.concat([pathway_of("a", "b"), pathway_of("c", "a", name="other")])
    rows = found(replace(several(), pathways=both)).rows
    assert len(rows[(rows["credential"] == "a") & (rows["about"] == "through")]) == 2
    assert found(several(), Choice(credential="f")).sentence == "It is on no pathway."
