"""What somebody says of a comment, key by key, before it is kept; and the comment with that at its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from types import MappingProxyType

from feedback.store.corrections import MOST_TAGS, Seen
from feedback.store.mended import Said, Tag
from feedback.worker.checking import sound_of

SOUNDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "neg": ("Critical", "1"),
        "neu": ("Mixed or unclear", "2"),
        "pos": ("Appreciative", "3"),
        "": ("I cannot tell", "4"),
    }
)
"""What a comment may sound like, and the key for it; "" says nothing."""
SPOKEN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"neg": ("Critically", "5"), "neu": ("Neither", "6"), "pos": ("Appreciatively", "7"), "": ("Cannot tell", "8")}
)
"""How a topic may be spoken of, and the key for it."""
SIGNS = {"neg": "−", "neu": "±", "pos": "+", "": ""}
LETTERS = "adefghijklmopqstvwxz"
"""The keys of topics: those above have others, and the frame keeps C and R for itself."""


@dataclass(frozen=True)
class Draft:
    """What somebody has said so far of a comment. sentiment: None while nothing is said of it. chosen: the topic whose
    words are being pointed at, "" none. offered: the topics they may say of it."""

    sentiment: str | None
    tags: tuple[Tag, ...]
    chosen: str = ""
    offered: tuple[str, ...] = ()

    def of(self, topic: str) -> list[Tag]:
        """The places of a topic."""
        return [tag for tag in self.tags if tag["topic"] == topic]

    @property
    def names(self) -> list[str]:
        """Its topics, in the order of the text."""
        return list(dict.fromkeys(str(tag["topic"]) for tag in self.tags))

    @property
    def said(self) -> Said:
        """As it is kept: all of the comment was looked at, and it is about no other topic that was offered."""
        absent = tuple(topic for topic in self.offered if topic not in self.names)
        return Said(self.sentiment or None, self.tags, absent, whole=True)


def is_unseen(seen: Seen) -> bool:
    """Whether the visitor is to say it before they see what was read: of what is measured by, until they have."""
    return seen.at_random and seen.said is None


def as_said(seen: Seen) -> Draft:
    """What the visitor said of a comment before, or how it was read, as a draft; nothing where that is not to be seen
    yet."""
    if seen.said is not None:
        return Draft(seen.said.sentiment or "", seen.said.topics)
    return Draft(None, ()) if is_unseen(seen) else as_read(seen)


def as_read(seen: Seen) -> Draft:
    """How a comment was read, as a draft."""
    return Draft(sound_of(seen.sentiment), seen.topics)


def turned(draft: Draft, topic: str, text: str) -> Draft:
    """The draft after a topic's key: one that is not there is added, on the whole text until words are pointed at; one
    that is there is opened; one that is open is taken away."""
    if not draft.of(topic):
        if len(draft.tags) >= MOST_TAGS:
            return draft
        tag = {"topic": topic, "start": 0, "end": len(text), "polarity": draft.sentiment or ""}
        return replace(draft, tags=(*draft.tags, tag), chosen=topic)
    if draft.chosen != topic:
        return replace(draft, chosen=topic)
    return replace(draft, tags=tuple(tag for tag in draft.tags if tag["topic"] != topic), chosen="")


def keys_for(names: Sequence[str]) -> list[str]:
    """A key for each name: its first letter that is free, with Shift where all of them are taken, else any letter that
    is free; "" when there are more names than keys.

    >>> keys_for(["Pace", "Practice", "Cost", "Pap"])
    ['p', 'a', 'o', 'Shift+P']
    """
    free, found = [*LETTERS, *(f"Shift+{letter.upper()}" for letter in LETTERS)], []
    for name in names:
        letters = list(dict.fromkeys(name.casefold()))
        wished = [*letters, *(f"Shift+{letter.upper()}" for letter in letters)]
        key = next((each for each in wished if each in free), free[0] if free else "")
        if key:
            free.remove(key)
        found.append(key)
    return found


def pointed(draft: Draft, chosen: Sequence[int], words: Sequence[tuple[int, int]], length: int) -> Draft:
    """The draft with the chosen topic on these words: words that follow each other are one place; without any it is on
    the whole text. words: [start, end) of every word; length: of the text."""
    first = draft.of(draft.chosen)[0]
    places: list[tuple[int, int]] = []
    for before, number in pairwise((None, *chosen)):
        start, end = words[number or 0]
        if before is not None and number == before + 1:
            places[-1] = places[-1][0], end
        else:
            places.append((start, end))
    kept = [tag for tag in draft.tags if tag["topic"] != draft.chosen]
    kept += [{**first, "start": start, "end": end} for start, end in places or [(0, length)]]
    return replace(draft, tags=tuple(sorted(kept, key=lambda tag: (tag["start"], tag["end"], tag["topic"]))))


def stepped(draft: Draft, by: int, words: Sequence[tuple[int, int]], text: str, *, longer: bool = False) -> Draft:
    """The draft with the words of the chosen topic a word later (by: 1) or earlier (-1), or with one more or one less
    at their end (longer). Of several places the last moves. From the whole comment it goes to the first word, or the
    last. What would leave the text, or leave no word, changes nothing."""
    if not words or not draft.of(draft.chosen):
        return draft
    numbers = sorted(words_of(words, draft.of(draft.chosen), text))
    if not numbers:
        first = last = 0 if by > 0 else len(words) - 1
    else:
        first = last = numbers[-1]
        while first - 1 in numbers:
            first -= 1
        numbers = [number for number in numbers if number < first]
        first, last = (first, last + by) if longer else (first + by, last + by)
    if not 0 <= first <= last < len(words):
        return draft
    return pointed(draft, sorted({*numbers, *range(first, last + 1)}), words, len(text))


def words_of(words: Sequence[tuple[int, int]], tags: Sequence[Tag], text: str) -> set[int]:
    """The numbers of the words that tags point at; none for a tag on the whole text."""
    spans = [(int(tag["start"]), int(tag["end"])) for tag in tags if not is_whole(tag, text)]
    return {at for at, (start, end) in enumerate(words) if any(start < b and a < end for a, b in spans)}


def is_whole(tag: Tag, text: str) -> bool:
    return (int(tag["start"]), int(tag["end"])) == (0, len(text))


def beside(said: Said, read: Draft, names: Mapping[str, str]) -> str:
    """What somebody said of a comment beside what was read in it, in words.

    >>> pace = {"topic": "pace", "start": 0, "end": 4, "polarity": "neg"}
    >>> beside(Said("neg", (pace,)), Draft("neu", ()), {"pace": "Pace"})
    'You: critical; the program: mixed or unclear. Only you say: Pace.'
    >>> beside(Said("neg", (pace,)), Draft("neg", (pace,)), {"pace": "Pace"})
    'You and the program: critical. Both say: Pace.'
    """
    yours, its = (SOUNDS[each][0].lower() if each else each for each in (said.sentiment or "", read.sentiment or ""))
    if yours == its and yours:
        told = [f"You and the program: {yours}."]
    else:
        told = [f"You: {yours or 'cannot tell'}; the program: {its or 'not scored'}."]
    parts = {
        "Both say": said.names & set(read.names),
        "Only you say": said.names - set(read.names),
        "Only the program says": set(read.names) - said.names,
    }
    for what, topics in parts.items():
        if topics:
            told.append(f"{what}: {', '.join(sorted(names.get(topic, topic) for topic in topics))}.")
    return " ".join(told)


def spoken_of(draft: Draft, topic: str, polarity: str) -> Draft:
    """The draft with a topic spoken of otherwise."""
    tags = [{**tag, "polarity": polarity} if tag["topic"] == topic else tag for tag in draft.tags]
    return replace(draft, tags=tuple(tags))


def marked(text: str, tags: Sequence[Tag], names: Mapping[str, str], chosen: str = "") -> str:
    """The text, escaped, with the words of its topics marked and named after them. A tag that begins within another's
    words is named after those.

    >>> marked("too <fast>", [{"topic": "pace", "start": 0, "end": 9, "polarity": "neg"}], {"pace": "Pace"})
    '<mark class="neg">too &lt;fast</mark><span class="tag">Pace −</span>&gt;'
    """
    parts: list[str] = []
    at = 0
    for tag in sorted(tags, key=lambda tag: (int(tag["start"]), -int(tag["end"]))):
        start, end = int(tag["start"]), int(tag["end"])
        if start < at:
            parts.append(label(tag, names))
            continue
        kind = f"{tag['polarity'] or ''}{' chosen' if tag['topic'] == chosen else ''}"
        mark = f'<mark class="{escape(kind)}">{escape(text[start:end])}</mark>{label(tag, names)}'
        parts += [escape(text[at:start]), mark]
        at = end
    return "".join([*parts, escape(text[at:])])


def label(tag: Tag, names: Mapping[str, str]) -> str:
    sign = SIGNS[str(tag["polarity"] or "")]
    name = escape(names.get(str(tag["topic"]), str(tag["topic"])))
    return f'<span class="tag">{name}{f" {sign}" if sign else ""}</span>'
