"""`feedback exposure`: what would be in the hands of whoever stole the database, a backup or the log."""

from feedback.cli.console import AsJson, database, questionnaires, report


def exposure_command(as_json: AsJson = False) -> None:
    """Say what a stolen database, backup or log would reveal, counted from what is there today."""
    from feedback.store.database import reading
    from feedback.store.exposure import APART, LOG, exposure

    _, engine = database()
    with reading(engine) as session:
        found = exposure(session, questionnaires())
    engine.dispose()
    lines = ["Who has the database, or a backup of it, has:"]
    for kind in dict.fromkeys(each.kind for each in found):
        lines.append(f"What {kind}:")
        lines += [
            f"  {each.number:,} {each.what}{' (of no use without the key)' if each.sealed else ''}"
            for each in found
            if each.kind == kind
        ]
    report(
        as_json,
        "\n".join([*(lines if found else ["There is nothing about people in the database."]), APART, LOG]),
        exposed=[
            {"what": each.what, "kind": each.kind, "number": each.number, "sealed": each.sealed} for each in found
        ],
    )
