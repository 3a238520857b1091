"""Who answers in the sample, what, about what and when: settled for all responses at once, before any is drawn."""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from feedback.catalogue.values import Credential
from feedback.sample.cohorts import FIRST, months_before
from feedback.sample.institution import Employer, Institution

LEARNER, LEFT, LATER = "learner", "dropout", "six_months"
EMPLOYER, MINUTE, EXPERT = "employer", "employer_pairs", "expert"
INSTRUMENTS = (LEARNER, LEFT, LATER, EMPLOYER, MINUTE, EXPERT)
"""The questionnaires the sample answers; `Plan.instruments` holds places in this."""

MONTHS = FIRST + 1
MOST_AT_ONCE = 20_000
NOBODY = -1
"""In `about`: no credential at this place; in `organisations`: a learner or reviewer, who has none; in `occasions`:
an employer, who answers at no particular one."""

FITTING = 4.0  # an organisation is so many times as likely to be asked about a credential that aims at its sector
SITTINGS = (0.1, 0.2, 0.7)  # shares of employers asked about one, two and three credentials
NEVER = 1e-300  # beside these, as good as impossible, and its logarithm is a number
OWN = 12.0  # how much likelier than others a credential comes up where alone it is known
AFTER = 6  # months after a run's end in which its learners are asked again
ONE_REVIEW_IN = 100  # responses; a small sample has few reviews
LATE = 0.3  # share of learners who answer in the month after the run's end

Codes = NDArray[np.int16]


@dataclass(frozen=True)
class Plan:
    """One entry a response, sorted by key; everything else is in an order that means nothing.

    keys: 32 hex digits. instruments: places in INSTRUMENTS. about: indices of credentials, NOBODY where there are
    fewer than three. organisations: index of the employer's organisation. occasions: index of the learner's run, of
    the reviewer's review. months: "2026-03".
    """

    keys: NDArray[np.bytes_]
    instruments: Codes
    about: Codes
    organisations: Codes
    occasions: Codes
    months: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.keys)

    def pieces(self, most: int = MOST_AT_ONCE) -> Iterator["Plan"]:
        """The plan in order, at most so many responses at a time."""
        for start in range(0, len(self), most):
            yield self.only(slice(start, start + most))

    def only(self, part: slice | NDArray[np.int64]) -> "Plan":
        """Some of the plan's responses, in order."""
        return Plan(**{name: column[part] for name, column in vars(self).items()})

    def of(self, instrument: str) -> "Plan":
        """The responses to one questionnaire, in order."""
        return self.only(np.flatnonzero(self.instruments == INSTRUMENTS.index(instrument)))


def make_plan(institution: Institution, size: int, seed: int) -> Plan:
    """Settle who answers about what. The same arguments give the same plan on every machine.

    size: responses in all, 0 or more; of each questionnaire its share, within the limits of each credential. Learners
    answer in the month their run ended or the next; nobody answers later than on the institution's day.
    """
    random = chances(seed, size)
    share = institution.shares
    employers, minute = round(share["employers"] * size), round(share["employers_in_a_minute"] * size)
    left, later = round(share["left"] * size), round(share["later"] * size)
    reviews = min(len(institution.reviews), size // ONE_REVIEW_IN)
    parts = [
        _learners(institution, size - employers - minute - left - later - reviews, random),
        _left(institution, left, random),
        _later(institution, later, random),
        _employers(institution, employers, random, EMPLOYER),
        _employers(institution, minute, random, MINUTE),
        _reviews(institution, reviews),
    ]
    order = random.permutation(size)
    instruments, about, organisations, occasions, ago = (
        np.concatenate(columns)[order].astype(np.int16) for columns in zip(*parts, strict=True)
    )
    names = np.array([f"{months_before(institution.today, back):%Y-%m}" for back in range(MONTHS)])
    return Plan(_keys(size, seed), instruments, about, organisations, occasions, names[ago])


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


Part = tuple[NDArray[np.int64], ...]
"""Columns of a plan: instruments, about (n, 3), organisations, occasions, and months as how long ago."""


# --- learners --------------------------------------------------------------------------------------------------------


def _learners(institution: Institution, count: int, random: Generator) -> Part:
    """Learners of runs that have ended, the more of a run the more completed it."""
    truths = [institution.truths[credential.slug] for credential in institution.credentials]
    numbers = quotas([truth.weight for truth in truths], [truth.most_learners for truth in truths], count)
    about, runs = _spread(institution, numbers, _completed(institution), random)
    ended = _ago(institution, [run.ends for run in institution.runs])[runs]
    return _part(LEARNER, about, ended - ((random.random(count) < LATE) & (ended > 0)), occasions=runs)


def _left(institution: Institution, count: int, random: Generator) -> Part:
    """Learners who left before the end; they answer some time between the run's first month and its last."""
    begun = np.array([float(run.started or 0) for run in institution.runs])
    about, runs = _spread(institution, _by_weight(institution, count), begun, random)
    starts = _ago(institution, [run.starts for run in institution.runs])[runs]
    ends = np.maximum(0, _ago(institution, [run.ends for run in institution.runs]))[runs]
    return _part(LEFT, about, starts - np.rint((starts - ends) * random.random(count)).astype(int), occasions=runs)


def _later(institution: Institution, count: int, random: Generator) -> Part:
    """Learners asked again half a year after their run."""
    ended = _ago(institution, [run.ends for run in institution.runs])
    weights = np.where(ended >= AFTER, _completed(institution), 0.0)
    about, runs = _spread(institution, _by_weight(institution, count), weights, random)
    return _part(LATER, about, ended[runs] - AFTER, occasions=runs)


def _completed(institution: Institution) -> NDArray[np.float64]:
    return np.array([float(run.completed or 0) for run in institution.runs])


def _by_weight(institution: Institution, count: int) -> NDArray[np.int64]:
    """How many about each credential; none about one whose learners are limited."""
    truths = [institution.truths[credential.slug] for credential in institution.credentials]
    weights = [truth.weight if truth.most_learners is None else 0.0 for truth in truths]
    return quotas(weights, [None] * len(truths), count)


def _spread(
    institution: Institution, numbers: NDArray[np.int64], weights: NDArray[np.float64], random: Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The credential and the run of each of so many learners of each credential. weights: of the runs."""
    runs: list[NDArray[np.int64]] = []
    for credential, number in zip(institution.credentials, numbers.tolist(), strict=True):
        own = np.array([place for place, run in enumerate(institution.runs) if run.credential == credential.slug])
        chance = weights[own]
        runs.append(random.choice(own, size=number, p=chance / chance.sum()) if number else own[:0])
    return np.repeat(np.arange(len(numbers)), numbers), np.concatenate(runs)


def _ago(institution: Institution, days: Sequence[date | None]) -> NDArray[np.int64]:
    """How many months before the institution's day each is, below 0 when after it. A run without dates: now."""
    today = institution.today
    known = [day or today for day in days]
    return np.array([(today.year - day.year) * 12 + today.month - day.month for day in known], dtype=np.int64)


def _part(
    instrument: str,
    about: NDArray[np.int64],
    months: NDArray[np.int64],
    organisations: NDArray[np.int64] | None = None,
    occasions: NDArray[np.int64] | None = None,
) -> Part:
    nobody = np.full(len(about), NOBODY)
    places = np.full((len(about), 3), NOBODY)
    places[:, : about.shape[1] if about.ndim > 1 else 1] = about if about.ndim > 1 else about[:, None]
    return (
        np.full(len(about), INSTRUMENTS.index(instrument)),
        places,
        nobody if organisations is None else organisations,
        nobody if occasions is None else occasions,
        months,
    )


# --- employers and reviewers -----------------------------------------------------------------------------------------


def _employers(institution: Institution, count: int, random: Generator, instrument: str) -> Part:
    """Employers of every organisation, each asked about up to three credentials.

    A credential that only so many employers know is put to these when they are asked about it in full.
    """
    contacts = [employer.contacts for employer in institution.employers]
    numbers = quotas(contacts, [None] * len(contacts), count)
    who = random.permutation(np.repeat(np.arange(len(contacts)), numbers))
    appeal = np.log(_appeal(institution))[who] + random.gumbel(size=(count, len(institution.credentials)))
    chosen = np.argsort(-appeal, axis=1, kind="stable")[:, :3]
    sitting = random.choice([1, 2, 3], size=count, p=SITTINGS)
    about = np.where(np.arange(3) < sitting[:, None], chosen, NOBODY)
    for index, credential in enumerate(institution.credentials if instrument == EMPLOYER else ()):
        limit = institution.truths[credential.slug].most_employers
        if limit is not None:  # put last: nobody else is asked about it
            few = _of_different_organisations(who, limit, random)
            about[few, sitting[few] - 1] = index
    return _part(instrument, about, _employers_months(count, random), organisations=who)


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


def _employers_months(count: int, random: Generator) -> NDArray[np.int64]:
    """How many months ago each answers: asked twice a year, more of them from year to year."""
    busy = np.array([(1.5 if ago % 6 in (1, 2) else 0.6) * (1 - ago / (2 * MONTHS)) for ago in range(MONTHS)])
    return random.choice(MONTHS, size=count, p=busy / busy.sum())


def _reviews(institution: Institution, count: int) -> Part:
    """The first reviews of the institution's list."""
    place = {credential.slug: index for index, credential in enumerate(institution.credentials)}
    reviews = institution.reviews[:count]
    about = np.array([place[review.credential] for review in reviews], dtype=np.int64)
    months = np.array([review.months_ago for review in reviews], dtype=np.int64)
    return _part(EXPERT, about, months, occasions=np.arange(count))


def _keys(size: int, seed: int) -> NDArray[np.bytes_]:
    """Keys that look random, sorted: they fall into place one after the other when they are stored."""
    secret = f"sample {seed} of {size}".encode()
    digests = b"".join(hmac.digest(secret, b"%d" % number, "sha256")[:16] for number in range(size))
    return np.sort(np.frombuffer(digests.hex().encode(), dtype="S32"))
