"""What people are told when a page fails: a number that joins it and the log, and nothing anybody wrote."""

from feedback.errors import number_of
from feedback.ui import page

SORRY = (
    "Something went wrong here. Nothing you had saved before is lost. Load the page again; if it stays, tell whoever "
    "runs this app the number"
)


def tell(error: Exception) -> bool:
    """Tell whoever looks at the page that it failed, and under which number the log has it."""
    page.block("p", f"{SORRY} {number_of(error)}.", "slip", role="alert")
    return True
