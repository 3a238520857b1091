"""The quick look at an embedded database before serving."""

from feedback.catalogue.values import Programme
from feedback.store import catalogue
from feedback.store.database import open_database, transaction
from feedback.store.glance import _newest, is_settled
from feedback.store.migrate import migrate, schema_state


def address(engine):
    return engine.url.render_as_string(hide_password=False)


def test_a_database_of_today_that_holds_something_is_settled(sqlite_engine):
    assert not is_settled(address(sqlite_engine))  # nothing is in it yet
    with transaction(sqlite_engine) as session:
        catalogue.save(session, [Programme(slug="p", title="P")])
    assert is_settled(address(sqlite_engine))


def test_a_database_of_another_version_takes_the_long_way(sqlite_engine):
    with transaction(sqlite_engine) as session:
        catalogue.save(session, [Programme(slug="p", title="P")])
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert not is_settled(address(sqlite_engine))


def test_what_a_look_cannot_tell_takes_the_long_way(tmp_path):
    (tmp_path / "text.db").write_text("no database at all, but text of some length\n" * 50)
    assert not is_settled(f"sqlite:///{tmp_path / 'text.db'}")
    assert not is_settled(f"sqlite:///{tmp_path / 'nowhere.db'}")
    assert not is_settled("postgresql://localhost/feedback")
    assert not (tmp_path / "nowhere.db").exists()


def test_the_newest_step_is_the_one_migrations_end_at(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    migrate(engine)
    with transaction(engine) as session:
        found = session.connection().exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    assert (found, schema_state(engine)) == (_newest(), "current")
    engine.dispose()
