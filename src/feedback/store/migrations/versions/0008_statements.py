"""Of an endorsement: the link by which its organisation confirms it and takes it back, and what it agreed to."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DAYS = ("sent_on", "confirmed_on", "named_on")


def upgrade() -> None:
    op.add_column("endorsements", sa.Column("link", sa.String(length=64), nullable=True))
    for name in DAYS:
        op.add_column("endorsements", sa.Column(name, sa.Date(), nullable=True))
    op.create_index(op.f("ix_endorsements_link"), "endorsements", ["link"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_endorsements_link"), table_name="endorsements")
    with op.batch_alter_table("endorsements", table_kwargs={"sqlite_with_rowid": False}) as changed:
        for name in (*reversed(DAYS), "link"):
            changed.drop_column(name)
