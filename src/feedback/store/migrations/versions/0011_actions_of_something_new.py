"""Actions of something new: of a programme or the institution, and of no credential yet. And what was checked with the
reading in sight measures it no more."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
CORRECTIONS = sa.table("corrections", sa.column("at_random"))


def upgrade() -> None:
    with op.batch_alter_table("actions") as changed:
        changed.alter_column("credential", existing_type=sa.String(length=80), nullable=True)
        changed.add_column(sa.Column("programme", sa.String(length=80), nullable=True))
        changed.create_foreign_key(op.f("fk_actions_programme_programmes"), "programmes", ["programme"], ["slug"])
    # What was said with the reading in sight teaches from now on, and measures nothing (decision 0017).
    op.execute(sa.update(CORRECTIONS).values(at_random=sa.false()))


def downgrade() -> None:
    op.execute("DELETE FROM action_steps WHERE action IN (SELECT id FROM actions WHERE credential IS NULL)")
    op.execute("DELETE FROM tellings WHERE action IN (SELECT id FROM actions WHERE credential IS NULL)")
    op.execute("DELETE FROM actions WHERE credential IS NULL")
    with op.batch_alter_table("actions") as changed:
        changed.drop_constraint(op.f("fk_actions_programme_programmes"), type_="foreignkey")
        changed.drop_column("programme")
        changed.alter_column("credential", existing_type=sa.String(length=80), nullable=False)
