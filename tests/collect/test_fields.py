"""What a browser sends of a step becomes the answers that were given there, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from feedback.collect.drawing import step_page
from feedback.collect.fields import answered, name_of, number_in, number_text, places_of
from feedback.collect.sheet import Sheet
from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from feedback.survey.kinds import MOST_ASKED_PAIRS, SAME
from feedback.survey.questionnaire import ALL_PAIRS
from feedback.survey.routing import Asked, asked, offered, usable, walk
from feedback.survey.setting import Setting, Subject, choose_setting
from feedback.survey.steps import before, grouped, keep
from feedback.survey.text import LONGEST_SHORT_TEXT, clean_text
from tests.collect.forms import Page

INSTRUMENTS = {
    name: each for name, each in read_instruments(data_folder() / "instruments").items() if not each.import_only
}
SKILLS = (("sql", "SQL"), ("plots", "Plots"), ("stats", "Statistics"))
SUBJECTS = tuple(Subject(f"badge-{name}", f"Badge {name}", "House", skills=SKILLS, facts="Facts.") for name in "abcde")
TWO = Setting(SUBJECTS[:2], seed="seed")


def setting_of(instrument, seed: str) -> Setting:
    return choose_setting(instrument, SUBJECTS[: 1 if instrument.subjects == "one" else None], seed, "en")


def page_of(instrument, setting, answers, step: int, language: str = "en") -> Page:
    reviewer = "r" if instrument.audience == "expert" else ""
    sheet = Sheet("s", instrument, setting, language, (language,), answers, step, "seal", "/f/s", reviewer=reviewer)
    return Page(step_page(sheet))


def sent(page: Page) -> dict[str, list[str]]:
    """What a browser sends of a page as it stands: of a textarea without the line break its tag begins with, and with
    the line breaks of the wire."""
    form = page.main()
    assert form
    areas = {each.name for each in form.controls if each.kind == "textarea"}
    fields: dict[str, list[str]] = {}
    for name, value in form.as_it_stands():
        held = value.removeprefix("\n") if name in areas else value
        fields.setdefault(name, []).append(held.replace("\n", "\r\n"))
    return fields


# --- random valid answers --------------------------------------------------------------------------------------------


@some.composite
def texts(draw, most: int, *, lines: bool) -> str | None:
    raw = draw(some.text(some.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=40))
    cleaned = clean_text(raw, most)
    assert isinstance(cleaned, str)
    return (cleaned if lines else " ".join(cleaned.split("\n"))) or None


@some.composite
def valid(draw, place: Asked, setting: Setting):
    """A valid answer to a question, or None."""
    question = place.question
    held = offered(question, setting, place.subject)
    steps = [*question.steps, *question.aside_ids]
    if not place.required and draw(some.integers(0, 3)) == 0:
        return None
    if question.kind == "one":
        return draw(some.sampled_from([*held.options, *question.aside_ids]))
    if question.kind == "scale":
        return draw(some.sampled_from(steps))
    if question.kind == "several":
        usual = [one for one in held.options if one not in question.exclusive_ids]
        chosen = draw(some.sets(some.sampled_from(usual), min_size=1, max_size=int(question.maximum or len(usual))))
        return [one for one in held.options if one in chosen]
    if question.kind == "grid":
        return {item: draw(some.sampled_from(steps)) for item in held.items}
    if question.kind == "number":
        numbers = some.integers(int(question.minimum), int(question.maximum))
        halves = some.floats(question.minimum, question.maximum)
        return draw(some.one_of(numbers, halves, *map(some.just, question.aside_ids)))
    if question.kind == "ranking":
        return list(draw(some.permutations(held.options)))[: places_of(place, setting)]
    if question.kind == "best_worst":
        best, worst = list(draw(some.permutations(held.options)))[:2]
        return {"best": best, "worst": worst}
    if question.kind == "pair":
        put = held.items[: int(question.maximum or MOST_ASKED_PAIRS)]
        return {pair: draw(some.sampled_from([*pair.split("|"), SAME])) for pair in put}
    if question.kind == "short_text":
        return draw(texts(LONGEST_SHORT_TEXT, lines=False)) or "some words"
    return draw(texts(4000, lines=True)) or "some words"


@some.composite
def filled_in(draw, instrument):
    """A sitting with valid answers to what they themselves open."""
    setting = setting_of(instrument, draw(some.text("abcdef", min_size=1, max_size=6)))
    answers: dict = {}

    def settle(place: Asked):
        given = draw(valid(place, setting))
        if given is not None:
            keep(answers, place, given)
        return usable(place, answers, setting)

    for _ in walk(instrument, setting, settle):
        pass
    return setting, answers


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_what_is_drawn_and_sent_back_unchanged_is_what_was_answered(name):
    instrument = INSTRUMENTS[name]

    @settings(max_examples=15, deadline=None)
    @given(filled_in(instrument), some.sampled_from(instrument.languages))
    def sent_back(form, language):
        setting, answers = form
        for number, here in enumerate(grouped(asked(instrument, answers, setting))):
            fields = sent(page_of(instrument, setting, answers, number, language))
            plain = [place for place in here if place.question.options_from != ALL_PAIRS]
            alone = answered({}, fields, here, setting)
            for place in plain:
                assert usable(place, alone, setting) == usable(place, answers, setting), place.question.id
            again = answered(answers, fields, here, setting)
            for place in asked(instrument, answers, setting):
                assert usable(place, again, setting) == usable(place, answers, setting), place.question.id

    sent_back()


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_no_two_fields_share_a_name_and_none_is_one_of_the_forms_own(name):
    instrument = INSTRUMENTS[name]
    setting = Setting(SUBJECTS[:3], Subject("foil:f", "F", foil=True), SUBJECTS[3:], "seed")
    names = []
    for question in instrument.questions:
        section = next(each for each in instrument.sections if each.id == question.section)
        for subject in setting.in_order() if section.repeated else (None,):
            place = Asked(section, question, subject)
            names.append(name_of(place))
            items = (*offered(question, setting, subject).items, *question.aside_ids, "best", "worst", "1")
            names += [name_of(place, item) for item in dict.fromkeys(items)]
    assert len(set(names)) == len(names)
    assert all(each.startswith("q.") for each in names)


def test_a_field_that_was_not_drawn_is_not_looked_at():
    employer = INSTRUMENTS["employer"]
    here = grouped(asked(employer, {}, TWO))[0]
    fields = {"q.organisation": ["Mill"], "q.awareness.badge-a": ["never"], "q.nothing": ["x"], "q.role..hiring": ["x"]}
    assert answered({}, fields, here, TWO) == {"organisation": "Mill"}


# --- what is sent is handed on ---------------------------------------------------------------------------------------


def place_of(name: str, question: str, answers=None, setting=TWO) -> Asked:
    return next(each for each in asked(INSTRUMENTS[name], answers or {}, setting) if each.question.id == question)


def read(place: Asked, setting=TWO, **fields: list[str]):
    return before(answered({}, {name_of(place): each for each in fields.values()}, [place], setting), place)


def test_the_lowest_step_is_an_answer_although_it_is_nought():
    place = place_of("employer", "relevance", {"awareness": {"badge-a": "certifies"}})
    assert place.question.steps[0] == 0
    fields = {name_of(place): ["0"]}
    assert answered({}, fields, [place], TWO) == {"relevance": {"badge-a": 0}}


def test_what_is_no_step_is_handed_on_for_the_check_to_refuse():
    place = place_of("learner", "worth", setting=Setting(SUBJECTS[:1], seed="s"))
    for given_text, raw in (("4", 4), ("9", "9"), ("04", "04"), ("４", "４"), ("does_not_apply", "does_not_apply")):
        assert read(place, Setting(SUBJECTS[:1], seed="s"), it=[given_text]) == raw


def test_blank_is_not_answered_and_takes_back_what_was():
    place = place_of("employer", "organisation")
    for blank in ({}, {"q.organisation": []}, {"q.organisation": [""]}, {"q.organisation": ["  \r\n"]}):
        assert answered({}, blank, [place], TWO) == {}
        assert answered({"organisation": "Mill", "role": "hiring"}, blank, [place], TWO) == {"role": "hiring"}


def test_answers_handed_in_are_not_changed():
    place = place_of("employer", "awareness")
    answers = {"awareness": {"badge-a": "never", "badge-b": "name"}}
    after = answered(answers, {name_of(place): ["certifies"]}, [place], TWO)
    assert answers == {"awareness": {"badge-a": "never", "badge-b": "name"}}
    assert after["awareness"][place.slug] == "certifies"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12), (" 12,5 ", 12.5), ("12.5", 12.5), ("١٢", 12), ("١٢٫٥", 12.5), ("۱۲", 12), ("-3", -3),
        ("twelve", "twelve"), ("1,000,000", "1,000,000"), ("1e3", "1e3"), ("0x10", "0x10"), ("nan", "nan"), ("½", "½"),
        ("1_000", "1_000"), ("12 weeks", "12 weeks"), ("1.000", 1.0), (",5", ",5"), ("9" * 31, "9" * 31),
    ],
)  # fmt: skip
def test_numbers_are_understood_as_people_write_them_and_else_handed_on(typed, number):
    assert number_in(typed) == number
    assert type(number_in(typed)) is type(number)


@given(some.one_of(some.integers(0, 10**6), some.floats(0, 10**6)))
def test_a_number_put_back_into_its_field_is_the_same_number(number):
    assert number_in(number_text(number)) == number


# --- pairs put one by one --------------------------------------------------------------------------------------------


def test_each_pair_chosen_joins_those_before_and_the_last_can_be_taken_back():
    pairs = INSTRUMENTS["employer_pairs"]
    setting = setting_of(pairs, "seed")
    place = place_of("employer_pairs", "pairs", setting=setting)
    answers: dict = {"organisation": "Mill"}
    put: list[str] = []
    for number in range(1, int(place.question.maximum) + 1):
        page = page_of(pairs, setting, answers, 1)
        buttons = [each for each in page.main().buttons() if each.name.startswith("q.pairs")]
        assert len(buttons) == 3
        put.append(buttons[0].name)
        answers = answered(answers, {buttons[number % 3].name: [buttons[number % 3].value]}, [place], setting)
        assert len(answers["pairs"]) == number
        assert usable(place, answers, setting) == answers["pairs"]
    assert len(set(put)) == len(put)
    page = page_of(pairs, setting, answers, 1)
    assert not [each for each in page.main().buttons() if each.name.startswith("q.pairs")]
    last = list(answers["pairs"])[-1]
    fewer = answered(answers, {"go": ["undo"]}, [place], setting)
    assert list(fewer["pairs"]) == list(answers["pairs"])[:-1]
    assert last not in fewer["pairs"]
    assert answered({"pairs": {last: SAME}}, {"go": ["undo"]}, [place], setting) == {}
    assert answered(answers, {"go": ["next"]}, [place], setting) == answers
