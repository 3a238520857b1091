"""`feedback rebuild` and `feedback erase`: what is counted made anew from the responses, and a response taken away."""

from typing import Annotated

import typer

from feedback.cli.acting import who
from feedback.cli.console import AsJson, bar, database, questionnaires, report
from feedback.errors import Problem, Refused


def rebuild(
    processes: Annotated[int, typer.Option(min=1, max=64, help="As many processes count side by side.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Count everything published again from the responses; what was right already stays, to the bit."""
    from feedback.analysis.comments.voices import count_voices
    from feedback.store import audit, releases
    from feedback.store.database import transaction

    _, engine = database()
    with bar("Counting") as advance:
        release = releases.rebuild(engine, questionnaires(), count_voices, advance, processes=processes)
    with transaction(engine) as session:
        audit.record(session, who(), audit.REBUILT, "institution", changed=0 if release is None else len(release.units))
    engine.dispose()
    changed = [] if release is None else list(release.units)
    words = "Everything was counted right." if release is None else f"Counted again: {len(changed)} units had changed."
    report(as_json, words, changed=len(changed), release=None if release is None else release.number)


def erase(
    receipt: Annotated[str, typer.Argument(help="The receipt shown after answering, as R0W3-114Y-69AE-N0S4.")] = "",
    endorsements: Annotated[
        str, typer.Option(help="Instead: what was said for this organisation about standing behind credentials.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Erase the response with this receipt, what was read in its comments, and its part in all that is published."""
    from feedback.analysis.comments.voices import count_voices
    from feedback.store import audit, releases
    from feedback.store.database import transaction
    from feedback.store.erased import erase_endorsements

    if bool(receipt) == bool(endorsements):
        raise Refused([Problem("feedback erase", "name a receipt, or an organisation with --endorsements.")])
    _, engine = database()
    if endorsements:
        with transaction(engine) as session:
            gone = erase_endorsements(session, endorsements, by=who())
        engine.dispose()
        report(as_json, f"Erased: {gone:,} endorsements of {endorsements}.", endorsements=gone)
        return
    instruments = questionnaires()
    with transaction(engine) as session:
        erased = releases.erase(session, instruments, receipt, count_voices)
        if erased:
            audit.record(session, who(), audit.ERASED, "response")
    engine.dispose()
    if not erased:
        said = "leads to no response: it was mistyped, or the response is erased already."
        raise Refused([Problem("RECEIPT", said)])
    report(as_json, "Erased, and taken out of everything counted. An endorsement stands apart and stays.", erased=True)
