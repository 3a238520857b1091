"""What the committee's calendar is made of, gathered: the catalogue, its changes, the rounds of review."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlmodel import Session

from feedback.findings.calendar import Clock, Held, calendar
from feedback.store import catalogue
from feedback.store.committee import last_changed
from feedback.store.rounds import last_reviews

RETIRED = "retired"


def gather_calendar(
    session: Session, heard: Mapping[str, str], today: date, credentials: Collection[str] | None = None
) -> list[Clock]:
    """How credentials, and the skills they claim, stand on a day, the most urgent first.

    heard: by skill the month since which enough employers were heard on it, as it may be shown. credentials: these
    only; None: all. Skills that only what is retired claims are not in it.
    """
    every = catalogue.read_credentials(session)
    chosen = [each for each in every if credentials is None or each.slug in credentials]
    claimed = {skill for each in chosen if each.lifecycle != RETIRED for skill in each.skills}
    reviews, changed = last_reviews(session), last_changed(session, "credentials")
    held = [
        Held(each.slug, each.title, each.lifecycle, each.review_due, reviews.get(each.slug), changed.get(each.slug))
        for each in chosen
    ]
    reworded = last_changed(session, "skills")
    skills = [
        Held(each.slug, each.title, review_due=each.review_due, changed=reworded.get(each.slug))
        for each in catalogue.read_skills(session)
        if each.slug in claimed
    ]
    return calendar(held, skills, heard, today)
