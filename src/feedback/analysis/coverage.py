"""Who has been heard on what: how many employers of each sector, and of each role, stand behind each credential."""

from pandas import DataFrame

from feedback.analysis.people import EMPLOYER, count_people


def heard_by(table: DataFrame, what: str) -> DataFrame:
    """How many employers were heard on each credential, by a column that says what they are ("sector", "role").

    table: counted (see people.py), with audience, credential, organisation and the column. Who does not say what they
    are is left out. Returns one row a credential and value somebody has: credential, cell (the value), people,
    organisations, largest_share.
    """
    known = table[(table["audience"] == EMPLOYER).to_numpy(dtype=bool) & table[what].notna().to_numpy(dtype=bool)]
    known = known.astype({"credential": "str", what: "str"})
    return count_people(known, ["credential", what]).rename(columns={what: "cell"})
