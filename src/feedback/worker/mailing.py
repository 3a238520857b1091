"""Sending what waits in the outbox, each message at most once as far as SMTP allows."""

from feedback.exchange import mail
from feedback.exchange.mail import Server
from feedback.store import outbox
from feedback.store.database import reading, transaction
from feedback.store.outbox import Message
from feedback.worker.work import Work

BATCH = 20
"""So many messages before others get their turn."""


def send_due(work: Work) -> None:
    """Send what is due. Marked before and after: a message that a lost worker left half-way is not sent again.

    Nothing leaves without a server, or from a copy of the database: then everything waits.
    """
    with work.writing() as session:
        outbox.close_lost(session)
        if work.mail is None or not outbox.is_at_home(session):
            return
    with reading(work.engine) as session:
        messages = outbox.due(session, BATCH)
    for done, message in enumerate(messages, start=1):
        with work.writing() as session:
            if not outbox.begin(session, message):
                continue
            work.got(session, done, len(messages))
        if not _send(work, work.mail, message):
            return
        work.pause()


def _send(work: Work, server: Server, message: Message) -> bool:
    """Send one message and note what came of it. False: the server is away, so that the rest had better wait."""
    error, for_good, away = "", False, False
    try:
        mail.send(
            server, mail.write_message(server.sender, message.recipient, message.subject, message.body, message.id)
        )
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


def read_server(url: str, sender: str) -> Server | None:
    """The mail server of the settings; None where none is set. Raises FeedbackError for one that cannot be."""
    return mail.read_server(url, sender) if url else None
