"""What the catalogue holds is written into files that bring the same catalogue in elsewhere."""

import pytest
from pandas import DataFrame

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.rows import table
from feedback.errors import Refused
from feedback.exchange.imports import import_file
from feedback.exchange.tables import csv_bytes
from feedback.store import catalogue
from feedback.store.database import open_database, reading, transaction
from feedback.store.migrate import migrate
from tests.catalogue.made_values import WHOLE


def everything(engine) -> dict[str, list]:
    with reading(engine) as session:
        return {name: catalogue.read(session, name) for name in ENTITIES}


def downloaded(session, name) -> str:
    """The file the catalogue's page offers."""
    columns, rows = table(ENTITIES[name], catalogue.read(session, name))
    return csv_bytes(DataFrame(rows, columns=list(columns))).decode()


@pytest.fixture
def elsewhere(tmp_path):
    """Another database, new."""
    engine = open_database(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def test_every_field_of_every_entity_survives_store_export_import_and_store(engine, elsewhere, write):
    with transaction(engine) as session:
        catalogue.save(session, WHOLE)
        files = {name: write(f"{name}.csv", downloaded(session, name)) for name in ENTITIES}
    # In the order of the contents everything finds what it refers to; contacts after their organisations, too.
    for name, file in files.items():
        report = import_file(elsewhere, name, file, instruments={})
        assert report.created == {}, name
        assert report.problems == ()
    assert everything(elsewhere) == everything(engine)
    for name, file in files.items():
        report = import_file(elsewhere, name, file, instruments={})
        assert (report.new, report.changed, report.unchanged) == (0, 0, report.rows), name


HOSTILE = {
    "a hundred thousand columns": (
        "title," + ",".join(f"c{number}" for number in range(100_000)) + "\n",
        "columns; at",
    ),
    "a cell of a million characters": ("title,issuer\nA," + "x" * 1_000_000 + "\n", "longer than"),
    "a list of sixty thousand": (
        "title,kind,programme,skills\nA,badge,P," + "s|" * 60_000 + "\n",
        'column "skills": has 60,000 entries; at most 500 are kept.',
    ),
    "a list of many subjects": (
        "title,kind,programme,topics\nA,badge,P," + "|".join(f"t{number}" for number in range(15_000)) + "\n",
        'column "topics": has 15,000 entries; at most 500 are kept.',
    ),
    "ten thousand wrong rows": (
        "title,kind,programme,skills\n" + "A,bagde,P,s\n" * 9_000,
        'line 2, column "kind": found "bagde", which is no kind here. Did you mean "badge"?',
    ),
    "nothing but wrong rows": ("title,kind,programme\n" + "A,bagde,P\n" * 60_000, "has 10,000 problems so far"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_place_and_reason(sqlite_engine, write, name):
    text, said = HOSTILE[name]
    before = everything(sqlite_engine)
    with pytest.raises(Refused) as refused:
        import_file(sqlite_engine, "catalogue", write("c.csv", text), instruments={})
    assert said in str(refused.value)
    assert "c.csv, line" in str(refused.value)
    assert everything(sqlite_engine) == before
