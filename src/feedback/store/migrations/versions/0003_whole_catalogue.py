"""The whole catalogue: purpose sheets, modules, occupations, stacks, pathways, alignments, market, people, history."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Lists (and a table of test results) of what was there: nothing is known of them yet.
EMPTY = {
    "credentials": ("supplements", "topics", "occupations", "stakeholders"),
    "runs": ("test_results",),
    "skills": ("alternatives",),
}
ADDED = {
    "credentials": (
        "issuer_type",
        "backing_body",
        "for_working_people",
        "weeks_reason",
        "intensity",
        "review_due",
        "standard",
        "assessment",
        "project_component",
        "portfolio_evidence",
        "market_driven",
        "verification_url",
        "signed",
        "licence",
        "rights",
        "regulation",
        "supplements",
        "topics",
        "occupations",
        "purpose_skill",
        "specialisation",
        "applied_evidence",
        "purpose_audience",
        "stakeholders",
    ),
    "organisations": ("type", "partner", "note"),
    "programmes": ("discipline", "description"),
    "runs": (
        "weeks_reason",
        "views",
        "enquiries",
        "waiting_list",
        "test_results",
        "badges_issued",
        "badges_claimed",
        "badges_shared",
    ),
    "skills": ("alternatives", "competency", "description", "valid_from", "review_due"),
}


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("was_sample", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("batch", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_batch"), "changes", ["batch"])
    op.create_index(op.f("ix_changes_entity_slug"), "changes", ["entity", "slug"])
    op.create_table(
        "occupations",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("uri", sa.String(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_occupations")),
    )
    op.create_table(
        "reviewers",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("affiliation", sa.String(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("independence", sa.String(), nullable=True),
        sa.Column("independence_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_reviewers")),
    )
    op.create_table(
        "contacts",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("consents", sa.JSON(), nullable=False),
        sa.Column("last_asked", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.slug"], name=op.f("fk_contacts_organisation_organisations")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_organisation"), "contacts", ["organisation"])
    op.create_table(
        "market_evidence",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=True),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["skill"], ["skills.slug"], name=op.f("fk_market_evidence_skill_skills")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_market_evidence")),
    )
    op.create_index(op.f("ix_market_evidence_skill"), "market_evidence", ["skill"])
    op.create_table(
        "modules",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("programme", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["programme"], ["programmes.slug"], name=op.f("fk_modules_programme_programmes")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_modules")),
    )
    op.create_index(op.f("ix_modules_programme"), "modules", ["programme"])
    op.create_table(
        "pathways",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("programme", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["programme"], ["programmes.slug"], name=op.f("fk_pathways_programme_programmes")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_pathways")),
    )
    op.create_index(op.f("ix_pathways_programme"), "pathways", ["programme"])
    op.create_table(
        "alignments",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.Column("module", sa.String(length=80), nullable=False),
        sa.Column("teaches", sa.Boolean(), nullable=False),
        sa.Column("assesses", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential"], ["credentials.slug"], name=op.f("fk_alignments_credential_credentials")
        ),
        sa.ForeignKeyConstraint(["module"], ["modules.slug"], name=op.f("fk_alignments_module_modules")),
        sa.ForeignKeyConstraint(["skill"], ["skills.slug"], name=op.f("fk_alignments_skill_skills")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_alignments")),
    )
    op.create_index(op.f("ix_alignments_credential"), "alignments", ["credential"])
    op.create_index(op.f("ix_alignments_module"), "alignments", ["module"])
    op.create_index(op.f("ix_alignments_skill"), "alignments", ["skill"])
    op.create_table(
        "stacks",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("target_kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("target_credential", sa.String(length=80), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["credential"], ["credentials.slug"], name=op.f("fk_stacks_credential_credentials")),
        sa.ForeignKeyConstraint(
            ["target_credential"], ["credentials.slug"], name=op.f("fk_stacks_target_credential_credentials")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_stacks")),
    )
    op.create_index(op.f("ix_stacks_credential"), "stacks", ["credential"])
    op.create_index(op.f("ix_stacks_target_credential"), "stacks", ["target_credential"])
    op.add_column("credentials", sa.Column("issuer_type", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("backing_body", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("for_working_people", sa.Boolean(), nullable=True))
    op.add_column("credentials", sa.Column("weeks_reason", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("intensity", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("review_due", sa.Date(), nullable=True))
    op.add_column("credentials", sa.Column("standard", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("assessment", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("project_component", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("portfolio_evidence", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("market_driven", sa.Boolean(), nullable=True))
    op.add_column("credentials", sa.Column("verification_url", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("signed", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("licence", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("rights", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("regulation", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("purpose_skill", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("specialisation", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("applied_evidence", sa.String(), nullable=True))
    op.add_column("credentials", sa.Column("purpose_audience", sa.String(), nullable=True))
    op.add_column("organisations", sa.Column("type", sa.String(), nullable=True))
    op.add_column("organisations", sa.Column("partner", sa.Boolean(), nullable=True))
    op.add_column("organisations", sa.Column("note", sa.String(), nullable=True))
    op.add_column("programmes", sa.Column("discipline", sa.String(), nullable=True))
    op.add_column("programmes", sa.Column("description", sa.String(), nullable=True))
    op.add_column("runs", sa.Column("weeks_reason", sa.String(), nullable=True))
    op.add_column("runs", sa.Column("views", sa.Integer(), nullable=True))
    op.add_column("runs", sa.Column("enquiries", sa.Integer(), nullable=True))
    op.add_column("runs", sa.Column("waiting_list", sa.Integer(), nullable=True))
    op.add_column("runs", sa.Column("badges_issued", sa.Integer(), nullable=True))
    op.add_column("runs", sa.Column("badges_claimed", sa.Integer(), nullable=True))
    op.add_column("runs", sa.Column("badges_shared", sa.Integer(), nullable=True))
    op.add_column("skills", sa.Column("competency", sa.String(), nullable=True))
    op.add_column("skills", sa.Column("description", sa.String(), nullable=True))
    op.add_column("skills", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("skills", sa.Column("review_due", sa.Date(), nullable=True))
    for table, columns in EMPTY.items():
        empty = "{}" if table == "runs" else "[]"
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.add_column(sa.Column(column, sa.JSON(), nullable=False, server_default=empty))
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.alter_column(column, server_default=None)


def downgrade() -> None:
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.drop_column(column)
    for table in (
        "stacks",
        "alignments",
        "pathways",
        "modules",
        "market_evidence",
        "contacts",
        "reviewers",
        "occupations",
        "changes",
    ):
        op.drop_table(table)
