"""How many must stand behind what is shown. Light: whoever only names the limits loads no tables for it."""

from dataclasses import dataclass, replace

from feedback.errors import Problem, Refused

LEAST_GROUP = 3
LEAST_ORGANISATIONS = 2
LEAST_REVIEWERS = 2
UNREVIEWED, INTERNAL, PUBLIC = "", "internal", "public"
"""What was decided of a comment that may be read by anybody at all: nothing yet, for leads, for everybody."""


@dataclass(frozen=True)
class Limits:
    """How many must stand behind what is shown. Refused (with every reason) when looser than the promise allows.

    minimum_group: distinct people, at least 3. minimum_organisations: distinct organisations behind employers' answers,
    at least 2. largest_share: the most of the employers in a cell that may come from one organisation, above 0 and at
    most a half. reviewers: experts who must have handed in before anything of their reviews shows, at least 2, so that
    none can lean on another; this, not the group's minimum, holds for experts, who sign what they say. settled_group,
    settled_width: a cell is no longer early from so many people on, or once its 90% interval is no wider than this part
    of its scale (0.2: within 10 points either way). public_minimum: the smallest group on public pages.
    unreviewed_minimum: from so many people on who commented, comments show that only a program has masked. comments:
    the states of comments that show at all.
    """

    minimum_group: int = 5
    minimum_organisations: int = 3
    largest_share: float = 0.5
    reviewers: int = 2
    settled_group: int = 25
    settled_width: float = 0.2
    public_minimum: int = 10
    unreviewed_minimum: int = 10
    comments: tuple[str, ...] = (UNREVIEWED, INTERNAL, PUBLIC)

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
        if not set(self.comments) <= {UNREVIEWED, INTERNAL, PUBLIC}:
            problems.append(("comments", f"found {self.comments}; withheld ones never show, to nobody."))
        if problems:
            raise Refused([Problem(f"limit {name}", said) for name, said in problems])

    def reviewed(self) -> "Limits":
        """The same for whoever may read only comments that somebody has reviewed."""
        return replace(self, comments=tuple(state for state in self.comments if state != UNREVIEWED))

    def for_public(self) -> "Limits":
        """The same for pages and quotes anybody may read: larger groups, and only comments meant for everybody.

        >>> Limits(minimum_group=5).for_public().minimum_group, Limits(minimum_group=20).for_public().minimum_group
        (10, 20)
        """
        least = max(self.minimum_group, self.public_minimum)
        return replace(self, minimum_group=least, public_minimum=least, comments=(PUBLIC,))


STANDARD = Limits()
