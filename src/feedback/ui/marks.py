"""What stands beside the findings: the sample's mark, the first steps of an own institution, a credential's card."""

from html import escape

import streamlit as st

from feedback.doors import PAGES
from feedback.policy import OPERATE
from feedback.ui import page, shell, visitor

STEPS = (
    "Bring your credentials in: add them under “Catalogue”, or many at once from a file: feedback import catalogue "
    "FILE.csv (try data/sample/catalogue.csv).",
    "Ask learners: open a survey under “Surveys”, and share the address it is given.",
    "Ask employers in the same way, about up to three credentials at once.",
    "Have answers already? feedback import comments FILE.csv --map MAP.toml, and feedback import ratings likewise.",
)
FIRST_PAGES = (("catalogue", "Add credentials in the catalogue"), ("surveys", "Open a survey"))
"""Where the first steps are taken, with the words of the link."""


def sample(*, with_removal: bool = False) -> None:
    """The mark that what shows is invented, wherever the sample institution shows."""
    if not shell.everything().is_sample:
        return
    mixed = "What is marked (sample) is invented, beside what you brought in."
    alone = "Sample: an invented institution. Nothing here is about real people or firms."
    page.block("p", mixed if shell.institution().is_mixed else alone, "sample-mark")
    if not with_removal or not visitor.may(OPERATE):
        return
    page.quiet("Taking it away leaves what you brought in yourself, and nothing else.")
    if st.button("Take the sample away", key="remove-sample"):
        _confirm()


@st.dialog("Take the sample away?")
def _confirm() -> None:
    page.quiet("Its credentials, organisations and answers go. Yours stay. You can load it again: feedback sample")
    page.quiet(
        "The sample's administrator goes, too. If that is you, make an account first: feedback account add NAME EMAIL "
        "--role administrator"
    )
    if st.button("Yes, take it away", type="primary", key="remove-sample-now"):
        shell.remove_sample()
        st.rerun()


def first_steps() -> None:
    """What to do next with an own institution."""
    empty = not shell.institution().credentials
    page.empty("This institution is empty. Four steps fill it:" if empty else "To bring in your own:", *STEPS)
    for name, words in FIRST_PAGES:
        if PAGES[name].opens(visitor.who()):
            st.page_link(f"pages/{name}.py", label=words)


def credential(slug: str) -> None:
    """The head of a credential's page: title, what it is, and its facts in one line each."""
    held = shell.institution()
    one = next(each for each in held.credentials if each.slug == slug)
    page.title(one.title)
    sample()
    facts = {
        "Kind": held.kinds.get(one.kind, one.kind),
        "Issued by": one.issuer,
        "Programme": held.programmes.get(one.programme, one.programme),
        "Level": one.level,
        "For": one.audience,
        "Planned": f"{one.planned_weeks:g} weeks" if one.planned_weeks else None,
        "Hours": f"{one.hours:g}" if one.hours else None,
        "Fee": f"{one.fee:,.0f} {one.currency or ''}".strip() if one.fee is not None else None,
        "Shown by": ", ".join(one.carriers),
        "Skills": ", ".join(held.skills.get(skill, skill) for skill in one.skills),
    }
    page.block("p", one.description, "said")
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(str(said))}</dd></div>" for name, said in facts.items() if said
    )
    st.html(f'<dl class="facts">{rows}</dl>')
