"""`feedback open`, `invite`, `revoke`, `extend`, `close` and `surveys`: who may answer what, and until when."""

import csv
import json
import shutil
import stat
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from feedback.catalogue.values import Contact, Organisation
from feedback.policy import Grant
from feedback.settings import data_folder, read_settings, secret_key
from feedback.store import asking, catalogue, invitations
from feedback.store.accounts import add_account
from feedback.store.database import open_database, transaction
from feedback.store.inserting import table_of
from feedback.store.rounds import Round, keep_round
from feedback.store.surveys import read_survey
from feedback.store.tables import Surveys
from feedback.store.versions import read_version
from tests.command_line import run_once, runner

CATALOGUE = data_folder() / "sample" / "catalogue.csv"
SLUG = "kitchen-hygiene"


@pytest.fixture
def url(tmp_path) -> str:
    (tmp_path / "kept").mkdir()
    return f"sqlite:///{tmp_path / 'kept' / 'feedback.db'}"


@pytest.fixture(scope="session")
def with_catalogue(sqlite_template, tmp_path_factory) -> Path:
    """A database that holds a catalogue, to be copied."""
    path = tmp_path_factory.mktemp("catalogue") / "feedback.db"
    shutil.copy(sqlite_template, path)
    done = run_once({"FEEDBACK_DATABASE_URL": f"sqlite:///{path}"}, "import", "catalogue", CATALOGUE)
    assert done.code == 0, done.err
    return path


@pytest.fixture
def run(monkeypatch, capsys, url, with_catalogue):
    """Runs `feedback` on a database of its own that holds a catalogue, reached at an address."""
    monkeypatch.setenv("FEEDBACK_PUBLIC_URL", "https://feedback.example.org/")
    shutil.copy(with_catalogue, make_url(url).database)
    return runner(monkeypatch, capsys, url)


@pytest.fixture
def inside(url):
    """A session on that database, kept when it ends."""

    def inside(read):
        engine = open_database(url)
        with transaction(engine) as session:
            found = read(session)
        engine.dispose()
        return found

    return inside


def survey_of(run, mode: str = "invitation", *more: str, instrument: str = "learner") -> str:
    opened = run("open", instrument, "--credential", SLUG, "--mode", mode, *more, "--json")
    assert opened.code == 0, opened.err
    return json.loads(opened.out)["survey"]


def links_in(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["link"] for row in csv.DictReader(file)]


def left_in(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


# open


@pytest.mark.parametrize("mode", ["link", "kiosk"])
def test_an_open_survey_prints_the_address_of_the_light_form(run, mode):
    opened = run("open", "learner", "--credential", SLUG, "--mode", mode)
    assert opened.out == f"Open: learner-{SLUG}\nhttps://feedback.example.org/f/learner-{SLUG}\n"
    assert opened.err == ""


def test_a_survey_by_invitation_has_no_address_and_says_how_to_invite(run):
    opened = run("open", "learner", "--credential", SLUG, "--mode", "invitation")
    assert f"feedback invite learner-{SLUG} --count N --output LINKS.csv" in opened.out
    assert (
        json.loads(run("open", "learner", "--credential", SLUG, "--mode", "invitation", "--json").out)["address"]
        is None
    )


def test_without_a_public_address_it_says_what_to_put_before_the_path(run, monkeypatch):
    monkeypatch.delenv("FEEDBACK_PUBLIC_URL")
    opened = run("open", "learner", "--credential", SLUG)
    assert opened.out.splitlines()[1] == f"/f/learner-{SLUG}"
    assert "FEEDBACK_PUBLIC_URL is not set" in opened.err


def test_its_days_are_those_of_its_zone(run, inside):
    slug = survey_of(run, "link", "--opens", "2036-07-01", "--closes", "2036-07-31", "--zone", "Europe/Madrid")
    survey = inside(lambda session: read_survey(session, slug))
    assert survey.zone == "Europe/Madrid"
    assert survey.opens == datetime(2036, 6, 30, 22, 0, tzinfo=UTC)
    assert survey.closes == datetime(2036, 7, 31, 21, 59, 59, tzinfo=UTC)


def test_everything_wrong_with_it_is_told_at_once(run):
    wrong = run(
        *("open", "learner", "--credential", "kitchen-higiene", "--mode", "post", "--language", "tlh"),
        *("--zone", "Europe/Atlantis", "--run", "nobody-ran-this"),
    )
    assert (wrong.code, wrong.out) == (1, "")
    for said in ('--credential: "kitchen-higiene"', '--mode: "post"', '--language: "tlh"', "--zone:", "--run:"):
        assert said in wrong.err
    late = run("open", "learner", "--credential", SLUG, "--opens", "2036-07-02", "--closes", "2036-07-01")
    assert "--closes: 2036-07-01 is before it opens" in late.err
    assert "--opens: 2020-01-01 is past" in run("open", "learner", "--credential", SLUG, "--opens", "2020-01-01").err


def test_the_questionnaire_is_kept_as_it_was_when_the_survey_opened(run, inside):
    survey_of(run)
    assert inside(lambda session: read_version(session, "learner", 1)) is not None


# invite


def test_as_many_links_as_asked_for_are_written_for_their_owner_alone(run, inside, tmp_path):
    slug, output = survey_of(run), tmp_path / "links.csv"
    ran = run("invite", slug, "--count", "3", "--output", output)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "Made 3 links: links.csv, the only copy. Each takes one answer.\n"
    assert len(set(links_in(output))) == 3
    assert all(link.startswith("https://feedback.example.org/s/") for link in links_in(output))
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert left_in(tmp_path) == {"links.csv", "kept"}
    key, token = secret_key(read_settings()), links_in(output)[0].rsplit("/", 1)[1]
    found = inside(lambda session: invitations.find(session, token, key=key))
    assert (found.survey, found.recipient, found.language) == (slug, "", "")


def test_cards_to_print_hold_the_same_number(run, tmp_path):
    ran = run("invite", survey_of(run), "--count", "9", "--output", tmp_path / "a.csv", "--sheet", tmp_path / "a.html")
    assert ran.code == 0
    page = (tmp_path / "a.html").read_text("utf-8")
    assert page.count("<svg") == 9
    assert stat.S_IMODE((tmp_path / "a.html").stat().st_mode) == 0o600


def test_contacts_get_a_link_each_with_all_their_file_says(run, inside, tmp_path):
    slug, output = survey_of(run), tmp_path / "links.csv"
    contacts = tmp_path / "people.csv"
    contacts.write_text("Name,Email,language\n=Ann,ann@example.org,de\nبهار,b@example.org,\n", encoding="utf-8")
    assert run("invite", slug, "--contacts", contacts, "--output", output).code == 0
    with output.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["link", "Name", "Email", "language"]
    assert [row["Name"] for row in rows] == ["'=Ann", "بهار"]
    invited = inside(lambda session: invitations.unanswered(session, slug))
    assert {(each.recipient, each.language) for each in invited} == {("ann@example.org", "de"), ("b@example.org", "")}


def test_whoever_is_invited_already_is_named_before_anything_is_made(run, tmp_path):
    slug, contacts = survey_of(run), tmp_path / "people.csv"
    contacts.write_text("email\nann@example.org\n", encoding="utf-8")
    assert run("invite", slug, "--contacts", contacts, "--output", tmp_path / "a.csv").code == 0
    contacts.write_text("email\nbob@example.org\nANN@example.org\n", encoding="utf-8")
    again = run("invite", slug, "--contacts", contacts, "--output", tmp_path / "b.csv")
    assert again.code == 1
    assert 'people.csv, line 3, column "email": has an invitation to this survey already' in again.err
    assert not (tmp_path / "b.csv").exists()


def test_whoever_asked_not_to_be_written_to_gets_no_link(run, inside, tmp_path):
    slug, contacts = survey_of(run), tmp_path / "people.csv"
    contacts.write_text("email\nann@example.org\nbob@example.org\n", encoding="utf-8")
    hashed = asking.recipient_hash(secret_key(read_settings()), "Bob@example.org")
    inside(lambda session: asking.refuse(session, hashed, date(2026, 1, 1)))
    ran = json.loads(run("invite", slug, "--contacts", contacts, "--output", tmp_path / "a.csv", "--json").out)
    assert (ran["invitations"], ran["left_out"]) == (1, 1)
    assert "bob" not in (tmp_path / "a.csv").read_text("utf-8")


def test_whoever_was_written_to_lately_gets_a_link_only_anyway(run, tmp_path):
    first, second, contacts = survey_of(run), survey_of(run), tmp_path / "people.csv"
    contacts.write_text("email\nann@example.org\n", encoding="utf-8")
    assert run("invite", first, "--contacts", contacts, "--output", tmp_path / "a.csv").code == 0
    ran = run("invite", second, "--contacts", contacts, "--output", tmp_path / "b.csv")
    assert "written to often or lately (--anyway): 1." in ran.out
    ran = run("invite", second, "--contacts", contacts, "--output", tmp_path / "c.csv", "--anyway", "--json")
    assert (json.loads(ran.out)["invitations"], json.loads(ran.out)["left_out"]) == (1, 0)
    for wrong in (("--count", "3"), ("--contacts", contacts, "--send")):
        assert "--anyway" in run("invite", second, *wrong, "--anyway", "--output", tmp_path / "d.csv").err


def test_contacts_of_the_catalogue_are_asked_about_what_fits_and_in_turn(run, inside, tmp_path):
    three = [each for slug in (SLUG, "rooftop-solar-installer") for each in ("--credential", slug)]
    slug = json.loads(run("open", "employer", *three, "--mode", "invitation", "--json").out)["survey"]
    empty = run("invite", slug, "--contacts", "catalogue", "--output", tmp_path / "a.csv")
    assert "no contact with an address" in empty.err
    firm = Organisation(slug="firm", name="Firm", sector="I")
    ann = Contact(organisation="firm", name="Ann", email="ann@example.org")
    people = [ann, Contact(organisation="firm", name="Bo")]
    inside(lambda session: catalogue.save(session, [firm, *people]))
    assert run("invite", slug, "--contacts", "catalogue", "--output", tmp_path / "a.csv").code == 0
    (one,) = inside(lambda session: invitations.unanswered(session, slug))
    assert one.contact == ann.slug
    assert 1 <= len(one.about) <= 3
    assert set(inside(lambda session: asking.asked_about(session, one.contact))) == set(one.about)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["organisation"] == "Firm"


def test_what_cannot_be_done_is_refused_with_every_reason(run, tmp_path):
    slug, there = survey_of(run), tmp_path / "there.csv"
    there.write_text("mine")
    ran = run(
        "invite",
        slug,
        "--count",
        "0",
        "--output",
        there,
        "--sheet",
        tmp_path / "no" / "a.html",
        "--expires",
        "2020-01-01",
    )
    assert ran.code == 1
    assert "--count: found 0" in ran.err
    assert "is there already; name another file" in ran.err
    assert "--sheet: the folder" in ran.err
    assert "--expires: 2020-01-01 is past" in ran.err
    assert there.read_text() == "mine"
    assert "one of the two" in run("invite", slug, "--output", tmp_path / "a.csv").err
    assert "--output: is needed" in run("invite", slug, "--count", "1").err
    assert (
        'there is none called "lerner"' in run("invite", "lerner", "--count", "1", "--output", tmp_path / "a.csv").err
    )
    assert (
        "needs no invitation"
        in run("invite", survey_of(run, "link"), "--count", "1", "--output", tmp_path / "a.csv").err
    )
    assert "--send: needs addresses" in run("invite", slug, "--count", "1", "--send").err
    assert left_in(tmp_path) == {"there.csv", "kept"}


def test_without_a_public_address_nothing_is_printed_or_sent(run, monkeypatch, tmp_path):
    slug = survey_of(run)
    monkeypatch.delenv("FEEDBACK_PUBLIC_URL")
    ran = run("invite", slug, "--count", "1", "--output", tmp_path / "a.csv", "--sheet", tmp_path / "a.html")
    assert "FEEDBACK_PUBLIC_URL: is not set" in ran.err
    plain = run("invite", slug, "--count", "1", "--output", tmp_path / "a.csv")
    assert links_in(tmp_path / "a.csv")[0].startswith("/s/")
    assert "put the address people reach the app at before it" in plain.err


def test_when_a_file_cannot_be_written_nobody_is_invited(run, inside, tmp_path, monkeypatch):
    slug = survey_of(run)
    monkeypatch.setattr("os.fsync", fails)
    ran = run("invite", slug, "--count", "2", "--output", tmp_path / "a.csv", "--sheet", tmp_path / "a.html")
    assert ran.code == 1
    assert "No space left" in ran.err
    assert inside(lambda session: invitations.tally(session, slug)) == (0, 0, 0)
    assert left_in(tmp_path) == {"kept"}


def test_when_the_database_gives_up_no_file_is_left(run, tmp_path, monkeypatch):
    slug = survey_of(run)

    @contextmanager
    def gives_up(engine):
        with transaction(engine) as session:
            yield session
            assert (tmp_path / "a.csv").exists(), "its name is taken before anything is kept"
            raise OperationalError("COMMIT", {}, OSError("disk I/O error"))

    monkeypatch.setattr("feedback.store.database.transaction", gives_up)
    ran = run("invite", slug, "--count", "2", "--output", tmp_path / "a.csv")
    assert (ran.code, ran.out) == (3, "")
    assert "disk I/O error" in ran.err
    assert left_in(tmp_path) == {"kept"}


def fails(*_):
    raise OSError(28, "No space left on device")


def test_when_only_the_last_step_fails_it_says_where_the_links_are(run, tmp_path, monkeypatch):
    slug = survey_of(run)
    monkeypatch.setattr(Path, "replace", fails)
    ran = run("invite", slug, "--count", "2", "--output", tmp_path / "a.csv")
    assert ran.code == 1
    (part,) = [each for each in tmp_path.iterdir() if each.name.endswith(".part")]
    assert str(part) in ran.err
    assert len(links_in(part)) == 2


def test_sent_links_are_written_nowhere_and_wait_in_the_outbox(run, url, tmp_path):
    slug, contacts = survey_of(run), tmp_path / "people.csv"
    contacts.write_text("email,name\nann@example.org,Ann\n", encoding="utf-8")
    both = run("invite", slug, "--contacts", contacts, "--send", "--output", tmp_path / "a.csv")
    assert "--output: is not written with --send" in both.err
    ran = run("invite", slug, "--contacts", contacts, "--send")
    assert ran.out.startswith("1 message will be sent by the worker.")
    assert "No mail server is set" in ran.err
    assert run("invite", slug, "--contacts", contacts, "--send").out.startswith("0 messages")
    contacts.write_text("name\nAnn\n", encoding="utf-8")
    assert "1 person has no address" in run("invite", slug, "--contacts", contacts, "--send").err


# revoke, extend, close, surveys


def test_links_nobody_used_are_taken_back_one_by_one_or_all(run, tmp_path):
    slug = survey_of(run)
    run("invite", slug, "--count", "3", "--output", tmp_path / "a.csv")
    lost = links_in(tmp_path / "a.csv")[1]
    assert "name links (--link)" in run("revoke", slug).err
    assert "is no link to this survey" in run("revoke", slug, "--link", lost[:-1] + "_").err
    assert run("revoke", slug, "--link", lost).out == "Taken back: 1 link. Answers given stay.\n"
    assert json.loads(run("revoke", slug, "--all-unused", "--json").out)["revoked"] == 2
    assert "no unused link" in run("revoke", slug, "--all-unused").out


def test_a_survey_is_open_longer_by_its_own_zone_then_closed(run, inside):
    slug = survey_of(run, "invitation", "--closes", "2036-01-31", "--zone", "Europe/Madrid")
    before = update(table_of(Surveys)).values(opens=datetime(2026, 1, 1, tzinfo=UTC))  # or it would still take a second
    inside(lambda session: session.connection().execute(before))
    said = run("extend", slug, "--closes", "2036-07-31")
    assert said.out == f"{slug} is open until 2036-07-31, 23:59:59 (Europe/Madrid).\n"
    assert inside(lambda session: read_survey(session, slug)).closes == datetime(2036, 7, 31, 21, 59, 59, tzinfo=UTC)
    assert run("extend", slug, "--closes", "2020-01-01").code == 1
    assert run("close", slug).code == 0
    refused = run("invite", slug, "--count", "1", "--output", "x.csv").err
    assert f"is closed. Open it again: feedback extend {slug} --closes DAY" in refused
    listed = json.loads(run("surveys", "--json").out)["surveys"]
    assert [(each["survey"], each["state"]) for each in listed] == [(slug, "closed")]
    assert run("surveys", "--open").out.startswith("There is no survey")


def test_the_end_of_a_survey_is_taken_away(run, inside):
    slug = survey_of(run, "invitation", "--closes", "2036-01-31")
    assert run("extend", slug, "--no-end").out == f"{slug} is open without an end.\n"
    assert inside(lambda session: read_survey(session, slug)).closes is None
    for wrong in ((), ("--no-end", "--closes", "2036-01-31")):
        assert "--closes), or take the end away (--no-end)" in run("extend", slug, *wrong).err


def test_where_the_questionnaire_is_gone_nobody_is_invited_and_it_is_said_why(run, inside, tmp_path):
    slug = survey_of(run)
    gone = update(table_of(Surveys)).values(instrument="gone")
    inside(lambda session: session.connection().execute(gone))
    ran = run("invite", slug, "--count", "1", "--output", tmp_path / "a.csv")
    assert (ran.code, ran.err.count("which is not there any more")) == (1, 1)
    assert not (tmp_path / "a.csv").exists()


def test_the_list_tells_answers_and_used_links_in_steps_of_five(run, inside, tmp_path):
    slug = survey_of(run)
    run("invite", slug, "--count", "8", "--output", tmp_path / "a.csv")

    def use(session, number):
        for each in invitations.unanswered(session, slug)[:number]:
            assert invitations.use(session, each.id, slug, date(2026, 3, 1))

    told = []
    for number in (0, 4, 1, 2):
        inside(lambda session, number=number: use(session, number))
        told.append(run("surveys").out.rpartition(", ")[2].strip())
    assert told == ["fewer than 5 used", "fewer than 5 used", "about 5 used", "about 5 used"]
    counts = json.loads(run("surveys", "--json").out)["surveys"][0]["invitations"]
    assert counts == {"made": 8, "used": 5, "revoked": 0}


# rounds of review


@pytest.mark.parametrize(
    "asked",
    [
        ("invite", "--count", "1", "--output", "links.csv"),
        ("revoke", "--all-unused"),
        ("extend", "--no-end"),
        ("close",),
    ],
    ids=lambda asked: asked[0],
)
def test_the_survey_of_a_round_of_review_is_left_to_the_committee(run, inside, tmp_path, monkeypatch, asked):
    monkeypatch.chdir(tmp_path)
    slug, due = survey_of(run, instrument="expert"), date(2036, 1, 1)
    inside(lambda session: keep_round(session, Round("1" * 32, SLUG, "yearly", due, slug, ["r1", "r2"], due, None)))
    before = inside(lambda session: read_survey(session, slug))
    ran = run(asked[0], slug, *asked[1:])
    assert (ran.code, ran.out) == (1, "")
    assert "the two reviewers of a round" in ran.err
    assert inside(lambda session: read_survey(session, slug)) == before
    assert inside(lambda session: invitations.tally(session, slug)) == (0, 0, 0)


@pytest.mark.parametrize(
    "asked", [("invite", "--count", "1", "--output", "x.csv"), ("close",)], ids=["invite", "close"]
)
def test_a_survey_of_others_and_none_are_told_in_the_same_words(run, inside, asked):
    slug, others = survey_of(run), [Grant("lead", "credential:bookkeeping-bootcamp")]
    inside(lambda session: add_account(session, "Ann", "ann@example.org", others))
    told = [run("--as", "ann@example.org", asked[0], each, *asked[1:]) for each in (slug, "no-such", slug[:-1])]
    assert {each.code for each in told} == {1}
    assert len({each.out + each.err for each in told}) == 1
    inside(lambda session: add_account(session, "Ben", "ben@example.org", [Grant("administrator")]))
    assert f'called "{slug[:-1]}"' in run("--as", "ben@example.org", asked[0], slug[:-1], *asked[1:]).err
