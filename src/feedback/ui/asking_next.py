"""What to do where too few have answered: whom to ask, with the invitation one click away."""

import streamlit as st

from feedback.exchange.whom import Whom, whom_to_ask
from feedback.findings.evidence import Choice
from feedback.findings.scope import STATES
from feedback.policy import ASK
from feedback.store.database import reading
from feedback.store.standing import in_steps
from feedback.ui import page, shell, visitor
from feedback.ui.inviting import TURN

SURVEYS, CATALOGUE = "pages/surveys.py", "pages/catalogue.py"
FRESH = "60s"
"""So long is shown who may be asked before it is looked up again."""
MOST = 5
"""So many credentials are told of at once."""
MOST_NAMED = 6
"""So many organisations are named; of the others there is a number."""


def show(choice: Choice) -> None:
    """Whom to ask about the credentials in this choice that have too few answers to show; nothing for whoever may not
    ask, and where none is hidden. Organisations are named to whoever sees the contacts: those of the whole institution.
    To others a number in steps is told, since who leaves such a list may just have answered."""
    titles = shell.institution().titles()
    few = _hidden(choice)
    slugs = [slug for slug, title in titles.items() if title in few and visitor.may(ASK, *shell.subjects([slug]))]
    if not slugs:
        return
    turn = st.session_state.get(TURN, 0)  # who was invited here just now is left out at once
    found = _whom(tuple(slugs[:MOST]), turn, shell.version())
    page.heading("Whom to ask next?")
    for each in found:
        page.block("p", in_words(titles[each.credential], each, named=visitor.may(ASK)), "said")
        place, words, query = _way(each)
        st.page_link(place, label=words, query_params=query)
    if len(slugs) > MOST:
        page.quiet(f"{len(slugs) - MOST} more have too few answers; they are named here once these have enough.")


@st.cache_resource(max_entries=40, ttl=FRESH, show_spinner=False)
def _whom(slugs: tuple[str, ...], turn: int, version: int) -> list[Whom]:
    with reading(shell.engine()) as session:
        return whom_to_ask(session, shell.instruments(), slugs)


def _hidden(choice: Choice) -> set[str]:
    """The titles of which the ranking cannot say anything yet."""
    table = shell.answer("credential_value", choice).table
    if table.empty:
        return set()
    return set(table.loc[table["Shown"] == STATES["withheld"], "Credential"])


def in_words(title: str, whom: Whom, *, named: bool) -> str:
    """Whom to ask about a credential, in a sentence.

    >>> in_words("Payroll", Whom("payroll", ("Ash Ltd", "Oak GmbH"), ""), named=True)
    'Payroll: not enough answers yet. Ask these 2 organisations: Ash Ltd, Oak GmbH.'
    >>> in_words("Payroll", Whom("payroll", (), ""), named=True)
    'Payroll: not enough answers yet, and no contact of the catalogue whom it is for is left to ask.'
    >>> in_words("Payroll", Whom("payroll", tuple("abcdefg"), ""), named=False)
    'Payroll: not enough answers yet. About 5 organisations it is for can be asked.'
    """
    names = whom.organisations
    if not named:
        return f"{title}: not enough answers yet. {in_steps_said(len(names))} it is for can be asked."
    if not names:
        return f"{title}: not enough answers yet, and no contact of the catalogue whom it is for is left to ask."
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    these = "this organisation" if len(names) == 1 else f"these {len(names)} organisations"
    return f"{title}: not enough answers yet. Ask {these}: {', '.join(names[:MOST_NAMED])}{more}."


def in_steps_said(number: int) -> str:
    """How many organisations, in steps of five.

    >>> in_steps_said(3), in_steps_said(12)
    ('Few or no organisations', 'About 10 organisations')
    """
    whole = in_steps(number)
    return f"About {whole} organisations" if whole else "Few or no organisations"


def _way(whom: Whom) -> tuple[str, str, dict[str, str]]:
    """The page that leads on, what its link says, and what is chosen there."""
    if not whom.organisations:
        return CATALOGUE, "Add organisations and contacts", {}
    if whom.survey:
        return SURVEYS, "Invite them", {"of": whom.survey, "whom": "catalogue"}
    return SURVEYS, "Open a survey of employers", {"new": "yes", "credential": whom.credential}
