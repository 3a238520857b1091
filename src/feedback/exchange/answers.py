"""Rows of ratings and comments into checked answers: the same check as a form's, at most once for equal answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from math import floor
from typing import Any

from feedback.catalogue.reading import CONTROL, Names, folded, read_number, shortened, slug_for
from feedback.errors import FeedbackError, suggest
from feedback.exchange.csv_files import Problems
from feedback.exchange.formulas import unguarded
from feedback.exchange.mapping import AUDIENCES, LANGUAGE, MONTH, Bound
from feedback.survey.questionnaire import Instrument
from feedback.survey.setting import Setting, Subject
from feedback.survey.submission import Slip, Submission, check_answers

RATINGS = "imported_ratings"
COMMENTS = {"learner": "imported_comments", "employer": "imported_employer_comments"}
RATING, COMMENT = "rating", "comment"  # the questions of these instruments
LONGEST_NAME = 200  # leaves room for a title around it
UNDETERMINED = "und"  # ISO 639-2 for "we don't know"


@dataclass(frozen=True, slots=True)
class Answered:
    """A row that passed. credential, organisation: slugs ("" for no organisation). language: a code, "" not known.

    month: "2025-03", or "" when the file does not say. text, rating: what was said, on our scale.
    answers: the same as a response keeps it; equal ratings share one.
    """

    instrument: str
    credential: str
    organisation: str
    language: str
    month: str
    text: str
    rating: int | None
    answers: dict[str, Any]

    def digest(self) -> bytes:
        """What tells two rows apart, whatever file they stand in and whatever shape the answers are kept in."""
        who = (self.instrument, self.credential, self.organisation, self.language, self.month)
        return sha256(repr((*who, self.text, self.rating)).encode("utf-8")).digest()


@dataclass
class Directory:
    """Finds credentials, or organisations, by what a file calls them, and makes what is missing if it may.

    prefix: begins the slugs of what is made. title: how it is called, with {value} for the file's word.
    cells: what a cell as it stands in the file led to, so that of a million rows each different cell is read once.
    """

    what: str
    names: Names
    create: bool = False
    prefix: str = ""
    title: str = "{value}"
    cells: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, str | None] = field(default_factory=dict)

    def find(self, value: str) -> str | None:
        """The slug of what the file calls so; None when nothing is called so and nothing may be made."""
        if value not in self._seen:
            self._seen[value] = self._find(value)
        return self._seen[value]

    def missing(self, value: str) -> str:
        """The sentence for what is not found."""
        near = self.names.near(value)
        found = f'found "{shortened(value)}", which names no {self.what} here'
        return f"{found}.{near} Import it first, or write create_missing = true in the map."

    def _find(self, value: str) -> str | None:
        title = self.title.replace("{value}", value)
        slug = f"{self.prefix}{slug_for(value if self.prefix else title, self.what)}"[:80]
        # "C++" and "C#" make one slug; only a slug that says all of the value may be taken for it.
        whole = self.prefix and folded(value).replace(" ", "-") == slug.removeprefix(self.prefix)
        known = (self.names.find(slug) if whole else None) or self.names.find(title) or self.names.find(value)
        return known or (self.names.add(title, slug) if self.create else None)


@dataclass
class Reader:
    """Turns rows of one file into answers; what is wrong with them goes to `problems`.

    left_out: rows with nothing in them. rounded: scores that fell between two steps of our scale.
    """

    bound: Bound
    problems: Problems
    instruments: Mapping[str, Instrument]
    credentials: Directory
    organisations: Directory
    left_out: int = 0
    rounded: int = 0
    _steps: dict[tuple[str, str], tuple[int, bool]] = field(default_factory=dict)
    _checked: dict[tuple[str, str, int], dict[str, Any] | tuple[Slip, ...]] = field(default_factory=dict)

    def ratings(self, rows: Iterable[tuple[int, list[str]]]) -> Iterable[Answered]:
        """One rating a row: who rated (rater) what (item) how (score)."""
        item_at, rater_at, score_at = (self.bound.places[name] for name in ("item", "rater", "score"))
        month_of = self._months()
        for line, cells in rows:
            before = self.problems.count
            credential = self._named(line, "item", cells[item_at], self.credentials)
            organisation = self._named(line, "rater", cells[rater_at], self.organisations)
            value = self._score(line, "score", cells[score_at], self._instrument(RATINGS))
            month = month_of(line, cells)
            if value is None and self.problems.count == before:
                self._cell(line, "score", self._needed(cells[score_at]))
            if self.problems.count > before or value is None:
                continue
            answers = self._check(line, RATINGS, credential, {RATING: value})
            if answers is not None:
                yield Answered(RATINGS, credential, organisation, "", month, "", value, answers)

    def comments(self, rows: Iterable[tuple[int, list[str]]]) -> Iterable[Answered]:
        """One comment a row, a rating, or both; rows with neither are left out and counted."""
        month_of = self._months()
        for line, cells in rows:
            before = self.problems.count
            text = unguarded(self._of(cells, "text"))
            audience = self._audience(line, cells)
            score = self._of(cells, "rating")
            if not text.strip() and not score.strip():
                self.left_out += 1
                continue
            instrument = self._instrument(COMMENTS[audience])
            value = self._score(line, "rating", score, instrument)
            named = self._of(cells, "credential").strip()
            credential = self._named(
                line, "credential", named or self.bound.text("credential_default"), self.credentials
            )
            employer = self._of(cells, "organisation").strip() if audience == "employer" else ""
            organisation = self._named(line, "organisation", employer, self.organisations) if employer else ""
            language, month = self._language(line, cells), month_of(line, cells)
            if self.problems.count > before:
                continue
            raw = {COMMENT: text} if text.strip() else {}
            answers = self._check(line, instrument.id, credential, raw | ({RATING: value} if value is not None else {}))
            if answers is not None:
                yield Answered(instrument.id, credential, organisation, language, month, text.strip(), value, answers)

    def _of(self, cells: list[str], name: str) -> str:
        place = self.bound.places.get(name)
        return "" if place is None else cells[place]

    def _cell(self, line: int, name: str, message: str) -> None:
        self.problems.cell(line, self.bound.names.get(name, name), message)

    def _named(self, line: int, name: str, cell: str, directory: Directory) -> str:
        if cell in directory.cells:
            return directory.cells[cell]
        value = unguarded(cell).strip()
        if not value:
            self._cell(line, name, f"is empty; the {directory.what} is needed.")
        elif len(value) > LONGEST_NAME or CONTROL.search(value) or "\n" in value:
            self._cell(
                line, name, f'found "{shortened(value)}"; a name is one line of up to {LONGEST_NAME} characters.'
            )
        else:
            slug = directory.find(value)
            if slug is not None:
                directory.cells[cell] = slug
                return slug
            self._cell(line, name, directory.missing(value))
        return ""

    def _score(self, line: int, name: str, cell: str, instrument: Instrument) -> int | None:
        """The step of our scale nearest to the score, half a step upwards; None for an empty cell, or a slip told."""
        if (instrument.id, cell) in self._steps:
            step, exactly = self._steps[instrument.id, cell]
            self.rounded += not exactly
            return step
        if not cell.strip():
            return None
        (low, high), scale, number = self.bound.map.scale, instrument.by_id[RATING].scale, read_number(cell)
        if number is None or not low <= number <= high or scale is None:
            self._cell(line, name, self._needed(cell))
            return None
        exact = scale.lowest + (number - low) / (high - low) * (scale.highest - scale.lowest)
        step = floor(exact + 0.5 + 1e-9)
        exactly = abs(exact - step) <= 1e-6
        self._steps[instrument.id, cell] = step, exactly
        self.rounded += not exactly
        return step

    def _needed(self, cell: str) -> str:
        low, high = self.bound.map.scale
        return f'found "{shortened(cell)}"; a number from {low:g} to {high:g} is needed.'

    def _months(self) -> Any:
        """A function from a row to its month."""
        place, default = self.bound.places.get("month"), self.bound.text("month_default")
        known: dict[str, str] = {}

        def month_of(line: int, cells: list[str]) -> str:
            cell = cells[place].strip() if place is not None else ""
            if cell not in known:
                found = MONTH.fullmatch(cell or default)
                if cell and not found:
                    self._cell(line, "month", f'found "{shortened(cell)}"; a month is needed, written as 2025-03.')
                    return ""
                known[cell] = found[1] if found else ""
            return known[cell]

        return month_of

    def _audience(self, line: int, cells: list[str]) -> str:
        cell = self._of(cells, "audience").strip() or self.bound.text("audience", "learner")
        if cell in AUDIENCES:
            return cell
        known = ", ".join(AUDIENCES)
        self._cell(line, "audience", f'found "{shortened(cell)}".{suggest(cell[:60], AUDIENCES)} Known: {known}.')
        return AUDIENCES[0]

    def _language(self, line: int, cells: list[str]) -> str:
        words = self.bound.map.words
        cell = self._of(cells, "language").strip()
        code = words.get(cell, cell) if cell else self.bound.text("language_default")
        if code and not LANGUAGE.fullmatch(code):
            self._cell(
                line,
                "language",
                f'found "{shortened(cell)}", which is no language code such as en or pt-BR; '
                f'say what it means in the map: language_values = {{ "{shortened(cell, 20)}" = "en" }}.',
            )
        return "" if code == UNDETERMINED else code

    def _instrument(self, name: str) -> Instrument:
        if name not in self.instruments:
            raise FeedbackError(f'There is no instrument "{name}". Known: {", ".join(sorted(self.instruments))}.')
        return self.instruments[name]

    def _check(self, line: int, name: str, credential: str, raw: dict[str, Any]) -> dict[str, Any] | None:
        """The answers as they are kept, or None and the slips told. Equal ratings of a credential are checked once."""
        if COMMENT in raw:
            result = self._judged(name, credential, raw)
        else:
            known = (name, credential, raw[RATING])
            if known not in self._checked:
                self._checked[known] = self._judged(name, credential, raw)
            result = self._checked[known]
        if isinstance(result, dict):
            return result
        columns = {COMMENT: "text", RATING: "rating" if name != RATINGS else "score"}
        for slip in result:
            self._cell(line, columns.get(slip.question, slip.question), _worded(slip))
        return None

    def _judged(self, name: str, credential: str, raw: dict[str, Any]) -> dict[str, Any] | tuple[Slip, ...]:
        instrument = self._instrument(name)
        shaped = {
            question: {credential: value} if question in instrument.repeated else value
            for question, value in raw.items()
        }
        setting = Setting((Subject(credential, credential),))
        result = check_answers(instrument, shaped, survey="", version=instrument.version, language="", setting=setting)
        return result.answers if isinstance(result, Submission) else result


def _worded(slip: Slip) -> str:
    """A slip in the words of a file's problem."""
    if slip.code == "too_long":
        values = slip.values
        return f"is {values['length']:,} characters long; at most {values['maximum']:,} are kept."
    if slip.code == "bad_characters":
        return "holds a character that cannot be kept (NUL or half of a surrogate pair)."
    if slip.code == "nothing_answered":
        return "holds no readable text."
    return f"is not accepted ({slip.code.replace('_', ' ')})."
