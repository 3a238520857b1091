"""Is the app set up so that it may be reached by others? What is known of the set-up goes in, what is wrong comes out.

What is unsafe keeps it from being served at an address beyond this machine; on this machine alone it is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlsplit

from feedback.web import is_loopback

EXPECTED: Mapping[str, object] = MappingProxyType(
    {
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.enableStaticServing": False,
        "server.enableAgentApi": False,
        "server.trustedUserHeaders": None,
        "server.scriptHealthCheckEnabled": False,
        "client.showErrorDetails": "none",
        "global.developmentMode": False,
        "logger.enableRich": False,
    }
)
"""Streamlit's options that guard, and how they must stand: as in .streamlit/config.toml."""
WHY: Mapping[str, str] = MappingProxyType(
    {
        "server.enableCORS": "pages of others could connect to it",
        "server.enableXsrfProtection": "pages of others could upload to it",
        "server.enableStaticServing": "files beside the app could be fetched",
        "server.enableAgentApi": "programs could use it past the pages",
        "server.trustedUserHeaders": "whoever sends such a header would be taken for whom it names",
        "server.scriptHealthCheckEnabled": "everybody could make it run pages",
        "client.showErrorDetails": "readers would see how it is made, and what others wrote",
        "global.developmentMode": "it is for developing",
        "logger.enableRich": "the log would hold what people wrote",
    }
)

NOBODY_GIVES_ROLES = (
    "Nobody can come in who gives roles. On this machine: feedback account add NAME EMAIL --role administrator, or, "
    "where they have an account, feedback account give EMAIL administrator"
)


@dataclass(frozen=True)
class Facts:
    """What is known of a set-up.

    host: the address it listens at. options: of Streamlit's, those of EXPECTED that are set, by name. readable: files
    of ours that others on this machine may read. beside_key: backups that lie where the key lies. sample,
    sample_accounts: whether there are any. administrator: whether somebody may come in who gives roles. schema: see
    migrate.schema_state. chain, decisions, actions: what is wrong with the audit, with the committee's
    decisions, and with actions. untold: surveys that tell nobody who asks. has_backups: whether backups have a folder.
    """

    host: str = "127.0.0.1"
    public_url: str = ""
    is_postgresql: bool = False
    has_secret: bool = False
    options: Mapping[str, object] = field(default_factory=dict)
    readable: Sequence[str] = ()
    beside_key: Sequence[str] = ()
    sample: bool = False
    sample_accounts: bool = False
    administrator: bool = True
    schema: str = "current"
    chain: Sequence[str] = ()
    decisions: Sequence[str] = ()
    actions: Sequence[str] = ()
    untold: Sequence[str] = ()
    has_backups: bool = True

    @property
    def is_public(self) -> bool:
        """Whether it can be reached from beyond this machine."""
        public = urlsplit(self.public_url).hostname or ""
        return not (is_loopback(self.host) and (not public or is_loopback(public)))


@dataclass(frozen=True)
class Danger:
    """What is wrong with a set-up, and what to do. id: a word that stays the same. is_unsafe: so that it is not to be
    served; otherwise it is to be known."""

    id: str
    words: str
    is_unsafe: bool


def examine(facts: Facts) -> list[Danger]:
    """Everything that is wrong, what is unsafe first."""
    found = [*_always(facts), *_to_be_known(facts), *_files_and_options(facts)]
    if facts.is_public:
        found += _where_others_come(facts)
    return sorted(found, key=lambda danger: not danger.is_unsafe)


def _always(facts: Facts) -> Iterator[Danger]:
    if facts.schema == "newer":
        yield Danger("newer_schema", "The database is of a newer version than this program. Run that one.", True)
    if facts.chain:
        said = (
            f"{facts.chain[0]} In all {len(facts.chain)} such. Look what happened (is the key the right one? was a "
            "backup put in place by hand?); then: feedback audit --acknowledge"
        )
        yield Danger("broken_chain", said, True)


def _to_be_known(facts: Facts) -> Iterator[Danger]:
    if not facts.administrator:
        yield Danger("no_administrator", NOBODY_GIVES_ROLES, facts.is_public)
    for said in facts.decisions:
        yield Danger("decision_changed", f"{said[0].upper()}{said[1:]}", False)
    for said in facts.actions:
        yield Danger("action_changed", f"{said[0].upper()}{said[1:]}", False)
    if facts.untold:
        some = ", ".join(facts.untold[:3])
        said = f"{len(facts.untold)} open surveys tell nobody who asks and why ({some}). Write it: feedback notice set"
        yield Danger("notice_missing", said, False)
    if not facts.has_backups:
        said = "Backups have no folder (FEEDBACK_BACKUP_FOLDER), so none would be found when it is needed."
        yield Danger("no_backup_folder", said, False)


def _files_and_options(facts: Facts) -> Iterator[Danger]:
    for name in facts.readable:
        said = f"Others on this machine may read {name}. Make it its owner's alone: chmod 600"
        yield Danger("readable_file", said, facts.is_public)
    for name in facts.beside_key:
        said = f"The backup {name} lies beside the key: whoever takes the folder has both. Keep them apart."
        yield Danger("backup_beside_key", said, False)
    for name, wanted in EXPECTED.items():
        if name in facts.options and facts.options[name] != wanted:
            said = f"Streamlit's {name} is {facts.options[name]!r}: {WHY[name]}. It must be {_words(wanted)}."
            yield Danger(f"option_{name.rpartition('.')[2]}", said, facts.is_public)


def _where_others_come(facts: Facts) -> Iterator[Danger]:
    url = urlsplit(facts.public_url)
    if not facts.public_url:
        said = (
            f"It listens at {facts.host}, and FEEDBACK_PUBLIC_URL is not set: set it to the address people use, so "
            "that it answers to no other name. To try it alone: HOST=127.0.0.1"
        )
        yield Danger("no_public_url", said, True)
    elif url.scheme != "https" and not is_loopback(url.hostname or ""):
        said = f"FEEDBACK_PUBLIC_URL begins with {url.scheme}://: anybody on the way could read and change. Use https."
        yield Danger("no_https", said, True)
    if facts.is_postgresql and not facts.has_secret:
        said = "With PostgreSQL every machine would make a key of its own. Set FEEDBACK_SECRET, the same for all."
        yield Danger("no_secret", said, True)
    if facts.sample_accounts:
        said = "An account of the sample can come in, which anybody may know. Take it away: feedback sample --remove"
        yield Danger("sample_account", said, True)
    if facts.sample:
        said = (
            "The sample institution is loaded; people would take it for yours. Take it away: feedback sample --remove"
        )
        yield Danger("sample_data", said, True)


def _words(wanted: object) -> str:
    return "left out" if wanted is None else str(wanted).lower() if isinstance(wanted, bool) else f'"{wanted}"'
