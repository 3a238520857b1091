"""Sending what waits in the outbox, each message at most once as far as SMTP allows."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from email.message import EmailMessage
from hashlib import sha256
from hmac import digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session

from feedback.exchange import mail
from feedback.exchange.mail import Server
from feedback.store import asking, outbox
from feedback.store.database import reading, transaction
from feedback.store.outbox import Message
from feedback.worker.work import Work

BATCH = 20
"""So many messages before others get their turn."""
REFUSED = "The recipient asked for no more messages."
_SEALED, _NONCE = "sealed ", 12


def send_due(work: Work) -> None:
    """Send what is due. Marked before and after: a message that a lost worker left half-way is not sent again.

    An invitation or reminder to which no answer is waited for by now (it was given, the link was taken back, the survey
    is over) is dropped without a word: a list of them would name who answered. Nothing leaves without a server, or from
    a copy of the database: then everything waits.
    """
    with work.writing() as session:
        outbox.close_lost(session)
        if work.mail is None or not outbox.is_at_home(session):
            return
    with reading(work.engine) as session:
        messages = outbox.due(session, BATCH)
    for done, message in enumerate(messages, start=1):
        with work.writing() as session:
            if _is_needless(session, message):
                outbox.drop(session, message)
                continue
            if not outbox.begin(session, message):
                continue
            work.got(session, done, len(messages))
        if not _send(work, work.mail, message):
            return
        work.pause()


def _is_needless(session: Session, message: Message) -> bool:
    invitation = outbox.invitation_of(message)
    return invitation is not None and not asking.is_awaited(session, invitation)


def _send(work: Work, server: Server, message: Message) -> bool:
    """Send one message and note what came of it. False: the server is away, so that the rest had better wait."""
    error, for_good, away = "", False, False
    try:
        mail.send(server, _written(work, server, message))
    except mail.NotSent as refused:
        error, for_good = str(refused), isinstance(refused, mail.Rejected)
        away = isinstance(refused, mail.Unreachable)
    except mail.NotKnown as unknown:
        error, for_good = f"{unknown} Ask before it is sent again.", True
    # Also when the job was lost meanwhile: what came of the message is known here only.
    with transaction(work.engine) as session:
        if not error:
            outbox.sent(session, message)
        else:
            outbox.failed(session, message, error, for_good=for_good)
        if away:
            outbox.postpone(session)
    if away:
        work.say(f"Mail waits: {error}")
    return not away


def _written(work: Work, server: Server, message: Message) -> EmailMessage:
    """The message as it leaves. Raises Rejected for one that cannot be written, is sealed with another key, or whose
    recipient has asked for no more since."""
    body, stop = message.body, ""
    if work.asking is not None:
        body, key = opened(work.asking.key, body), work.asking.key
        with reading(work.engine) as session:
            if asking.is_refused(session, asking.recipient_hash(key, message.recipient)):
                raise mail.Rejected(REFUSED)
        if work.asking.public_url:
            stop = asking.stop_address(work.asking.public_url, key, message.recipient)
    if body.startswith(_SEALED):
        raise mail.Rejected("The message is sealed with a key that is not here.")
    return mail.write_message(server.sender, message.recipient, message.subject, body, message.id, unsubscribe=stop)


def sealed(key: bytes, body: str) -> str:
    """A message's text as the outbox keeps it: encrypted (AES-256-GCM), since it holds a link that opens a form."""
    nonce = secrets.token_bytes(_NONCE)
    return _SEALED + urlsafe_b64encode(nonce + _cipher(key).encrypt(nonce, body.encode(), None)).decode()


def opened(key: bytes, body: str) -> str:
    """The text again; one that was never sealed is given as it is, and so is one of another key."""
    if not body.startswith(_SEALED):
        return body
    try:
        held = urlsafe_b64decode(body.removeprefix(_SEALED))
        return _cipher(key).decrypt(held[:_NONCE], held[_NONCE:], None).decode()
    except (InvalidTag, ValueError):
        return body


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(digest(key, b"feedback outbox", sha256))


def read_server(url: str, sender: str) -> Server | None:
    """The mail server of the settings; None where none is set. Raises FeedbackError for one that cannot be."""
    return mail.read_server(url, sender) if url else None
