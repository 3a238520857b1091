"""What `feedback doctor` and `feedback serve` look at before they say that the app may be reached by others."""

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.cli.institution import OTHERS
from feedback.errors import Problem, Refused
from feedback.safety import EXPECTED, Danger, Facts, examine
from feedback.settings import SQLITE, Settings, data_folder, project_folder

if TYPE_CHECKING:
    from sqlalchemy import Engine


def facts_of(settings: Settings, engine: "Engine", host: str) -> Facts:
    """What is known of this installation, as it would be served at an address."""
    from feedback.store import accounts, actions, audit, committee, notices, sample
    from feedback.store.database import reading
    from feedback.store.migrate import schema_state

    database, key = _files(settings)
    facts = {
        "host": host,
        "public_url": settings.public_url,
        "is_postgresql": database is None,
        "has_secret": bool(settings.secret.get_secret_value()),
        "options": options(),
        "readable": [path.name for path in (database, key) if path is not None and _is_open(path)],
        "beside_key": [path.name for path in sorted(key.parent.glob("feedback-*.zip"))] if key else [],
        "schema": schema_state(engine),
    }
    if facts["schema"] != "current":
        return Facts(**facts)  # type: ignore[arg-type]
    with reading(engine) as session:
        known = accounts.read_accounts(session)
        return Facts(
            **facts,  # type: ignore[arg-type]
            sample=sample.has_sample(session),
            sample_accounts=any(each.is_sample and each.actor.is_known for each in known),
            administrator=accounts.has_administrator(session),
            chain=audit.verify(session),
            decisions=committee.verify(session),
            actions=actions.verify(session),
            untold=notices.without_notice(session),
            has_backups=bool(settings.backup_folder),
        )


def refuse_unsafe(settings: Settings, engine: "Engine", host: str) -> None:
    """Raise Refused with everything that makes it unsafe to serve the app at an address."""
    dangers = [each for each in examine(facts_of(settings, engine, host)) if each.is_unsafe]
    if dangers:
        raise Refused([Problem(f"unsafe ({each.id})", each.words) for each in dangers])


def told(danger: Danger) -> dict[str, object]:
    """A danger for JSON."""
    return {"id": danger.id, "unsafe": danger.is_unsafe, "words": danger.words}


def options() -> dict[str, object]:
    """Streamlit's options that guard, where anything sets them: its files, ours last, and then the environment."""
    found: dict[str, object] = {}
    for folder in (Path.home(), project_folder()):
        try:
            held = tomllib.loads((folder / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        for name in EXPECTED:
            section, _, option = name.partition(".")
            if option in held.get(section, {}):
                found[name] = held[section][option]
    return found | dict(_from_environment())


def _from_environment() -> Iterator[tuple[str, object]]:
    for name in EXPECTED:
        variable = "STREAMLIT_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.replace(".", "_")).upper()
        given = os.environ.get(variable)
        if given is not None:
            yield name, {"true": True, "false": False}.get(given.lower(), given)


def _files(settings: Settings) -> tuple[Path | None, Path | None]:
    """The file of the embedded database, and that of the key; None for what is no file."""
    url = settings.database_url
    database = Path(url.removeprefix(SQLITE).partition("?")[0]) if url.startswith(SQLITE) else None
    if settings.secret.get_secret_value():
        return database, None
    return database, (database or data_folder() / "feedback").with_suffix(".key")


def _is_open(path: Path) -> bool:
    return os.name == "posix" and path.is_file() and bool(path.stat().st_mode & OTHERS)
