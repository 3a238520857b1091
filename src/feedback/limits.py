"""How many must stand behind what is shown. Light: whoever only names the limits loads no tables for it."""

from dataclasses import dataclass

from feedback.errors import Problem, Refused

LEAST_GROUP = 3
LEAST_ORGANISATIONS = 2
LEAST_REVIEWERS = 2


@dataclass(frozen=True)
class Limits:
    """How many must stand behind what is shown. Refused (with every reason) when looser than the promise allows.

    minimum_group: distinct people, at least 3. minimum_organisations: distinct organisations behind employers' answers,
    at least 2. largest_share: the most of the employers in a cell that may come from one organisation, above 0 and at
    most a half. reviewers: experts who must have handed in before anything of their reviews shows, at least 2, so that
    none can lean on another; this, not the group's minimum, holds for experts, who sign what they say. settled_group,
    settled_width: a cell is no longer early from so many people on, or once its 90% interval is no wider than this part
    of its scale (0.2: within 10 points either way).
    """

    minimum_group: int = 5
    minimum_organisations: int = 3
    largest_share: float = 0.5
    reviewers: int = 2
    settled_group: int = 25
    settled_width: float = 0.2

    def __post_init__(self) -> None:
        problems = []
        if not self.minimum_group >= LEAST_GROUP:
            problems.append(("minimum_group", f"found {self.minimum_group}; {LEAST_GROUP} people is the least."))
        if not self.minimum_organisations >= LEAST_ORGANISATIONS:
            found = f"found {self.minimum_organisations}; {LEAST_ORGANISATIONS} organisations is the least."
            problems.append(("minimum_organisations", found))
        if not 0 < self.largest_share <= 0.5:
            problems.append(("largest_share", f"found {self.largest_share}; above 0 and at most 0.5 is allowed."))
        if not self.reviewers >= LEAST_REVIEWERS:
            problems.append(("reviewers", f"found {self.reviewers}; {LEAST_REVIEWERS} experts is the least."))
        if problems:
            raise Refused([Problem(f"limit {name}", said) for name, said in problems])


STANDARD = Limits()
