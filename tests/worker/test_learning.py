"""Learning: when it is due, what it is given, that it reads only where it is better; and reading everything anew."""

from dataclasses import replace

import pytest
from pandas import DataFrame

from feedback.analysis.comments import learned_topics
from feedback.analysis.comments import learning as sentiments
from feedback.analysis.comments.sentiment import label
from feedback.analysis.comments.topics import Tag, shipped_taxonomy
from feedback.policy import Forbidden
from feedback.store import jobs, reader_models
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.jobs import READY
from feedback.store.reader_models import SENTIMENT, TOPIC
from feedback.store.tables import Jobs, ReaderModels
from feedback.store.topics import OwnTopic, make_topic, retire
from feedback.worker import learning, loop, publishing, reader
from feedback.worker import reading as reading_step
from feedback.worker.learning import Lesson, is_better, lessons_due, teach_polarity, teach_sentiment, teach_topics
from feedback.worker.loop import ANSWERS, Worker, run_once
from feedback.worker.topics import shipped
from tests.people import with_role
from tests.worker.working import BAD, GREAT, all_jobs, answer, five, let_time_pass, readings, shown, topics, work

LEAD = with_role("lead")
LEARNS = (*ANSWERS, learning.LEARN)


@pytest.fixture
def teacher(monkeypatch):
    """A teacher of sentiment that notes what it is given; its lessons score as the list says, one after another."""
    given, scores = [], [0.8]

    def teach(rows, language, least, taxonomy):
        given.append((len(rows), language, least, rows))
        score = scores[min(len(given), len(scores)) - 1]
        real = teach_sentiment(rows_of(100 + 2 * len(given), of_each=60), "en", least, taxonomy)
        return Lesson(real.data, {"macro_f1": score}, score, 0.6)

    monkeypatch.setattr(learning, "TEACHERS", {SENTIMENT: teach})
    monkeypatch.setattr(learning, "ENOUGH", 5)
    teach.given, teach.scores = given, scores
    return teach


def due(engine):
    with reading(engine) as session:
        return bool(lessons_due(session))


def models(engine):
    with reading(engine) as session:
        return [(str(model), model.learned_from, model.in_use) for model in reader_models.read_models(session)]


def version(engine):
    with reading(engine) as session:
        return reader.version_of(session)


def test_nothing_is_learned_before_there_is_enough_and_then_again_only_of_more(institution, instruments, teacher):
    for _ in range(4):
        answer(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments, kinds=LEARNS)
    assert (teacher.given, models(institution)) == ([], [])
    answer(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments, kinds=LEARNS)
    assert [each[:3] for each in teacher.given] == [(5, "en", 5)]
    assert models(institution) == [("sentiment:en:1", 5, True)]
    assert not due(institution)
    five(institution, instruments, change=BAD, worth=1)
    run_once(institution, instruments, kinds=LEARNS)
    assert models(institution) == [("sentiment:en:2", 10, True), ("sentiment:en:1", 5, False)]
    assert set(teacher.given[-1][3]["label"]) == {"pos", "neg"}


def test_a_model_reads_only_where_it_is_better_than_what_reads(institution, instruments, teacher):
    teacher.scores[:] = [0.5, 0.8, 0.7]  # the last on other, and more, comments than the one before
    before = version(institution)
    for expected in ([False], [True, False], [True, False, False]):
        five(institution, instruments, keep=GREAT, worth=5)
        run_once(institution, instruments, kinds=LEARNS)
        assert [each[2] for each in models(institution)] == expected
    assert before == reader.ANALYSER
    assert version(institution).startswith(f"{reader.ANALYSER}.")
    lesson = Lesson(b"", {}, 0.61, 0.6)
    assert is_better(lesson)
    assert not is_better(Lesson(b"", {}, 0.6, 0.6))


def test_a_new_model_has_everything_read_again_and_shown_at_once(institution, instruments, teacher):
    five(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments, kinds=LEARNS)
    assert set(readings(institution)["analyser"]) == {version(institution)} != {reader.ANALYSER}
    assert all_jobs(institution) == []


def test_after_an_update_it_is_learned_anew_before_everything_is_read(institution, instruments, teacher, monkeypatch):
    five(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments, kinds=LEARNS)
    first = version(institution)
    monkeypatch.setattr(reader, "ANALYSER", "a later one")
    assert version(institution) == "a later one"
    assert due(institution)
    run_once(institution, instruments, kinds=LEARNS)
    assert len(teacher.given) == 2
    assert version(institution).startswith("a later one.")
    assert set(readings(institution)["analyser"]) == {version(institution)} != {first}


def test_a_broken_model_reads_nothing_and_says_so_until_it_is_turned_off(institution, instruments, teacher):
    five(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments, kinds=LEARNS)
    with transaction(institution) as session:
        session.connection().execute(table_of(ReaderModels).update().values(data=b"broken"))
    five(institution, instruments, keep=GREAT, worth=5)
    work(institution, instruments)
    assert any("is not as it was kept. Turn it off" in job.error for job in all_jobs(institution))
    assert len(readings(institution)) == 5
    with transaction(institution) as session:
        reader_models.use_model(session, LEAD, SENTIMENT, "en", None)
        for job in jobs.read_jobs(session):
            jobs.retry(session, job.id)
    run_once(institution, instruments, kinds=ANSWERS)
    assert set(readings(institution)["analyser"]) == {reader.ANALYSER}
    assert len(readings(institution)) == 10


def test_what_was_learned_before_it_was_stopped_is_not_learned_again(institution, instruments, teacher, monkeypatch):
    five(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments, kinds=ANSWERS)
    with monkeypatch.context() as patch:
        patch.setattr(learning, "now", lambda session: 1 / 0)
        Worker(institution, instruments, kinds=[learning.LEARN]).tick()
    let_time_pass(institution)
    run_once(institution, instruments, kinds=LEARNS)
    assert len(teacher.given) == 1
    assert len(models(institution)) == 1


def test_what_cannot_be_learned_keeps_nothing_else_from_being_and_is_never_parked(
    institution, instruments, teacher, monkeypatch
):
    told = []

    def broken(rows, language, least, taxonomy):
        raise ValueError("a mean of nothing")

    monkeypatch.setattr(learning, "TEACHERS", {SENTIMENT: broken, TOPIC: learning.TEACHERS[SENTIMENT]})
    lots = learning._lots
    monkeypatch.setattr(learning, "_lots", lambda table: [*lots(table), *((TOPIC, *lot[1:]) for lot in lots(table))])
    five(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments, kinds=ANSWERS)
    for words in ("could not be learned", "could not be learned", None):
        Worker(institution, instruments, kinds=[learning.LEARN], say=told.append).tick()
        assert models(institution) == [("topic:en:1", 5, True)]
        left = [job for job in all_jobs(institution) if job.kind == learning.LEARN]
        assert [words in job.error for job in left] == ([True] if words else [])
        let_time_pass(institution)
    assert any("sentiment in comments (en) could not be learned" in line for line in told)
    assert not any("a mean of nothing" in line for line in told)


def add_topic(engine):
    with transaction(engine) as session:
        return make_topic(session, LEAD, "Wonder", ["great", "terrible"])


def test_a_topic_of_ones_own_is_found_in_old_comments_and_a_retired_one_no_more(institution, instruments):
    five(institution, instruments, keep=GREAT, change=BAD)
    run_once(institution, instruments, kinds=ANSWERS)
    before = topics(institution, instruments).to_dict()
    made = add_topic(institution)
    run_once(institution, instruments, kinds=ANSWERS)
    assert topics(institution, instruments).to_dict() == before | {"wonder": 5}
    with reading(institution) as session:
        assert reader.topic_names(session, "de")["wonder"] == "Wonder"
        assert "wonder" in reader.taxonomy_of(session).topics
    with transaction(institution) as session:
        retire(session, LEAD, made)
        retire(session, LEAD, OwnTopic("assessment", {"en": "Tests"}, {"en": ("exam",)}))
    run_once(institution, instruments, kinds=ANSWERS)
    assert topics(institution, instruments).to_dict() == {
        name: people for name, people in before.items() if name != "assessment"
    }
    with pytest.raises(Forbidden), transaction(institution) as session:
        make_topic(session, with_role("auditor"), "Other", ["exam"])


def test_names_of_topics_do_not_have_everything_read_again_and_words_do(institution):
    add_topic(institution)
    first = version(institution)
    with transaction(institution) as session:
        (topic,) = reader.topics.read_topics(session)
        changed = OwnTopic(topic.id, {"en": "Wonders", "de": "Wunder"}, topic.seeds)
        reader.topics.save_topic(session, LEAD, changed)
    assert version(institution) == first
    with reading(institution) as session:
        assert reader.topic_names(session, "de")["wonder"] == "Wunder"
        assert reader.topic_names(session, "tlh") == reader.topic_names(session, "en")
    with transaction(institution) as session:
        reader.topics.save_topic(session, LEAD, OwnTopic(topic.id, {"en": "Wonders"}, {"en": ("great",)}))
    assert version(institution) != first


def test_while_everything_is_read_anew_what_is_shown_stays_of_one_version_though_it_is_killed_halfway(
    institution, instruments, monkeypatch
):
    five(institution, instruments, keep=GREAT, change=BAD)
    five(institution, instruments, keep=GREAT)
    run_once(institution, instruments, kinds=ANSWERS)
    before, counted, first = (
        look(institution, instruments),
        topics(institution, instruments).to_dict(),
        version(institution),
    )
    add_topic(institution)
    monkeypatch.setattr(reading_step, "BATCH", 2)
    reads, read = [], reading_step.read

    def dying(table, *more):
        reads.append(len(table))
        if len(reads) in (3, 5):
            raise SystemExit
        assert look(institution, instruments) == before
        return read(table, *more)

    monkeypatch.setattr(reading_step, "read", dying)
    for _ in range(2):
        with pytest.raises(SystemExit):
            Worker(institution, instruments, kinds=ANSWERS).tick()
        assert look(institution, instruments) == before
        assert topics(institution, instruments).to_dict() == counted
        assert set(readings(institution)["analyser"]) == {first}
        free(institution)
    answer(institution, instruments, keep=GREAT)  # it waits until everything is of one version
    run_once(institution, instruments, kinds=ANSWERS)
    assert sum(reads) < 15 + 2 * 4 + 3
    assert set(readings(institution)["analyser"]) == {version(institution)}
    assert topics(institution, instruments)["wonder"] == 10
    assert look(institution, instruments) != before
    assert len(look(institution, instruments)) == len(before)


def look(engine, instruments):
    """What a page would show of comments."""
    found = shown(engine, instruments)
    return sorted((row.text, row.sentiment, str(row.topics)) for row in found.itertuples())


def free(engine):
    """As when the lease of a killed worker has run out."""
    with transaction(engine) as session:
        session.connection().execute(table_of(Jobs).update().values(state=READY, worker=None, lease_until=None))


def test_another_version_that_comes_meanwhile_is_the_one_that_takes_over(institution, instruments, monkeypatch):
    five(institution, instruments, keep=GREAT, change=BAD)
    run_once(institution, instruments, kinds=ANSWERS)
    add_topic(institution)
    count, times = publishing.anew.count_next, []

    def meanwhile(*given):
        if not times:
            times.append(1)
            with transaction(institution) as session:
                make_topic(session, LEAD, "Teacher", ["teacher"])
        return count(*given)

    monkeypatch.setattr(publishing.anew, "count_next", meanwhile)
    run_once(institution, instruments, kinds=ANSWERS)
    assert set(readings(institution)["analyser"]) == {version(institution)}
    found = topics(institution, instruments)
    assert (found["wonder"], found["teacher"]) == (5, 5)
    assert loop.KINDS[learning.LEARN].priority < loop.KINDS[publishing.REREAD].priority


WORDS = {"pos": "wonderful clear helpful", "neg": "boring confusing unfair"}


def rows_of(number, of_each=12):
    """Comments as they teach: half praise and half blame; each person wrote two, and one word alone."""
    told = [
        (tone, f"It was {WORDS[tone]} in week{at % 3} and own{at // 2} zz") for at in range(of_each) for tone in WORDS
    ]
    return DataFrame(
        [
            {"text": text, "label": tone, "person": place // 2, "whole": True, "absent": [],
             "topics": [{"topic": "joy", "start": 0, "end": 2, "polarity": ""}] if tone == "pos" else []}
            for place, (tone, text) in enumerate(told[:number])
        ]
    )  # fmt: skip


def test_a_model_knows_no_word_that_fewer_people_used_than_must_stand_behind_a_number():
    rows = rows_of(120, of_each=60)
    lesson = teach_sentiment(rows, "en", 5, shipped_taxonomy())
    model = sentiments.unpacked(lesson.data, sentiments.digest_of(lesson.data))
    assert {"wonder", "bore"} & {name[:6] for name in model.terms.names}
    assert not any("own" in name for name in model.terms.names)
    assert b"own7" not in lesson.data
    assert [label(score) for score in model.sentiment([f"It was {words}" for words in WORDS.values()])] == list(WORDS)
    assert lesson.score > 0.9
    assert lesson.quality["comments"] == 120


def test_a_topic_of_ones_own_is_learned_from_comments_somebody_looked_at(institution, instruments):
    lesson = teach_topics(rows_of(120, of_each=60), "en", 5, shipped_taxonomy())
    assert lesson.quality["topics"]["joy"]["f1"] > 0.9 > lesson.before
    with transaction(institution) as session:
        make_topic(session, LEAD, "Joy", ["gladness"])
        reader_models.keep_model(
            session, TOPIC, "en", lesson.data,
            quality=lesson.quality, learned_from=120, analyser=reader.ANALYSER, better=is_better(lesson),
        )  # fmt: skip
    answer(institution, instruments, keep="It was wonderful, clear and helpful.")
    run_once(institution, instruments, kinds=ANSWERS)
    assert "joy" in {tag["topic"] for tags in readings(institution)["topics"] for tag in tags}
    with transaction(institution) as session:
        retire(session, LEAD, OwnTopic("joy", {"en": "Joy"}, {"en": ("gladness",)}))
    run_once(institution, instruments, kinds=ANSWERS)
    assert "joy" not in {tag["topic"] for tags in readings(institution)["topics"] for tag in tags}


def spoken_of(people):
    """Tags whose polarity only people can tell; everyone says a word of their own."""
    rows = [
        {
            "text": f"The labs were {word} own{person}", "person": person, "polarity": None,
            "topics": [{"topic": "labs", "start": 4, "end": 8, "polarity": said}],
        }
        for person in range(people)
        for word, said in (("zorky", "neg"), ("plimmed", "pos"))
    ]  # fmt: skip
    return DataFrame(rows)


def test_how_a_topic_is_spoken_of_is_learned_without_the_words_of_few():
    model = teach_polarity(spoken_of(40), "en", 5)
    assert {"zorki", "plim"} <= set(model.terms.names)
    assert not [name for name in model.terms.names if "own" in name]
    assert model.topics == ("labs",)
    assert teach_polarity(spoken_of(40).assign(person=1), "en", 5).topics == ()


def test_how_a_topic_is_spoken_of_is_measured_as_it_reads_without_the_words_of_few():
    """Sixteen words, each said by four people only, tell all: the model that is kept knows none of them."""
    rows = DataFrame(
        [
            {"text": f"labs qux{at % 16}", "person": at, "polarity": None,
             "topics": [{"topic": "labs", "start": 0, "end": 4, "polarity": ("neg", "pos")[at % 2]}]}
            for at in range(64)
        ]
    )  # fmt: skip
    model = teach_polarity(rows, "en", 5)
    assert model.terms.names == ("lab",)
    assert model.quality.macro_f1 < 0.6


def test_polarity_is_learned_and_used_though_no_topic_is_learned_better():
    """Every comment is on labs: there is nothing to tell apart, but much to say of how they are spoken of."""
    rows = spoken_of(40).assign(whole=True, absent=[[]] * 80)
    lesson = teach_topics(rows, "en", 5, shipped_taxonomy())
    assert (lesson.quality["topics"], lesson.quality["polarity"]["reads"]) == ({}, True)
    assert is_better(lesson)
    model = learned_topics.unpacked(lesson.data, sentiments.digest_of(lesson.data))
    text = "The labs were plimmed"
    assert model.tag(text, [Tag("labs", 4, 8, "neu")]) == [Tag("labs", 4, 8, "pos")]
    plain = rows.assign(topics=[[{**one, "polarity": ""} for one in each] for each in rows["topics"]])
    assert teach_topics(plain, "en", 5, shipped_taxonomy()) is None


def test_where_the_question_gives_the_polarity_nothing_is_learned_of_it():
    assert teach_polarity(spoken_of(40).assign(polarity="negative"), "en", 5) is None


def test_what_teaches_too_little_gives_no_lesson():
    assert teach_sentiment(rows_of(20), "en", 5, shipped_taxonomy()) is None
    assert teach_topics(rows_of(20), "en", 5, shipped_taxonomy()) is None


def test_a_shipped_topic_that_only_has_another_name_has_nothing_read_again(institution):
    first = version(institution)
    ships = shipped("assessment")
    with transaction(institution) as session:
        reader.topics.save_topic(session, LEAD, replace(ships, names={**ships.names, "en": "Tests"}))
    assert version(institution) == first == reader.ANALYSER
    with transaction(institution) as session:
        reader.topics.save_topic(session, LEAD, replace(ships, seeds={"en": ("exam",)}))
    assert version(institution) != first
    with transaction(institution) as session:
        reader.topics.save_topic(session, LEAD, ships)
    assert version(institution) == first


def test_corrections_of_comments_that_were_rated_teach_though_there_are_no_more_comments(
    institution, instruments, teacher
):
    five(institution, instruments, keep=GREAT, worth=5)
    run_once(institution, instruments, kinds=LEARNS)
    with reading(institution) as session:
        known = reader_models.read_models(session)
    (_, _, _, rows) = teacher.given[-1]
    assert not learning._is_new(known, rows)
    assert learning._is_new(known, rows.assign(source=["corrected", *rows["source"][1:]]))


def test_a_topic_that_was_made_later_is_not_said_to_be_absent_from_comments_looked_at_before():
    rows = DataFrame({"text": ["a", "b", "c"], "absent": [["labs"], ["labs", "joy"], []]})
    said = [{"pace"}, {"pace", "new"}, {"pace"}]
    kept, about = learning._offered(rows, said)
    assert (kept["text"].tolist(), about) == (["a", "b", "c"], [{"pace"}] * 3)
    often = DataFrame({"text": list("abcde"), "absent": [["labs"], *[["new"]] * 4]})
    kept, about = learning._offered(often, [{"pace"}, {"pace", "new"}, *[{"pace"}] * 3])
    assert (kept["text"].tolist(), about[0]) == (list("bcde"), {"pace", "new"})
