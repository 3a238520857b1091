"""What is done about what was found: actions, each with what it was made with, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "actions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("measure", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("baseline", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("expected", sa.Float(), nullable=True),
        sa.Column("by_run", sa.String(length=120), nullable=False),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("words_learners", sa.String(), nullable=False),
        sa.Column("words_employers", sa.String(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("effect", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sa.ForeignKeyConstraint(["credential"], ["credentials.slug"], name=op.f("fk_actions_credential_credentials")),
    )
    for name in ("credential", "owner", "state"):
        op.create_index(op.f(f"ix_actions_{name}"), "actions", [name])
    op.create_table(
        "action_steps",
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("action", "number", name=op.f("pk_action_steps")),
        sa.ForeignKeyConstraint(
            ["action"], ["actions.id"], name=op.f("fk_action_steps_action_actions"), ondelete="CASCADE"
        ),
    )
    op.create_table(
        "tellings",
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("found", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("earlier", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("effect", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("write_from", sa.Date(), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("action", name=op.f("pk_tellings")),
        sa.ForeignKeyConstraint(
            ["action"], ["actions.id"], name=op.f("fk_tellings_action_actions"), ondelete="CASCADE"
        ),
    )
    op.create_table(
        "public_cards",
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("last", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("credential", name=op.f("pk_public_cards")),
        sa.ForeignKeyConstraint(
            ["credential"],
            ["credentials.slug"],
            name=op.f("fk_public_cards_credential_credentials"),
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    for name in ("public_cards", "tellings"):
        op.drop_table(name)
    op.drop_table("action_steps")
    for name in ("state", "owner", "credential"):
        op.drop_index(op.f(f"ix_actions_{name}"), table_name="actions")
    op.drop_table("actions")
