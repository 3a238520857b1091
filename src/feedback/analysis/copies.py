"""Answers that are alike: the same long comment from several people, or the same tick in every box."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

LEAST_WORDS = 10
"""Shorter comments are alike by chance: "good", "nothing to add", "more practice would have helped"."""
LEAST_ITEMS = 12
"""So many boxes at the least, or people who only agree with everything are alike, too."""
LEAST_KINDS = 4
"""So many different answers among them, for the same reason: a straight line is a sign of its own."""
BURST = 3
"""So many alike make a burst; two may be one person at two devices."""
RUN = 3
ALIKE = 0.5
"""Two comments are alike when they share half of the runs of three words that either has.
Source: Broder (1997), On the resemblance and containment of documents, who takes the same half."""

Answers = Mapping[str, object]


def copied(responses: Mapping[str, tuple[Sequence[str], Answers]]) -> set[str]:
    """The keys of the responses to one survey in one month that are one of BURST or more alike.

    responses: by key, each person's comments, and all else they answered ({question: answer}, as it is kept). Alike are
    comments of LEAST_WORDS words or more that are nearly the same word for word, whatever their case and punctuation
    (see ALIKE), and answers the same in every box, of LEAST_ITEMS boxes or more with LEAST_KINDS different answers or
    more. A sign, no proof: people in one room may write together.
    """
    by_text: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    by_pattern: defaultdict[Hashable, set[str]] = defaultdict(set)
    for key, (comments, answers) in responses.items():
        for comment in comments:
            if len(words := words_of(comment)) >= LEAST_WORDS:
                by_text[words].add(key)
        boxes = boxes_of(answers)
        if len(boxes) >= LEAST_ITEMS and len({value for _, value in boxes}) >= LEAST_KINDS:
            by_pattern[boxes].add(key)
    groups = [set().union(*(by_text[text] for text in group)) for group in near(list(by_text))]
    return set().union(*(group for group in (*groups, *by_pattern.values()) if len(group) >= BURST))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without case and punctuation.

    >>> words_of("Good, but LONG!")
    ('good', 'but', 'long')
    """
    return tuple("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())


def boxes_of(answers: Answers) -> frozenset[tuple[tuple[str, ...], str]]:
    """Every box that was ticked, with what was said there: rows of grids and credentials one by one."""
    found: list[tuple[tuple[str, ...], str]] = []

    def look(place: tuple[str, ...], answer: object) -> None:
        if isinstance(answer, Mapping):
            for name, held in answer.items():
                look((*place, str(name)), held)
        else:
            found.append((place, str(answer)))

    for question, answer in answers.items():
        look((question,), answer)
    return frozenset(found)


def near(texts: Sequence[tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    """Texts in groups of those alike; whoever is like one of a group belongs to it. texts: words, each text once."""
    runs = [_runs(text) for text in texts]
    holding: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, each in enumerate(runs):
        for run in each:
            holding[run].append(number)
    home = list(range(len(texts)))
    for number, each in enumerate(runs):
        shared: defaultdict[int, int] = defaultdict(int)
        for run in each:
            for other in holding[run]:
                if other < number:
                    shared[other] += 1
        for other, same in shared.items():
            if same >= ALIKE * (len(each) + len(runs[other]) - same):
                _join(home, number, other)
    groups: defaultdict[int, list[tuple[str, ...]]] = defaultdict(list)
    for number, text in enumerate(texts):
        groups[_home(home, number)].append(text)
    return list(groups.values())


def _runs(text: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(text[at : at + RUN]) for at in range(len(text) - RUN + 1)}


def _home(home: list[int], number: int) -> int:
    while home[number] != number:
        home[number] = home[home[number]]
        number = home[number]
    return number


def _join(home: list[int], one: int, other: int) -> None:
    home[_home(home, one)] = _home(home, other)
