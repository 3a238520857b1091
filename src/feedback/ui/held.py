"""The catalogue as pages need it: the entries of every entity, what they are called, and the address of each."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

import streamlit as st

from feedback.catalogue.contents import ENTITIES, Entity, entity_of
from feedback.catalogue.values import Alignment, MarketEvidence, Stack, Value
from feedback.policy import ASK, READ, WHOLE, Subject
from feedback.store import catalogue
from feedback.store.database import reading
from feedback.ui import shell, visitor

PAGE = "pages/catalogue.py"
GROUPS = (
    ("What we issue", ("credentials", "kinds", "programmes", "stacks", "pathways")),
    ("What it teaches", ("skills", "modules", "alignments", "occupations")),
    ("How it ran", ("runs",)),
    ("Who it is for", ("organisations", "contacts", "reviewers")),
    ("What the market says", ("market-evidence",)),
)
"""The entities as a reader looks for them. One that is not named here is listed last."""


def groups() -> list[tuple[str, list[str]]]:
    """Every entity, in groups."""
    named = {name for _, names in GROUPS for name in names}
    rest = [name for name in ENTITIES if name not in named]
    every = [(title, [name for name in names if name in ENTITIES]) for title, names in GROUPS]
    return [(title, names) for title, names in [*every, ("What else is kept", rest)] if names]


@st.cache_resource(max_entries=60, show_spinner=False)
def _entries(entity: str, version: int) -> tuple[Value, ...]:
    with reading(shell.engine()) as session:
        every = catalogue.read(session, entity)
    return tuple(sorted(every, key=lambda one: (title_of(one).casefold(), slug_of(one))))


@st.cache_resource(max_entries=60, show_spinner=False)
def _titles(entity: str, version: int) -> Mapping[str, str]:
    return {slug_of(one): title_of(one) for one in _entries(entity, version)}


def every(entity: str) -> tuple[Value, ...]:
    """All that is kept of an entity, whoever may read of it: for what is shown of some of it later."""
    return _entries(entity, shell.version())


def entries(entity: str) -> tuple[Value, ...]:
    """What is kept of an entity, by title, as far as the visitor may read of it."""
    return tuple(one for one in _entries(entity, shell.version()) if may_see(ENTITIES[entity], one))


def may_see(entity: Entity, value: Value) -> bool:
    """Whether the visitor may read of an entry; people by those who may ask anybody."""
    if entity.personal and not visitor.may(ASK):
        return False
    about = subject(value)
    return visitor.may_somewhere(READ) if about == WHOLE else visitor.may(READ, about)


def subject(value: Value) -> Subject:
    """What an entry is about: its credential, its programme, or all, where several share it."""
    entity, slug = entity_of(type(value)), slug_of(value)
    if entity is not None and entity.name in ("credentials", "programmes"):
        return Subject(str(getattr(value, "programme", slug)), slug if entity.name == "credentials" else "")
    if of := getattr(value, "credential", ""):
        return shell.everything().subject(str(of))
    return Subject(str(getattr(value, "programme", "")))


def titles(entity: str) -> Mapping[str, str]:
    """What the entries of an entity are called, by slug; none for a name that is no entity's."""
    return _titles(entity, shell.version()) if entity in ENTITIES else {}


@st.cache_resource(max_entries=60, show_spinner=False)
def _samples(entity: str, version: int) -> frozenset[str]:
    with reading(shell.engine()) as session:
        return catalogue.sample_slugs(session, ENTITIES[entity].value)


def samples(entity: str) -> frozenset[str]:
    """The slugs of the entries that belong to the sample institution."""
    return _samples(entity, shell.version())


def a(entity: Entity) -> str:
    """One of an entity, with its article.

    >>> a(ENTITIES["skills"]), a(ENTITIES["organisations"])
    ('a skill', 'an organisation')
    """
    return f"{'an' if entity.one[0] in 'aeiou' else 'a'} {entity.one}"


def many(entity: Entity, number: int) -> str:
    """So many of an entity, in words.

    >>> many(ENTITIES["skills"], 1), many(ENTITIES["market-evidence"], 1200)
    ('1 skill', '1,200 market evidence entries')
    """
    several = f"{entity.one[:-1]}ies" if entity.one.endswith("entry") else entity.many.lower()
    return f"{number:,} {entity.one if number == 1 else several}"


def keep_address() -> None:
    """Bring the address bar in line with what is shown.

    A link from a page to another address of the same page leaves the browser with the old address: whoever then pressed
    a button, or marked the page, would be elsewhere. Where it is right already, the browser's history stays as it is.
    """
    st.query_params.from_dict(st.query_params.to_dict())


def slug_of(value: Value) -> str:
    """What an entry is found by."""
    return str(getattr(value, "slug", ""))


def title_of(value: Value) -> str:
    """What an entry is called: its title, name or label; of what joins others, their titles."""
    if isinstance(value, Alignment):
        return f"{_called('skills', value.skill)} in {_called('modules', value.module)}"
    if isinstance(value, Stack):
        target = _called("credentials", value.target) if value.target_kind == "credential" else value.target
        return f"{_called('credentials', value.credential)} → {target}"
    if isinstance(value, MarketEvidence):
        return _called("skills", value.skill or "") or value.topic or value.slug
    entity = entity_of(type(value))
    return str(getattr(value, entity.names)) if entity else slug_of(value)


def link(entity: str, slug: str, words: str) -> str:
    """A link to an entry's page, as an element of HTML."""
    address = f"catalogue?{urlencode({'entity': entity, 'slug': slug})}"
    return f'<a href="{escape(address)}" target="_self">{escape(words)}</a>'


def _called(entity: str, slug: str) -> str:
    return titles(entity).get(slug, slug)
