"""Skills: what will be needed stands beside what is needed, where enough employers said so."""

import pytest
from pandas import isna

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from tests.analysis.answers_table import answers_about
from tests.findings.evidence_of import HOUSES, employers, evidence


@pytest.mark.parametrize(("asked", "shown"), [(4, False), (5, True)])
def test_need_in_three_years_stands_beside_need_once_enough_employers_said_so(asked, shown):
    later = answers_about(
        "a", ratings=[4] * asked, audience="employer", question="skill_need_3y", item="charts", scale="need5",
        organisations=HOUSES[:asked],
    )  # fmt: skip
    held = evidence(employers("a", [4] * 6), later, a="A badge")
    row = work_out(FINDINGS["skills"], held, Choice(), Limits()).table.iloc[0]
    assert row["Needed (%)"] == 100
    assert (row["Needed in three years (%)"] == 100) if shown else isna(row["Needed in three years (%)"])
