"""The codebook says of every question what it asks, how it is kept and what it counts as, in every language."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest

from feedback.exchange.codebook import KEPT, answers_of, codebook, codebook_table, in_words
from feedback.exchange.codebook_files import codebook_html, question_html, write_codebook
from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from feedback.survey.kinds import KINDS
from feedback.survey.questionnaire import AllOf, AnyOf, Condition

VOID = {"meta", "br", "link", "img", "hr", "input"}


@pytest.fixture(scope="module")
def instruments():
    return read_instruments(data_folder() / "instruments")


@pytest.fixture(scope="module")
def book(instruments):
    return codebook(instruments.values())


@pytest.fixture(scope="module")
def page(book):
    return codebook_html(book)


def questions(book):
    return [(each, question) for each in book["questionnaires"] for question in each["questions"]]


def test_every_question_of_every_questionnaire_is_there_once(instruments, book):
    found = [(each["instrument"], question["question"]) for each, question in questions(book)]
    assert sorted(found) == sorted((one.id, question.id) for one in instruments.values() for question in one.questions)


def test_every_wording_is_there_in_every_language_it_has(instruments, book):
    for each, question in questions(book):
        asked = instruments[each["instrument"]].by_id[question["question"]]
        assert question["wording"] == dict(asked.text)
        assert [option["label"] for option in question.get("options", [])] == [dict(o.label) for o in asked.options]
        assert [item["text"] for item in question.get("items", [])] == [dict(item.text) for item in asked.items]


def test_every_kind_of_question_says_how_its_answers_are_kept():
    assert set(KEPT) == set(KINDS)


def test_a_scale_says_which_steps_are_positive_and_what_is_set_aside(book):
    worth = next(question for _, question in questions(book) if question["question"] == "worth")
    assert answers_of(worth, "en")[-2:] == [
        ("5", "Strongly agree", "counts as positive"),
        ("does_not_apply", "Does not apply", "set aside: missing in means and shares"),
    ]
    assert answers_of(worth, "de")[0] == ("1", "Stimme gar nicht zu", "does not count as positive")
    assert "missing in every mean and share" in worth["asides"][0]["meaning"]


def test_a_branch_is_told_in_words(instruments):
    learner = instruments["learner"]
    said = in_words(learner.by_id["assessment_missing"].show_if, learner)
    assert said.endswith("(assessment) is at most 2 “Disagree”")
    both = AllOf((AnyOf((Condition("worth", at_least=4), Condition("worth", answered=False))), Condition("goals")))
    assert in_words(both, learner).startswith(
        "(““{credential}” was worth the time I put into it.” (worth) is at least 4"
    )
    assert ") and “" in in_words(both, learner)


def test_a_block_says_of_whom_it_is_asked_and_that_nobody_else_is_missing(instruments, book):
    for each in book["questionnaires"]:
        instrument = instruments[each["instrument"]]
        assert ("blocks" in each) == bool(instrument.blocks)
        for question in each["questions"]:
            block = instrument.by_id[question["question"]].block
            assert ("asked_of" in question) == (block is not None)
            if block:
                assert f"{instrument.blocks_asked} in {len(instrument.blocks)} people" in question["asked_of"]
                assert question["asked_of"].endswith("every share is of those asked.")


def test_who_reads_an_answer_is_said(instruments, book):
    for each, question in questions(book):
        owner_only = instruments[each["instrument"]].by_id[question["question"]].owner_only
        assert question["readers"].startswith("Only those" if owner_only else "Everybody")


def test_csv_has_a_row_a_question_and_no_formula(instruments, book):
    text = write_codebook(instruments.values(), "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == len(questions(book)) == len(codebook_table(book))
    assert {"wording_en", "wording_ar", "answers", "positive", "set_aside", "shown_when"} <= set(rows[0])
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_json_is_the_codebook(instruments, book):
    assert json.loads(write_codebook(instruments.values(), "json")) == json.loads(json.dumps(book))


class Outline(HTMLParser):
    """What a page consists of: tags in order, ids, targets; every tag closed."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.ids, self.targets, self.attributes = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.ids += [given["id"]] if "id" in given else []
        self.targets += [given["href"]] if "href" in given else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_stands_alone_without_script_or_address(page):
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    assert not {"script", "link", "img", "iframe"} & set(outline.tags)
    assert not re.search(r"https?://|@import|url\(", page)
    assert not [name for name in outline.attributes if name.startswith("on")]
    assert "prefers-color-scheme: dark" in page


def test_every_anchor_of_the_page_has_one_place(page):
    outline = Outline()
    outline.feed(page)
    assert len(outline.ids) == len(set(outline.ids))
    assert {target.removeprefix("#") for target in outline.targets} <= set(outline.ids)
    assert {"#en", "#es", "#de", "#ar"} <= set(outline.targets)


def test_wordings_carry_their_language_and_direction(page):
    assert '<span lang="ar" dir="rtl">كانت «{credential}» تستحق' in page
    assert 'lang="de" dir="ltr"' in page


def test_every_table_of_the_page_has_a_caption_and_headers(page):
    assert page.count("<table>") == page.count("<caption>") == page.count("<thead>")
    assert '<th scope="col">' in page
    assert '<th scope="row">' in page


def test_a_wording_is_text_and_never_markup(book):
    _, question = questions(book)[0]
    hostile = {**question, "wording": {"en": "<img src=x onerror=alert(1)>"}, "help": {"en": "</dl><script>"}}
    drawn = question_html(hostile, "en")
    assert "<img" not in drawn
    assert "<script" not in drawn


def test_a_language_a_questionnaire_lacks_shows_it_in_none(book):
    page = codebook_html(book)
    for each in book["questionnaires"]:
        for code in ("en", "es", "de", "ar"):
            assert (f'id="{code}-{each["instrument"]}"' in page) == (code in each["languages"])
