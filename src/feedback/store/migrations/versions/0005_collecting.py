"""Invitations, drafts, the funnel, versions of questionnaires, addresses kept for one message, flags of quality."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instrument_versions",
        sa.Column("instrument", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("scales", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("instrument", "version", name=op.f("pk_instrument_versions")),
    )
    op.create_table(
        "refusals",
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("refused_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_refusals")),
    )
    op.create_table(
        "asked_about",
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact"], ["contacts.slug"], name=op.f("fk_asked_about_contact_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["credential"], ["credentials.slug"], name=op.f("fk_asked_about_credential_credentials"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact", "credential", name=op.f("pk_asked_about")),
    )
    op.create_table(
        "kept_addresses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential"],
            ["credentials.slug"],
            name=op.f("fk_kept_addresses_credential_credentials"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_addresses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_kept_addresses_credential"), "kept_addresses", ["credential"])
    op.create_table(
        "askings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("survey", sa.String(length=80), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey"], ["surveys.slug"], name=op.f("fk_askings_survey_surveys"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_askings")),
    )
    op.create_index(op.f("ix_askings_recipient"), "askings", ["recipient"])
    op.create_index(op.f("ix_askings_survey"), "askings", ["survey"])
    op.create_table(
        "funnel",
        sa.Column("survey", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey"], ["surveys.slug"], name=op.f("fk_funnel_survey_surveys"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("survey", "language", "mark", "value", name=op.f("pk_funnel")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("survey", sa.String(length=80), nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=True),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("used_on", sa.String(length=10), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("last_asked", sa.Date(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact"], ["contacts.slug"], name=op.f("fk_invitations_contact_contacts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["survey"], ["surveys.slug"], name=op.f("fk_invitations_survey_surveys"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_invitations_contact"), "invitations", ["contact"])
    op.create_index(op.f("ix_invitations_survey"), "invitations", ["survey"])
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("survey", sa.String(length=80), nullable=False),
        sa.Column("invitation", sa.String(length=32), nullable=True),
        sa.Column("saved_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation"], ["invitations.id"], name=op.f("fk_drafts_invitation_invitations"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["survey"], ["surveys.slug"], name=op.f("fk_drafts_survey_surveys"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_drafts_invitation"), "drafts", ["invitation"])
    op.create_index(op.f("ix_drafts_survey"), "drafts", ["survey"])
    op.create_table(
        "invitation_links",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("invitation", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation"],
            ["invitations.id"],
            name=op.f("fk_invitation_links_invitation_invitations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_invitation_links")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_invitation_links_invitation"), "invitation_links", ["invitation"])
    op.create_table(
        "response_flags",
        sa.Column("response", sa.String(length=32), nullable=False),
        sa.Column("flag", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["response"], ["responses.key"], name=op.f("fk_response_flags_response_responses"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("response", "flag", name=op.f("pk_response_flags")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("response_flags")
    op.drop_index(op.f("ix_invitation_links_invitation"), table_name="invitation_links")
    op.drop_table("invitation_links")
    op.drop_index(op.f("ix_drafts_survey"), table_name="drafts")
    op.drop_index(op.f("ix_drafts_invitation"), table_name="drafts")
    op.drop_table("drafts")
    op.drop_index(op.f("ix_invitations_survey"), table_name="invitations")
    op.drop_index(op.f("ix_invitations_contact"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_table("funnel")
    op.drop_index(op.f("ix_askings_survey"), table_name="askings")
    op.drop_index(op.f("ix_askings_recipient"), table_name="askings")
    op.drop_table("askings")
    op.drop_index(op.f("ix_kept_addresses_credential"), table_name="kept_addresses")
    op.drop_table("kept_addresses")
    op.drop_table("asked_about")
    op.drop_table("refusals")
    op.drop_table("instrument_versions")
