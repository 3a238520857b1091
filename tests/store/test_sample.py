"""Taking the sample institution away, and losing nothing of one's own."""

import secrets
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from feedback.catalogue.values import Credential, Occupation, Organisation, Pathway, Programme, Run, Skill
from feedback.store import accounts, drafts, funnel, invitations
from feedback.store.catalogue import (
    find,
    read,
    read_credentials,
    read_kinds,
    read_organisations,
    read_programmes,
    read_runs,
    read_skills,
    sample_slugs,
    save,
)
from feedback.store.database import reading, transaction
from feedback.store.imports import Import, read_imports, save_import
from feedback.store.inserting import table_of
from feedback.store.invitations import Person
from feedback.store.meta import data_version
from feedback.store.responses import StoredResponse, new_secret, save_many, save_submission
from feedback.store.sample import has_sample, remove_sample
from feedback.store.surveys import Survey, open_survey, read_surveys
from feedback.store.tables import (
    CommentReadings,
    Drafts,
    Endorsements,
    Funnel,
    InvitationLinks,
    Invitations,
    KeptAddresses,
    Responses,
    Table,
    metadata,
)
from feedback.survey.submission import Submission
from tests.store.releasing import assert_whole, bring, lying, publish_all, read_all, save_all, stored

OPENS = datetime(2026, 1, 1, tzinfo=UTC)


def credential(slug, programme="sp", **more):
    return Credential(slug=slug, title=slug, kind="badge", programme=programme, **more)


def load_sample(engine):
    with transaction(engine) as session:
        save(
            session,
            [
                Programme(slug="sp", title="Sample"),
                Programme(slug="sp2", title="Sample 2"),
                Skill(slug="sk", title="Skill"),
                Skill(slug="sk2", title="Skill 2"),
                credential("sc", skills=["sk"]),
                credential("sc2", programme="sp2", skills=["sk2"]),
                Run(slug="sr", credential="sc", label="Run"),
                Organisation(slug="so", name="Sample firm"),
            ],
            is_sample=True,
        )
        open_survey(
            session,
            Survey(
                slug="ss", instrument="employer", version=1, opens=OPENS, run="sr", credentials=["sc"], is_sample=True
            ),
        )
        rows = [
            StoredResponse(
                f"{n:032x}", "ss", "employer", 1, "en", "2026-03", ["sc"], {"gap": "x"}, "so", is_sample=True
            )
            for n in range(3)
        ]
        save_many(session, rows)
        readings = [
            {
                "response": rows[0].key,
                "question": "gap",
                "credential": "",
                "analyser": "1",
                "topics": [],
                "instrument": "employer",
                "masked": "x",
                "order": 1,
            }
        ]
        session.connection().execute(table_of(CommentReadings).insert(), readings)
        save_import(session, Import(kind="ratings", file="a/b.csv", digest="0", rows=1, new_rows=1, is_sample=True))
        ask(session, "ss", is_sample=True)


def ask(session, survey, **more):
    """Invite somebody to a survey, who begins it; and be counted on the way."""
    [(invitation, _)] = invitations.make(session, survey, [Person("one@example.org")], key=b"key", **more)
    drafts.save(session, invitation.id, survey, invitation.id, b"sealed", OPENS.date())
    drafts.save(session, invitations.new_token(), survey, None, b"sealed", OPENS.date())
    funnel.add(session, {(survey, "en", "opened", 0): 2})


def leave_address(session, about, **more):
    row = filled(KeptAddresses) | {"id": secrets.token_hex(16), "credential": about, "purpose": "follow_up"} | more
    session.connection().execute(table_of(KeptAddresses).insert(), [row])


def count(engine, *models):
    with reading(engine) as session:
        counted = (select(func.count()).select_from(table_of(model)) for model in models)
        return [session.connection().execute(each).scalar_one() for each in counted]


def remove(engine):
    with transaction(engine) as session:
        return remove_sample(session)


def test_a_new_database_has_no_sample(engine):
    with reading(engine) as session:
        assert not has_sample(session)
    assert sum(remove(engine).values()) == 0


def test_the_sample_goes_wholly_and_leaves_an_empty_institution(engine):
    load_sample(engine)
    with reading(engine) as session:
        assert has_sample(session)
        version = data_version(session)
    gone = remove(engine)
    assert gone["responses"] == 3
    assert gone["credentials"] == 2
    with reading(engine) as session:
        left = {
            table.name: session.connection().execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
        assert {name for name, count in left.items() if count} == {"credential_kinds", "meta"}
        assert left["credential_kinds"] == 8
        assert not has_sample(session)
        assert data_version(session) > version


def test_what_is_ones_own_stays_untouched(engine):
    with transaction(engine) as session:
        save(session, [Programme(slug="p", title="Mine"), credential("c", programme="p")])
        open_survey(session, Survey(slug="s", instrument="learner", version=1, opens=OPENS, credentials=["c"]))
        save_submission(session, Submission("learner", 1, "s", "en", ("c",), {"worth": 5}), secret=new_secret())
        save_import(session, Import(kind="comments", file="C:\\mine\\words.csv", digest="0", rows=1, new_rows=1))
    load_sample(engine)
    remove(engine)
    with reading(engine) as session:
        assert [each.slug for each in read_programmes(session)] == ["p"]
        assert [each.slug for each in read_credentials(session)] == ["c"]
        assert [each.credentials for each in read_surveys(session)] == [["c"]]
        assert [each.file for each in read_imports(session)] == ["words.csv"]
        assert session.connection().execute(select(func.count()).select_from(table_of(Responses))).scalar_one() == 1


ASKING = (Invitations, InvitationLinks, Drafts, Funnel)


def test_who_was_invited_to_a_sample_survey_goes_with_it_and_no_other(engine):
    with transaction(engine) as session:
        save(session, [Programme(slug="p", title="Mine"), credential("c", programme="p")])
        open_survey(session, Survey(slug="s", instrument="learner", version=1, opens=OPENS, credentials=["c"]))
        ask(session, "s")
        leave_address(session, "c")
    load_sample(engine)
    with transaction(engine) as session:
        ask(session, "ss")  # somebody tried it out
        leave_address(session, "sc", is_sample=True)
    assert count(engine, *ASKING, KeptAddresses) == [3, 3, 6, 2, 2]
    remove(engine)
    assert count(engine, *ASKING, KeptAddresses) == [1, 1, 2, 1, 1]
    with reading(engine) as session:
        assert not has_sample(session)
        assert [each.slug for each in read_surveys(session)] == ["s"]


def test_an_address_left_about_a_sample_credential_keeps_it(engine):
    load_sample(engine)
    with transaction(engine) as session:
        leave_address(session, "sc2")
    remove(engine)
    assert count(engine, KeptAddresses) == [1]
    with reading(engine) as session:
        assert [each.slug for each in read_credentials(session)] == ["sc2"]
        assert not has_sample(session)


def test_an_own_response_keeps_all_that_it_stands_on(engine):
    load_sample(engine)
    with transaction(engine) as session:
        save_submission(
            session,
            Submission("employer", 1, "ss", "en", ("sc",), {"gap": "y"}, {"endorsement": {"sc2": "yes"}}),
            secret=new_secret(),
            organisation=Organisation(slug="x", name="SAMPLE firm"),
        )
    gone = remove(engine)
    assert gone["responses"] == 3
    with reading(engine) as session:
        assert [each.slug for each in read_surveys(session)] == ["ss"]
        assert [each.slug for each in read_runs(session)] == ["sr"]
        assert [each.slug for each in read_organisations(session)] == ["so"]
        # sc2 stays for the endorsement, sp2 and sk2 for sc2.
        assert [each.slug for each in read_credentials(session)] == ["sc", "sc2"]
        assert [each.slug for each in read_programmes(session)] == ["sp", "sp2"]
        assert [each.slug for each in read_skills(session)] == ["sk", "sk2"]
        assert not has_sample(session)
        assert len(session.connection().execute(select(table_of(Endorsements))).all()) == 1
        assert len(session.connection().execute(select(table_of(Responses))).all()) == 1


def test_an_own_credential_keeps_its_sample_programme_and_skills_and_nothing_more(engine):
    load_sample(engine)
    with transaction(engine) as session:
        save(session, [credential("mine", skills=["sk2"])])
    remove(engine)
    with reading(engine) as session:
        assert [each.slug for each in read_credentials(session)] == ["mine"]
        assert [each.slug for each in read_programmes(session)] == ["sp"]
        assert [each.slug for each in read_skills(session)] == ["sk2"]
        assert sample_slugs(session, Programme) == frozenset()
        assert len(read_kinds(session)) == 8


def filled(table: type[Table]) -> dict:
    """Something for every column that must not be missing and refers to nothing."""
    plain = {"JSON": [], "BOOLEAN": False, "INTEGER": 0, "FLOAT": 0.0, "DATE": OPENS.date(), "DATETIME": OPENS}
    return {
        column.name: plain.get(str(column.type).partition("(")[0], "")
        for column in table_of(table).columns
        if not column.nullable and not column.primary_key and not column.foreign_keys
    } | {column.name: None for column in table_of(table).columns if column.nullable}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_refers_to_what_no_own_row_is_lost_and_no_sample_row_is_left(engine, data):
    """Any mixture of own and sample rows: afterwards the own ones are all there, and nothing dangles."""
    owned = st.booleans()

    def mixed(table: type[Table], rows: list[dict]) -> list[dict]:
        made = [filled(table) | row | {"is_sample": data.draw(owned)} for row in rows]
        session.connection().execute(table_of(table).insert(), made)
        return made

    from feedback.store import tables

    with transaction(engine) as session:
        for table in reversed(metadata.sorted_tables):
            if table.name != "credential_kinds":
                session.connection().execute(table.delete())
        pick = st.integers(0, 2)
        kept = {
            tables.Programmes: mixed(tables.Programmes, [{"slug": f"p{n}", "title": "P"} for n in range(3)]),
            tables.Organisations: mixed(
                tables.Organisations, [{"slug": f"o{n}", "name": "O", "name_key": "o"} for n in range(3)]
            ),
            tables.Credentials: mixed(
                tables.Credentials,
                [
                    {
                        "slug": f"c{n}",
                        "title": "C",
                        "kind": "badge",
                        "programme": f"p{data.draw(pick)}",
                        "issuer": "",
                        "carriers": [],
                        "description": "",
                        "languages": [],
                        "lifecycle": "live",
                        "sectors": [],
                    }
                    for n in range(3)
                ],
            ),
            tables.Runs: mixed(
                tables.Runs,
                [
                    {
                        "slug": f"r{n}",
                        "credential": f"c{data.draw(pick)}",
                        "label": "R",
                        "delivery": "digital",
                        "beta": False,
                    }
                    for n in range(3)
                ],
            ),
            tables.Surveys: mixed(
                tables.Surveys,
                [
                    {
                        "slug": f"s{n}",
                        "instrument": "learner",
                        "version": 1,
                        "mode": "link",
                        "languages": [],
                        "opens": OPENS,
                        "closes": None,
                        "zone": "UTC",
                        "run": f"r{data.draw(pick)}",
                    }
                    for n in range(3)
                ],
            ),
        }
        targets = [{"survey": f"s{n}", "credential": f"c{data.draw(pick)}", "position": 0} for n in range(3)]
        session.connection().execute(table_of(tables.SurveyTargets).insert(), targets)
        of = {"credential": "c", "organisation": "o", "programme": "p"}
        for table, refers in (
            (tables.Modules, ["programme"]),
            (tables.Pathways, ["programme"]),
            (tables.Contacts, ["organisation"]),
            (tables.Stacks, ["credential"]),
        ):
            named = table.__tablename__
            rows = [
                {"slug": f"{named}{n}"} | {name: f"{of[name]}{data.draw(pick)}" for name in refers} for n in range(3)
            ]
            kept[table] = mixed(table, rows)
        about = [{"credential": f"c{data.draw(pick)}"} for _ in range(3)]
        for table in (tables.ReviewRounds, tables.Decisions):
            asked = [{"survey": f"s{data.draw(pick)}"} if table is tables.ReviewRounds else {} for _ in range(3)]
            kept[table] = mixed(table, [{"id": f"i{n}"} | about[n] | asked[n] for n in range(3)])
        kept[tables.Policies] = mixed(tables.Policies, [{"slug": f"p{n}", "version": 1} | about[n] for n in range(3)])
        kept[tables.ModerationNotes] = mixed(
            tables.ModerationNotes, [{"id": f"n{n}", "round": f"i{data.draw(pick)}"} for n in range(3)]
        )
        kept[Responses] = mixed(
            Responses,
            [
                {
                    "key": f"{n:032x}",
                    "survey": f"s{data.draw(pick)}",
                    "instrument": "learner",
                    "version": 1,
                    "language": "en",
                    "month": "2026-03",
                    "about": [],
                    "answers": {},
                    "organisation": f"o{data.draw(pick)}",
                    "role": None,
                    "receipt_hash": None,
                    "batch": None,
                }
                for n in range(3)
            ],
        )
        remove_sample(session)
        assert not has_sample(session)
        for table, rows in kept.items():
            name = next(iter(table_of(table).primary_key)).name
            left = set(session.connection().execute(select(table_of(table).c[name])).scalars())
            assert left >= {row[name] for row in rows if not row["is_sample"]}
            if table is Responses:
                assert left == {row[name] for row in rows if not row["is_sample"]}
        left = set(session.connection().execute(select(table_of(tables.Surveys).c.slug)).scalars())
        about = session.connection().execute(
            select(table_of(tables.SurveyTargets).c.survey, table_of(tables.SurveyTargets).c.credential)
        )
        assert {tuple(row) for row in about} == {(t["survey"], t["credential"]) for t in targets if t["survey"] in left}


def test_what_was_published_of_the_sample_goes_with_it_and_ones_own_comes_back(institution, instruments, said):
    from feedback.analysis.comments.voices import count_voices
    from feedback.store.jobs import read_jobs
    from feedback.store.releases import publish_batch, read_releases, rebuild

    save_all(institution, *[said(worth=4, keep="Labs")] * 3)
    read_all(institution, instruments)
    publish_all(institution, instruments)
    before = lying(institution)
    rows = [stored(n, {"worth": 1, "keep": "x"}, is_sample=True) for n in range(5)]
    publish_batch(institution, instruments, bring(institution, rows, is_sample=True), count_voices)
    assert lying(institution) != before
    assert remove(institution)["responses"] == 5
    assert lying(institution) == {}
    with reading(institution) as session:
        assert [job.kind for job in read_jobs(session)] == ["rebuild"]
        assert len(read_releases(session)) == 2
    save_all(institution, *[said(worth=4)] * 5)
    assert publish_all(institution, instruments) is None
    rebuild(institution, instruments, count_voices)
    assert lying(institution) == before
    publish_all(institution, instruments)
    assert_whole(institution, instruments)


def test_a_sample_alone_leaves_no_release_behind(institution, instruments):
    from feedback.analysis.comments.voices import count_voices
    from feedback.store.releases import publish_batch, read_releases

    rows = [stored(n, {"worth": 1}, is_sample=True) for n in range(5)]
    publish_batch(institution, instruments, bring(institution, rows, is_sample=True), count_voices)
    remove(institution)
    assert lying(institution) == {}
    with reading(institution) as session:
        assert read_releases(session) == []


def test_what_own_entries_only_list_is_kept_too(engine):
    sample = [
        Programme(slug="p", title="P"),
        Occupation(slug="welder", title="Welder"),
        Occupation(slug="baker", title="Baker"),
        Occupation(slug="painter", title="Painter"),
        Credential(slug="first", title="First", kind="badge", programme="p"),
        Credential(slug="other", title="Other", kind="badge", programme="p"),
    ]
    own = [
        Credential(slug="own", title="Own", kind="badge", programme="p", occupations=["welder"]),
        Organisation(slug="bread", name="Bread", occupations=["baker"]),
        Pathway(slug="way", title="Way", programme="p", steps=["first", "own"]),
    ]
    with transaction(engine) as session:
        save(session, sample, is_sample=True)
        save(session, own)
        remove_sample(session)
        assert [each.slug for each in read(session, "credentials")] == ["first", "own"]
        assert [each.slug for each in read(session, "occupations")] == ["baker", "welder"]
        assert find(session, "pathways", "way") == own[-1]
        assert not has_sample(session)


def test_the_samples_administrator_goes_with_it_and_own_accounts_stay(institution):
    with transaction(institution) as session:
        save(session, [Occupation(slug="welder", title="Welder")], is_sample=True)
        token = accounts.begin_session(
            session, accounts.read_link(session, accounts.sample_link(session)).account, "link"
        )
        accounts.add_account(session, "Ann", "ann@example.org")
        assert accounts.actor_of(session.connection(), token).is_known
        remove_sample(session)
        assert [each.name for each in accounts.read_accounts(session)] == ["Ann"]
        assert not accounts.actor_of(session.connection(), token).is_known
        assert accounts.sample_link(session) is None
