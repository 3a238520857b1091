"""Which occupations an organisation fills; on SQLite, no order of rows in the tables of whom we wrote to."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WITHOUT_ORDER = ("askings", "refusals", "asked_about")


def upgrade() -> None:
    with op.batch_alter_table("organisations") as changed:
        changed.add_column(sa.Column("occupations", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("organisations") as changed:
        changed.alter_column("occupations", server_default=None)
    _rebuild(with_rowid=False)


def downgrade() -> None:
    with op.batch_alter_table("organisations") as changed:
        changed.drop_column("occupations")
    _rebuild(with_rowid=True)


def _rebuild(*, with_rowid: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in WITHOUT_ORDER:
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_with_rowid": with_rowid}):
            pass
