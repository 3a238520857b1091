"""What the tests of this room share: files written on the spot, and the three questionnaires for imported answers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedback.survey.questionnaire import Instrument, Question, Scale, ScaleValue, Section

RATING5 = Scale("rating5", "unipolar", tuple(ScaleValue(step, {"en": str(step)}) for step in range(1, 6)), (4, 5))


def questionnaire(name: str, audience: str, *questions: Question) -> Instrument:
    return Instrument(
        id=name,
        version=1,
        audience=audience,
        subjects="one",
        maximum_subjects=1,
        languages=("en",),
        title={"en": name},
        sections=(Section("imported", {"en": "Imported"}),),
        questions=questions,
        import_only=True,
    )


@pytest.fixture
def questionnaires() -> dict[str, Instrument]:
    """The questionnaires imported answers belong to, as small as can be."""
    rating = Question("rating", "imported", "scale", "overall", {"en": "Rating"}, scale=RATING5, positive=(4, 5))
    comment = Question("comment", "imported", "long_text", "comment", {"en": "Comment"})
    return {
        each.id: each
        for each in (
            questionnaire("imported_ratings", "employer", rating),
            questionnaire("imported_comments", "learner", comment, rating),
            questionnaire("imported_employer_comments", "employer", comment, rating),
        )
    }


@pytest.fixture
def write(tmp_path) -> Callable[[str, str], Path]:
    """Writes a text into a file of that name and gives its path."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return write
