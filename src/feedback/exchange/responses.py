"""Documents of answers, one a line, into responses: the same check as a form's, every slip by line and field."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from tempfile import TemporaryFile
from typing import Any

import orjson

from feedback.catalogue.reading import Catalogue, Names, shortened
from feedback.catalogue.values import Credential, Organisation, Programme, Skill
from feedback.errors import FeedbackError, Refused, suggest
from feedback.exchange.csv_files import Problems
from feedback.store.clock import month_of
from feedback.store.responses import ENDORSEMENT, StoredResponse, receipt, receipt_hash, response_key
from feedback.store.surveys import Survey
from feedback.survey.kinds import is_blank
from feedback.survey.local import with_local
from feedback.survey.questionnaire import EXPERT, Instrument
from feedback.survey.respondent import organisation_named, respondent_of
from feedback.survey.routing import offered
from feedback.survey.setting import FOIL_PREFIX, Setting, Subject, choose_setting
from feedback.survey.subjects import subject_of
from feedback.survey.submission import Slip, Submission, answers_of, check_answers, setting_for
from feedback.survey.text import say
from feedback.survey.wording import slip_text

FIELDS = ("survey", "key", "version", "language", "about", "month", "organisation", "role", "answers")
MAXIMUM_BYTES = 2_000_000_000  # unpacked
MAXIMUM_LINES = 5_000_000
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_LISTED = 12  # of what is allowed, in a message


@dataclass(frozen=True)
class Asking:
    """A survey as documents may answer it. instrument: with its local questions, and every declared skill to be rated,
    whichever a form would have drawn. months: the first and the last an answer may be of; it is of the last when it
    does not say."""

    survey: Survey
    instrument: Instrument
    subjects: tuple[Subject, ...]
    months: tuple[str, str]


@dataclass(frozen=True)
class Taken:
    """A document that passed. line: where it stands. response: as it is kept. endorsements: credential -> what was said
    about standing behind it, kept apart from the response. again: an equal document of the same key stands before."""

    line: int
    response: StoredResponse
    endorsements: Mapping[str, str]
    again: bool = False


def survey_as_asked(
    survey: Survey, instruments: Mapping[str, Instrument], catalogue: Catalogue, moment: datetime
) -> Asking | str:
    """A survey as documents may answer it at a moment, or the sentence why it takes none."""
    core = instruments.get(survey.instrument)
    if core is None or core.import_only:
        return "holds rows of a file, not of a form; bring such rows by: feedback import ratings, or comments."
    if survey.version != core.version:
        return (
            f"asks version {survey.version} of {core.id}; answers to version {core.version} are taken. Open a new one."
        )
    if moment < survey.opens:
        return f"opens at {survey.opens:%Y-%m-%d %H:%M} UTC; nobody can have answered it yet."
    try:
        instrument = with_local(core, survey.local_questions)
    except Refused as refused:
        return f"has questions of its own that do not fit any more ({'; '.join(map(str, refused.problems))})."
    every = tuple(replace(each, maximum_items=None) if each.items_from else each for each in instrument.questions)
    ended = survey.closes if survey.closes and survey.closes < moment else moment
    months = month_of(survey.opens, survey.zone), month_of(ended, survey.zone)
    return Asking(survey, replace(instrument, questions=every), _subjects(survey.credentials, catalogue), months)


def _subjects(slugs: Sequence[str], catalogue: Catalogue) -> tuple[Subject, ...]:
    skills = {each.slug: each.title for each in catalogue["skills"] if isinstance(each, Skill)}
    programmes = {each.slug: each.title for each in catalogue["programmes"] if isinstance(each, Programme)}
    known = {each.slug: each for each in catalogue["credentials"] if isinstance(each, Credential)}
    return tuple(subject_of(one, programmes, skills) for one in (known[slug] for slug in slugs if slug in known))


@dataclass
class Documents:
    """Turns the lines of one file into responses; what is wrong with them goes to `problems`.

    surveys: as asked, or why not, by slug. reviewers, organisations: who is known; `made` are organisations that are
    named for the first time, by slug. left_out: answers to questions that are not asked where these others are given.
    """

    problems: Problems
    surveys: Mapping[str, Asking | str]
    reviewers: Names
    organisations: Names
    made: dict[str, Organisation] = field(default_factory=dict)
    lines: int = 0
    left_out: int = 0
    _before: Counter[bytes] = field(default_factory=Counter)
    _keyed: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def read(self, lines: Iterable[str], told: Callable[[int], None]) -> Iterator[Taken]:
        """A response for each line that holds one; blank lines are skipped. told: called with each number of lines."""
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            self.lines += 1
            told(self.lines)
            if self.lines > MAXIMUM_LINES:
                self.problems.stop(f"more than {MAXIMUM_LINES:,} documents; split the file.", number)
            document = self._document(number, line)
            taken = self._taken(number, document) if document is not None else None
            if taken is not None:
                yield taken

    def _document(self, line: int, text: str) -> dict[str, Any] | None:
        try:
            document = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            if self.lines == 1:
                self.problems.stop(f"is not a file of one JSON document a line ({error.msg}).", line)
            self.problems.line(line, f"is not a JSON document ({error.msg}, at character {error.pos + 1}).")
            return None
        if not isinstance(document, dict):
            if self.lines == 1:
                self.problems.stop('holds no JSON document; write one a line, as {"survey": ...}, no list.', line)
            self.problems.line(line, f"found {_shown(document)}; a JSON document is needed.")
            return None
        return document

    def _taken(self, line: int, document: Mapping[str, Any]) -> Taken | None:
        before = self.problems.count

        def tell(name: str, message: str) -> None:
            self.problems.cell(line, name, message, what="field")

        for name in document:
            if name not in FIELDS:
                tell(shortened(name), f"is not known.{suggest(name[:60], FIELDS)} Known: {', '.join(FIELDS)}.")
        said = {name: self._text(document, name, tell) for name in ("survey", "key", "language", "month")}
        said |= {name: self._text(document, name, tell) for name in ("organisation", "role")}
        asking, answers = self._asking(said["survey"], tell), document.get("answers")
        if not isinstance(answers, dict):
            tell("answers", f"found {_shown(answers)}; the answers by question are needed, as {{...}}.")
        if asking is None or not isinstance(answers, dict):
            return None
        month = self._month(asking, said["month"], tell)
        reviewer = self._reviewer(asking, said["role"], tell) if asking.instrument.audience == EXPERT else None
        answers = _with_who(asking.instrument, answers, said, tell)
        if said["language"] not in asking.survey.languages:
            known = ", ".join(asking.survey.languages)
            tell("language", f'found "{shortened(said["language"])}"; the survey is asked in: {known}.')
        key = self._key(said["key"], tell)
        if self.problems.count > before:
            return None
        submission = self._checked(asking, document, answers, said, tell)
        if submission is None:
            return None
        who = respondent_of(asking.instrument, submission)
        response = StoredResponse(
            key=key,
            survey=asking.survey.slug,
            instrument=asking.instrument.id,
            version=asking.instrument.version,
            language=said["language"],
            month=month,
            about=list(submission.about),
            answers=submission.answers,
            organisation=self._organisation(organisation_named(who)),
            role=reviewer or who.role,
            receipt_hash=receipt_hash(receipt(said["key"])) if key else None,
        )
        return self._identified(line, response, said["month"], submission.records.get(ENDORSEMENT, {}), tell)

    def _text(self, document: Mapping[str, Any], name: str, tell: Callable[[str, str], None]) -> str:
        value = document.get(name)
        if value is not None and not isinstance(value, str):
            tell(name, f"found {_shown(value)}; a text is needed.")
        return value.strip() if isinstance(value, str) else ""

    def _asking(self, slug: str, tell: Callable[[str, str], None]) -> Asking | None:
        found = self.surveys.get(slug)
        if found is None:
            near = suggest(slug[:80], self.surveys)
            tell(
                "survey", f'found "{shortened(slug)}", which names no survey here.{near} Open it first: feedback open.'
            )
        elif isinstance(found, str):
            tell("survey", f'"{slug}" {found}')
        return found if isinstance(found, Asking) else None

    def _key(self, secret: str, tell: Callable[[str, str], None]) -> str:
        try:
            return response_key(secret) if secret else ""
        except FeedbackError:
            tell("key", f'found "{shortened(secret)}"; 22 to 200 letters, digits, - or _ are needed, drawn at random.')
            return ""

    def _month(self, asking: Asking, month: str, tell: Callable[[str, str], None]) -> str:
        first, last = asking.months
        if month and not (_MONTH.fullmatch(month) and first <= month <= last):
            tell("month", f'found "{shortened(month)}"; a month from {first} to {last} is needed, while it was open.')
        return month or last

    def _reviewer(self, asking: Asking, role: str, tell: Callable[[str, str], None]) -> str | None:
        slug = self.reviewers.find(role)
        if slug is None:
            near = self.reviewers.near(role) if role else ""
            tell("role", f'found "{shortened(role)}"; of a review, the short name of its reviewer is needed.{near}')
        return slug

    def _organisation(self, named: Organisation | None) -> str | None:
        if named is None:
            return None
        slug = self.organisations.find(named.name)
        if slug is None:
            slug = self.organisations.add(named.name, named.slug)
            self.made[slug] = named.model_copy(update={"slug": slug})
        return slug

    def _checked(
        self,
        asking: Asking,
        document: Mapping[str, Any],
        answers: dict[str, Any],
        said: Mapping[str, str],
        tell: Callable[[str, str], None],
    ) -> Submission | None:
        """The check of the form; what it finds wrong is told."""
        instrument, survey = asking.instrument, asking.survey
        setting = _setting(asking, document.get("about"), answers, said["key"], said["language"])
        if isinstance(setting, Setting):
            answers = _turned(instrument, answers, setting)
            result = check_answers(
                instrument,
                answers,
                survey=survey.slug,
                version=document.get("version", survey.version),
                language=said["language"],
                setting=setting,
            )
            if isinstance(result, Submission):
                kept = answers_of(instrument, result)
                self.left_out += sum(not is_blank(given) for name, given in answers.items() if name not in kept)
                return result
            setting = result
        for slip in setting:
            tell(*_worded(slip, asking, answers, document))
        return None

    def _identified(
        self,
        line: int,
        response: StoredResponse,
        month: str,
        endorsements: Mapping[str, str],
        tell: Callable[[str, str], None],
    ) -> Taken | None:
        """Under its own key, or one that follows from what it says and how many equal ones stand before it."""
        named = (response.survey, response.language, response.about, month, response.organisation, response.role)
        digest = sha256(orjson.dumps((named, response.answers, endorsements), option=orjson.OPT_SORT_KEYS)).digest()
        if not response.key:
            self._before[digest] += 1
            key = sha256(f"import|response|{digest.hex()}|{self._before[digest]}".encode()).hexdigest()[:32]
            return Taken(line, replace(response, key=key), endorsements)
        first, same = self._keyed.setdefault(response.key, (line, digest))
        if same != digest:
            tell("key", f"stands in line {first}, too, with other answers; each response has a key of its own.")
            return None
        return Taken(line, response, endorsements, again=first != line)


class Spool:
    """Checked responses in a nameless file on disk, so that a million need little memory; given back by key."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - it goes with this object
        self._places: list[tuple[str, int]] = []

    def __len__(self) -> int:
        return len(self._places)

    def add(self, response: StoredResponse) -> None:
        """Put one more aside."""
        self._places.append((response.key, self._file.tell()))
        self._file.write(orjson.dumps(vars(response)) + b"\n")

    def __iter__(self) -> Iterator[StoredResponse]:
        for _, place in sorted(self._places):
            self._file.seek(place)
            yield StoredResponse(**orjson.loads(self._file.readline()))


def _with_who(
    instrument: Instrument, answers: dict[str, Any], said: Mapping[str, str], tell: Callable[[str, str], None]
) -> dict[str, Any]:
    """The answers with who answered among them, where the document says it beside them."""
    told = dict(answers)
    for name in ("organisation", "role"):
        if not said[name] or (name == "role" and instrument.audience == EXPERT):
            continue
        question = next((each for each in instrument.questions if each.construct == name), None)
        if question is None:
            tell(name, f"the questionnaire {instrument.id} does not ask for it, so it is not kept; leave it out.")
        else:
            told.setdefault(question.id, said[name])
    return told


def _setting(
    asking: Asking, about: object, answers: Mapping[str, Any], secret: str, language: str
) -> Setting | tuple[Slip, ...]:
    """The sitting a document tells of, in which everything is asked: nobody knows what chance would have left out.

    about: what it says itself. Without it: the only credential; else those the form of that key was about; else those
    that are answered about. Which others these were compared with, the answers say.
    """
    instrument, subjects = asking.instrument, asking.subjects
    by_subject = [answers[name] for name in instrument.repeated if isinstance(answers.get(name), dict)]
    named = list(dict.fromkeys(slug for each in by_subject for slug in each))
    real = [slug for slug in named if not slug.startswith(FOIL_PREFIX)]
    if about is None:
        drawn = {each.slug for each in choose_setting(instrument, subjects, secret, language).subjects}
        if instrument.subjects == "one":
            about = [each.slug for each in subjects] if len(subjects) == 1 else []
        elif instrument.repeated and not (secret and drawn.issuperset(real)):
            about = real
    setting = setting_for(instrument, about, subjects, secret, language)
    if not isinstance(setting, Setting):
        return setting
    foil = next((each for each in instrument.foils if FOIL_PREFIX + each.id in named), None)
    if foil is not None:
        setting = replace(setting, foil=Subject(FOIL_PREFIX + foil.id, say(foil.title, language), foil=True))
    pairs = (answers.get(each.id) for each in instrument.questions if each.kind == "pair")
    compared = [slug for raw in pairs if isinstance(raw, dict) for pair in raw for slug in pair.split("|")]
    others = sorted(
        setting.others, key=lambda each: compared.index(each.slug) if each.slug in compared else len(compared)
    )
    return replace(setting, others=tuple(others), blocks=None)


def _turned(instrument: Instrument, answers: dict[str, Any], setting: Setting) -> dict[str, Any]:
    """The answers with pairs named as this sitting names them: which credential stands left is chance."""
    for question in instrument.questions:
        raw = answers.get(question.id)
        if question.kind == "pair" and question.id not in instrument.repeated and isinstance(raw, dict):
            items = set(offered(question, setting, None).items)
            turned = {pair: "|".join(reversed(pair.split("|"))) for pair in raw}
            answers = answers | {
                question.id: {turned[pair] if turned[pair] in items else pair: chosen for pair, chosen in raw.items()}
            }
    return answers


def _worded(slip: Slip, asking: Asking, answers: Mapping[str, Any], document: Mapping[str, Any]) -> tuple[str, str]:
    """Where a slip stands in its document, and what was found and is allowed."""
    about = asking.survey.credentials
    listed = _listed([each.slug for each in asking.subjects])
    whole = {
        "stale_version": (
            "version",
            f"found {_shown(document.get('version'))}; the survey asks version {asking.instrument.version}.",
        ),
        "nothing_answered": ("answers", "holds no answer."),
        "no_subject": ("about", f"say which credentials it is about, as a list. Known: {listed}."),
        "too_many_subjects": ("about", f"names more than {slip.values.get('maximum')} credentials."),
        "not_a_form": ("about", f"found {_shown(document.get('about'))}; a list of credentials is needed."),
    }
    if slip.code in whole:
        return whole[slip.code]
    if slip.code == "unknown_subject" and not slip.question:
        near = suggest(str(slip.subject), about)
        return "about", f'"{slip.subject}" is none of the survey\'s credentials.{near} Known: {listed}.'
    path = ".".join(part for part in ("answers", slip.question, slip.subject, slip.item) if part)
    if slip.code == "unknown_question":
        known = asking.instrument.by_id
        return path, f"is no question of {asking.instrument.id}.{suggest(slip.question, known)}"
    if slip.code == "unknown_subject":
        return path, f"the document is not about it, or it is asked nothing of the kind. Known: {listed}."
    found: Any = answers
    for part in (slip.question, slip.subject, slip.item):
        found = found.get(part) if part and isinstance(found, dict) else found
    if slip.code.startswith("missing"):
        return path, f"is needed.{_allowed(asking.instrument, slip.question)}"
    if slip.code == "unknown_item":
        return path, f"found {_shown(found)}. Rows: {_listed(_rows(asking, slip))}."
    words = slip_text(slip, "en") if slip.values else f"This is no answer to it ({slip.code.replace('_', ' ')})."
    return path, f"found {_shown(found)}. {words}{_allowed(asking.instrument, slip.question)}"


def _rows(asking: Asking, slip: Slip) -> list[str]:
    """The rows a question has; of credentials' skills those that are declared."""
    question = asking.instrument.by_id[slip.question]
    about = [each for each in asking.subjects if slip.subject in (None, each.slug)]
    skills = [skill for each in about for skill, _ in each.skills] if question.items_from == "skills" else []
    return [*question.item_ids, *skills]


def _allowed(instrument: Instrument, name: str) -> str:
    """The sentence saying what a question takes; empty where that is not a list."""
    question = instrument.by_id[name]
    known = [str(step) for step in question.steps] or list(question.option_ids)
    return f" Known: {_listed([*known, *question.aside_ids])}." if known else ""


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _shown(value: object) -> str:
    """A value as the file has it, shortened."""
    try:
        return "nothing" if value is None else shortened(orjson.dumps(value).decode())
    except TypeError:  # deeper than orjson writes, though not than it reads
        return "tables within tables"
