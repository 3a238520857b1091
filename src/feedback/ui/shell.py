"""All side effects of a page: the database, the caches, the theme. Pages ask here and get finished answers."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import streamlit as st

from feedback.catalogue.values import Credential
from feedback.charts.theme import Mode
from feedback.findings.evidence import QUOTING, Choice, Evidence, Measure, measures_in
from feedback.findings.finished import Shown, answer_of, choice_key
from feedback.limits import Limits
from feedback.policy import ACT, OPERATE, READ, UNREVIEWED, WHOLE, Actor, Subject, can
from feedback.settings import data_folder, settings
from feedback.store import audit, catalogue, finished, meta, sample, surveys, versions
from feedback.store.database import reading, transaction
from feedback.survey.instrument import Instrument, read_instruments
from feedback.ui import visitor
from feedback.ui.database import engine

if TYPE_CHECKING:
    from feedback.findings.public import Found


@st.cache_resource(show_spinner=False)
def instruments() -> Mapping[str, Instrument]:
    """Every questionnaire, by id."""
    return read_instruments(data_folder() / "instruments")


@dataclass(frozen=True)
class Institution:
    """What the catalogue holds, as pages need it: names by slug, and whether it is the sample."""

    credentials: tuple[Credential, ...]
    programmes: Mapping[str, str]
    kinds: Mapping[str, str]
    skills: Mapping[str, str]
    samples: frozenset[str]
    is_sample: bool

    def subject(self, slug: str) -> Subject:
        """A credential as what an action is about."""
        return Subject(self._programme_of.get(slug, ""), slug)

    @cached_property
    def _programme_of(self) -> Mapping[str, str]:
        return {each.slug: each.programme for each in self.credentials}

    def seen_by(self, actor: Actor) -> "Institution":
        """As much of it as somebody may read of."""
        if can(actor, READ):
            return self
        seen = tuple(one for one in self.credentials if can(actor, READ, self.subject(one.slug)))
        programmes = {slug: title for slug, title in self.programmes.items() if can(actor, READ, Subject(slug))}
        return replace(self, credentials=seen, programmes=programmes)

    @property
    def is_mixed(self) -> bool:
        """Whether the sample stands beside credentials of one's own."""
        return self.is_sample and any(credential.slug not in self.samples for credential in self.credentials)

    def titles(self) -> dict[str, str]:
        """Credential titles by slug; those of the sample say so where they stand beside one's own."""
        return {
            one.slug: f"{one.title} (sample)" if self.is_mixed and one.slug in self.samples else one.title
            for one in self.credentials
        }


_AS_OF: ContextVar[int | None] = ContextVar("as_of", default=None)


def version() -> int:
    """The version of the data: everything shown is kept by it."""
    known = _AS_OF.get()
    if known is not None:
        return known
    with reading(engine()) as session:
        return meta.data_version(session)


@contextmanager
def as_of_now() -> Iterator[None]:
    """All that is shown in here is of one version of the data, which is looked up once."""
    token = _AS_OF.set(version())
    try:
        yield
    finally:
        _AS_OF.reset(token)


@st.cache_resource(max_entries=2, show_spinner=False)
def _institution(version: int) -> Institution:
    with reading(engine()) as session:
        return Institution(
            credentials=tuple(sorted(catalogue.read_credentials(session), key=lambda each: each.title)),
            programmes={each.slug: each.title for each in catalogue.read_programmes(session)},
            kinds={each.slug: each.name for each in catalogue.read_kinds(session)},
            skills={each.slug: each.title for each in catalogue.read_skills(session)},
            samples=catalogue.sample_slugs(session, Credential),
            is_sample=sample.has_sample(session),
        )


def everything() -> Institution:
    """The catalogue as it stands, for naming what is spoken of anyway, and for forms."""
    return _institution(version())


def institution() -> Institution:
    """As much of the catalogue as the visitor may read of."""
    return everything().seen_by(visitor.who())


def subjects(slugs: Iterable[str]) -> list[Subject]:
    """Credentials as what an action is about; about none of them, the whole institution."""
    held = everything()
    return [held.subject(slug) for slug in slugs] or [WHOLE]


def subjects_of(choice: Choice) -> list[Subject]:
    """What a choice is about: its credential, its programme, the credentials of its survey, or the institution."""
    if choice.survey:
        about = survey(choice.survey)
        return subjects(about.credentials if about else ())
    if choice.credential:
        return subjects([choice.credential])
    return [Subject(choice.programme)]


@st.cache_resource(max_entries=1, show_spinner="Reading what was answered …")
def _evidence(version: int) -> Evidence:
    # Here and below: what works findings out brings charts, models and word lists, which most visits never need.
    from feedback.worker.gathering import gather

    with reading(engine()) as session:
        return gather(session, instruments())


def may_be_told(
    credential: str,
    source: str,
    measure: tuple[str, str, str, str] | None,
    audiences: tuple[str, ...],
    before: Sequence[Mapping[str, Any]],
) -> "Found":
    """What may be told in public of what an action rests on (see findings.public.found), for whoever may act on its
    credential. Raises Forbidden."""
    from feedback.findings.public import found

    visitor.demand(ACT, everything().subject(credential))
    evidence, outside, inside = _evidence(version()), limits().for_public(), limits().minimum_group
    return found(evidence, credential, source, measure, audiences, outside, inside=inside, before=before)


# The choice is told by its key alone: Streamlit takes as long over a choice and its limits as over a whole panel.
@st.cache_resource(max_entries=400, show_spinner=False)
def _answer(finding: str, chosen: str, version: int, _choice: Choice, _limits: Limits) -> Shown:
    """A finding as the worker left it; one it has not come to, or never works out beforehand, is worked out here."""
    with reading(engine()) as session:
        document = finished.read(session, finding, chosen, version)
    if document is not None:
        return answer_of(document)
    from feedback.findings.contents import FINDINGS
    from feedback.findings.work import work_out
    from feedback.worker.gathering import with_comments, with_roles

    with reading(engine()) as session:
        evidence = with_comments(session, instruments(), _evidence(version), _choice)
        if FINDINGS[finding].roles:
            evidence = with_roles(session, instruments(), evidence)
    return work_out(FINDINGS[finding], evidence, _choice, _limits)


@st.cache_resource(max_entries=400, show_spinner=False)
def _picture(finding: str, chosen: str, version: int, mode: Mode, _shown: Shown) -> dict | None:
    return _shown.chart(mode)


def warm_up() -> None:
    """Have ready what the overview shows, so that the first visitor finds it done. A failure is logged, and met again
    by whoever visits."""
    try:
        instruments()
        institution()
        for finding in ("credential_value", "priorities"):
            _worked_out(finding, Choice(), limits())
    except Exception:
        logging.getLogger(__name__).exception("the overview could not be worked out beforehand")


def limits() -> Limits:
    """What may be shown of whom, as set."""
    set_to = settings()
    return Limits(set_to.minimum_group, set_to.minimum_organisations, public_minimum=set_to.public_minimum)


OF_NOBODY = frozenset({"market"})
"""Findings about no respondent: whoever may read anything may read them."""


def answer(finding: str, choice: Choice = Choice()) -> Shown:
    """A finding worked out for a choice, through the gate. Worked out once for each version of the data.

    Raises Forbidden for what the visitor may not read of. Of what it is about is recorded, once a day for each page.
    """
    from feedback.ui import noting

    if finding in OF_NOBODY:
        visitor.demand_somewhere(READ)
    else:
        about = subjects_of(choice)
        visitor.demand(READ, *about)
        noting.saw_of(about)
    return _worked_out(finding, choice, _limits_for(finding, choice))


def _worked_out(finding: str, choice: Choice, limits: Limits) -> Shown:
    return _answer(finding, choice_key(choice, limits), version(), choice, limits)


def _limits_for(finding: str, choice: Choice) -> Limits:
    """What may be shown of whom to the visitor."""
    if finding in QUOTING and not visitor.may(UNREVIEWED, *subjects_of(choice)):
        return limits().reviewed()
    return limits()


def chart(finding: str, choice: Choice = Choice()) -> dict | None:
    """The chart of a finding in the reader's light or dark, to be shown and not changed; None for nothing to draw."""
    key = choice_key(choice, _limits_for(finding, choice))
    return _picture(finding, key, version(), mode(), answer(finding, choice))


@st.cache_resource(max_entries=4, show_spinner=False)
def _measures(limits: Limits, version: int) -> Sequence[Measure]:
    return measures_in(_evidence(version), limits)


def measures() -> Sequence[Measure]:
    """The ways employers' regard was asked, of which something may be shown."""
    return _measures(limits(), version())


def mode() -> Mode:
    """Whether the reader sees the light or the dark page."""
    return "dark" if st.context.theme.type == "dark" else "light"


@st.cache_resource(max_entries=1, show_spinner=False)
def _topics(version: int) -> Mapping[str, str]:
    from feedback.worker.reader import topic_names

    with reading(engine()) as session:
        return topic_names(session, "en")


def topics() -> Mapping[str, str]:
    """The names of topics by id."""
    return _topics(version())


@st.cache_resource(max_entries=2, show_spinner=False)
def _last_release(version: int) -> tuple[int | None, str]:
    from feedback.exchange.published import named
    from feedback.store.releases import read_releases

    with reading(engine()) as session:
        last = next(iter(read_releases(session, 1)), None)
    return last.number if last else None, named(last)


def last_release() -> tuple[int | None, str]:
    """The last release: its number, None before the first, and how it is named in words."""
    return _last_release(version())


def open_surveys(audience: str) -> list[surveys.Survey]:
    """The surveys open now for an audience."""
    with reading(engine()) as session:
        every = surveys.read_surveys(session, only_open=True)
    return [survey for survey in every if instruments()[survey.instrument].audience == audience]


def survey(slug: str) -> surveys.Survey | None:
    """A survey by its slug; None when there is none."""
    with reading(engine()) as session:
        return surveys.read_survey(session, slug)


def questionnaire(survey: surveys.Survey) -> Instrument:
    """The questionnaire of a survey in the survey's own version; today's where that is not to be had any more."""
    today = instruments()[survey.instrument]
    if today.version == survey.version:
        return today
    with reading(engine()) as session:
        return versions.read_version(session, survey.instrument, survey.version) or today


def remove_sample() -> None:
    """Take the sample institution away and leave one's own. Raises Forbidden."""
    visitor.demand(OPERATE)
    with transaction(engine()) as session:
        sample.remove_sample(session)
        audit.record(session, visitor.who(), audit.SAMPLE_REMOVED, "institution")
