"""What teaches the reader of comments: corrections, own topics, learned models; and readings that wait for others."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

HANGING = ("corrections", "next_readings")


def upgrade() -> None:
    op.create_table(
        "corrections",
        *_address("corrections", sa.Column("by", sa.String(length=80), nullable=False)),
        sa.Column("sentiment", sa.String(length=3), nullable=True),
        sa.Column("topics", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("absent", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("at_random", sa.Boolean(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "next_readings",
        *_address("next_readings"),
        sa.Column("analyser", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("vader", sa.Float(), nullable=True),
        sa.Column("textblob", sa.Float(), nullable=True),
        sa.Column("sentiment", sa.Float(), nullable=True),
        sa.Column("topics", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("masked", sa.String(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "topics",
        sa.Column("id", sa.String(length=60), nullable=False),
        *(sa.Column(name, sa.JSON(none_as_null=True), nullable=False) for name in ("names", "seeds", "exclusions")),
        sa.Column("audiences", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
    )
    op.create_table(
        "reader_models",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("quality", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("learned_from", sa.Integer(), nullable=False),
        sa.Column("analyser", sa.String(length=80), nullable=False),
        sa.Column("learned_on", sa.Date(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "language", "number", name=op.f("pk_reader_models")),
    )


def downgrade() -> None:
    for name in ("reader_models", "topics", *reversed(HANGING)):
        op.drop_table(name)


def _address(name: str, *more: sa.Column) -> list:
    """Which comment a row is about, by which columns it is told apart, and that it goes with its response."""
    columns = [
        sa.Column("response", sa.String(length=32), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.String(length=90), nullable=False),
        *more,
    ]
    key = sa.PrimaryKeyConstraint(*(column.name for column in columns), name=op.f(f"pk_{name}"))
    response = sa.ForeignKeyConstraint(
        ["response"], ["responses.key"], name=op.f(f"fk_{name}_response_responses"), ondelete="CASCADE"
    )
    return [*columns, key, response]
