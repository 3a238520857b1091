"""What employers of the sample said about standing behind credentials is kept, apart from their answers."""

from datetime import date

from sqlalchemy import select

from feedback.sample import load_sample
from feedback.store import sample
from feedback.store.database import reading, transaction
from feedback.store.endorsements import ASKED_FOR
from feedback.store.tables import Credentials, Endorsements, Responses

TODAY = date(2026, 3, 5)


def rows(engine, model) -> list:
    with reading(engine) as session:
        return list(session.connection().execute(select(model)).mappings())


def test_endorsements_of_the_sample_are_kept_apart_from_the_responses_and_go_with_it(engine, instruments):
    load_sample(engine, instruments, size=120, today=TODAY)
    kept = rows(engine, Endorsements)
    asked = instruments["employer"].by_id["endorse"]
    real = {row["slug"] for row in rows(engine, Credentials)}
    months = {row["month"] for row in rows(engine, Responses) if row["survey"] == "employers"}
    assert len(kept) > 5
    assert {row["answer"] for row in kept} <= set(asked.option_ids)
    assert {row["credential"] for row in kept} <= real
    assert all(row["is_sample"] and row["organisation"] and row["survey"] == "employers" for row in kept)
    assert {f"{row['given_on']:%Y-%m}" for row in kept} <= months
    assert max(row["given_on"] for row in kept) <= TODAY
    assert not {row["id"][16:] for row in kept} & {row["key"][16:] for row in rows(engine, Responses)}
    confirmed = [row for row in kept if row["confirmed_on"]]
    assert confirmed
    assert {row["answer"] for row in confirmed} == {ASKED_FOR}
    assert all(row["given_on"] < row["confirmed_on"] <= TODAY for row in confirmed)
    with transaction(engine) as session:
        sample.remove_sample(session)
    assert rows(engine, Endorsements) == []
