"""Checking what was read: one key for everything, undo, and clear words where a comment changes under one's hands."""

import shutil
from contextlib import contextmanager
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from feedback.policy import Actor, Forbidden, Grant
from feedback.settings import project_folder
from feedback.store import corrections, moderation
from feedback.store.database import DatabaseBusy, open_database, transaction
from feedback.store.masking import PUBLIC, WITHHELD
from feedback.store.moderation import Decision
from feedback.ui import checking as page_of_checking
from feedback.ui import round_of_checking
from feedback.ui.checking import GONE, STEPS, TURNED, Asked
from feedback.ui.round_of_checking import ASKED, AT, DRAFT, QUEUE
from feedback.ui.saying import LETTERS, Draft, keys_for, marked, pointed, stepped, turned, words_of
from feedback.worker.topics import Offered
from tests.attacks.dumping import rows_of
from tests.people import ANN, with_role
from tests.ui.drawing import drawn, forget, html, press
from tests.ui.test_moderation import publish_comments

SAID = ("The pace was <b>too fast</b> for me", "Great labs and a patient tutor")
BOB = Actor("bob", "Bob", (Grant("moderator"),), how="password")


@pytest.fixture
def database(sqlite_template, tmp_path, monkeypatch):
    """A database of its own for the app, with two comments that are read and published."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setattr(corrections, "AT_RANDOM", 0.0)  # drawn to teach: their reading shows at once
    forget()
    engine = open_database(f"sqlite:///{path}")
    publish_comments(engine, SAID)
    yield engine
    engine.dispose()
    forget()


@pytest.fixture
def by_chance(monkeypatch):
    """Every comment is drawn by chance, to measure the reader."""
    monkeypatch.setattr(corrections, "AT_RANDOM", 1.0)


@pytest.fixture
def visit(database, comes):
    def go(who=ANN, **query) -> AppTest:
        comes(who)
        app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
        app.switch_page("pages/checking.py")
        for name, value in query.items():
            app.query_params[name] = value
        return drawn(app.run())

    return go


def shown(app) -> str:
    return app.session_state[QUEUE][app.session_state[AT]].text


def to(app, text):
    """The page with this comment on it."""
    return app if shown(app) == text else press(app, "checking:skip")


def said(engine) -> list[dict]:
    return rows_of(engine)["corrections"]


def test_a_comment_shows_as_text_with_its_topics_at_their_words(visit):
    app = to(visit(), SAID[0])
    told = html(app)
    assert '">pace</mark><span class="tag">Pace' in told
    assert "&lt;b&gt;" in told
    assert "<b>" not in told


def test_one_key_says_that_it_is_right_and_the_next_comment_comes(visit, database):
    app = visit()
    first = shown(app)
    app = press(app, "checking:right")
    assert shown(app) != first
    (kept,) = said(database)
    assert (kept["by"], kept["whole"]) == (ANN.id, 1)
    app = press(app, "checking:right")
    assert len(said(database)) == 2
    assert "Nothing waits to be checked." in html(app)
    assert not app.button(key="checking:undo").disabled


def test_every_way_has_its_key_and_no_two_have_the_same(visit):
    app = to(visit(), SAID[0])
    app = press(app, "checking:topic:pace")
    keys = [each.proto.shortcut for each in app.button if each.proto.shortcut]
    assert len(keys) == len(set(keys))
    assert {"1", "2", "3", "4", "5", "6", "7", "8", "y", "n", "b", "u", "p"} <= set(keys)
    assert not {"c", "r"} & set(keys)


def test_what_is_said_otherwise_is_kept_with_its_words_and_how_it_is_spoken_of(visit, database):
    app = to(visit(), SAID[1])
    assert app.button(key="checking:right").label == "Right as it is"
    for key in ("sounds:neg", "topic:materials", "spoken:pos"):
        app = press(app, f"checking:{key}")
    (words,) = [each for each in app.button_group if each.label.startswith("Press the words")]
    app = drawn(words.set_value([0, 1]).run())
    assert '<mark class="pos chosen">Great labs</mark>' in html(app)
    assert app.button(key="checking:right").label == "Keep what I changed"
    press(app, "checking:right")
    (kept,) = said(database)
    assert kept["sentiment"] == "neg"
    assert '"topic":"materials","start":0,"end":10,"polarity":"pos"' in str(kept["topics"]).replace(" ", "")


def test_what_is_measured_by_is_said_before_the_reading_shows_and_counts_as_it_was_said(visit, database, by_chance):
    app = to(visit(), SAID[0])
    assert "Tone: not said yet" in html(app)
    assert "<mark" not in html(app)
    assert app.button(key="checking:right").disabled
    app = press(app, "checking:sounds:pos")
    assert app.button(key="checking:right").label == "Keep what I say"
    app = press(app, "checking:right")
    assert '">pace</mark><span class="tag">Pace' in html(app)
    assert "Only the program says: Pace." in html(app)
    (kept,) = said(database)
    assert (kept["sentiment"], kept["at_random"], kept["whole"]) == ("pos", 1, 1)
    assert shown(app) == SAID[0]
    assert shown(press(app, "checking:on")) == SAID[1]


def test_what_is_said_anew_with_the_reading_in_sight_teaches_and_measures_nothing(visit, database, by_chance):
    app = to(visit(), SAID[0])
    app = press(press(app, "checking:sounds:pos"), "checking:right")
    app = press(press(app, "checking:change"), "checking:undo")
    assert (said(database), shown(app), app.session_state[DRAFT][1].sentiment) == ([], SAID[0], "pos")
    press(press(app, "checking:sounds:neg"), "checking:right")
    (kept,) = said(database)
    assert (kept["sentiment"], kept["at_random"]) == ("neg", 0)


def test_going_back_to_what_was_said_unseen_and_letting_it_stand_keeps_it_as_it_was(visit, database, by_chance):
    app = press(press(visit(), "checking:sounds:neg"), "checking:right")
    app = press(press(app, "checking:on"), "checking:back")
    press(app, "checking:right")
    (kept,) = said(database)
    assert (kept["sentiment"], kept["at_random"]) == ("neg", 1)


def test_one_s_own_word_is_changed_from_beside_the_reading_with_what_follows_told(visit, database, by_chance):
    app = press(press(visit(), "checking:sounds:pos"), "checking:right")
    assert "If you change it now, it teaches and no longer measures." in html(app)
    app = press(app, "checking:change")
    assert app.session_state[DRAFT][1].sentiment == "pos"
    assert said(database)[0]["at_random"] == 1
    press(press(app, "checking:sounds:neg"), "checking:right")
    (kept,) = said(database)
    assert (kept["sentiment"], kept["at_random"]) == ("neg", 0)


def test_a_word_said_unseen_that_is_opened_from_a_list_and_left_as_it_is_still_measures(
    visit, database, by_chance, monkeypatch
):
    app = to(visit(), SAID[0])
    asked = Asked(*asked_of(app), SAID[0])
    app = press(press(app, "checking:sounds:neg"), "checking:right")
    more = [*page_of_checking._offered(0), Offered("food", "Food", ("learner",))]
    monkeypatch.setattr(page_of_checking, "_offered", lambda _version: more)  # a topic that was made since
    app.session_state[ASKED] = asked
    app = drawn(app.run())
    assert app.button(key="checking:right").label == "Right as it is"
    app = press(app, "checking:right")
    (kept,) = said(database)
    assert (kept["sentiment"], kept["at_random"]) == ("neg", 1)
    app.session_state[ASKED] = asked
    press(press(drawn(app.run()), "checking:sounds:pos"), "checking:right")
    (kept,) = said(database)
    assert (kept["sentiment"], kept["at_random"]) == ("pos", 0)


def test_of_what_was_read_the_sight_is_remembered_and_none_is_drawn_to_measure_again(visit, database, by_chance):
    app = to(visit(), SAID[0])
    app.session_state[ASKED] = Asked(*asked_of(app), SAID[0])
    app = press(drawn(app.run()), "checking:skip")
    found = {each.text: each.at_random for each in app.session_state[QUEUE]}
    assert found == {SAID[0]: False, SAID[1]: True}
    app = press(press(to(app, SAID[1]), "checking:sounds:pos"), "checking:right")
    app = press(press(app, "checking:change"), "checking:undo")
    while len(app.session_state[QUEUE]) - app.session_state[AT] > 1:
        app = press(app, "checking:skip")
    app = press(app, "checking:skip")
    assert said(database) == []
    assert {each.text: each.at_random for each in app.session_state[QUEUE]} == dict.fromkeys(SAID, False)


def test_a_comment_of_a_list_is_opened_to_be_checked_by_what_stands_there(visit):
    app = to(visit(), SAID[1])
    asked = Asked(*asked_of(app), SAID[0])
    app.session_state[ASKED] = asked
    app = drawn(app.run())
    assert [each.text for each in app.session_state[QUEUE]] == [SAID[0]]
    assert '">pace</mark><span class="tag">Pace' in html(app)
    app.session_state[ASKED] = Asked(*asked_of(app), "nobody wrote this")
    app = drawn(app.run())
    assert GONE in html(app)
    assert shown(app) == SAID[0]


def test_nobody_opens_a_comment_that_is_not_theirs_to_check_by_asking_for_it(visit):
    app = visit()
    asked = Asked(*asked_of(app), SAID[0])
    stranger = visit(with_role("owner", "credential:other"))
    stranger.session_state[ASKED] = asked
    stranger = drawn(stranger.run())
    assert GONE in html(stranger)
    assert SAID[0] not in str(stranger.session_state[QUEUE])


def asked_of(app) -> tuple[str, str, str]:
    """Credential, audience and question of the comment that shows, as a list tells them."""
    seen = app.session_state[QUEUE][app.session_state[AT]]
    _, question = html(app).split("In answer to: ")
    return seen.place.credential, "learner", unescape(question.partition("</figcaption>")[0])


def test_the_arrow_keys_move_the_words_of_a_topic_and_its_end(visit, database):
    app = to(visit(), SAID[1])
    for key in ("topic:materials", "step:later", "step:later", "step:more"):
        app = press(app, f"checking:{key}")
    assert '<mark class="pos chosen">labs and</mark>' in html(app)
    (words,) = [each for each in app.button_group if each.label.startswith("Press the words")]
    assert words.value == [1, 2]
    app = press(press(app, "checking:step:earlier"), "checking:step:less")
    assert '<mark class="pos chosen">Great</mark>' in html(app)
    press(app, "checking:right")
    assert '"topic":"materials","start":0,"end":5,' in str(said(database)[0]["topics"]).replace(" ", "")


def test_every_step_has_one_key_and_the_arrows_turn_round_where_one_reads_from_the_right():
    keys = [arrow for _, arrow, _, _ in STEPS.values()]
    assert sorted(keys) == sorted(TURNED) == sorted(TURNED.values())
    assert len(set(keys)) == len(STEPS)


@given(
    st.lists(st.integers(0, 6), unique=True).map(sorted),
    st.lists(st.sampled_from([(by, longer) for by in (1, -1) for longer in (False, True)]), max_size=12),
)
def test_however_words_are_moved_each_place_is_of_whole_words_within_the_text(chosen, steps):
    words = [(at * 4, at * 4 + 3) for at in range(7)]
    text = "abc " * 6 + "abc"
    draft = pointed(turned(Draft("neg", ()), "pace", text), chosen, words, len(text))
    for by, longer in steps:
        before = words_of(words, draft.of("pace"), text)
        draft = stepped(draft, by, words, text, longer=longer)
        after = words_of(words, draft.of("pace"), text)
        assert {tag["topic"] for tag in draft.tags} == {"pace"}
        assert all((tag["start"], tag["end"]) == (tag["start"] // 4 * 4, tag["end"] // 4 * 4 + 3) for tag in draft.tags)
        if before and not longer:
            assert len(after) <= len(before)


def test_moving_stops_at_the_ends_and_of_several_places_the_last_moves():
    words, text = ((0, 3), (4, 8), (9, 13)), "Too fast here"
    draft = pointed(turned(Draft("", ()), "pace", text), [0, 2], words, 13)
    assert stepped(draft, 1, words, text) == draft
    assert stepped(draft, -1, words, text, longer=True) == draft
    assert [(tag["start"], tag["end"]) for tag in stepped(draft, -1, words, text).tags] == [(0, 8)]
    whole = turned(Draft("", ()), "pace", text)
    assert [(tag["start"], tag["end"]) for tag in stepped(whole, -1, words, text).tags] == [(9, 13)]


def test_the_last_one_is_undone_and_comes_back_as_it_was_said(visit, database):
    app = visit()
    first = shown(app)
    app = press(press(app, "checking:sounds:neu"), "checking:right")
    app = press(app, "checking:undo")
    assert said(database) == []
    assert shown(app) == first
    assert app.session_state[DRAFT][1].sentiment == "neu"


def test_a_comment_that_was_taken_back_meanwhile_is_told_and_what_was_kept_stands(visit, database):
    app = visit()
    app = press(app, "checking:right")
    gone = app.session_state[QUEUE][app.session_state[AT]].place
    with transaction(database) as session:
        seen = moderation.read_comment(session, BOB, gone)
        moderation.decide(session, BOB, seen, Decision(WITHHELD, "insult"))
    app = press(app, "checking:right")
    assert "is no more: it was taken back or kept back" in html(app)
    assert len(said(database)) == 1


def test_a_comment_that_is_masked_meanwhile_is_shown_as_it_is_now_and_keeps_the_sound_that_was_said(visit, database):
    app = to(visit(), SAID[1])
    app = press(app, "checking:sounds:neg")
    place = app.session_state[QUEUE][app.session_state[AT]].place
    with transaction(database) as session:
        seen = moderation.read_comment(session, BOB, place)
        moderation.decide(session, BOB, seen, Decision(PUBLIC, "names_somebody", masks=((12, 15),)))
    app = press(app, "checking:right")
    assert "masked otherwise since you saw it" in html(app)
    assert "[masked]" in shown(app)
    assert app.session_state[DRAFT][1].sentiment == "neg"
    assert said(database) == []
    press(app, "checking:right")
    assert len(said(database)) == 1


def test_two_people_check_one_comment_and_both_are_kept(visit, database):
    first = to(visit(), SAID[0])
    press(press(first, "checking:sounds:neg"), "checking:right")
    second = to(visit(BOB), SAID[0])
    press(press(second, "checking:sounds:pos"), "checking:right")
    assert sorted((each["by"], each["sentiment"]) for each in said(database)) == [("ann", "neg"), ("bob", "pos")]


def test_the_page_is_for_whoever_may_teach_and_shows_each_what_is_theirs(visit, comes):
    comes(with_role("committee"))
    with pytest.raises(Forbidden):
        page_of_checking.show()
    assert "Nothing waits to be checked." in html(visit(with_role("owner", "credential:other")))


def test_how_good_it_is_is_not_told_of_too_few(visit):
    app = visit(view="quality")
    assert "Nobody can say yet: no comment has been checked" in html(app)
    assert html(app).count("too few yet") >= 6


def test_a_topic_s_key_adds_it_opens_it_and_takes_it_away():
    begun = Draft("pos", ())
    added = turned(begun, "pace", "Too fast")
    assert [(tag["start"], tag["end"], tag["polarity"]) for tag in added.tags] == [(0, 8, "pos")]
    assert turned(added, "pace", "Too fast").tags == ()
    other = turned(added, "labs", "Too fast")
    assert turned(other, "pace", "Too fast").chosen == "pace"


def test_words_that_follow_each_other_are_one_place_and_without_words_the_whole_text_stands():
    words = ((0, 3), (4, 8), (9, 13))
    draft = turned(Draft("", ()), "pace", "Too fast here")
    told = pointed(draft, [0, 1], words, 13)
    assert [(tag["start"], tag["end"]) for tag in told.tags] == [(0, 8)]
    apart = pointed(told, [0, 2], words, 13)
    assert [(tag["start"], tag["end"]) for tag in apart.tags] == [(0, 3), (9, 13)]
    assert [(tag["start"], tag["end"]) for tag in pointed(apart, [], words, 13).tags] == [(0, 13)]


def test_keys_of_topics_differ_as_long_as_there_are_any_and_are_none_of_the_others():
    keys = keys_for([f"Topic {number}" for number in range(50)])
    given = [key for key in keys if key]
    assert len(given) == len(set(given)) == 2 * len(LETTERS)
    assert keys[-1] == ""
    assert not set(LETTERS) & set("bcnruy")


def test_marks_that_overlap_are_named_and_never_cut_the_text():
    spans = {"a": (0, 8, ""), "b": (4, 12, "neg")}
    tags = [{"topic": name, "start": at, "end": to, "polarity": how} for name, (at, to, how) in spans.items()]
    text = marked("Too fast <or> so", tags, {"a": "A", "b": "B"})
    label = '<span class="tag">{}</span>'
    assert text == f'<mark class="">Too fast</mark>{label.format("A")}{label.format("B −")} &lt;or&gt; so'


def test_while_the_database_is_held_nothing_is_lost_neither_what_is_said_nor_what_may_be_undone(
    visit, database, monkeypatch
):
    app = press(press(visit(), "checking:sounds:neg"), "checking:right")
    app = press(app, "checking:sounds:neu")
    before = shown(app)

    @contextmanager
    def held(_engine):
        raise DatabaseBusy("Somebody else writes just now.")
        yield

    with monkeypatch.context() as busy:
        busy.setattr(round_of_checking, "transaction", held)
        app = press(app, "checking:right")
        assert "What you said still stands here: try again." in html(app)
        assert (shown(app), app.session_state[DRAFT][1].sentiment) == (before, "neu")
        app = press(app, "checking:undo")
        assert not app.button(key="checking:undo").disabled
    press(app, "checking:undo")
    assert said(database) == []
