"""What the committee decides: decisions with the findings it saw, frozen; who has an interest; the rules that hold.

A decision is never changed: a mistake is put right by a new one that names the old.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlmodel import Session

from feedback import policy
from feedback.catalogue.values.base import LONGEST_LONG_TEXT, LONGEST_NAME, plain, short_digest
from feedback.errors import Problem, Refused, suggest
from feedback.policy import WHOLE, Actor, Subject
from feedback.store import audit
from feedback.store.accounts import Account, read_accounts
from feedback.store.clock import now
from feedback.store.inserting import insert, table_of
from feedback.store.tables import AuditEvents, Changes, Conflicts, Credentials, Decisions, Policies

OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "keep": "Keep it as it is",
        "change": "Change it",
        "pause": "Pause it",
        "retire": "Retire it",
        "approve_design": "Approve its design",
        "approve_beta": "Approve its trial",
        "approve_live": "Approve it to go live",
    }
)
"""What can be decided of a credential."""
AREAS: Mapping[str, str] = MappingProxyType(
    {
        "assessment": "Assessment and marking",
        "identity": "Identity and integrity",
        "appeals": "Appeals and complaints",
        "data": "Data protection",
        "accessibility": "Accessibility and languages",
        "rights": "Rights and licences",
        "recognition": "Recognition of earlier learning",
        "review": "Review and revision",
    }
)
"""What a credential's rules are to be about."""
FORM = 1
"""The form of the evidence of a decision."""
COUNTS_FOR = timedelta(days=90)
"""So long an interest counts after it is over."""


@dataclass(frozen=True)
class Seen:
    """A finding as it was shown: its words, and its table in texts, so that it stays what it was. finding: its id."""

    finding: str
    question: str
    sentence: str
    caution: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Decision:
    """What was decided of a credential. outcome: one of OUTCOMES. evidence: what was seen, and what was decided.

    present, apart: the accounts that decided, and those that stood aside. by: who wrote it down. digest: SHA-256 of the
    evidence (`digest_of`).
    """

    id: str
    credential: str
    day: date
    outcome: str
    words: str
    evidence: Mapping[str, Any]
    digest: str
    present: Sequence[str]
    apart: Sequence[str]
    by: str
    is_sample: bool = False

    @property
    def is_as_made(self) -> bool:
        """Whether it is as it was when it was made, all its words and all it rested on."""
        try:
            return digest_of(self.evidence) == self.digest and self._told() == self.evidence["decision"]
        except (KeyError, TypeError):
            return False

    def _told(self) -> dict[str, Any]:
        told = self.evidence["decision"]
        names = {each["id"]: each["name"] for each in (*told["present"], *told["apart"], told["by"])}
        return _told(self, names, told["title"], told["corrects"])

    @property
    def corrects(self) -> str:
        """The decision it puts right, "" for none."""
        return str(self.evidence.get("decision", {}).get("corrects", ""))

    @property
    def release(self) -> int | None:
        """The last release when it was made; None before the first."""
        return self.evidence.get("release")

    @property
    def seen(self) -> list[Seen]:
        """The findings it rested on, as they were."""
        return [Seen(**each) for each in self.evidence.get("findings", ())]

    def names(self, which: str) -> list[str]:
        """What those "present" or "apart" were called then."""
        return [each["name"] for each in self.evidence.get("decision", {}).get(which, ())]


@dataclass(frozen=True)
class Conflict:
    """An account's interest in a credential, in its own words. ended_on: None while it is so."""

    account: str
    credential: str
    statement: str
    declared_on: date
    ended_on: date | None


@dataclass(frozen=True)
class Rule:
    """A version of a rule. area: one of AREAS. credential: "" for all. review_due: None for no day."""

    slug: str
    version: int
    credential: str
    area: str
    title: str
    text: str
    since: date
    review_due: date | None
    by: str
    is_sample: bool = False


@dataclass(frozen=True)
class Wanted:
    """A decision as it is asked for. present: ids of accounts. seen: what it rests on. corrects: an older one's id."""

    credential: str
    outcome: str
    words: str
    present: Sequence[str]
    seen: Sequence[Seen] = ()
    release: int | None = None
    corrects: str = ""


def subject_of(session: Session, credential: str) -> Subject:
    """A credential as the policy knows it, "" the whole institution; one that is not there is of no programme."""
    if not credential:
        return WHOLE
    table = table_of(Credentials)
    programme = select(table.c.programme).where(table.c.slug == credential)
    return Subject(session.connection().execute(programme).scalar() or "", credential)


def unknown(session: Session, credential: str) -> list[Problem]:
    """That there is no such credential; nothing where there is one."""
    known = set(session.connection().execute(select(table_of(Credentials).c.slug)).scalars())
    if credential in known:
        return []
    return [Problem("credential", f'"{credential[:80]}" is not in the catalogue.{suggest(credential, known)}')]


# --- decisions --------------------------------------------------------------------------------------------------------


def decide(session: Session, by: Actor, wanted: Wanted) -> Decision:
    """Write a decision down, with all it rests on, for good.

    Raises Forbidden for whoever may not decide of the credential, and Refused with every problem: no such outcome, no
    words, nobody present, somebody present who has an interest in it (`interested`) or may not decide of it, or who
    writes it down has one.
    """
    subject = subject_of(session, wanted.credential)
    policy.demand(by, policy.DECIDE, [subject])
    members = {each.id: each for each in members_of(session, subject)}
    aside = interested(session, wanted.credential) & members.keys()
    problems = unknown(session, wanted.credential)
    words = kept_text("words", wanted.words, LONGEST_LONG_TEXT, problems)
    problems += _problems_of(session, by, wanted, members, aside)
    if problems:
        raise Refused(problems)
    moment = now(session)
    made = Decision(
        id=_new_id(session, int(moment.timestamp())),
        credential=wanted.credential,
        day=moment.date(),
        outcome=wanted.outcome,
        words=words,
        evidence={},
        digest="",
        present=list(dict.fromkeys(wanted.present)),
        apart=sorted(aside),
        by=by.id,
    )
    names = {each.id: each.name for each in members.values()} | {by.id: by.name}
    decision = sealed(made, names, _title(session, wanted.credential), wanted)
    keep_decision(session, decision)
    about = {"decision": decision.id, "outcome": decision.outcome, "digest": decision.digest}
    audit.record(session, by, audit.DECIDED, subject, **about)
    return decision


def sealed(made: Decision, names: Mapping[str, str], title: str, wanted: Wanted) -> Decision:
    """A decision with its evidence and the digest of it. names: by account."""
    evidence = {
        "form": FORM,
        "decision": _told(made, names, title, wanted.corrects),
        "release": wanted.release,
        "findings": [_document(each) for each in wanted.seen],
    }
    return Decision(**vars(made) | {"evidence": evidence, "digest": digest_of(evidence)})


def keep_decision(session: Session, decision: Decision) -> None:
    """Keep a decision as it is."""
    session.connection().execute(insert(session, Decisions), [vars(decision)])


def digest_of(evidence: Mapping[str, Any]) -> str:
    """SHA-256 of a document, whatever the order of its keys."""
    text = json.dumps(evidence, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_decisions(session: Session, credential: str = "") -> list[Decision]:
    """The decisions, of one credential or of all, the newest first."""
    table = table_of(Decisions)
    wanted = select(table).order_by(table.c.day.desc(), table.c.id.desc())
    if credential:
        wanted = wanted.where(table.c.credential == credential)
    return [Decision(**row) for row in session.connection().execute(wanted).mappings()]


def verify(session: Session) -> list[str]:
    """What is wrong with the decisions, in words; nothing when all are as they were made and none is missing.

    Each is held against its own digest and against what the audit noted when it was made.
    """
    decisions = {each.id: each for each in read_decisions(session)}
    problems = [
        f"decision {each.id} on {each.credential} of {each.day} is not as it was made."
        for each in decisions.values()
        if not each.is_as_made
    ]
    noted = _noted(session)
    for name, each in decisions.items():
        if not each.is_sample and noted.get(name) != each.digest:
            problems.append(f"decision {name} on {each.credential} of {each.day} is not the one the audit knows of.")
    problems += [f"decision {name} is missing: the audit knows of it." for name in noted if name not in decisions]
    return problems


def members_of(session: Session, subject: Subject) -> list[Account]:
    """The accounts that may decide about something, by name."""
    every = [each for each in read_accounts(session) if policy.can(each.actor, policy.DECIDE, subject)]
    return sorted(every, key=lambda each: (each.name.casefold(), each.id))


def _problems_of(
    session: Session, by: Actor, wanted: Wanted, members: Mapping[str, Account], aside: Iterable[str]
) -> list[Problem]:
    """What is wrong with a decision that is asked for, beside its words."""
    problems, aside = [], set(aside)
    if wanted.outcome not in OUTCOMES:
        said = f'"{wanted.outcome}" is not known. Known: {", ".join(OUTCOMES)}.'
        problems.append(Problem("outcome", said))
    if by.id not in members:
        problems.append(Problem("by", "a decision is written down by somebody of the committee; sign in as one."))
    if by.id in aside:
        problems.append(Problem("by", "you have declared an interest in this credential; let somebody else write it."))
    if not wanted.present:
        problems.append(Problem("present", "nobody is named; name who decided, one at least."))
    for each in wanted.present:
        if each in aside:
            said = f"{members[each].name} has declared an interest in this credential, and stands apart."
            problems.append(Problem("present", said))
        elif each not in members:
            problems.append(Problem("present", f'"{each[:80]}" may not decide about this credential.'))
    older = {each.id for each in read_decisions(session, wanted.credential)} if wanted.corrects else set()
    if wanted.corrects and wanted.corrects not in older:
        problems.append(Problem("corrects", "there is no such decision on this credential."))
    return problems


def _told(made: Decision, names: Mapping[str, str], title: str, corrects: str) -> dict[str, Any]:
    """What was decided, as it goes under the digest."""
    return {
        "id": made.id,
        "credential": made.credential,
        "title": title,
        "day": made.day.isoformat(),
        "outcome": made.outcome,
        "words": made.words,
        "present": [{"id": each, "name": names.get(each, each)} for each in made.present],
        "apart": [{"id": each, "name": names.get(each, each)} for each in made.apart],
        "by": {"id": made.by, "name": names.get(made.by, made.by)},
        "corrects": corrects,
    }


def _document(seen: Seen) -> dict[str, Any]:
    return vars(seen) | {"columns": list(seen.columns), "rows": [list(row) for row in seen.rows]}


def _noted(session: Session) -> dict[str, str]:
    """By decision the digest the audit noted."""
    table = table_of(AuditEvents)
    rows = session.connection().execute(select(table.c.details).where(table.c.action == audit.DECIDED)).scalars()
    return {str(details["decision"]): str(details["digest"]) for details in rows if "decision" in details}


def _title(session: Session, credential: str) -> str:
    table = table_of(Credentials)
    return session.connection().execute(select(table.c.title).where(table.c.slug == credential)).scalar_one()


def _new_id(session: Session, second: int) -> str:
    """32 hex digits that sort by the second, and within it by how many decisions there were: SQLite's clock tells no
    less."""
    there = session.connection().execute(select(func.count()).select_from(table_of(Decisions))).scalar_one()
    return f"{second:010x}{there:06x}{secrets.token_hex(8)}"


# --- conflicts of interest --------------------------------------------------------------------------------------------


def declare(session: Session, by: Actor, credential: str, statement: str) -> None:
    """Note that somebody has an interest in a credential, in their words; said again, the words are new.

    Raises Forbidden for who may not read of it, and Refused for who has no account, and without words.
    """
    subject = subject_of(session, credential)
    policy.demand(by, policy.READ, [subject])
    problems = unknown(session, credential)
    said = kept_text("statement", statement, LONGEST_LONG_TEXT, problems)
    if by.id not in {each.id for each in read_accounts(session)}:
        problems.append(Problem("by", "an interest is declared by whoever has it, signed in to their own account."))
    if problems:
        raise Refused(problems)
    new = {"statement": said, "declared_on": now(session).date(), "ended_on": None}
    row = insert(session, Conflicts).values(account=by.id, credential=credential, **new)
    again = row.on_conflict_do_update(index_elements=["account", "credential"], set_=new)
    session.connection().execute(again)
    audit.record(session, by, audit.CONFLICT_DECLARED, subject)


def end_conflict(session: Session, by: Actor, credential: str) -> None:
    """Note that somebody's interest in a credential is over. Nothing changes where there was none."""
    table, subject = table_of(Conflicts), subject_of(session, credential)
    mine = table.c.account == by.id, table.c.credential == credential, table.c.ended_on.is_(None)
    ended = update(table).where(*mine).values(ended_on=now(session).date())
    if session.connection().execute(ended).rowcount:
        audit.record(session, by, audit.CONFLICT_DECLARED, subject, ended=True)


def read_conflicts(session: Session, *, ended: bool = False) -> list[Conflict]:
    """The interests that are declared, by credential; ended: also those that are over."""
    table = table_of(Conflicts)
    wanted = select(table).order_by(table.c.credential, table.c.account)
    if not ended:
        wanted = wanted.where(table.c.ended_on.is_(None))
    return [Conflict(**row) for row in session.connection().execute(wanted).mappings()]


def interested(session: Session, credential: str) -> set[str]:
    """The accounts that have an interest in a credential, or had one until COUNTS_FOR ago."""
    table = table_of(Conflicts)
    counts = or_(table.c.ended_on.is_(None), table.c.ended_on > now(session).date() - COUNTS_FOR)
    those = select(table.c.account).where(table.c.credential == credential, counts)
    return set(session.connection().execute(those).scalars())


# --- rules ------------------------------------------------------------------------------------------------------------


def set_rule(
    session: Session,
    by: Actor,
    area: str,
    title: str,
    text: str,
    *,
    credential: str = "",
    since: date | None = None,
    review_due: date | None = None,
) -> Rule:
    """Add a version of the rule about an area, for a credential or for all (""); those before stay readable.

    since: its first day, None for today; it may be one to come. Raises Forbidden for who may neither change the
    catalogue nor decide there, and Refused with every problem.
    """
    subject = subject_of(session, credential)
    if not policy.can(by, policy.DECIDE, subject):
        policy.demand(by, policy.EDIT, [subject])
    problems = unknown(session, credential) if credential else []
    title = kept_text("title", title, LONGEST_NAME, problems)
    text = kept_text("text", text, LONGEST_LONG_TEXT, problems)
    since = since or now(session).date()
    if area not in AREAS:
        problems.append(Problem("area", f'"{area}" is not known. Known: {", ".join(AREAS)}.'))
    if review_due is not None and review_due <= since:
        problems.append(Problem("review_due", f"{review_due} is not after {since}, from when on the rule holds."))
    if problems:
        raise Refused(problems)
    slug, table = rule_slug(area, credential), table_of(Policies)
    last = session.connection().execute(select(func.max(table.c.version)).where(table.c.slug == slug)).scalar_one()
    rule = Rule(slug, (last or 0) + 1, credential, area, title, text, since, review_due, by.id)
    keep_rule(session, rule)
    audit.record(session, by, audit.POLICY_SET, subject, rule=slug, version=rule.version)
    return rule


def keep_rule(session: Session, rule: Rule) -> None:
    """Keep a version of a rule as it is."""
    session.connection().execute(insert(session, Policies), [vars(rule)])


def rule_slug(area: str, credential: str) -> str:
    """What all versions of a rule are found by.

    >>> rule_slug("appeals", ""), rule_slug("appeals", "data-badge")
    ('appeals', 'appeals-data-badge')
    """
    name = f"{area}-{credential}" if credential else area
    return name if len(name) <= 80 else f"{name[:67]}-{short_digest(name)}"[:80]


def read_rules(session: Session) -> list[Rule]:
    """Every version of every rule, by rule, the newest first."""
    table = table_of(Policies)
    ordered = select(table).order_by(table.c.slug, table.c.version.desc())
    return [Rule(**row) for row in session.connection().execute(ordered).mappings()]


def in_force(rules: Iterable[Rule], credential: str, today: date) -> dict[str, Rule]:
    """By area the rule that holds for a credential on a day: its own, else the one for all; of each the newest version
    whose first day has come."""
    begun = sorted((each for each in rules if each.since <= today), key=lambda each: (each.since, each.version))
    general = {each.area: each for each in begun if each.credential == ""}
    own = {each.area: each for each in begun if each.credential == credential}
    return {area: rule for area in AREAS if (rule := own.get(area) or general.get(area)) is not None}


# --- pieces -----------------------------------------------------------------------------------------------------------


def last_changed(session: Session, entity: str) -> dict[str, date]:
    """By slug the day an entry of the catalogue was last changed, after it was there."""
    table = table_of(Changes)
    newest = (
        select(table.c.slug, func.max(table.c.day).label("day"))
        .where(table.c.entity == entity, table.c.before.is_not(None), table.c.after.is_not(None))
        .group_by(table.c.slug)
    )
    return {row.slug: row.day for row in session.connection().execute(newest)}


def kept_text(where: str, given: str, most: int, problems: list[Problem]) -> str:
    """A text as it is kept; what is wrong with it goes to the problems."""
    try:
        text = plain(given)
    except ValueError as error:
        problems.append(Problem(where, f"{error}."))
        return ""
    if not text:
        problems.append(Problem(where, "is empty; say it in words."))
    elif len(text) > most:
        problems.append(Problem(where, f"is {len(text):,} characters long; at most {most:,} are kept."))
    return text
