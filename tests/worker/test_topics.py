"""Topics as people edit them: what there is, and what a change would do before it is made."""

from dataclasses import replace

from pandas import DataFrame

from feedback.analysis.comments.learned_topics import learn_topics
from feedback.analysis.comments.topics import Taxonomy, Topic
from feedback.store.database import transaction
from feedback.store.topics import OwnTopic, retire, save_topic
from feedback.worker.reader import Reader
from feedback.worker.topics import known_topics, offered, shipped, shipped_ids, try_topic
from tests.people import with_role

LEAD = with_role("lead")
MENTORS = OwnTopic("mentors", {"en": "Mentors"}, {"en": ("mentor",)}, {}, ("learner",))


def listed(*texts, audience="learner", language="en"):
    return DataFrame({"text": list(texts), "language": language, "audience": audience})


def test_own_topics_stand_beside_those_that_ship_and_go_over_them(institution):
    with transaction(institution) as session:
        save_topic(session, LEAD, MENTORS)
        pace = save_topic(session, LEAD, replace(shipped("pace"), names={"en": "Speed"}))
        known = {each.topic.id: each for each in known_topics(session)}
        assert known.keys() == shipped_ids() | {"mentors"}
        assert (known["mentors"].ships, known["pace"].ships, known["teaching"].kept) == (False, True, None)
        assert known["pace"].kept == pace
        retire(session, LEAD, MENTORS)
        assert "Speed" in [each.name for each in offered(session)]
        assert "mentors" not in [each.id for each in offered(session)]


def test_a_new_topic_would_come_to_the_comments_that_say_its_words_with_the_shortest_shown():
    found = try_topic(listed("My mentors were kind to all of us.", "A good mentor", "Nothing of it"), MENTORS, None)
    assert (found.listed, found.now, found.then, found.more, found.fewer) == (3, 0, 2, 2, 0)
    assert [text for text, _ in found.examples] == ["A good mentor", "My mentors were kind to all of us."]
    ((topic, start, end, _),) = found.examples[0][1]
    assert (topic, "A good mentor"[start:end]) == ("mentors", "mentor")


def test_a_change_tells_what_comes_and_what_goes():
    wanted = replace(MENTORS, seeds={"en": ("coach",)})
    found = try_topic(listed("A mentor", "A coach", "A mentor and a coach"), wanted, MENTORS)
    assert (found.now, found.then, found.more, found.fewer) == (2, 2, 1, 1)


def test_what_was_learned_of_a_topic_is_told_beside_its_words():
    seeds = Taxonomy(
        [Topic("mentors", MENTORS.names, MENTORS.seeds), Topic("food", {"en": "Food"}, {"en": ("lunch",)})]
    )
    told = [f"{said} in week {week}" for week in range(15) for said in ("The coach was kind", "A good mentor", "Lunch")]
    about = [{"food"} if each.startswith("Lunch") else {"mentors"} for each in told]
    spare = [f"In week {week} all was as ever" for week in range(15)]
    model = learn_topics([*told, *spare], [*about, *({} for _ in spare)], "en", seeds)
    assert "mentors" in model.used
    reader = Reader("", seeds, {}, {"en": model})
    comments = listed("The coach was kind", "A good mentor", "Lunch in week 3")
    learned = try_topic(comments, MENTORS, MENTORS, reader).learned
    assert (learned.languages, learned.now, learned.then, learned.beyond, learned.against) == (("en",), 2, 2, 1, 0)
    ((text, ((topic, start, end, _),)),) = learned.examples
    assert (topic, text[start:end]) == ("mentors", "coach")
    without = replace(MENTORS, seeds={"en": ("tutor",)})
    assert try_topic(comments, without, MENTORS, reader).then == 0
    assert try_topic(comments, without, MENTORS, reader).learned.then >= 1
    other = replace(MENTORS, id="guides")
    assert try_topic(comments, other, None, reader).learned is None
    assert try_topic(listed("Un coach", language="fr"), MENTORS, MENTORS, reader).learned.then == 0


def test_of_another_audience_or_language_or_of_a_retired_topic_nothing_is_found():
    texts = "A good mentor", "Two mentors"
    gone = replace(MENTORS, retired_on="2026-01-01")
    assert try_topic(listed(*texts, audience="employer"), MENTORS, None).then == 0
    assert try_topic(listed(*texts, language="xx"), MENTORS, None).then == 0
    assert try_topic(listed(*texts), gone, MENTORS).fewer == 2
    assert try_topic(listed(), MENTORS, None).listed == 0
