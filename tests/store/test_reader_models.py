"""Learned models: their bytes, whether they are still those, which one reads, and that old ones go."""

import pytest
from sqlalchemy import update

from feedback.errors import FeedbackError
from feedback.policy import Forbidden
from feedback.store import audit
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.reader_models import (
    KEPT,
    SENTIMENT,
    TOPIC,
    Broken,
    bytes_of,
    is_off,
    keep_model,
    let_learn,
    models_in_use,
    read_models,
    read_off,
    use_model,
)
from feedback.store.tables import ReaderModels
from tests.people import with_role

LEAD = with_role("lead")


def keep(engine, data=b"model", kind=SENTIMENT, language="en", *, better=True, analyser="3"):
    with transaction(engine) as session:
        return keep_model(
            session, kind, language, data, quality={"macro_f1": 0.7}, learned_from=60, analyser=analyser, better=better
        )


def in_use(engine, analyser="3"):
    with reading(engine) as session:
        return [str(model) for model in models_in_use(session, analyser)]


def test_a_better_model_takes_the_place_of_the_one_before_and_a_worse_one_does_not(engine):
    first = keep(engine)
    keep(engine, kind=TOPIC, language="de")
    assert in_use(engine) == ["sentiment:en:1", "topic:de:1"]
    keep(engine, b"worse", better=False)
    keep(engine, b"better")
    assert in_use(engine) == ["sentiment:en:3", "topic:de:1"]
    assert in_use(engine, "4") == []
    with reading(engine) as session:
        found = read_models(session, "3")
        assert [str(model) for model in found] == [
            "sentiment:en:3", "sentiment:en:2", "sentiment:en:1", "topic:de:1",
        ]  # fmt: skip
        assert bytes_of(session, first) == b"model"
        assert (found[0].quality, found[0].learned_from) == ({"macro_f1": 0.7}, 60)


def test_few_old_ones_are_kept_and_the_one_in_use_always(engine):
    for number in range(KEPT + 3):
        keep(engine, b"%d" % number, better=number == 0)
    with reading(engine) as session:
        numbers = [model.number for model in read_models(session)]
    assert numbers == [*range(KEPT + 3, 3, -1), 1]
    assert in_use(engine) == ["sentiment:en:1"]


def test_bytes_that_are_not_those_kept_are_refused(engine):
    model = keep(engine)
    with transaction(engine) as session:
        session.connection().execute(update(table_of(ReaderModels)).values(data=b"another"))
    with pytest.raises(Broken, match="not as it was kept"), reading(engine) as session:
        bytes_of(session, model)


def test_people_may_turn_learned_models_off_and_choose_another(engine):
    keep(engine)
    keep(engine, b"second")
    with transaction(engine) as session:
        use_model(session, LEAD, SENTIMENT, "en", None)
    keep(engine, b"third")
    assert in_use(engine) == []
    with transaction(engine) as session:
        assert is_off(session, SENTIMENT, "en")
        use_model(session, LEAD, SENTIMENT, "en", 1)
    assert in_use(engine) == ["sentiment:en:1"]
    keep(engine, b"fourth")
    assert in_use(engine) == ["sentiment:en:4"]
    with pytest.raises(FeedbackError, match="There is no model"), transaction(engine) as session:
        use_model(session, LEAD, SENTIMENT, "en", 9)
    for role, scope in (("committee", ""), ("owner", "credential:data-badge")):
        with pytest.raises(Forbidden), transaction(engine) as session:
            use_model(session, with_role(role, scope), SENTIMENT, "en", None)
    assert in_use(engine) == ["sentiment:en:4"]


def test_learning_that_was_turned_off_may_be_let_go_on(engine):
    keep(engine)
    with transaction(engine) as session:
        use_model(session, LEAD, SENTIMENT, "en", None)
        assert read_off(session) == [(SENTIMENT, "en")]
        let_learn(session, LEAD, SENTIMENT, "en")
        assert read_off(session) == []
        with pytest.raises(Forbidden):
            let_learn(session, with_role("committee"), SENTIMENT, "en")
    assert in_use(engine) == []
    keep(engine, b"second")
    assert in_use(engine) == ["sentiment:en:2"]


def test_what_was_learned_and_chosen_is_recorded(engine):
    keep(engine)
    with transaction(engine) as session:
        use_model(session, LEAD, SENTIMENT, "en", None)
        learned, chosen = (
            audit.read_events(session, action=action)[0] for action in (audit.LEARNED, audit.MODEL_CHOSEN)
        )
    assert (learned.actor, learned.about, learned.details) == (
        "worker", "model:sentiment:en", {"number": 1, "in_use": True},
    )  # fmt: skip
    assert (chosen.actor, chosen.details) == (LEAD.id, {"number": None})
