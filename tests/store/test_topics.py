"""The institution's own topics: kept, changed, retired, and never two meanings under one id."""

from dataclasses import replace

import pytest

from feedback.errors import Refused
from feedback.policy import Forbidden
from feedback.store import audit
from feedback.store.database import reading, transaction
from feedback.store.meta import data_version
from feedback.store.topics import (
    MOST_PHRASES,
    Overtaken,
    OwnTopic,
    id_of,
    make_topic,
    read_topics,
    retire,
    save_topic,
)
from tests.people import with_role

LEAD = with_role("lead")
PACE = OwnTopic("pace", {"en": "Pace"}, {"en": ("too fast", "rushed")}, {"en": ("internet speed",)}, ("learner",))


def kept(engine):
    with reading(engine) as session:
        return read_topics(session)


def test_a_topic_is_kept_as_it_was_set_and_changed_under_its_id(engine):
    with transaction(engine) as session:
        assert save_topic(session, LEAD, PACE) == PACE
    assert kept(engine) == [PACE]
    changed = replace(PACE, names={"en": "Speed", "de": "Tempo"}, seeds={"en": ("too fast",), "de": ("gehetzt",)})
    with transaction(engine) as session:
        save_topic(session, LEAD, changed)
        assert data_version(session) == 2
    assert kept(engine) == [changed]


def test_one_step_makes_a_topic_of_a_theme(engine):
    with transaction(engine) as session:
        made = make_topic(session, LEAD, " Career help ", ["career  advice", "job", "job"], language="en")
    assert made == OwnTopic("career_help", {"en": "Career help"}, {"en": ("career advice", "job")})
    assert kept(engine) == [made]
    for name in ("Career help", "career-HELP", "Pace"):
        with pytest.raises(Refused, match="taken by another topic"), transaction(engine) as session:
            make_topic(session, LEAD, name, ["job"], taken={"pace"})
    with transaction(engine) as session:
        assert make_topic(session, LEAD, "Ayuda", ["carrera"], language="es").names == {"en": "Ayuda", "es": "Ayuda"}


def test_a_retired_topic_keeps_its_id_and_comes_back_as_it_was(engine):
    with transaction(engine) as session:
        gone = retire(session, LEAD, save_topic(session, LEAD, PACE))
    assert gone.retired_on is not None
    assert kept(engine) == [gone]
    with pytest.raises(Refused), transaction(engine) as session:
        make_topic(session, LEAD, "Pace", ["slow"])
    with transaction(engine) as session:
        assert retire(session, LEAD, gone, again=True) == PACE


def test_what_is_wrong_with_a_topic_is_refused_all_at_once(engine):
    many = tuple(f"word{number}" for number in range(MOST_PHRASES + 1))
    wrong = OwnTopic("Pace!", {"de": ""}, {"English": ("a",), "en": many}, {"en": ("one two three four five", "?")}, ())
    with pytest.raises(Refused) as refused, transaction(engine) as session:
        save_topic(session, LEAD, wrong)
    where = [problem.where for problem in refused.value.problems]
    assert where == ["id", "names", "names, de", "seeds, English", "seeds, en", *["exclusions, en"] * 2, "audiences"]
    with pytest.raises(Refused, match="at least one language"), transaction(engine) as session:
        save_topic(session, LEAD, replace(PACE, seeds={}))
    assert kept(engine) == []


@pytest.mark.parametrize(
    ("role", "scope"), [("committee", ""), ("auditor", ""), ("administrator", ""), ("lead", "programme:data")]
)
def test_s42_topics_are_for_the_whole_institution(engine, role, scope):
    with pytest.raises(Forbidden), transaction(engine) as session:
        save_topic(session, with_role(role, scope), PACE)
    assert kept(engine) == []


def test_who_set_a_topic_is_recorded(engine):
    with transaction(engine) as session:
        save_topic(session, LEAD, PACE)
        (event,) = audit.read_events(session, action=audit.TOPIC_SET)
    assert (event.actor, event.about, event.details) == (LEAD.id, "topic:pace", {"retired": False, "phrases": 2})


def test_an_id_is_made_of_any_name():
    assert id_of("3D printing") == "t_3d_printing"
    assert id_of("السرعة").startswith("topic_")
    assert id_of("السرعة") != id_of("الوتيرة")


def test_a_change_over_that_of_somebody_else_is_refused_and_keeps_theirs(engine):
    with transaction(engine) as session:
        seen = save_topic(session, LEAD, PACE, instead_of=None)
        theirs = save_topic(session, LEAD, replace(PACE, names={"en": "Speed"}), instead_of=seen)
    for began in (seen, None):
        with pytest.raises(Overtaken, match="Somebody else"), transaction(engine) as session:
            save_topic(session, LEAD, replace(PACE, names={"en": "Tempo"}), instead_of=began)
    assert kept(engine) == [theirs]
