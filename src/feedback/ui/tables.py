"""Lists of what is kept: the catalogue, the surveys that are open, the files brought in."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from pandas import DataFrame

from feedback.catalogue.values import SECTORS
from feedback.store.imports import Import
from feedback.store.surveys import Survey
from feedback.ui import marks, page, shell
from feedback.ui.forms import literal

FROM_PEOPLE = ("comments", "ratings")
"""The kinds of file whose rows are people's answers: few of them are not counted out."""


def catalogue() -> None:
    """Credentials, by kind, then their runs."""
    held = shell.institution()
    if not held.credentials:
        marks.first_steps()
        return
    kinds = {kind: [one for one in held.credentials if one.kind == kind] for kind in held.kinds}
    page.lead(
        f"{len(held.credentials):,} credentials of {sum(bool(some) for some in kinds.values())} kinds, "
        f"in {len(held.programmes):,} programmes, declaring {len(held.skills):,} skills."
    )
    table = DataFrame(
        [
            {
                "Credential": one.title,
                "Kind": held.kinds.get(one.kind, one.kind),
                "Programme": held.programmes.get(one.programme, one.programme),
                "Issued by": one.issuer,
                "Shown by": ", ".join(one.carriers),
                "Weeks": one.planned_weeks,
                "Fee": one.fee,
                "Skills": ", ".join(held.skills.get(skill, skill) for skill in one.skills),
                "State": one.lifecycle,
            }
            for one in held.credentials
        ]
    )
    st.dataframe(table, hide_index=True, width="stretch", alt="Every credential with its kind, programme and skills")
    runs = shell.runs()
    if runs:
        titles = held.titles()
        page.heading("Runs: when and how they were delivered")
        st.dataframe(
            DataFrame(
                [
                    {
                        "Credential": titles.get(run.credential, run.credential),
                        "Run": run.label,
                        "Starts": run.starts,
                        "Delivery": run.delivery,
                        "Planned weeks": run.planned_weeks,
                        "Actual weeks": run.actual_weeks,
                        "Enrolled": run.enrolled,
                        "Completed": run.completed,
                    }
                    for run in runs
                ]
            ),
            hide_index=True,
            width="stretch",
            alt="Every run of every credential",
        )
    houses = shell.organisations()
    if houses:
        page.heading("Organisations that may be asked")
        st.dataframe(
            DataFrame(
                [
                    {
                        "Organisation": one.name,
                        "Sector": SECTORS.get(one.sector or "", ""),
                        "Size": one.size_band,
                        "Country": one.country,
                    }
                    for one in houses
                ]
            ),
            hide_index=True,
            width="stretch",
            alt="Every organisation with its sector and size",
        )


def open_surveys() -> None:
    """The surveys that take answers now, each with the page that opens it."""
    page.heading("Open surveys")
    rows = [(audience, survey) for audience in ("learner", "employer") for survey in shell.open_surveys(audience)]
    if not rows:
        page.quiet("None yet. Open one with: feedback open learner --credential SLUG")
    for audience, survey in rows:
        st.page_link(
            f"pages/{'employer_rating' if audience == 'employer' else 'learner_survey'}.py",
            label=literal(f"{_about(survey)} · {', '.join(survey.languages)}"),
            query_params={"survey": survey.slug},
        )


def _about(survey: Survey) -> str:
    """A survey by what it asks about: its credential, or how many."""
    titles = shell.institution().titles()
    first = titles.get(survey.credentials[0], survey.credentials[0]) if survey.credentials else survey.slug
    return first if len(survey.credentials) == 1 else f"{len(survey.credentials)} credentials"


def imports() -> None:
    """The files brought in."""
    brought = shell.imports()
    if not brought:
        return
    page.heading("Files brought in")
    st.dataframe(
        DataFrame(listed(brought, shell.limits().minimum_group)),
        hide_index=True,
        width="stretch",
        alt="Every file that was brought in",
    )


def listed(brought: Sequence[Import], fewest: int) -> list[dict[str, Any]]:
    """The files as rows of a table. Of answers, numbers below `fewest` are not told."""

    def told(one: Import, number: int) -> str:
        return "too few to show" if one.kind in FROM_PEOPLE and number < fewest else f"{number:,}"

    return [
        {
            "File": one.file,
            "Kind": one.kind,
            "Rows": told(one, one.rows),
            "New": told(one, one.new_rows),
            "On": one.imported_on,
        }
        for one in brought
    ]
