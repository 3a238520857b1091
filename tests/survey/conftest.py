"""A small questionnaire written out in full, and the sittings it is put in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedback.survey.instrument import Instrument, read_instrument
from feedback.survey.setting import Setting, Subject

SCALES = """
languages = ["en", "de"]

[[asides]]
id = "dont_know"
label = { en = "I don't know", de = "Weiß nicht" }

[[asides]]
id = "not_seen"
label = { en = "Not seen", de = "Nicht gesehen" }

[[scales]]
id = "agree3"
kind = "unipolar"
positive = [3]
asides = ["dont_know"]
values = [
  { value = 1, label = { en = "no", de = "nein" } },
  { value = 2, label = { en = "so so", de = "teils" } },
  { value = 3, label = { en = "yes", de = "ja" } },
]

[[scales]]
id = "pace3"
kind = "bipolar"
positive = [2]
values = [
  { value = 1, label = { en = "slow", de = "langsam" } },
  { value = 2, label = { en = "right", de = "richtig" } },
  { value = 3, label = { en = "fast", de = "schnell" } },
]
"""

EMPLOYER = """
id = "employer"
version = 2
audience = "employer"
subjects = "several"
maximum_subjects = 2
languages = ["en", "de"]
title = { en = "Rating", de = "Bewertung" }

[[foils]]
id = "invented"
title = { en = "Invented badge", de = "Erfundener Badge" }

[[sections]]
id = "profile"
title = { en = "You", de = "Sie" }

[[sections]]
id = "value"
repeat = "subject"
title = { en = "About {credential}", de = "Zu {credential}" }

[[sections]]
id = "endorse"
repeat = "subject"
title = { en = "Standing behind it", de = "Dafür einstehen" }
show_if = { question = "trust", at_least = 3 }

[[sections]]
id = "together"
title = { en = "Together", de = "Zusammen" }

[[questions]]
id = "role"
section = "profile"
kind = "one"
construct = "role"
required = true
options = [
  { id = "hiring", label = { en = "Hiring", de = "Einstellung" } },
  { id = "recruiter", label = { en = "Recruiter", de = "Vermittlung" } },
]
text = { en = "Your role", de = "Ihre Rolle" }

[[questions]]
id = "known"
section = "value"
kind = "one"
construct = "awareness"
required = true
positive = ["heard", "met"]
options = [
  { id = "never", label = { en = "Never heard of it", de = "Nie gehört" } },
  { id = "heard", label = { en = "Heard of it", de = "Gehört" } },
  { id = "met", label = { en = "Met a holder", de = "Inhaber getroffen" } },
]
text = { en = "Before today, {credential} was", de = "Vor heute war {credential}" }

[[questions]]
id = "trust"
section = "value"
kind = "scale"
scale = "agree3"
construct = "trust"
required = true
text = { en = "We trust it", de = "Wir vertrauen ihm" }
show_if = { question = "known", not_in = ["never"] }

[[questions]]
id = "performance"
section = "value"
kind = "grid"
scale = "agree3"
items = "skills"
maximum_items = 2
aside = ["not_seen"]
construct = "skill_performance"
text = { en = "Holders can do this", de = "Inhaber können das" }
show_if = { any = [ { question = "known", is = ["met"] }, { question = "role", is = ["recruiter"] } ] }

[[questions]]
id = "change"
section = "value"
kind = "long_text"
construct = "change"
polarity = "negative"
text = { en = "What would make it count?", de = "Was müsste sich ändern?" }
show_if = { question = "trust", at_most = 1 }

[[questions]]
id = "stand"
section = "endorse"
kind = "one"
construct = "endorsement"
record = "endorsement"
options = [
  { id = "no", label = { en = "No", de = "Nein" } },
  { id = "yes", label = { en = "Yes", de = "Ja" } },
]
text = { en = "Would you stand behind it?", de = "Würden Sie dafür einstehen?" }

[[questions]]
id = "pairs"
section = "together"
kind = "pair"
options = "pairs"
construct = "preference"
text = { en = "Whom would you invite?", de = "Wen würden Sie einladen?" }

[[questions]]
id = "bundle"
section = "together"
kind = "best_worst"
options = "bundles"
construct = "bundle"
text = { en = "Which is worth most?", de = "Was ist am meisten wert?" }

[[questions]]
id = "weeks"
section = "together"
kind = "number"
minimum = 1
maximum = 104
aside = ["dont_know"]
construct = "weeks_ideal"
unit = { en = "weeks", de = "Wochen" }
text = { en = "Ideal length", de = "Ideale Länge" }

[[questions]]
id = "benefits"
section = "together"
kind = "several"
maximum = 2
construct = "benefits"
options = [
  { id = "network", label = { en = "Network", de = "Netzwerk" } },
  { id = "pay", label = { en = "Pay", de = "Lohn" } },
  { id = "speed", label = { en = "Speed", de = "Tempo" } },
]
text = { en = "Benefits", de = "Nutzen" }

[[questions]]
id = "order"
section = "together"
kind = "ranking"
construct = "order"
options = [
  { id = "a", label = { en = "A", de = "A" } },
  { id = "b", label = { en = "B", de = "B" } },
]
text = { en = "Order", de = "Reihenfolge" }

[[questions]]
id = "word"
section = "together"
kind = "short_text"
construct = "about_survey"
owner_only = true
text = { en = "A word on this survey", de = "Ein Wort zur Umfrage" }
"""

DATA = Subject("data", "Data badge", "Uni", "Data school", 10, (("sql", "SQL"), ("plots", "Plots"), ("stats", "Stats")))
CLOUD = Subject("cloud", "Cloud certificate", "Uni", "Data school", 12.5, (("linux", "Linux"),))
DESIGN = Subject("design", "Design bootcamp", "Uni")
INVENTED = Subject("foil:invented", "Invented badge", "Uni", foil=True)


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Instrument]:
    """Reads an instrument from the text of its file, called employer.toml."""

    def read_text(text: str, scales: str = SCALES) -> Instrument:
        (tmp_path / "scales.toml").write_text(scales, encoding="utf-8")
        path = tmp_path / "employer.toml"
        path.write_text(text, encoding="utf-8")
        return read_instrument(path)

    return read_text


@pytest.fixture(scope="session")
def employer(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    """The small questionnaire above, read."""
    folder = tmp_path_factory.mktemp("instruments")
    (folder / "scales.toml").write_text(SCALES, encoding="utf-8")
    (folder / "employer.toml").write_text(EMPLOYER, encoding="utf-8")
    return read_instrument(folder / "employer.toml")


@pytest.fixture
def text() -> str:
    """The small questionnaire as it stands in its file."""
    return EMPLOYER


@pytest.fixture(scope="session")
def two() -> Setting:
    """A sitting about two credentials, with a foil and one more to compare with."""
    return Setting((DATA, CLOUD), INVENTED, (DESIGN,), "seed")


@pytest.fixture(scope="session")
def one() -> Setting:
    """A sitting about one credential, with no other in the survey."""
    return Setting((DATA,), seed="seed")
