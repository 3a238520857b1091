"""Data quality: what is being done, what went wrong, what was brought in and published, and what is missing.

A page for whoever keeps the institution. Of answers it tells counts that passed the gate, and nothing of one person.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import streamlit as st
from pandas import DataFrame

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.hints import hints
from feedback.catalogue.values import PURPOSE, Credential, Value, completeness
from feedback.exchange.published import REASONS, releases_table
from feedback.policy import READ
from feedback.store.imports import Import
from feedback.store.jobs import PARKED, RUNNING, Job
from feedback.store.standing import STEP, in_steps
from feedback.ui import fields, held, history, page, panel, shell, upkeep, visitor
from feedback.ui.forms import literal
from feedback.worker.missing import NO_WORKER

WORK = {
    "read": "Reading comments that arrived",
    "learn": "Learning from rated and corrected comments",
    "reread": "Reading every comment again with a newer reader",
    "release": "Publishing new answers",
    "publish": "Publishing answers brought in by a file",
    "rebuild": "Counting published answers again",
    "finish": "Working the findings out",
    "measure": "Measuring what actions brought",
    "public": "Working out what anybody may read",
    "telling": "Writing to those who asked to hear what changed",
    "outbox": "Sending messages",
    "asking": "Writing to those who asked to be asked again",
    "act": "Reminding those who see to actions",
    "tidy": "Letting old drafts and addresses go",
    "keep": "Erasing what has been kept long enough",
    "compare": "Looking for answers that are alike",
    "withdraw": "Taking an answer back, as somebody asked",
}
"""What a job does, in words, by its kind."""
LOOK_EVERY = 3
"""Seconds between two looks at work that is going on."""
MOST_LISTED = 10
"""So many pieces of stopped work are listed at once."""
MOST_RELEASES = 200
"""So many releases are listed."""


def show() -> None:
    """The whole page."""
    work, mail, unread, no_worker = upkeep.read_jobs(), upkeep.mail(), upkeep.unread(), upkeep.is_worker_missing()
    page.lead(in_a_sentence(work, len(mail.failed), unread, no_worker=no_worker))
    _work(work, no_worker=no_worker)
    _mail(mail)
    _imports(upkeep.read_imports())
    _releases()
    _descriptions()
    panel.show("coverage")
    panel.show("funnel")
    panel.show("minutes")
    _answers(unread)


def in_a_sentence(work: Sequence[Job], failed_messages: int, unread: int, *, no_worker: bool = False) -> str:
    """Whether anything waits for whoever keeps the institution. no_worker: work waits, and nobody is there to do it."""
    parked = sum(job.state == PARKED for job in work)
    troubles = [
        _many(parked, "piece of work has stopped", "pieces of work have stopped"),
        _many(failed_messages, "message could not be sent", "messages could not be sent"),
    ]
    told = " and ".join(trouble for trouble in troubles if trouble)
    lines = [NO_WORKER] if no_worker else []
    if told:
        lines.append(f"{told[0].upper()}{told[1:]}: see below what to do.")
    if lines:
        return " ".join(lines)
    busy = [job for job in work if job.state != PARKED]
    if busy or unread:
        return "Nothing waits for you; some work is still going on and shows by itself once it is done."
    return "Everything is in order: no work waits, and nothing went wrong."


def _many(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}" if number else ""


# --- work ------------------------------------------------------------------------------------------------------------


def _work(work: Sequence[Job], *, no_worker: bool) -> None:
    page.heading("Is any work stuck?")
    parked = [job for job in work if job.state == PARKED]
    going_on = len(work) > len(parked)
    if no_worker:
        page.quiet("Yes: it waits for a worker, and none has been there for minutes.")
    elif not work:
        page.quiet(
            "No: nothing is being worked on and nothing waits. New answers are read and published by themselves; while "
            "that is done it shows here."
        )
    for job in parked[:MOST_LISTED]:
        _parked(job)
    if len(parked) > MOST_LISTED:
        page.quiet(f"And {len(parked) - MOST_LISTED:,} more that have stopped; they show once these are settled.")
    if going_on:
        st.fragment(_going_on, run_every=LOOK_EVERY)()


def _parked(job: Job) -> None:
    """A job that failed three times: what it was, why it failed, and the two things that can be done."""
    with st.container(border=True, key=f"job:{job.id}"):
        page.block("p", f"Stopped: {told(job)}", "job")
        page.quiet(job.error or "It does not say why.")
        with st.container(horizontal=True):
            if st.button("Try again", key=f"retry:{job.id}"):
                upkeep.retry(job.id)
                st.rerun()
            if st.button("Give it up", key=f"discard:{job.id}", type="tertiary"):
                _give_up(job)


@st.dialog("Give this work up?")
def _give_up(job: Job) -> None:
    page.quiet(
        f"{told(job)}: it is not tried again by itself. No answer is lost by that; what it would have made stays out."
    )
    if st.button("Yes, give it up", type="primary", key="discard-now"):
        upkeep.discard(job.id)
        st.rerun()


def _going_on() -> None:
    """What is being done now, and what waits; looked at again every few seconds, by whoever still may."""
    if not visitor.may(READ):
        st.rerun()
    busy = [job for job in upkeep.read_jobs() if job.state != PARKED]
    if not busy:
        page.quiet("Done. What is new shows on the pages.")
    for job in busy:
        if job.state == RUNNING and job.total:
            st.progress(min(job.done / job.total, 1.0), text=f"{told(job)}: {job.done:,} of {job.total:,}")
        elif job.state == RUNNING:
            page.quiet(f"Now: {told(job)}{f', {job.done:,} so far' if job.done else ''}.")
    for words in waiting_in_words(busy):
        page.quiet(words)
    if busy and not any(is_alive(job, datetime.now(UTC)) for job in busy):
        page.quiet("If nothing moves for a minute, no worker is running. Start one with: feedback worker")


def is_alive(job: Job, now: datetime) -> bool:
    """Whether a worker has a job at the moment: one whose lease ran out was left, and is taken up by the next."""
    return job.state == RUNNING and job.lease_until is not None and job.lease_until > now


def waiting_in_words(work: Sequence[Job]) -> list[str]:
    """What waits, a sentence for each kind of work; those that went wrong before say why."""
    waiting = [job for job in work if job.state not in (RUNNING, PARKED)]
    numbers = Counter(told(job) for job in waiting if not job.error)
    lines = [f"Waits: {name}{f' ({number:,} pieces)' if number > 1 else ''}." for name, number in numbers.items()]
    failed = [job for job in waiting if job.error][:MOST_LISTED]
    return [*lines, *(f"Is tried again: {told(job)}. It went wrong: {job.error}" for job in failed)]


def told(job: Job) -> str:
    """What a job does, in words."""
    return WORK.get(job.kind, f"Work of the kind “{job.kind}”")


# --- messages --------------------------------------------------------------------------------------------------------


def _mail(mail: upkeep.Mail) -> None:
    page.heading("Did every message leave?")
    waiting = mail.counts.get("waiting", 0) + mail.counts.get("under way", 0)
    if mail.is_elsewhere:
        page.quiet("This database is a copy, or was moved: no message leaves from here until you say that it may.")
    if not mail.counts:
        page.quiet("No message was ever asked for. Invitations and reminders wait here while they are sent.")
    elif not mail.failed:
        page.quiet(f"Yes, but {waiting:,} still wait." if waiting else "Yes. None waits, and none failed.")
    elif waiting:
        page.quiet(f"{waiting:,} wait to be sent.")
    for message in mail.failed:
        with st.container(border=True, key=f"message:{message.id}"):
            page.block("p", f"Not sent: {message.subject}", "job")
            page.quiet(f"To {masked(message.recipient)}, {message.ready_at:%d %B %Y}. {message.error}")
            if message.recipient and st.button("Send it again", key=f"send:{message.id}"):
                upkeep.send_again(message.id)
                st.rerun()


def masked(address: str) -> str:
    """An address of which the person does not show.

    >>> masked("ann.example@firm.example")
    'a…@firm.example'
    """
    person, at, host = address.partition("@")
    return f"{person[:1]}…{at}{host}" if at else "…"


# --- files -----------------------------------------------------------------------------------------------------------


def _imports(brought: Sequence[Import]) -> None:
    page.heading("Which files were brought in?")
    history.tell()
    if not brought:
        page.quiet("None yet. Bring one in with: feedback import KIND FILE. It can be taken back from here.")
        return
    fewest = shell.limits().minimum_group
    st.dataframe(
        DataFrame(listed(brought, fewest)), hide_index=True, width="stretch", alt="Every file that was brought in"
    )
    undoable = {
        each.id: f"{each.file} ({each.kind}, {_day(each.imported_on)})" for each in brought if can_be_undone(each)
    }
    if not undoable:
        return
    with st.expander("Take one back"):
        chosen = st.selectbox("File", list(undoable), format_func=undoable.__getitem__, key="undo:which")
        page.quiet("What it added goes, what it changed is as it was before. Refused whole if anything rests on it.")
        if st.button("Take it back …", key="undo"):
            history.confirm(chosen, f"the file {undoable[chosen]}")


def can_be_undone(brought: Import) -> bool:
    """Whether a file can be taken back here. The sample is taken away as a whole, on the institution's page."""
    return not brought.undone_on and not brought.is_sample


def listed(brought: Sequence[Import], fewest: int) -> list[dict[str, Any]]:
    """The files as rows of a table. Of answers, numbers below `fewest` are not told."""
    return [
        {
            "File": one.file,
            "Kind": one.kind,
            "Rows": history.told(one, one.rows, fewest),
            "New": history.told(one, one.new_rows, fewest),
            "On": _day(one.imported_on),
            "Now": f"taken back on {fields.day(one.undone_on)}"
            if one.undone_on
            else "not published yet"
            if one.waiting
            else "in use",
        }
        for one in brought
    ]


def _day(on: date | None) -> str:
    """A day in words; "" when it is not known."""
    return fields.day(on) if on else ""


# --- releases --------------------------------------------------------------------------------------------------------


def _releases() -> None:
    page.heading("What was published when?")
    made = upkeep.read_releases(MOST_RELEASES)
    if not made:
        page.quiet(
            "Nothing yet. Answers are published a group at a time: when enough new people have answered about a "
            "credential, when a survey closes, or when a file is brought in. Until then no page shows them."
        )
        return
    last = made[0]
    when, why = fields.day(last.made_on), REASONS.get(last.reason, last.reason)
    page.quiet(f"Last: release {last.number:,}, on {when}, because {why}. Pages and files show that one.")
    with st.expander("Every release"):
        table = releases_table(made, shell.institution().titles(), shell.limits().minimum_group)
        st.dataframe(table, hide_index=True, width="stretch", alt="What was published when, of which credential")
        page.quiet("People: all whose answers are published from then on. The digest changes when anything does.")


# --- catalogue -------------------------------------------------------------------------------------------------------


def _descriptions() -> None:
    page.heading("What is not described yet?")
    entries = {name: held.entries(name) for name in ENTITIES}
    credentials = described([one for one in entries["credentials"] if isinstance(one, Credential)])
    if credentials.empty:
        page.quiet("There is no credential yet. Once there is, what its description lacks is listed here.")
        return
    whole = int((credentials["Missing"] == "").sum())
    page.quiet(f"{whole:,} of {len(credentials):,} credentials are described in every field. Least described first:")
    st.dataframe(
        credentials,
        hide_index=True,
        width="stretch",
        column_config={
            name: st.column_config.ProgressColumn(name, format="%d%%", min_value=0, max_value=100, width=120)
            for name in ("Purpose sheet", "Everything")
        },
        alt="How far each credential is described, and what is missing",
    )
    for slug, title in least_described(entries["credentials"]):
        where = {"entity": "credentials", "slug": slug}
        st.page_link("pages/catalogue.py", label=f"Describe {literal(title)}", query_params=where)
    with st.expander("Field by field, of the whole catalogue"):
        table = gaps(entries)
        st.dataframe(table, hide_index=True, width="stretch", alt="Fields of the catalogue that are often empty")


def described(credentials: Sequence[Credential]) -> DataFrame:
    """How far each credential is described (percent of its purpose sheet and of all), least first; what is missing."""
    rows = []
    for one in credentials:
        whole = completeness(one)
        rows.append(
            {
                "Credential": one.title,
                "Purpose sheet": round(100 * completeness(one, PURPOSE).share),
                "Everything": round(100 * whole.share),
                "Missing": ", ".join(hints(Credential)[name].title for name in whole.missing),
            }
        )
    table = DataFrame(rows, columns=["Credential", "Purpose sheet", "Everything", "Missing"])
    return table.sort_values(["Everything", "Purpose sheet", "Credential"], ignore_index=True)


def least_described(entries: Sequence[Value], most: int = 3) -> list[tuple[str, str]]:
    """The credentials that lack most of their description, as slug and title; none that lacks nothing."""
    credentials = [one for one in entries if isinstance(one, Credential) and completeness(one).missing]
    least = sorted(credentials, key=lambda one: (completeness(one).share, completeness(one, PURPOSE).share, one.title))
    return [(one.slug, one.title) for one in least[:most]]


def gaps(entries: Mapping[str, Sequence[Value]]) -> DataFrame:
    """Of each part of the catalogue, the fields that some of its entries leave empty, the emptiest first."""
    rows = [
        {"Part": ENTITIES[name].many, "Field": hint.title, "Empty": empty, "Of": len(values)}
        for name, values in entries.items()
        for hint in hints(ENTITIES[name].value).values()
        if (empty := sum(getattr(value, hint.name) in (None, "", [], {}) for value in values))
    ]
    table = DataFrame(rows, columns=["Part", "Field", "Empty", "Of"])
    order = table.assign(share=table["Empty"] / table["Of"]).sort_values(["Part", "share"], ascending=[True, False])
    return order.drop(columns="share").reset_index(drop=True)


# --- answers ---------------------------------------------------------------------------------------------------------


def _answers(unread: int) -> None:
    page.heading("How carefully were the answers given?")
    page.block("p", shell.answer("flags").sentence, "said")
    panel.show("flags", sentence=False)
    page.quiet(unread_in_words(unread, shell.limits().minimum_group))
    languages = unscored(shell.answer("comments").table)
    if languages:
        page.quiet(
            f"Comments whose tone is not read, as their language has no word list or they say none of it: {languages}."
        )
    page.quiet(
        "How long somebody took is not kept: a form sent sooner than it can be read gets a sign, and no answer is left "
        "out because of one."
    )


def unread_in_words(number: int, fewest: int) -> str:
    """How many comments no program has read yet. A few are not counted out, and more in steps: another number at each
    look would tell of somebody just now.

    >>> unread_in_words(0, 5), unread_in_words(3, 5), unread_in_words(42, 5)
    ('Every comment is read.', 'A few comments wait to be read.', 'About 40 comments wait to be read.')
    """
    if not number:
        return "Every comment is read."
    if number < max(fewest, STEP):
        return "A few comments wait to be read."
    more = f"More than {upkeep.MOST_UNREAD:,}" if number > upkeep.MOST_UNREAD else f"About {in_steps(number):,}"
    return f"{more} comments wait to be read."


def unscored(comments: DataFrame) -> str:
    """The languages of comments that may be shown whose tone is not read, with how many of each; "" when none.

    >>> unscored(DataFrame({"Language": ["en", "ar", "ar"], "Reads as": ["critical", "not scored", "not scored"]}))
    'ar (2)'
    """
    if comments.empty:
        return ""
    languages = comments["Language"].astype("string").fillna("")
    numbers = languages[(comments["Reads as"] == "not scored") & (languages != "")].value_counts().sort_index()
    return ", ".join(f"{language} ({number:,})" for language, number in numbers.items())
