"""What all tables share: a registry of their own, and names for constraints.

Hot reload imports the tables again, and SQLModel's shared registry would then say "already defined" (sqlmodel issue
350); so they hang on this one.
"""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

# Names for constraints, so that a later step can find them on both databases (SQLite's batch mode needs them).
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """What all tables share: our own registry."""


metadata = Table.metadata
