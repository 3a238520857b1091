"""Links as people get them: contacts read with every slip named, a file for mail merge, codes to print."""

import csv
import io
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.errors import Refused
from feedback.exchange.links import (
    Asked,
    Link,
    code,
    invitation_address,
    is_marked,
    links_csv,
    open_address,
    poster,
    read_contacts,
    sheet,
)

TITLE = {"en": "End of course: Data & <AI>", "de": "Am Ende des Kurses", "ar": "في نهاية الدورة"}
ADDRESS = "https://feedback.example.org/s/" + "A" * 32


def links_of(number: int, language: str = "en") -> list[Link]:
    return [
        Link(invitation_address("https://feedback.example.org", f"{place:032}"), language) for place in range(number)
    ]


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def refusal(*arguments, **more) -> str:
    with pytest.raises(Refused) as refused:
        read_contacts(*arguments, **more)
    return str(refused.value)


# contacts in


def test_four_columns_are_understood_and_all_are_handed_through(write):
    path = write("c.csv", "Name,Email,LANGUAGE,organisation\nAnn,ann@example.org,de,firm\nBob,,,\n")
    ann, bob = read_contacts(path, ["en", "de"])
    assert ann == Asked("ann@example.org", "de", "", "firm", ann.cells)
    assert ann.cells == {"Name": "Ann", "Email": "ann@example.org", "LANGUAGE": "de", "organisation": "firm"}
    assert (bob.email, bob.language, bob.cells["Name"]) == ("", "", "Bob")


def test_a_file_without_any_column_of_ours_is_a_list_of_people_too(write):
    assert [one.cells["seat"] for one in read_contacts(write("c.csv", "seat;room\n1;A\n2;A\n"))] == ["1", "2"]


def test_every_slip_is_named_by_line_and_column_at_once(write):
    path = write(
        "c.csv",
        'email,language,contact,name\nno address,en,known,A\nb@example.org,tlh,known-2,B\n"c@example.org",en,,'
        '"C\nBcc: x@example.org"\nb@EXAMPLE.org,en,,D\n',
    )
    said = refusal(path, ["en", "de"], {"known"}, {"c@example.org"})
    assert 'c.csv, line 2, column "email": found "no address"; one address is needed' in said
    assert 'c.csv, line 3, column "language": found "tlh"; this survey is asked in en, de.' in said
    assert 'c.csv, line 3, column "contact": "known-2" is no contact of the catalogue.' in said
    assert 'c.csv, line 4, column "name": holds a line break' in said
    assert 'c.csv, line 4, column "email": has an invitation to this survey already' in said
    assert 'c.csv, line 6, column "email": stands on line 3 already; one invitation a person.' in said
    assert len(said.splitlines()) == 6


@pytest.mark.parametrize("text", ["name\n", "name\n\n", "name,email\n,\n"])
def test_a_file_that_names_nobody_is_refused(write, text):
    assert "nobody is named below it" in refusal(write("c.csv", text))


def test_a_column_called_link_would_be_mistaken_for_ours(write):
    assert 'has a column "link"' in refusal(write("c.csv", "Link,name\nx,A\n"))


def test_a_column_stands_there_once_however_it_is_written(write):
    assert 'the column name "email" stands there twice' in refusal(write("c.csv", "Email,email\n,\nann@example.org,\n"))


@pytest.mark.parametrize("sign", ["\r", "\n", "\x0b", "\x1b", "\u2028", "\u2029", "\x85"])
def test_no_cell_can_break_the_header_of_a_mail(write, sign):
    path = write("c.csv", f'name,email\n"Ann{sign}Bcc: x@example.org",ann@example.org\n')
    assert "that no mail's header may hold" in refusal(path)


def test_names_in_any_script_are_taken(write):
    path = write("c.csv", "name\nمریم\u200cزاده\nAnne\u00a0Müller\n")
    assert [one.cells["name"] for one in read_contacts(path)] == ["مریم\u200cزاده", "Anne\u00a0Müller"]


# links out


def test_the_file_has_the_link_first_then_what_the_contacts_file_had():
    made = [Link("https://x.example/s/1", "en", {"name": "Ann", "room": "A"}), Link("https://x.example/s/2", "en", {})]
    assert rows_of(links_csv(made)) == [
        ["link", "name", "room"], ["https://x.example/s/1", "Ann", "A"], ["https://x.example/s/2", "", ""],
    ]  # fmt: skip
    assert links_csv(made).startswith(b"link,")
    assert links_csv(made, marked=True).startswith(b"\xef\xbb\xbflink,")


def test_the_file_is_marked_as_the_contacts_file_was(tmp_path):
    for mark in (b"", b"\xef\xbb\xbf"):
        (tmp_path / "c.csv").write_bytes(mark + b"name\nAnn\n")
        assert is_marked(tmp_path / "c.csv") == bool(mark)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20))
def test_no_cell_is_a_formula_and_every_text_comes_back(tmp_path_factory, text):
    content = links_csv([Link("https://x.example/s/1", "en", {"note": text})])
    cell = rows_of(content)[1][1]
    assert not re.match(r"\s*[=+\-@＝＋－＠]", cell)
    path = tmp_path_factory.mktemp("again") / "c.csv"
    path.write_bytes(content.replace(b"link,", b"old,", 1))
    assert read_contacts(path)[0].cells["note"] == text.strip()


# codes to print


def test_a_code_is_a_drawing_without_script_or_address_in_letters():
    drawn = code(ADDRESS)
    assert drawn.startswith("<svg")
    assert "A" * 32 not in drawn
    assert drawn != code(ADDRESS[:-1] + "B")


def test_eight_cards_stand_on_a_sheet():
    for number, sheets in ((1, 1), (8, 1), (9, 2), (17, 3)):
        page = sheet(links_of(number), TITLE)
        assert page.count("<article") == page.count("<svg") == number
        assert page.count('class="sheet"') == sheets


def test_cards_are_in_the_language_of_each_and_never_tell_the_link_in_letters():
    page = sheet([*links_of(1, "de"), *links_of(1, "ar")], TITLE, minutes=3, until=date(2027, 1, 31))
    assert '<article lang="de" dir="ltr">' in page
    assert '<article lang="ar" dir="rtl">' in page
    assert page.count('<span class="day">2027-01-31</span>') == 2, "a day is never broken over two lines"
    assert "/s/" not in page
    assert "<script" not in page
    assert "sheet." not in re.sub(r"<style>.*</style>", "", page, flags=re.DOTALL), "words that nobody has worded"


def test_titles_are_text():
    assert "Data &amp; &lt;AI&gt;" in sheet(links_of(1), TITLE)
    assert "Data &amp; &lt;AI&gt;" in poster(open_address("https://x.example", "a"), TITLE)


def test_a_poster_has_one_code_and_its_address_to_type_in_every_language():
    page = poster("https://x.example/f/learner-a", TITLE, languages=["en", "ar"], until=date(2027, 1, 31))
    assert page.count("<svg") == 1
    assert '<p class="address" dir="ltr">https://x.example/f/learner-a</p>' in page
    assert page.count("<section lang=") == 2
    assert "one answer" not in page
