"""A credential of the catalogue as a form puts it."""

from collections.abc import Mapping

from feedback.catalogue.values import Credential
from feedback.survey.setting import Subject


def subject_of(credential: Credential, programmes: Mapping[str, str], skills: Mapping[str, str]) -> Subject:
    """What a form needs of a credential. programmes, skills: their titles by slug; one without a title keeps its
    slug, a programme without one is left out."""
    return Subject(
        slug=credential.slug,
        title=credential.title,
        issuer=credential.issuer,
        programme=programmes.get(credential.programme, ""),
        weeks=credential.planned_weeks,
        skills=tuple((skill, skills.get(skill, skill)) for skill in credential.skills),
        facts=credential.description,
    )
