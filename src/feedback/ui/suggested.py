"""What the portfolio suggests, credential by credential, with its reasons, and an action one click away."""

from collections.abc import Mapping

import streamlit as st

from feedback.findings.evidence import Choice
from feedback.ui import acting, page, shell

MOST = 6
"""So many suggestions are spelled out; the rest stand in the table."""
CREDENTIAL = "pages/credential.py"
HEADS: Mapping[str, str] = {"retire": "Retire", "differentiate": "Differentiate", "launch": "Launch"}
"""What is suggested that asks for something to be done, as a heading."""
ACTIONS: Mapping[str, str] = {
    "retire": "Decide whether to retire {title}",
    "differentiate": "Set {title} apart from what others offer",
    "launch": "Decide whether to launch {title}",
}
"""What an action made of a suggestion is called, until somebody calls it something else."""
NEW = "Look into a credential on “{title}”"


def show(choice: Choice) -> None:
    """The suggestions that ask for something to be done, each with why, what would change it, and the way on; then
    where too little is known. Nothing where nothing is suggested and everything is known."""
    table = shell.answer("portfolio", choice).table
    if table.empty:
        return
    rows = table.to_dict("records")
    to_do = [row for row in rows if row["Suggestion"] in HEADS]
    unknown = [row for row in rows if row["Suggestion"] == "not known enough"]
    if to_do:
        page.heading("What is suggested, and why")
    for at, row in enumerate(to_do[:MOST]):
        _one(row, choice, at)
    if len(to_do) > MOST:
        page.quiet(f"{len(to_do) - MOST} more suggestions stand in the table.")
    if unknown:
        page.heading("Where too little is known")
    for row in unknown[:MOST]:
        page.block("p", f"{row['Credential']}: {row['What would change it']}", "said")
    if len(unknown) > MOST:
        page.quiet(f"{len(unknown) - MOST} more stand in the table.")


def _one(row: Mapping[str, str], choice: Choice, at: int) -> None:
    slug = row["Short name"]
    page.block("h3", f"{HEADS[row['Suggestion']]}: {row['Credential']}", "part-title")
    page.block("p", row["Why"], "said")
    page.quiet(row["What would change it"])
    with st.container(horizontal=True):
        st.page_link(CREDENTIAL, label="Everything known of it", query_params={"credential": slug})
        title = ACTIONS[row["Suggestion"]].format(title=row["Credential"])
        acting.offer(
            slug, "other", f"portfolio:{row['Suggestion']}", title, finding="portfolio", choice=choice, key=f"port:{at}"
        )


def launches(choice: Choice) -> None:
    """An action for each skill or topic that may be worth a credential of its own; nothing where there is none."""
    table = shell.answer("white_space", choice).table
    if table.empty:
        return
    names = table.loc[table["Suggestion"] == "launch", "Skill or topic"]
    for at, name in enumerate(names.head(MOST)):
        title = NEW.format(title=name)
        page.block("h3", title, "part-title")
        about = f"white_space:{name}"
        acting.offer("", acting.NEW, about, title, finding="white_space", choice=choice, key=f"white:{at}")
