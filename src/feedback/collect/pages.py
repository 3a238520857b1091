"""The pages of the light form around its steps: thanks, messages, the receipt; and what every page is made with.

Whatever people wrote is escaped by the templates; nothing here makes markup.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from feedback.collect.sheet import INVITATION, KIOSK
from feedback.survey.questionnaire import Instrument
from feedback.survey.steps import apart
from feedback.survey.text import fill, say
from feedback.survey.wording import direction, word, words

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "form.css").read_text(encoding="utf-8")
STYLE_ADDRESS = f"/f/form.css?v={sha256(STYLE.encode()).hexdigest()[:8]}"
"""Where the style sheet is; another sheet has another address, so that it may be kept for long."""
SCRIPT = (FOLDER / "form.js").read_text(encoding="utf-8")
SCRIPT_HASH = "sha256-" + b64encode(sha256(SCRIPT.encode()).digest()).decode()
"""What the content security policy names, so that no other script runs."""
THANKED = 60
"""Seconds a kiosk shows the thanks before it begins anew."""

TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return key


@lru_cache(maxsize=64)
def said_in(language: str) -> Mapping[str, str]:
    """The wordings of a language; one that is missing shows its key."""
    return _Words(words(language))


def page(template: str, *, language: str, title: str, script: bool = False, **values: object) -> str:
    """A page from a template that extends base.html. `said` holds the wordings of the language by their keys."""
    return TEMPLATES.get_template(template).render(
        {
            "language": language,
            "direction": direction(language),
            "title": title,
            "style": STYLE_ADDRESS,
            "script": Markup(SCRIPT) if script else "",  # ours, and named by its hash
            "audience": "",
            "said": said_in(language),
            **values,
        }
    )


def thanks_page(
    *,
    instrument: Instrument,
    language: str,
    receipt: str,
    already: bool = False,
    foil: bool = False,
    endorsement: bool = False,
    mode: str = INVITATION,
    is_sample: bool = False,
    consent: str = "",
    new: str = "",
    sealed: str = "",
) -> str:
    """The thanks, shown once the answers are kept, with the receipt.

    already: they had arrived before. foil: one of the titles was invented. consent, new: the addresses of the separate
    consent form, and where another form begins ("": not offered). sealed: the hidden field `form` of what is sent
    there.
    """
    notes = {"thanks.already_sent": already, "thanks.foil_note": foil, "thanks.endorsement": endorsement}
    said = said_in(language)
    return page(
        "thanks.html",
        language=language,
        title=f"{said['thanks.title']} – {say(instrument.title, language)}",
        script=mode == KIOSK,
        audience=instrument.audience,
        heading=say(instrument.title, language),
        receipt=receipt,
        notes=[said[key] for key, holds in notes.items() if holds],
        is_sample=is_sample,
        lookup=receipts_of(language),
        cleared=word("kiosk.cleared", language, seconds=THANKED) if mode == KIOSK and new else "",
        consent=consent,
        new=new,
        sealed=sealed,
        kiosk=THANKED if mode == KIOSK else 0,
    )


def receipts_of(language: str) -> str:
    """The address of the receipt page, in that language."""
    return f"/r?language={language}"


def message_page(
    title: str, text: str, language: str, *, links: Mapping[str, str] | None = None, is_end: bool = False
) -> str:
    """A page that says one thing, as of a link that opens nothing. links: address by what it is called.

    Whoever comes back by an old link is looking for their answers: where no links are given, it leads to the receipt
    page, unless it is the end of something else.
    """
    if links is None:
        links = {} if is_end else {said_in(language)["receipt.title"]: receipts_of(language)}
    return page("message.html", language=language, title=title, text=text, links=links)


def retry_page(action: str, fields: Mapping[str, Sequence[str]], language: str, why: str = "") -> str:
    """What could not be kept, all of it hidden in the page, with one button that sends it again. why: in words, where
    it is not that the database is away."""
    said = said_in(language)
    title, why = said["light.not_saved_title"], why or said["light.not_saved"]
    return page("retry.html", language=language, title=title, why=why, action=action, fields=fields)


def again_page(new: str, language: str) -> str:
    """This browser has sent answers already; somebody else may begin anew. new: the address where that is asked for."""
    said = said_in(language)
    return page("again.html", language=language, title=said["thanks.title"], new=new, lookup=receipts_of(language))


def ask_receipt_page(language: str, *, given: str = "", slip: str = "") -> str:
    """The receipt page at first: it asks for the code. slip: what is wrong with the one given, in words."""
    title = said_in(language)["receipt.title"]
    return page(
        "receipt_ask.html", language=language, title=title, action=receipts_of(language), given=given, slip=slip
    )


def fate_page(
    language: str,
    receipt: str,
    fate: str,
    *,
    slip: str = "",
    can_withdraw: bool = True,
    changed: Sequence[Mapping[str, object]] = (),
) -> str:
    """What became of the answers behind a receipt, in the words of `fate`, and how to withdraw them. changed: what is
    told of the credentials they are about (see receipts).

    The withdrawal posts `receipt`, `withdraw` ("yes" once the box is ticked).
    """
    title = said_in(language)["receipt.title"]
    return page(
        "receipt_fate.html", language=language, title=title, action=receipts_of(language), receipt=receipt, fate=fate,
        slip=slip, can_withdraw=can_withdraw, changed=changed,
    )  # fmt: skip


def withdrawn_page(language: str, *, published: bool = False) -> str:
    """The answers are gone. published: they were part of results that were shown."""
    said = said_in(language)
    text = f"{said['receipt.withdrawn']} {said['receipt.withdraw_published'] if published else ''}".strip()
    return message_page(said["receipt.title"], text, language, is_end=True)


def fate_words(language: str, *, people: int, release: str = "", day: str = "") -> str:
    """What became of answers: published with a release on a day, or waiting for others."""
    if release:
        return fill(said_in(language)["receipt.published"], {"number": release, "day": apart(day, language)})
    return fill(said_in(language)["receipt.waiting"], {"people": people})
