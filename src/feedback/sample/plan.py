"""Who answers in the sample, about what and when: settled for all responses at once, before any answer is drawn."""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from feedback.catalogue.values import Credential
from feedback.sample.institution import Employer, Institution, months_before

MONTHS = 12
MOST_AT_ONCE = 20_000
NOBODY = -1
"""In `about`: no credential at this place; in `organisations`: a learner, who has none."""

FITTING = 4.0  # an organisation is so many times as likely to be asked about a credential that aims at its sector
SITTINGS = (0.1, 0.2, 0.7)  # shares of employers asked about one, two and three credentials
NEVER = 1e-300  # beside these, as good as impossible, and its logarithm is a number
OWN = 12.0  # how much likelier than others a credential comes up where alone it is known


@dataclass(frozen=True)
class Plan:
    """One entry a response, sorted by key; everything else is in an order that means nothing.

    keys: 32 hex digits. about: indices of credentials, NOBODY where there are fewer than three.
    organisations: index of the employer's organisation, NOBODY for learners. months: "2026-03".
    """

    keys: NDArray[np.bytes_]
    about: NDArray[np.int16]
    organisations: NDArray[np.int16]
    months: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.keys)

    def pieces(self, most: int = MOST_AT_ONCE) -> Iterator["Plan"]:
        """The plan in order, at most so many responses at a time."""
        for start in range(0, len(self), most):
            yield self.only(slice(start, start + most))

    def only(self, part: slice | NDArray[np.int64]) -> "Plan":
        """Some of the plan's responses, in order."""
        return Plan(self.keys[part], self.about[part], self.organisations[part], self.months[part])


def make_plan(institution: Institution, size: int, seed: int, today: date) -> Plan:
    """Settle who answers about what. The same arguments give the same plan on every machine.

    size: responses in all, 0 or more; learners and employers by their shares, within the limits of each credential.
    """
    random = chances(seed, size)
    employers = round(institution.employer_share * size)
    learners = _learners(institution, size - employers, random)
    organisations, ratings = _employers(institution, employers, random)
    about = np.vstack([np.column_stack([learners, np.full((len(learners), 2), NOBODY)]), ratings]).astype(np.int16)
    who = np.concatenate([np.full(len(learners), NOBODY), organisations]).astype(np.int16)
    order = random.permutation(size)
    return Plan(_keys(size, seed), about[order], who[order], _months(size, today, random))


def chances(seed: int, *numbers: int) -> Generator:
    """A source of chance that depends on these numbers only; seed may be any whole number, the others 0 or more."""
    return np.random.default_rng([seed % 2**64, *numbers])


def quotas(weights: Sequence[float], limits: Sequence[int | None], total: int) -> NDArray[np.int64]:
    """Share out `total` by weight, nobody above its limit, what a limit leaves going to the others.

    Whole numbers by largest remainder. Adds up to total, or to less when every weight above 0 has reached its limit.

    >>> quotas([1, 1, 2], [None, 1, None], 10).tolist()
    [3, 1, 6]
    """
    share = np.zeros(len(weights), dtype=np.int64)
    most = np.array([total if limit is None else min(limit, total) for limit in limits], dtype=np.int64)
    free = np.array(weights, dtype=float) > 0
    while (left := total - share.sum()) > 0 and free.any():
        wanted = np.where(free, weights, 0.0) / np.sum(np.where(free, weights, 0.0)) * left
        whole = np.floor(wanted).astype(np.int64)
        rest = np.argsort(whole - wanted, kind="stable")[: left - whole.sum()]
        whole[rest] += 1
        share = np.minimum(share + whole, most)
        free &= share < most
    return share


def _learners(institution: Institution, count: int, random: Generator) -> NDArray[np.int64]:
    """The credential of each learner."""
    truths = [institution.truths[credential.slug] for credential in institution.credentials]
    numbers = quotas([truth.weight for truth in truths], [truth.most_learners for truth in truths], count)
    return random.permutation(np.repeat(np.arange(len(truths)), numbers))


def _employers(institution: Institution, count: int, random: Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The organisation of each employer, and up to three credentials: (n,) and (n, 3)."""
    contacts = [employer.contacts for employer in institution.employers]
    numbers = quotas(contacts, [None] * len(contacts), count)
    who = random.permutation(np.repeat(np.arange(len(contacts)), numbers))
    appeal = np.log(_appeal(institution))[who] + random.gumbel(size=(count, len(institution.credentials)))
    chosen = np.argsort(-appeal, axis=1, kind="stable")[:, :3]
    sitting = random.choice([1, 2, 3], size=count, p=SITTINGS)
    ratings = np.where(np.arange(3) < sitting[:, None], chosen, NOBODY)
    for index, credential in enumerate(institution.credentials):
        limit = institution.truths[credential.slug].most_employers
        if limit is not None:  # put last: nobody else is asked about it
            few = _of_different_organisations(who, limit, random)
            ratings[few, sitting[few] - 1] = index
    return who, ratings


def _appeal(institution: Institution) -> NDArray[np.float64]:
    """How likely each organisation (row) is asked about each credential (column); NEVER where it is not."""
    credentials, employers = institution.credentials, institution.employers
    return np.array([[_chance(institution, employer, each) for each in credentials] for employer in employers])


def _chance(institution: Institution, employer: Employer, credential: Credential) -> float:
    truth = institution.truths[credential.slug]
    if truth.most_employers is not None:
        return NEVER
    if truth.only_organisations:
        return truth.weight * OWN if employer.organisation.slug in truth.only_organisations else NEVER
    return truth.weight * (FITTING if employer.organisation.sector in credential.sectors else 1.0)


def _of_different_organisations(who: NDArray[np.int64], most: int, random: Generator) -> NDArray[np.int64]:
    """Indices of up to `most` employers, no two of one organisation."""
    shuffled = random.permutation(len(who))
    return shuffled[np.sort(np.unique(who[shuffled], return_index=True)[1])[:most]]


def _keys(size: int, seed: int) -> NDArray[np.bytes_]:
    """Keys that look random, sorted: they fall into place one after the other when they are stored."""
    secret = f"sample {seed} of {size}".encode()
    digests = b"".join(hmac.digest(secret, b"%d" % number, "sha256")[:16] for number in range(size))
    return np.sort(np.frombuffer(digests.hex().encode(), dtype="S32"))


def _months(size: int, today: date, random: Generator) -> NDArray[np.str_]:
    """A month each, of the last twelve up to today's; a course ends more often in some than in others."""
    names = np.array([f"{months_before(today, ago):%Y-%m}" for ago in range(MONTHS)])
    busy = np.array([0.6, *[1.0 + 0.5 * (ago % 3 == 1) for ago in range(1, MONTHS)]])
    return names[random.choice(MONTHS, size=size, p=busy / busy.sum())]
