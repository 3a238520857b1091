"""The values of the catalogue: what is rated, where it runs, and who employs its holders.

Each class is a checked, plain value; the tables of `store` inherit its fields. A slug (lower-case letters, digits and
hyphens, 1 to 80 of them) is the identity of everything here. A wrong field raises pydantic's ValidationError, whose
messages say what was found and what is allowed. None means "not known" unless the docstring says otherwise.
"""

from feedback.catalogue.values.base import Value, is_slug, make_slug, one_of, slug_for
from feedback.catalogue.values.choices import (
    CARRIERS,
    CONSENTS,
    CONTACT_ROLES,
    DELIVERIES,
    INTENSITIES,
    ISSUER_TYPES,
    LIFECYCLE,
    MEASURES,
    OCCUPATION_SCHEMES,
    ORGANISATION_TYPES,
    SECTORS,
    SIGNED,
    SIZE_BANDS,
    SPECIALISATIONS,
    TARGET_KINDS,
)
from feedback.catalogue.values.credential import (
    PURPOSE,
    Completeness,
    Credential,
    CredentialFields,
    CredentialKind,
    Programme,
    completeness,
    unusual_weeks,
)
from feedback.catalogue.values.market import Contact, MarketEvidence, Organisation, Reviewer
from feedback.catalogue.values.runs import Run
from feedback.catalogue.values.skills import Alignment, Module, Occupation, Pathway, Skill, Stack

__all__ = [
    "CARRIERS", "CONSENTS", "CONTACT_ROLES", "DELIVERIES", "INTENSITIES", "ISSUER_TYPES", "LIFECYCLE", "MEASURES",
    "OCCUPATION_SCHEMES", "ORGANISATION_TYPES", "PURPOSE", "SECTORS", "SIGNED", "SIZE_BANDS", "SPECIALISATIONS",
    "TARGET_KINDS", "Alignment", "Completeness", "Contact", "Credential", "CredentialFields", "CredentialKind",
    "MarketEvidence", "Module", "Occupation", "Organisation", "Pathway", "Programme", "Reviewer", "Run", "Skill",
    "Stack", "Value", "completeness", "is_slug", "make_slug", "one_of", "slug_for", "unusual_weeks",
]  # fmt: skip
