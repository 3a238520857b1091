"""Mail: one message to one recipient by SMTP, and what exactly came of it. Nothing is sent unless a server is set."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from feedback.catalogue.values.base import is_mail_address
from feedback.errors import FeedbackError
from feedback.web import is_loopback

SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""Each scheme with its usual port: as it is, TLS begun by STARTTLS, TLS from the start."""
SECONDS = 10
"""As long does a server have for each of its answers."""
_TAKEN = 250
_GO_ON = 354


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that is not folded: Python would turn a long address into encoded words, which no programme follows."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _OneLine)
_POLICY = SMTP.clone(header_factory=_HEADERS)


@dataclass(frozen=True)
class Server:
    """A mail server. user "" : it asks for none. sender: the address messages come from."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: str

    def __repr__(self) -> str:
        return f"Server({self.scheme}://{self.host}:{self.port})"


class NotSent(FeedbackError):
    """The message was surely not sent. Another try may do better."""


class Rejected(NotSent):
    """The server refused this message, or it cannot be written as one: another try would end the same."""


class Unreachable(NotSent):
    """The server is away, or does not let us in: the same would come of any message now."""


class NotKnown(FeedbackError):
    """The whole message was handed over and no answer came: it may have been sent, so it is not sent again."""


def read_server(url: str, sender: str) -> Server:
    """The server of an address: smtp://, smtp+starttls:// or smtps://, then [user:password@]host[:port].

    Raises FeedbackError, whose words hold no password, for another address, for a password that would travel in the
    open, and for a sender that is no address.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise FeedbackError(
            "The address of the mail server cannot be read; write smtps://user:password@host."
        ) from None
    if parts.scheme not in SCHEMES or not host:
        raise FeedbackError(
            f"The address of the mail server must begin with one of {', '.join(SCHEMES)}, then ://host."
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if user and parts.scheme == "smtp" and not is_loopback(host):
        raise FeedbackError("The mail password would travel in the open; use smtps:// or smtp+starttls://.")
    if not is_mail_address(sender):
        raise FeedbackError(f'Mail needs the address it comes from, as feedback@example.org; found "{sender[:80]}".')
    return Server(parts.scheme, host, port or SCHEMES[parts.scheme], user, password, sender)


def check(recipient: str, subject: str) -> None:
    """Whether a message can be written, asked before anything of it is kept.

    Raises Rejected for an address that is none, and for a subject a header may not hold: a line break, a sign that
    cannot be seen, or an encoded word, which would be read as what it encodes, be that a line break (RFC 2047).
    """
    if not is_mail_address(recipient):
        raise Rejected("The recipient is not one plain e-mail address.")
    if len(subject.splitlines()) > 1 or not subject.isprintable() or "=?" in subject:
        raise Rejected("The subject holds a line break or another sign that no header may hold.")


def write_message(
    sender: str, recipient: str, subject: str, body: str, once: str, *, unsubscribe: str = ""
) -> EmailMessage:
    """A plain text message. once: two messages of the same `once` bear the same Message-ID, so that a receiver sees
    a double for what it is. unsubscribe: the address where the recipient can say that they want no more, which mail
    programmes offer as a button (RFC 8058; with https only, as it demands); "" for none. Raises what `check` raises.
    """
    check(recipient, subject)
    message = EmailMessage(policy=_POLICY)
    domain = sender.rsplit("@", 1)[1]
    try:
        message["From"], message["To"], message["Subject"] = sender, recipient, subject
        message["Message-ID"] = f"<{once}@{domain}>" if once.isalnum() else make_msgid(domain=domain)
        message["Date"] = formatdate(usegmt=True)
        message["Auto-Submitted"] = "auto-generated"
        if unsubscribe and not (unsubscribe.isascii() and unsubscribe.isprintable() and " " not in unsubscribe):
            raise Rejected("The address to unsubscribe at holds a sign that no header may hold.")
        if unsubscribe:
            message["List-Unsubscribe"] = f"<{unsubscribe}>"
        if unsubscribe.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(body)
    except (ValueError, MessageError) as error:
        raise Rejected(f"The message cannot be written ({type(error).__name__}).") from None
    return message


def send(server: Server, message: EmailMessage, seconds: float = SECONDS) -> None:
    """Send a message to its one recipient. Returning means that the server answered for it.

    Raises Unreachable, Rejected or NotSent when it was surely not sent, and NotKnown when it may have been.
    Words of the server are kept to their number: they may repeat the address.
    """
    recipient = message["To"].addresses[0].addr_spec
    with _connection(server, seconds) as smtp:
        try:
            unicode = not (recipient + server.sender).isascii()
            if unicode and not smtp.has_extn("smtputf8"):
                raise Rejected("The address holds letters that this mail server does not take.")
            _ask(smtp.mail(server.sender, ["SMTPUTF8"] if unicode else []), "the sender")
            _ask(smtp.rcpt(recipient), "the recipient")
            content = message.as_bytes(policy=_POLICY.clone(utf8=unicode))
            _ask(smtp.docmd("DATA"), "the message", wanted=_GO_ON)
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(f"The mail server broke off before the message was handed over ({_kind(error)}).") from None
        _hand_over(smtp, content)


def _hand_over(smtp: smtplib.SMTP, content: bytes) -> None:
    """Send the content. From here on silence means that nobody knows."""
    lines = content.replace(b"\r\n.", b"\r\n..")
    lines = b"." + lines if lines.startswith(b".") else lines
    try:
        smtp.send(lines + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        answer = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise NotKnown(
            f"The mail server broke off before it said whether it took the message ({_kind(error)})."
        ) from None
    _ask(answer, "the message")


def _ask(answer: tuple[int, bytes], what: str, wanted: int = _TAKEN) -> None:
    code = answer[0]
    if code == wanted or (wanted == _TAKEN and code in (251, 252)):
        return
    if code == 421:
        raise Unreachable("The mail server is closing (421).")
    if 500 <= code < 600:
        raise Rejected(f"The mail server refused {what} ({code}).")
    raise NotSent(f"The mail server would not take {what} now ({code}).")


@contextmanager
def _connection(server: Server, seconds: float) -> Iterator[smtplib.SMTP]:
    """A connection, greeted and signed in. Raises Unreachable."""
    smtp = None
    try:
        smtp = _connect(server, seconds)
        smtp.ehlo_or_helo_if_needed()
        if server.scheme == "smtp+starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if server.user:
            smtp.login(server.user, server.password)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        _leave(smtp)
        raise Unreachable(f"The mail server {server.host}:{server.port} did not let us in ({_kind(error)}).") from None
    try:
        yield smtp
    finally:
        _leave(smtp)


def _connect(server: Server, seconds: float) -> smtplib.SMTP:
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, "localhost", timeout=seconds, context=context)
    return smtplib.SMTP(server.host, server.port, "localhost", timeout=seconds)


def _leave(smtp: smtplib.SMTP | None) -> None:
    """Say goodbye where somebody listens. Whatever comes of it changes nothing about the message."""
    if smtp is None:
        return
    with suppress(smtplib.SMTPException, OSError, ValueError):
        if smtp.sock is not None:
            smtp.sock.settimeout(1)
            smtp.putcmd("quit")
    smtp.close()


def _kind(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    code = getattr(error, "smtp_code", None)
    return str(code) if code else type(error).__name__
