"""What anybody may read, finished while nobody waits: cards, what came of actions that are told; and the one message to
those who asked to hear of it."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from sqlmodel import Session

from feedback.catalogue.values import Contact, Credential
from feedback.catalogue.values.base import is_mail_address
from feedback.disclosure import Limits
from feedback.exchange.links import page_address
from feedback.findings import public
from feedback.findings.finished import stamp
from feedback.store import asking, catalogue, meta, outbox, told
from feedback.store.action import Action, Measure
from feedback.store.asking import KeptAddress
from feedback.store.database import reading
from feedback.store.releases import read_releases
from feedback.store.told import EMPLOYERS, LEARNERS
from feedback.survey.questionnaire import Instrument
from feedback.survey.text import say
from feedback.survey.wording import languages, word
from feedback.worker.asking import in_a_line
from feedback.worker.gathering import PIPED, THIS, gather
from feedback.worker.mailing import sealed
from feedback.worker.reader import topic_names
from feedback.worker.work import Asking, Work

SHOW, WRITE = "public", "telling"
"""The kinds of job: what is shown, and writing to people."""
KIND = "told"
"""The kind of message."""
CONSENT = "told"
"""What a contact has agreed to who is written to."""
BATCH = 100


# --- what is shown ----------------------------------------------------------------------------------------------------


def is_due(session: Session, limits: Limits) -> bool:
    """Whether something public is to be worked out: it never was, or not for the data as they are."""
    if told.is_unfinished(session):
        return True
    return bool(told.cards(session)) and meta.number(session, SHOW) != _mark(meta.data_version(session), limits)


def finish_public(work: Work) -> None:
    """Renew the cards that are on, and what came of the actions that are told."""
    limits = work.limits.for_public()
    with reading(work.engine) as session:
        version, cards, measured = meta.data_version(session), told.cards(session), told.newly_measured(session)
        before = told.last_told(session)
        last = next(iter(read_releases(session, 1)), None)
        evidence = gather(session, work.instruments) if cards else None
    number, day = (last.number, f"{last.made_on}") if last else (None, "")
    for done, (slug, shown) in enumerate(cards.items(), start=1):
        assert evidence is not None
        card = public.renewed(before[slug], public.card(evidence, slug, limits, number, day), limits)
        with work.writing() as session:
            if card != shown:
                told.keep_card(session, slug, card, public.remembered(before[slug], card))
            work.got(session, done, len(cards))
        work.pause()
    with work.writing() as session:
        for action in measured:
            told.note_effect(session, action.id, public.effect_told(action.effect or {}, limits))
        meta.set_number(session, SHOW, _mark(version, work.limits))


def _mark(version: int, limits: Limits) -> int:
    return crc32(f"public {version} {stamp(limits)}".encode()) & 0x7FFFFFFF


def labels_of(
    session: Session, instruments: Mapping[str, Instrument], measure: Measure | None
) -> Mapping[str, Mapping[str, str]]:
    """What an action is about in each language of the interface, {"label": {language: words}}; {} for nothing."""
    if measure is None:
        return {}
    named = {language: _label(session, instruments, measure, language) for language in languages()}
    return {"label": {language: label for language, label in named.items() if label}}


def _label(session: Session, instruments: Mapping[str, Instrument], measure: Measure, language: str) -> str:
    if measure.kind == public.TOPIC:
        return topic_names(session, language).get(measure.id, measure.id)
    skills = {skill.slug: skill.title for skill in catalogue.read_skills(session)}
    if measure.kind == public.SKILL:
        return skills.get(measure.id, measure.id)
    asked = next(
        (
            question
            for instrument in instruments.values()
            if instrument.audience == measure.audience
            for question in instrument.questions
            if question.id == measure.id
        ),
        None,
    )
    if asked is None:
        return ""
    row = next((each.text for each in asked.items if each.id == measure.item), None)
    if row is None and measure.item:
        return skills.get(measure.item, "")
    said = say(row or asked.text, language, **PIPED)
    return said.rstrip(".:").replace(f"“{THIS}”", THIS)


# --- writing to people ------------------------------------------------------------------------------------------------


def is_to_write(session: Session, work: Work) -> bool:
    """Whether somebody is to be written to, and can be: there is a mail server, an address, and this is no copy."""
    if work.mail is None or work.asking is None or not work.asking.public_url:
        return False
    return bool(told.to_write(session)) and not outbox.is_elsewhere(session)


def write_to_people(work: Work) -> None:
    """Put one message to each of those who want to hear of it into the outbox, in their words; then never again."""
    if work.asking is None:
        return
    with reading(work.engine) as session:
        waiting = told.to_write(session)
    for action in waiting:
        _write_to_employers(work, action, work.asking)
        _write_to_learners(work, action, work.asking)
        with work.writing() as session:
            if told.words_to_write(session, action.id):  # else it was taken back meanwhile
                told.note_written(session, action.id)


def heard_by(session: Session, credential: str) -> tuple[list[Contact], list[KeptAddress]]:
    """Whom an action about a credential is told by mail: contacts who agreed to it and were asked about the credential,
    and addresses learners left for it. Of the sample nobody."""
    samples = catalogue.sample_slugs(session, Contact)
    agreed = [
        each
        for each in catalogue.read(session, "contacts")
        if CONSENT in each.consents and each.slug not in samples and is_mail_address((each.email or "").strip())
    ]
    about = told.asked_about(session, credential) if agreed else set()
    asked = [each for each in agreed if each.slug in about]
    return asked, asking.waiting_to_hear(session, credential)


def _write_to_employers(work: Work, action: Action, asking_as: Asking) -> None:
    with reading(work.engine) as session:
        contacts, _ = heard_by(session, action.credential)
        credential = _credential(session, action)
    if credential is None:
        return
    known = languages()
    for start in range(0, len(contacts), BATCH):
        work.pause()
        with work.writing() as session:
            # Anew with each batch: it may have been taken back since, and so may what somebody agreed to.
            words = told.words_to_write(session, action.id).get(EMPLOYERS)
            if not words:
                return
            still = {(each.slug, each.email) for each in heard_by(session, action.credential)[0]}
            for each in contacts[start : start + BATCH]:
                if (each.slug, each.email) in still:
                    language = each.language if each.language in known else known[0]
                    letter = Letter(words, EMPLOYERS, credential, action.id, language)
                    letter.put(session, (each.email or "").strip(), asking_as)


def _write_to_learners(work: Work, action: Action, asking_as: Asking) -> None:
    with reading(work.engine) as session:
        _, kept = heard_by(session, action.credential)
        credential = _credential(session, action)
    if credential is None:
        return
    for each in kept:
        work.pause()
        with work.writing() as session:
            words = told.words_to_write(session, action.id).get(LEARNERS)
            if not words:
                return
            # The address was left for one message: it goes as the message does into the outbox, in one transaction.
            if asking.forget_address(session, each.id):
                letter = Letter(words, LEARNERS, credential, action.id, each.language)
                letter.put(session, each.address, asking_as)


class Letter:
    """The message of one action to one address, in the words for whoever reads it.

    words: by language. reader: LEARNERS or EMPLOYERS. language: of the reader.
    """

    def __init__(
        self, words: Mapping[str, str], reader: str, credential: Credential, action: str, language: str
    ) -> None:
        self.words, self.reader, self.credential, self.action = words, reader, credential, action
        self.language = language if language in languages() else languages()[0]

    def put(self, session: Session, address: str, asking_as: Asking) -> bool:
        """Into the outbox, once for this action and address; nothing for whoever asked for no more. Whether it was."""
        recipient = asking.recipient_hash(asking_as.key, address)
        if asking.is_refused(session, recipient):
            return False
        kind = asking.NEWS if self.reader == LEARNERS else KIND
        subject = word("message.told_subject", self.language, title=in_a_line(self.credential.title))
        body = sealed(asking_as.key, self.text(address, asking_as))
        return outbox.put(session, f"{KIND}:{self.action}:{recipient}", kind, address, subject, body)

    def text(self, address: str, asking_as: Asking) -> str:
        """Why they are written to, what they are told, where more of it stands, and how to get no more messages."""

        def line(key: str, **values: Any) -> str:
            return word(f"message.{key}", self.language, **values)

        page = f"{page_address(asking_as.public_url, self.credential.slug)}?language={self.language}"
        stop = asking.stop_address(asking_as.public_url, asking_as.key, address)
        paragraphs = [
            line("hello"),
            f"{line(f'told_{self.reader}')} {line('about', titles=in_a_line(self.credential.title))}",
            self.words.get(self.language) or next(iter(self.words.values())),
            f"{line('told_more')}\n{page}",
            line("deleted") if self.reader == LEARNERS else "",
            f"{line('stop')}\n{stop}",
        ]
        return "\n\n".join(filter(None, paragraphs)) + "\n"


def _credential(session: Session, action: Action) -> Credential | None:
    return next((each for each in catalogue.read_credentials(session) if each.slug == action.credential), None)
