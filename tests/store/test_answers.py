"""The answers table: every part of every answer as a row, and nothing of who or when."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.catalogue.values import Organisation
from feedback.store.answers import COLUMNS, count_answers, read_answers, response_codes
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.responses import StoredResponse, new_secret, response_key, save_many, save_submission
from feedback.store.tables import Responses
from feedback.survey.questionnaire import Question


def save_all(engine, *submissions, **how):
    with transaction(engine) as session:
        for submission in submissions:
            save_submission(session, submission, secret=new_secret(), **how)


def answers(engine, instruments):
    with reading(engine) as session:
        return read_answers(session, instruments)


def only(table, **where):
    for name, value in where.items():
        table = table[table[name] == value]
    return table


def test_without_answers_the_table_has_its_columns_and_no_row(institution, instruments):
    for known in (instruments, {}):
        table = answers(institution, known)
        assert tuple(table.columns) == COLUMNS
        assert len(table) == 0


def test_each_kind_of_answer_becomes_its_parts(institution, instruments, said):
    save_all(
        institution,
        said(
            worth=4,
            length=2,
            teaching={"clear": 5, "feedback": "does_not_apply"},
            motive="required",
            shown=["cv", "page"],
            weeks_wanted=6,
            keep="The examples",
        ),
    )
    table = answers(institution, instruments)
    assert set(table["credential"]) == {"data-badge"}
    assert set(table["audience"]) == {"learner"}
    seen = [
        tuple(None if pd.isna(value) else value for value in row)
        for row in table[["question", "item", "status", "number", "score", "positive", "text"]].itertuples(index=False)
    ]
    assert seen == [
        ("worth", "", "answered", 4.0, 0.75, True, None),
        ("length", "", "answered", 2.0, None, False, None),
        ("teaching", "clear", "answered", 5.0, 1.0, True, None),
        ("teaching", "feedback", "does_not_apply", None, None, None, None),
        ("motive", "required", "answered", None, None, None, None),
        ("shown", "", "answered", None, None, None, None),
        ("shown", "cv", "answered", None, None, None, None),
        ("shown", "page", "answered", None, None, None, None),
        ("weeks_wanted", "", "answered", 6.0, None, None, None),
        ("keep", "", "answered", None, None, None, "The examples"),
    ]
    worth = only(table, question="worth").iloc[0]
    assert (worth["construct"], worth["kind"], worth["scale"]) == ("overall", "scale", "agree5")
    assert only(table, question="keep").iloc[0]["scale"] == ""


def test_an_employers_answers_carry_their_credential_and_their_organisation(institution, instruments, employer_said):
    save_all(
        institution,
        employer_said(
            awareness={"data-badge": "knows", "sql-course": "never", "foil:cloud": "knows"},
            ladder={"data-badge": 3},
            gap="Welding",
        ),
        organisation=Organisation(slug="x", name="Acme", sector="J", size_band="10-49"),
        role="recruiter",
    )
    table = answers(institution, instruments)
    aware = only(table, question="awareness").set_index("credential")["item"]
    assert aware.to_dict() == {"data-badge": "knows", "sql-course": "never", "foil:cloud": "knows"}
    assert only(table, question="gap").iloc[0]["credential"] == ""
    assert table["response"].nunique() == 1
    known = table[["organisation", "sector", "size_band", "role", "language"]].drop_duplicates().to_numpy().tolist()
    assert known == [["acme", "J", "10-49", "recruiter", "es"]]


def test_of_best_and_worst_the_whole_set_put_in_a_sitting_is_counted(institution, instruments, employer_said):
    bundle = Question("bundle", "whole", "best_worst", "bundle", {"en": "Which?"}, options_from="bundles")
    asked = {"employer": replace(instruments["employer"], questions=(*instruments["employer"].questions, bundle))}
    both = {"best": "data-badge+sql-course", "worst": "sql-course"}
    save_all(institution, employer_said(bundle=both), employer_said(bundle=both), employer_said(gap="None"))
    with reading(institution) as session:
        read, counted = read_answers(session, asked), count_answers(session, asked)
    tasks = only(read, construct="bundle_task")
    assert tasks["item"].tolist() == ["data-badge+sql-course|data-badge|sql-course"] * 2
    assert set(tasks["credential"]) == {""}
    assert only(counted, construct="bundle_task")[["item", "people"]].to_numpy().tolist() == [
        [tasks["item"].iloc[0], 2]
    ]


def test_what_is_not_known_of_a_person_is_missing(institution, instruments, said, employer_said):
    save_all(institution, said(worth=1))
    save_all(institution, employer_said(gap="x"), organisation=Organisation(slug="x", name="Acme"))
    table = answers(institution, instruments)
    learner, employer = only(table, audience="learner").iloc[0], only(table, audience="employer").iloc[0]
    assert learner[["organisation", "sector", "size_band", "role"]].isna().all()
    assert employer["organisation"] == "acme"
    assert employer[["sector", "size_band", "role"]].isna().all()


def test_people_are_told_apart_by_numbers_that_mean_nothing(institution, instruments, said):
    secret = new_secret()
    with transaction(institution) as session:
        save_submission(session, said(worth=5, length=4), secret=secret)
        save_submission(session, said(worth=5, keep="Good"), secret=new_secret())
    table = answers(institution, instruments)
    assert table["response"].nunique() == 2
    assert table.groupby("response").size().tolist() == [2, 2]
    assert not {int(response_key(secret)[:16], 16), 0, 1} & set(table["response"])


def test_response_codes_are_exact_as_floats_and_told_apart():
    codes = response_codes([f"{number:032x}" for number in range(20_000)])
    assert len(set(codes)) == 20_000
    assert codes.min() >= 0
    assert (codes.astype(float).astype(np.int64) == codes).all()


def test_a_question_and_a_questionnaire_that_are_no_more_are_left_out(institution, instruments, said, employer_said):
    save_all(institution, said(worth=2, gone_since="x"), employer_said(gap="x"))
    table = answers(institution, {"learner": instruments["learner"]})
    assert table[["question", "number"]].to_numpy().tolist() == [["worth", 2.0]]


def test_rows_come_by_key_whatever_the_order_of_arrival(institution, instruments, said):
    secrets = [new_secret() for _ in range(30)]
    with transaction(institution) as session:
        for number, secret in enumerate(secrets):
            save_submission(session, said(weeks_wanted=number + 1), secret=secret)
    by_key = sorted(range(30), key=lambda number: response_key(secrets[number]))
    assert answers(institution, instruments)["number"].tolist() == [float(number + 1) for number in by_key]


raw_answers = st.fixed_dictionaries(
    {},
    optional={
        "worth": st.integers(1, 5) | st.just("does_not_apply"),
        "teaching": st.dictionaries(
            st.sampled_from(["clear", "feedback"]), st.integers(1, 5) | st.just("does_not_apply"), min_size=1
        ),
        "shown": st.lists(st.sampled_from(["cv", "page"]), unique=True, min_size=1),
        "keep": st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
    },
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(raw_answers, max_size=8))
def test_no_answer_is_lost_and_none_is_made_up(institution, instruments, given_answers):
    rows = [
        StoredResponse(f"{n:032x}", "of-learners", "learner", 1, "en", "2026-03", ["data-badge"], dict(each))
        for n, each in enumerate(given_answers)
    ]
    with transaction(institution) as session:
        session.connection().execute(table_of(Responses).delete())
        save_many(session, rows)
    table = answers(institution, instruments)
    expected = []
    for each in given_answers:
        for question, raw in each.items():
            if isinstance(raw, dict):
                expected += [(question, item, str(value)) for item, value in raw.items()]
            elif isinstance(raw, list):
                expected += [(question, item, "answered") for item in ("", *raw)]
            else:
                expected.append((question, "", str(raw)))
    found = []
    for part in table.itertuples():
        value = part.text if not pd.isna(part.text) else part.status
        if not pd.isna(part.number):
            value = f"{part.number:g}"
        found.append((part.question, part.item, value))
    assert found == expected
    assert table["score"].isna().equals(table["number"].isna())


def test_thousands_of_imported_ratings_are_all_there(institution, instruments):
    key = np.random.default_rng(1).permutation(6000)
    rows = [
        StoredResponse(
            f"{k:032x}", "of-learners", "learner", 1, "en", "2026-03", [f"c-{k % 1000}"], {"worth": int(k % 5) + 1}
        )
        for k in key
    ]
    with transaction(institution) as session:
        assert save_many(session, rows) == 6000
    table = answers(institution, instruments)
    assert table["credential"].nunique() == 1000
    assert table["response"].nunique() == 6000
    assert table.groupby("number").size().tolist() == [1200] * 5


@pytest.mark.parametrize("name", ["survey", "month", "question", "construct", "status", "credential", "organisation"])
def test_what_repeats_is_kept_as_categories(institution, instruments, said, name):
    save_all(institution, said(worth=5))
    assert isinstance(answers(institution, instruments)[name].dtype, pd.CategoricalDtype)
