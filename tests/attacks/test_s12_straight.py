"""S12, S13, S25, S33: forms sent without a page, with fields nobody offered, with text that is more than text."""

import random
import unicodedata
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import quote_plus, urlencode

import pytest
from sqlalchemy import select, update

from feedback.collect import answering
from feedback.store.database import DatabaseBusy, reading, transaction
from feedback.store.inserting import table_of
from feedback.store.tables import Credentials, Responses
from tests.collect.institution import drafts, light_form, move_close, open_form, responses
from tests.collect.serving import served_here
from tests.collect.visitor import FORM_TYPE, SEND, Visitor

HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(2)>", "<svg onload=alert(3)>", "javascript:alert(4)",
    "</textarea><script>alert(5)</script>", "</style><b>", "{{7*7}}{% raw %}${7*7}", "&lt;script&gt;",
    '" autofocus onfocus="x',
    "![beacon](https://evil.example/x.png) **bold** $x^2$ :material/home:", "' OR 1=1 --", "]]><![CDATA[", "<!-- -->",
)  # fmt: skip


def row(engine, survey):
    """The one response that is kept to a survey, as its row."""
    table = table_of(Responses)
    with reading(engine) as session:
        return dict(session.connection().execute(select(table).where(table.c.survey == survey)).mappings().one())


def post(visitor, path, fields, **headers):
    """Send fields with the cookies at hand, whatever page was shown."""
    return visitor.ask("POST", path, urlencode(fields), {"Content-Type": FORM_TYPE, **headers})


# --- S12: without the page -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["link", "invitation"])
def test_s12_a_form_sent_by_a_browser_that_was_never_here_is_not_taken(founded, visitor, mode):
    survey = open_form(founded, mode=mode)
    for form in ("", "x", "A" * 200, "%00", "null"):
        for path in (f"/f/{survey}", f"/f/{survey}/draft"):
            answer = post(visitor, path, [("form", form), ("q.reasons", "time"), SEND])
            assert answer.status in (403, 404, 409)
    assert responses(founded) == drafts(founded) == 0


def test_s12_another_browsers_hidden_field_does_not_open_the_door(house, house_port, slug):
    survey = open_form(house, slug=slug)
    with Visitor(house_port) as victim, Visitor(house_port) as thief:
        victim.get(f"/f/{survey}")
        thief.get(f"/f/{survey}")
        stolen = victim.to_the_last_step()
        assert post(thief, f"/f/{survey}", stolen).status == 403
    assert responses(house, slug) == 0


def test_s12_a_hidden_field_with_one_letter_changed_is_refused(house, caller, slug):
    survey, chance = open_form(house, slug=slug), random.Random(12)
    caller.get(f"/f/{survey}")
    fields = dict(caller.to_the_last_step())
    for _ in range(10):
        place = chance.randrange(len(fields["form"]) - 2)
        other = "A" if fields["form"][place] != "A" else "B"
        changed = fields["form"][:place] + other + fields["form"][place + 1 :]
        assert post(caller, f"/f/{survey}", list((fields | {"form": changed}).items())).status == 403
    assert responses(house, slug) == 0


def test_s12_who_jumps_to_the_end_is_asked_for_what_is_missing(house, caller, slug):
    survey = open_form(house, "learner", slug=slug)
    caller.get(f"/f/{survey}")
    answer = post(caller, f"/f/{survey}", [("form", caller.form.value("form")), SEND])
    assert answer.status == 422
    assert caller.page.receipt == ""
    assert responses(house, slug) == 0


def test_s12_after_the_grace_a_form_sent_straight_is_refused(house, caller, slug):
    survey = open_form(house, slug=slug)
    caller.get(f"/f/{survey}")
    fields = caller.to_the_last_step()
    move_close(house, survey, timedelta(hours=-1))
    assert post(caller, f"/f/{survey}", fields).status in (403, 409, 410)
    assert responses(house, slug) == 0


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}])
def test_s12_another_site_cannot_send_or_begin_anew_in_somebodys_name(house, caller, slug, header):
    """A page elsewhere has neither the cookie (SameSite) nor the hidden field; here it is given the cookie."""
    survey = open_form(house, slug=slug)
    caller.get(f"/f/{survey}")
    assert post(caller, f"/f/{survey}", [("q.reasons", "time"), SEND], **header).status == 403
    assert post(caller, f"/f/{survey}/new", [], **header).status in (403, 404)
    assert responses(house, slug) == 0


# --- S13: fields and values nobody offered ---------------------------------------------------------------------------

SERVER_FIELDS = {
    "survey": "other", "key": "0" * 32, "month": "1999-01", "role": "admin", "organisation": "Evil", "n": "999",
    "receipt": "AAAA-AAAA-AAAA-AAAA", "is_sample": "1", "batch": "x", "score": "999", "invitation": "x", "version": "9",
    "q.worth.score": "1", "q.unknown": "1", "answers": "{}", "about": "agile-basics",
}  # fmt: skip


def test_s13_fields_that_are_ours_to_set_change_nothing(house, caller, slug):
    survey = open_form(house, slug=slug)
    caller.get(f"/f/{survey}")
    fields = caller.to_the_last_step()
    caller.post(caller.action(), [*SERVER_FIELDS.items(), *fields, *SERVER_FIELDS.items()])
    assert caller.page.receipt
    kept = row(house, slug)
    assert kept["survey"] == survey
    assert kept["key"] != "0" * 32
    assert kept["month"] > "2000"
    assert (kept["role"], kept["organisation"], kept["batch"]) == (None, None, None)
    assert not kept["is_sample"]
    assert not {"unknown", "score", "role"} & set(kept["answers"])


@pytest.mark.parametrize(
    "value", ["999", "NaN", "1e400", "5 ", "-1", "0x5", "5.0", "[5]", "5\x005", "٥", "true", "null"]
)
def test_s13_a_rating_that_is_none_is_said_and_nothing_is_kept(house, caller, slug, value):
    survey = open_form(house, "learner", slug=slug)
    caller.get(f"/f/{survey}")
    fields = dict(caller.fields()) | {"q.worth": value}
    assert "q.worth" in {each.name for each in caller.form.controls}
    caller.post(caller.action(), list(fields.items()))
    assert caller.answer.status in (400, 422)
    assert caller.page.receipt == ""
    assert responses(house, slug) == 0


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"form=%ff%fe", b"a&" * 5000, b"=" * 100, b"{}", b"<xml/>", b"form=x;go=send", b""]
)
def test_s13_a_body_that_is_no_form_is_refused_in_words(house, caller, slug, body):
    survey = open_form(house, slug=slug)
    caller.get(f"/f/{survey}")
    answer = caller.ask("POST", f"/f/{survey}", body, {"Content-Type": FORM_TYPE})
    assert answer.status in (400, 403)
    assert answer.page.title
    assert responses(house, slug) == 0


# --- S25: text that looks like more ----------------------------------------------------------------------------------


class Marked(HTMLParser):
    """What a page is made of: its elements, and what in them could run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.running: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        for name, value in attrs:
            leads = name in ("href", "src", "action", "formaction") and (value or "").strip().lower()
            is_empty = leads == "data:,"  # no icon: browsers ask for none then
            if name.startswith("on") or (leads and not is_empty and leads.startswith(("javascript:", "data:"))):
                self.running.append(f"{tag} {name}={value}")


def check_inert(text: str, usual: str) -> None:
    """Nothing runs in a page, and it is made of nothing that the same page without the hostile text is not made of."""
    found, known = Marked(text), Marked(usual)
    assert found.running == []
    assert found.names <= known.names | {"p", "ul", "li", "a", "h2", "div", "span"}
    assert text.count("<script") == usual.count("<script")


def test_s25_hostile_comments_come_back_as_text_wherever_they_are_shown(house, caller, slug):
    survey = open_form(house, "learner", slug=slug)
    caller.get(f"/f/{survey}")
    area = caller.to_the_words()
    usual, every = caller.answer.text, "\n".join(HOSTILE)
    without_areas = [pair for pair in caller.form.as_it_stands() if pair[0] != area]
    caller.ask_as_script(f"{caller.action()}/draft", [*without_areas, (area, every)])
    caller.get(caller.at)
    assert next(each for each in caller.form.controls if each.name == area).value.strip() == every
    check_inert(caller.answer.text, usual)
    caller.post(caller.action(), [*without_areas, (area, "x" * 4001 + every), ("go", "next")])
    assert caller.answer.status == 422
    check_inert(caller.answer.text, usual)


def test_s25_hostile_names_of_what_is_asked_about_are_text(founded):
    survey, table = open_form(founded, "learner"), table_of(Credentials)
    with served_here(light_form(founded)) as port, Visitor(port) as visitor:
        usual = visitor.get(f"/f/{survey}").text
    with transaction(founded) as session:
        session.connection().execute(update(table).values(title=" ".join(HOSTILE)[:150]))
    with served_here(light_form(founded)) as port, Visitor(port) as visitor:
        visitor.get(f"/f/{survey}")
        check_inert(visitor.answer.text, usual)
        assert "<script>alert(1)" not in visitor.answer.text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_s25_hostile_addresses_fields_and_headers_are_not_echoed_as_more_than_text(house, caller, slug, hostile):
    survey, quoted = open_form(house, slug=slug, languages=("en", "de")), quote_plus(hostile, safe="")
    caller.headers = {"Accept-Language": "de;q=<b>", "User-Agent": hostile.encode("ascii", "ignore").decode()}
    seen = [
        caller.ask("GET", path)
        for path in (f"/f/{quoted}", f"/s/{quoted}", f"/f/{survey}?step={quoted}&lang={quoted}", f"/c/{quoted}", "/r")
    ]
    caller.get(f"/f/{survey}")
    fields = [("form", caller.form.value("form")), ("language", hostile), ("subject", hostile), SEND]
    seen += [post(caller, path, [*fields, ("receipt", hostile)]) for path in (f"/f/{survey}", "/r")]
    for answer in seen:
        assert "<script>alert" not in answer.text
        assert Marked(answer.text).running == []


def test_s25_the_page_that_says_not_saved_holds_what_was_sent_as_text(house, house_port, monkeypatch, slug):
    def busy(*_args, **_named):
        raise DatabaseBusy("busy")

    survey = open_form(house, slug=slug)
    with Visitor(house_port) as visitor:
        visitor.get(f"/f/{survey}")
        monkeypatch.setattr(answering, "patiently", busy)
        sent = [*visitor.fields()[:-1], *((f"q.{each}", each) for each in HOSTILE), ("go", "next")]
        visitor.post(visitor.action(), sent)
        assert visitor.answer.status == 503
        assert Marked(visitor.answer.text).running == []
        assert "<script>alert" not in visitor.answer.text
        held = visitor.page.forms[0].as_it_stands()
        assert [pair for pair in sent if pair[0] != "go"] == [pair for pair in held if pair[0] != "go"]


# --- S33: letters ----------------------------------------------------------------------------------------------------

LETTERS = {
    "bidi": "good\u202eevil\u2066x", "zero width": "a\u200bb\u200dc\ufeffd", "tower": "z" + "\u0301" * 60,
    "last": "a\uffffb",
    "tags": "a\U000e0041b", "arabic": "جيد جدًا", "family": "👩‍👩‍👧", "lines": "one\r\ntwo\rthree",
}  # fmt: skip


def test_s33_odd_letters_are_kept_without_what_turns_lines_round_the_same_on_both_databases(founded, port):
    for number, letters in enumerate(LETTERS.values()):
        survey = open_form(founded, slug=f"letters-{number}")
        with Visitor(port) as visitor:
            visitor.get(f"/f/{survey}")
            area = visitor.to_the_words()
            fields = [pair for pair in visitor.to_the_last_step() if pair[0] not in (area, "go")]
            visitor.post(visitor.action(), [*fields, (area, letters), SEND])
            if not visitor.page.receipt:
                assert visitor.answer.status == 422
                assert responses(founded, survey) == 0
                continue
        [kept] = [value for value in row(founded, survey)["answers"].values() if isinstance(value, str)]
        assert not any(unicodedata.category(letter) == "Cc" and letter != "\n" for letter in kept)
        assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.mark.parametrize("letters", [b"%00", b"a%00b", b"%ed%a0%80", b"%c0%80", b"%f5%80%80%80"])
def test_s33_what_no_database_can_keep_is_refused_in_words_and_the_server_goes_on(house, caller, slug, letters):
    survey = open_form(house, slug=slug)
    caller.get(f"/f/{survey}")
    area = caller.to_the_words()
    fields = urlencode([pair for pair in caller.to_the_last_step() if pair[0] not in (area, "go")])
    sent = f"{fields}&{area}=".encode() + letters + b"&go=send"
    answer = caller.ask("POST", f"/f/{survey}", sent, {"Content-Type": FORM_TYPE})
    assert answer.status in (200, 400, 422)
    if answer.status == 200:
        assert "\x00" not in str(row(house, survey)["answers"])
    else:
        assert responses(house, survey) == 0
    assert caller.ask("GET", "/health/ready").status == 200
