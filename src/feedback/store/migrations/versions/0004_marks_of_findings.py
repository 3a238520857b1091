"""Beside each finished finding a mark of what it was worked out from. What is there can be worked out again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _empty()
    with op.batch_alter_table("finished") as changed:
        changed.add_column(sa.Column("mark", sa.String(length=64), nullable=False))


def downgrade() -> None:
    _empty()
    with op.batch_alter_table("finished") as changed:
        changed.drop_column("mark")


def _empty() -> None:
    op.execute("DELETE FROM finished")
    op.execute("DELETE FROM meta WHERE name = 'finished'")
