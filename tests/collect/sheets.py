"""Steps of the light form to draw, made of our own questionnaires."""

from dataclasses import replace

from feedback.collect.sheet import Sheet
from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from feedback.survey.questionnaire import Instrument
from feedback.survey.routing import asked
from feedback.survey.setting import Setting, Subject, choose_setting
from feedback.survey.steps import grouped
from tests.collect.forms import Page

INSTRUMENTS = {
    name: each for name, each in read_instruments(data_folder() / "instruments").items() if not each.import_only
}
LEARNER, EMPLOYER, EXPERT, PAIRS = (INSTRUMENTS[name] for name in ("learner", "employer", "expert", "employer_pairs"))
SKILLS = tuple((f"skill-{number}", f"A skill that is worded at some length, number {number}") for number in range(8))
SUBJECTS = tuple(
    Subject(f"a-rather-long-credential-{name}", f"A rather long credential {name}", "Issuing House", skills=SKILLS,
            facts="What it certifies, said in a sentence or two.")
    for name in "abcdef"
)  # fmt: skip


def sheet_of(instrument: Instrument, answers=None, step: int = 0, language: str = "en", **more) -> Sheet:
    subjects = SUBJECTS[:1] if instrument.subjects == "one" else SUBJECTS
    more.setdefault("setting", choose_setting(instrument, subjects, "seed", language))
    more.setdefault("reviewer", "r" if instrument.audience == "expert" else "")
    return Sheet(
        survey="s", instrument=instrument, language=language, languages=instrument.languages, answers=answers or {},
        step=step, sealed="the-seal", action="/f/s", **more,
    )  # fmt: skip


def with_everything_open(instrument: Instrument) -> Setting:
    setting = sheet_of(instrument).setting
    return replace(setting, blocks=None)


def fullest(instrument: Instrument) -> dict:
    """Answers of somebody who knows every credential, so that all their sections are drawn."""
    slugs = [each.slug for each in sheet_of(instrument).setting.subjects]
    return {
        each.id: dict.fromkeys(slugs, each.positive[0])
        for each in instrument.questions
        if each.construct == "awareness" and each.positive
    }


def steps_of(sheet: Sheet) -> list:
    return grouped(asked(sheet.instrument, sheet.answers, sheet.setting))


def attributes(page: Page, tag: str) -> list[dict[str, str]]:
    return [held for name, held in page.tags if name == tag]


def every_step(instrument: Instrument, language: str):
    sheet = sheet_of(instrument, fullest(instrument), language=language, setting=with_everything_open(instrument))
    for number, here in enumerate(steps_of(sheet)):
        yield here, replace(sheet, step=number)
