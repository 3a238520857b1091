"""The tables as they are today; `migrations/` holds the steps that brought them here.

Rows of the sample institution carry `is_sample`.
"""

from feedback.store.tables.answers import (
    CommentReadings,
    Endorsements,
    Imports,
    Responses,
    Surveys,
    SurveyTargets,
    Waiting,
)
from feedback.store.tables.base import Table, metadata
from feedback.store.tables.catalogue import (
    Alignments,
    Changes,
    Contacts,
    CredentialKinds,
    Credentials,
    CredentialSkills,
    MarketEvidences,
    Modules,
    Occupations,
    Organisations,
    Pathways,
    Programmes,
    Reviewers,
    Runs,
    Skills,
    Stacks,
)
from feedback.store.tables.work import Blocks, Finished, Jobs, Meta, Outbox, Releases

__all__ = [
    "Alignments", "Blocks", "Changes", "CommentReadings", "Contacts", "CredentialKinds", "CredentialSkills",
    "Credentials", "Endorsements", "Finished", "Imports", "Jobs", "MarketEvidences", "Meta", "Modules", "Occupations",
    "Organisations", "Outbox", "Pathways", "Programmes", "Releases", "Responses", "Reviewers", "Runs", "Skills",
    "Stacks", "SurveyTargets", "Surveys", "Table", "Waiting", "metadata",
]  # fmt: skip
