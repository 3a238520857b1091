"""The read model, releases, jobs and the outbox; batches of imports; local questions of surveys."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waiting",
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("response", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["response"], ["responses.key"], name=op.f("fk_waiting_response_responses"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("instrument", "credential", "response", name=op.f("pk_waiting")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_waiting_response"), "waiting", ["response"])
    op.create_table(
        "blocks",
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("instrument", "credential", "part", name=op.f("pk_blocks")),
    )
    op.create_table(
        "releases",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_releases")),
    )
    op.create_table(
        "finished",
        sa.Column("finding", sa.String(length=80), nullable=False),
        sa.Column("choice", sa.String(length=400), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("finding", "choice", name=op.f("pk_finished")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_jobs_kind_subject")),
    )
    op.create_index(op.f("ix_jobs_state_ready_at"), "jobs", ["state", "ready_at"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("once", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("once", name=op.f("uq_outbox_once")),
    )
    op.create_index(op.f("ix_outbox_state"), "outbox", ["state"])
    with op.batch_alter_table("surveys") as surveys:
        surveys.add_column(sa.Column("local_questions", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("surveys") as surveys:
        surveys.alter_column("local_questions", server_default=None)
    with op.batch_alter_table("imports") as imports:
        # Everything that was there is published by the rebuild below, so nothing of it waits.
        imports.add_column(sa.Column("waiting", sa.Boolean(), nullable=False, server_default=sa.false()))
        imports.add_column(sa.Column("undone_on", sa.Date(), nullable=True))
    with op.batch_alter_table("imports") as imports:
        imports.alter_column("waiting", server_default=None)
    op.add_column("responses", sa.Column("batch", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_responses_batch"), "responses", ["batch"])
    # Readings can be made again, and these lack what the new ones hold.
    op.drop_table("comment_readings")
    op.create_table(
        "comment_readings",
        sa.Column("response", sa.String(length=32), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.String(length=90), nullable=False),
        sa.Column("analyser", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("vader", sa.Float(), nullable=True),
        sa.Column("textblob", sa.Float(), nullable=True),
        sa.Column("sentiment", sa.Float(), nullable=True),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("masked", sa.String(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response"], ["responses.key"], name=op.f("fk_comment_readings_response_responses"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("response", "question", "credential", name=op.f("pk_comment_readings")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_comment_readings_credential_order"), "comment_readings", ["credential", "order"])
    # Responses of before are published by the worker's first rebuild.
    op.execute(
        "INSERT INTO jobs (id, kind, subject, payload, priority, state, attempts, ready_at, done, error) "
        "SELECT '00000000000000000000000000000002', 'rebuild', '', '{}', 50, 'ready', 0, '2000-01-01 00:00:00', 0, '' "
        "WHERE EXISTS (SELECT 1 FROM responses)"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_comment_readings_credential_order"), "comment_readings")
    with op.batch_alter_table("comment_readings") as readings:
        readings.drop_column("order")
        readings.drop_column("masked")
        readings.drop_column("instrument")
    op.drop_index(op.f("ix_responses_batch"), "responses")
    op.drop_column("responses", "batch")
    with op.batch_alter_table("imports") as imports:
        imports.drop_column("undone_on")
        imports.drop_column("waiting")
    with op.batch_alter_table("surveys") as surveys:
        surveys.drop_column("local_questions")
    for table in ("outbox", "jobs", "finished", "releases", "blocks", "waiting"):
        op.drop_table(table)
