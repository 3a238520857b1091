"""The first tables: catalogue, surveys, responses, endorsements, readings of comments, imports."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credential_kinds",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("meanings", sa.JSON(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_credential_kinds")),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("new_rows", sa.Integer(), nullable=False),
        sa.Column("imported_on", sa.Date(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_digest"), "imports", ["digest"], unique=False)
    op.create_table(
        "meta",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "organisations",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=True),
        sa.Column("size_band", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_organisations")),
    )
    op.create_index(op.f("ix_organisations_name_key"), "organisations", ["name_key"], unique=False)
    op.create_table(
        "programmes",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_programmes")),
    )
    op.create_table(
        "skills",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("uri", sa.String(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_skills")),
    )
    op.create_table(
        "credentials",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("programme", sa.String(length=80), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("carriers", sa.JSON(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("audience", sa.String(), nullable=True),
        sa.Column("planned_weeks", sa.Float(), nullable=True),
        sa.Column("hours", sa.Float(), nullable=True),
        sa.Column("fee", sa.Float(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("lifecycle", sa.String(), nullable=False),
        sa.Column("sectors", sa.JSON(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["kind"], ["credential_kinds.slug"], name=op.f("fk_credentials_kind_credential_kinds")),
        sa.ForeignKeyConstraint(["programme"], ["programmes.slug"], name=op.f("fk_credentials_programme_programmes")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_credentials")),
    )
    op.create_index(op.f("ix_credentials_programme"), "credentials", ["programme"], unique=False)
    op.create_table(
        "credential_skills",
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential"],
            ["credentials.slug"],
            name=op.f("fk_credential_skills_credential_credentials"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["skill"], ["skills.slug"], name=op.f("fk_credential_skills_skill_skills")),
        sa.PrimaryKeyConstraint("credential", "skill", name=op.f("pk_credential_skills")),
    )
    op.create_index(op.f("ix_credential_skills_skill"), "credential_skills", ["skill"], unique=False)
    op.create_table(
        "runs",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("beta", sa.Boolean(), nullable=False),
        sa.Column("planned_weeks", sa.Float(), nullable=True),
        sa.Column("actual_weeks", sa.Float(), nullable=True),
        sa.Column("enrolled", sa.Integer(), nullable=True),
        sa.Column("started", sa.Integer(), nullable=True),
        sa.Column("completed", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Integer(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["credential"], ["credentials.slug"], name=op.f("fk_runs_credential_credentials")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_credential"), "runs", ["credential"], unique=False)
    op.create_table(
        "surveys",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("opens", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes", sa.DateTime(timezone=True), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("run", sa.String(length=80), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.slug"], name=op.f("fk_surveys_run_runs")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_surveys")),
    )
    op.create_index(op.f("ix_surveys_run"), "surveys", ["run"], unique=False)
    op.create_table(
        "endorsements",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("survey", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=True),
        sa.Column("role", sa.String(length=80), nullable=True),
        sa.Column("answer", sa.String(length=80), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential"], ["credentials.slug"], name=op.f("fk_endorsements_credential_credentials")
        ),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.slug"], name=op.f("fk_endorsements_organisation_organisations")
        ),
        sa.ForeignKeyConstraint(["survey"], ["surveys.slug"], name=op.f("fk_endorsements_survey_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsements")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_endorsements_credential"), "endorsements", ["credential"], unique=False)
    op.create_index(op.f("ix_endorsements_organisation"), "endorsements", ["organisation"], unique=False)
    op.create_index(op.f("ix_endorsements_survey"), "endorsements", ["survey"], unique=False)
    op.create_table(
        "responses",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("survey", sa.String(length=80), nullable=False),
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=True),
        sa.Column("role", sa.String(length=80), nullable=True),
        sa.Column("receipt_hash", sa.String(length=64), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.slug"], name=op.f("fk_responses_organisation_organisations")
        ),
        sa.ForeignKeyConstraint(["survey"], ["surveys.slug"], name=op.f("fk_responses_survey_surveys")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_responses")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_responses_receipt_hash")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_responses_organisation"), "responses", ["organisation"], unique=False)
    op.create_index(op.f("ix_responses_survey"), "responses", ["survey"], unique=False)
    op.create_table(
        "survey_targets",
        sa.Column("survey", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential"], ["credentials.slug"], name=op.f("fk_survey_targets_credential_credentials")
        ),
        sa.ForeignKeyConstraint(
            ["survey"], ["surveys.slug"], name=op.f("fk_survey_targets_survey_surveys"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("survey", "credential", name=op.f("pk_survey_targets")),
    )
    op.create_index(op.f("ix_survey_targets_credential"), "survey_targets", ["credential"], unique=False)
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
        sa.ForeignKeyConstraint(
            ["response"], ["responses.key"], name=op.f("fk_comment_readings_response_responses"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("response", "question", "credential", name=op.f("pk_comment_readings")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("comment_readings")
    op.drop_table("survey_targets")
    op.drop_table("responses")
    op.drop_table("endorsements")
    op.drop_table("surveys")
    op.drop_table("runs")
    op.drop_table("credential_skills")
    op.drop_table("credentials")
    op.drop_table("skills")
    op.drop_table("programmes")
    op.drop_table("organisations")
    op.drop_table("meta")
    op.drop_table("imports")
    op.drop_table("credential_kinds")
