"""What one sitting is about: the credentials put to one person, chosen by the seed of the form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TypeVar

from feedback.survey.questionnaire import Instrument
from feedback.survey.text import say

FOIL_PREFIX = "foil:"


@dataclass(frozen=True)
class Subject:
    """A credential as a form needs it. `skills`: (slug, title), in order. `facts`: a few sentences for who never heard
    of it. `foil`: True for a title that does not exist; its slug begins with "foil:"."""

    slug: str
    title: str
    issuer: str = ""
    programme: str = ""
    weeks: float | None = None
    skills: tuple[tuple[str, str], ...] = ()
    facts: str = ""
    foil: bool = False


@dataclass(frozen=True)
class Setting:
    """A sitting. `subjects`: the credentials asked about; `foil`: one that does not exist, or None; `others`: more
    credentials of the survey, for comparing; `seed`: decides every rotation, so that a reload shows the same; `blocks`:
    the blocks of questions it draws, None where everything is asked (as of answers brought in from elsewhere)."""

    subjects: tuple[Subject, ...]
    foil: Subject | None = None
    others: tuple[Subject, ...] = ()
    seed: str = ""
    blocks: frozenset[str] | None = None

    def subject(self, slug: object) -> Subject | None:
        """The subject (or foil) of this sitting with that slug; None when it is about no such credential."""
        return next((each for each in self.in_order() if each.slug == slug), None)

    def in_order(self) -> tuple[Subject, ...]:
        """Subjects in the order they are drawn, the foil among them at a place the seed decides."""
        if self.foil is None:
            return self.subjects
        place = draw(self.seed, "place of the foil", len(self.subjects) + 1)
        return (*self.subjects[:place], self.foil, *self.subjects[place:])

    def puts(self, block: str | None, subject: Subject | None) -> bool:
        """Whether a question of that block is put here, and about that subject: where it is asked of each credential,
        about one only. What is of no block is put always. What is not put is not missing: chance alone decided."""
        if block is None or self.blocks is None:
            return True
        return block in self.blocks and (subject is None or subject.slug == self._in_detail)

    @cached_property
    def _in_detail(self) -> str:
        """The slug of the credential the blocks are about, each as likely as the next."""
        return self.subjects[draw(self.seed, "in detail", len(self.subjects))].slug


Kept = TypeVar("Kept")


def draw(seed: str, purpose: str, count: int) -> int:
    """A number from 0 to count - 1 that depends on the seed and the purpose only, the same on every machine.

    >>> draw("a", "foil", 2) == draw("a", "foil", 2)
    True
    """
    return _number(seed, purpose) % count


def rotated(values: Sequence[Kept], seed: str, purpose: str, most: int | None = None) -> tuple[Kept, ...]:
    """The values in their own order, begun at a place the seed decides; the first `most` of them when given.

    Every value is as likely as the next to be among those kept.

    >>> sorted(rotated(["a", "b", "c"], "seed", "skills"))
    ['a', 'b', 'c']
    """
    if not values:
        return ()
    start = draw(seed, purpose, len(values))
    return (*values[start:], *values[:start])[:most]


def choose_setting(
    instrument: Instrument, candidates: Sequence[Subject], seed: str, language: str, about: Sequence[str] = ()
) -> Setting:
    """Choose what one sitting is about.

    candidates: the survey's credentials, each once; the order does not matter. Chosen are up to
    `instrument.maximum_subjects`, each as likely as the next. about: slugs of those chosen before, as for an
    invitation (see `choosing`), in their order; what is no candidate any more is left out. An instrument with foils
    puts one into every second sitting. No candidates, no subjects (and no foil).
    """
    by_slug = {each.slug: each for each in candidates}
    ordered = sorted(by_slug.values(), key=lambda each: (_number(seed, "subject " + each.slug), each.slug))
    named = [by_slug[slug] for slug in dict.fromkeys(about) if slug in by_slug]
    chosen = tuple((named or ordered)[: instrument.maximum_subjects])
    return Setting(
        subjects=chosen,
        foil=_foil(instrument, chosen[0], seed, language) if chosen else None,
        others=tuple(each for each in ordered if each not in chosen),
        seed=seed,
        blocks=drawn_blocks(instrument, seed),
    )


def drawn_blocks(instrument: Instrument, seed: str) -> frozenset[str] | None:
    """The blocks of questions a sitting draws: as many as the instrument says, every set of them as likely. None where
    it has no blocks."""
    draws = instrument.block_draws
    return draws[draw(seed, "blocks", len(draws))] if instrument.blocks else None


def pipes(subject: Subject | None) -> Mapping[str, str]:
    """What a question's text may name of its subject; empty without one. Weeks not known are a dash."""
    if subject is None:
        return {}
    weeks = "–" if subject.weeks is None else f"{subject.weeks:g}"
    return {
        "credential": subject.title,
        "issuer": subject.issuer,
        "programme": subject.programme,
        "weeks": weeks,
        "facts": subject.facts,
    }


def _foil(instrument: Instrument, beside: Subject, seed: str, language: str) -> Subject | None:
    """The foil of a sitting, or None: every second sitting has one; with three credentials each, that is about one
    title in seven. It borrows issuer and programme from a real subject, or an empty issuer would give it away."""
    if not instrument.foils or draw(seed, "has a foil", 2):
        return None
    foil = instrument.foils[draw(seed, "which foil", len(instrument.foils))]
    title = say(foil.title, language)
    return Subject(FOIL_PREFIX + foil.id, title, issuer=beside.issuer, programme=beside.programme, foil=True)


def _number(seed: str, purpose: str) -> int:
    digest = blake2b(f"{seed}\x1f{purpose}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")
