"""The committee pack as a file: of a credential with one press, of the portfolio made before one's eyes."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

import streamlit as st

from feedback import policy
from feedback.exchange.reports.written import FORMATS
from feedback.findings.evidence import Choice
from feedback.policy import EXPORT, NOBODY, READ, UNREVIEWED, Actor, Subject
from feedback.store.accounts import read_account
from feedback.store.database import reading
from feedback.ui import downloads, governing, page, shell, visitor

NAMES: Mapping[str, str] = MappingProxyType(
    {"pdf": "PDF", "docx": "Word", "html": "Web page", "json": "Evidence (JSON)"}
)
"""What the kinds of file are called on a page."""
ALL, PROGRAMME = "\0all", "\0programme:"
APART = {"round", "decision", "rules", "new"}
"""What the committee's address names when it shows a single thing."""
MADE = "pack:made"
PLACE = "part-pack"
"""By what the committee's page leads down to where a pack is made."""


def offer(slug: str) -> None:
    """The pack about a credential as a file of each kind, made when asked for; nothing for who may take no files."""
    choice = Choice(credential=slug)
    subjects = shell.subjects_of(choice)
    if not visitor.may(EXPORT, *subjects):
        return
    by, number = visitor.who(), shell.last_release()[0]
    downloads.buttons(
        "the committee pack",
        {
            NAMES[name]: (
                _file_name(choice, number, name),
                FORMATS[name].mime,
                partial(_made, by, choice, subjects, name),
            )
            for name in _there()
        },
        key=f"pack:{slug}",
    )
    _say_missing()


def may_make() -> bool:
    """Whether there is anything the visitor may make a pack of."""
    return visitor.may(EXPORT) or bool(governing.titles(EXPORT))


def make() -> None:
    """The committee's way to a pack: choose what and which kind, see it made, take it. Nothing for who may take no
    files, and nothing beside a single decision, review or rule."""
    if APART & st.query_params.keys() or not may_make():
        return
    titles, whole = governing.titles(EXPORT), visitor.may(EXPORT)
    page.heading("Take it to the meeting", ident=PLACE)
    page.quiet(
        "A pack holds the findings as the pages show them, what is due, open actions and decisions, with a digest by "
        "which it can be proven; no comments in people's own words."
    )
    options = ({ALL: "The whole portfolio"} if whole else {}) | _programmes() | titles
    with st.container(key="field-entry-pack"):
        what = st.selectbox("Pack of", list(options), format_func=options.__getitem__, key="pack:of")
        kind = st.radio("As", _there(), format_func=NAMES.__getitem__, horizontal=True, key="pack:as")
        if st.button("Make the pack", key="pack:make"):
            _keep(_choice(what), what, kind)
    _hand_out(what, kind)
    _say_missing()


def _programmes() -> dict[str, str]:
    """The programmes with credentials that the visitor may take as a file whole, as the form chooses among them."""
    every = shell.everything()
    held = dict.fromkeys(filter(None, (every.subject(slug).programme for slug in every.titles())))
    there = [each for each in held if visitor.may(EXPORT, Subject(each))]
    return {f"{PROGRAMME}{each}": f"Programme: {every.programmes.get(each, each)}" for each in there}


def _choice(what: str) -> Choice:
    """What a choice of the form is about.

    >>> _choice(ALL), _choice(f"{PROGRAMME}art").programme, _choice("sql").credential
    (Choice(credential='', programme='', measure='', audience='', survey='', by='', group=''), 'art', 'sql')
    """
    if what == ALL:
        return Choice()
    if what.startswith(PROGRAMME):
        return Choice(programme=what.removeprefix(PROGRAMME))
    return Choice(credential=what)


def _there() -> list[str]:
    """The kinds of file that can be written here."""
    return [name for name, each in FORMATS.items() if not each.missing]


def _say_missing() -> None:
    missing = sorted({package for each in FORMATS.values() for package in each.missing})
    if missing:
        page.quiet(f"Other kinds of file need packages that are not installed: pip install {' '.join(missing)}")


def _keep(choice: Choice, what: str, kind: str) -> None:
    """Make a pack with a bar that says how far it is, and keep it for this session."""
    told = st.progress(0.0, "Working findings out …")

    def advance(words: str, done: int, total: int | None = None) -> None:
        told.progress(min(done / total, 1.0) if total else 0.0, f"{words}: {done:,} of {total or done:,} …")

    content = _made(visitor.who(), choice, shell.subjects_of(choice), kind, advance)
    told.empty()
    number = shell.last_release()[0]
    st.session_state[MADE] = (what, kind, shell.version(), _file_name(choice, number, kind), content)


def _hand_out(what: str, kind: str) -> None:
    """The pack that was made, as long as it is the one chosen and nothing has been published since."""
    kept = st.session_state.get(MADE)
    if kept is None or kept[:3] != (what, kind, shell.version()):
        return
    _, _, _, name, content = kept
    page.block("p", "The pack is ready.", "done", role="status")
    st.download_button(
        f"Download {name}",
        content,
        file_name=name,
        mime=FORMATS[kind].mime,
        key="pack:download",
        type="primary",
        on_click="ignore",
    )


def _file_name(choice: Choice, release: int | None, kind: str) -> str:
    """What a pack's file is called.

    >>> _file_name(Choice(credential="sql"), 12, "pdf"), _file_name(Choice(), None, "docx")
    ('pack_sql_release-12.pdf', 'pack_portfolio_unpublished.docx')
    """
    what = choice.credential or choice.programme or "portfolio"
    return f"pack_{what}_{f'release-{release}' if release else 'unpublished'}.{kind}"


def _made(
    by: Actor,
    choice: Choice,
    subjects: Sequence[Subject],
    kind: str,
    advance: Callable[..., None] = lambda words, done, total=None: None,
) -> bytes:
    """The pack as a file, once whoever takes it may still do so; that they did is recorded. Raises Forbidden."""
    from feedback.exchange.reports.proof import REPORT, facts
    from feedback.exchange.reports.written import write
    from feedback.worker.packing import gather_pack

    actor = _still(by, subjects)
    limits = shell.limits()
    may_all = all(policy.can(actor, UNREVIEWED, subject) for subject in subjects)
    pack = gather_pack(
        shell.engine(),
        shell.instruments(),
        choice,
        actor,
        limits,
        quoting=limits if may_all else limits.reviewed(),
        readable=lambda one: policy.can(actor, READ, Subject(one.programme, one.slug)),
        advance=partial(advance, "Working findings out"),
    )
    written = write(pack, kind, partial(advance, "Drawing pictures"))
    of = {"credential": choice.credential, "programme": choice.programme}
    downloads.taken(by, subjects, (EXPORT,), REPORT, **facts(pack, written, kind, of))
    return written


def _still(by: Actor, subjects: Sequence[Subject]) -> Actor:
    """Whoever takes it, with the roles they have now. Raises Forbidden for who may take nothing of it any more."""
    with reading(shell.engine()) as session:
        account = read_account(session, by.id)
    actor = account.actor if account else NOBODY
    policy.demand(actor, EXPORT, subjects)
    return actor
