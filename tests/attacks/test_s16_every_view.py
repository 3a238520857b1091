"""S16, S17: random institutions, what their learners said in every choice, solved together: nothing small follows."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from feedback.disclosure import Limits
from feedback.findings.attacking import attack
from tests.attacks.test_s16_s17_subtraction import BLANK, institution, rated

LIMITS = Limits()
few = st.integers(0, 9)
steps = st.lists(few, min_size=5, max_size=5)
voices = st.lists(few, min_size=4, max_size=4)
ANSWERED = (
    "answers", "learner_scales", "worth", "runs", "dropout", "localisation", "topics", "what_to_change", "comments",
)  # fmt: skip
"""The findings these institutions have answers to."""
SAID = ((True, False), (False, True), (True, True), (False, False))


def one_credential(slug: str, drawn: dict) -> tuple[list[dict], list[tuple]]:
    """What was answered and written about a credential: a scale, the verdict by run, why some left, a wish, a topic."""
    rows = rated(slug, drawn["steps"], drawn["aside"])
    rows += rated(slug, drawn["worth"], survey=f"run-{slug}", question="worth", construct="overall")
    left = {"credential": slug, "instrument": "dropout", "question": "reason", "construct": "dropout_reason"}
    left |= {"kind": "one", "scale": ""}
    rows += [BLANK | left | {"item": item, "people": n} for item, n in zip("xyz", drawn["left"], strict=True) if n]
    wish = {"credential": slug, "question": "localisation", "construct": "localisation", "kind": "several", "scale": ""}
    most = max(drawn["wished"])
    rows += [BLANK | wish | {"item": "", "people": most + drawn["content"]}] * (most + drawn["content"] > 0)
    wished = zip(("language", "subtitles"), drawn["wished"], strict=True)
    rows += [BLANK | wish | {"item": item, "people": n} for item, n in wished if n]
    rows += [BLANK | wish | {"item": "no", "people": drawn["content"]}] * (drawn["content"] > 0)
    said = [(slug, "pace", *meant, n) for meant, n in zip(SAID, drawn["voices"], strict=True) if n]
    wrote = sum(drawn["voices"]) + drawn["aside"]
    return rows, [*said, *[(slug, "", False, False, wrote)] * (wrote > 0)]


credentials = st.fixed_dictionaries(
    {
        "steps": steps,
        "aside": few,
        "worth": steps,
        "left": st.lists(few, min_size=3, max_size=3),
        "wished": st.lists(few, min_size=2, max_size=2),
        "content": few,
        "voices": voices,
    }
)


@pytest.mark.parametrize("examples", [2, pytest.param(50, marks=pytest.mark.soak)])
def test_s16_s17_nothing_small_follows_from_everything_that_learners_said(examples):
    @settings(max_examples=examples, deadline=None, phases=[Phase.explicit, Phase.generate])
    @given(st.tuples(credentials, credentials, credentials))
    def nothing_follows(drawn):
        rows, topics = [], []
        for slug, each in zip("abc", drawn, strict=True):
            answers, said = one_credential(slug, each)
            rows, topics = rows + answers, topics + said
        found = attack(institution(rows, topics, slugs="abc"), LIMITS, findings=ANSWERED)
        assert found.apart == 0
        assert found.solved == ()

    nothing_follows()
