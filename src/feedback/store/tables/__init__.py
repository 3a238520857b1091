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
    CredentialKinds,
    Credentials,
    CredentialSkills,
    Organisations,
    Programmes,
    Runs,
    Skills,
)
from feedback.store.tables.work import Blocks, Finished, Jobs, Meta, Outbox, Releases

__all__ = [
    "Blocks", "CommentReadings", "CredentialKinds", "CredentialSkills", "Credentials", "Endorsements", "Finished",
    "Imports", "Jobs", "Meta", "Organisations", "Outbox", "Programmes", "Releases", "Responses", "Runs", "Skills",
    "SurveyTargets", "Surveys", "Table", "Waiting", "metadata",
]  # fmt: skip
