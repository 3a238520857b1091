"""Whether the answers drawn say what the institution's file says is true."""

from collections import Counter, defaultdict
from statistics import mean

import pytest

from feedback.sample.comments import read_phrases
from feedback.settings import data_folder

SMALL = {"drone-surveying", "customer-service"}


def ladders(rows):
    found = defaultdict(list)
    for row in rows:
        for credential, rung in row.answers.get("ladder", {}).items():
            if isinstance(rung, int):
                found[credential].append((rung, row.organisation))
    return found


def learners(rows, question):
    found = defaultdict(list)
    for row in rows:
        if row.instrument == "learner" and isinstance(row.answers.get(question), int):
            found[row.about[0]].append(row.answers[question])
    return found


def comments(rows, question):
    return [(row, row.answers[question]) for row in rows if isinstance(row.answers.get(question), str)]


def test_employers_love_what_its_learners_hate(drawn):
    rungs = {credential: mean(rung for rung, _ in given) for credential, given in ladders(drawn).items()}
    worth = {credential: mean(given) for credential, given in learners(drawn, "worth").items()}
    assert max(rungs, key=rungs.__getitem__) == "safety-auditor"
    assert min(worth, key=worth.__getitem__) == "safety-auditor"
    assert rungs["safety-auditor"] > 3.4
    assert mean(answer >= 4 for answer in learners(drawn, "worth")["safety-auditor"]) < 0.15


def test_its_learners_complain_about_assessment_and_pace(drawn):
    assert min(learners(drawn, "assessment").items(), key=lambda item: mean(item[1]))[0] == "safety-auditor"
    assert max(learners(drawn, "pace").items(), key=lambda item: mean(item[1]))[0] == "safety-auditor"
    points = read_phrases(data_folder() / "sample" / "phrases.toml").points
    topic_of = {text: topic for (who, topic, side, _), texts in points.items() for text in texts if who == "learner"}
    named = Counter()
    for row, text in comments(drawn, "change"):
        if row.about == ["safety-auditor"]:
            named.update({topic for sentence, topic in topic_of.items() if sentence in text})
    assert {topic for topic, _ in named.most_common(2)} == {"assessment", "pace"}


@pytest.mark.parametrize("audience", ["learner", "employer"])
def test_means_come_near_the_truth_of_each_credential(institution, drawn, audience):
    for slug, truth in institution.truths.items():
        if slug in SMALL or (audience == "employer" and truth.only_organisations):
            continue
        if audience == "learner":
            assert mean(learners(drawn, "worth")[slug]) == pytest.approx(truth.learner_worth, abs=0.25)
        else:
            assert mean(rung for rung, _ in ladders(drawn)[slug]) == pytest.approx(truth.employer_value, abs=0.4)


def test_one_organisation_is_lenient_and_one_severe(drawn):
    by_organisation, everyone = defaultdict(list), ladders(drawn)
    usual = {credential: mean(rung for rung, _ in given) for credential, given in everyone.items()}
    for credential, given in everyone.items():
        for rung, organisation in given:
            by_organisation[organisation].append(rung - usual[credential])
    leaning = {organisation: mean(given) for organisation, given in by_organisation.items()}
    assert max(leaning, key=leaning.__getitem__) == "pardelune-hotels"
    assert min(leaning, key=leaning.__getitem__) == "kestrelane-mutual"


def test_awareness_comes_near_the_truth_and_few_claim_to_know_a_foil(institution, drawn):
    heard = defaultdict(list)
    for row in drawn:
        for credential, answer in row.answers.get("awareness", {}).items():
            heard["foil" if credential.startswith("foil:") else credential].append(answer != "never")
    assert 0.02 < mean(heard["foil"]) < 0.13
    for slug, truth in institution.truths.items():
        if slug not in SMALL:
            assert mean(heard[slug]) == pytest.approx(truth.awareness, abs=0.13), slug


def test_a_skill_much_needed_and_badly_done_shows(drawn):
    def average(question):
        steps = [row.answers.get(question, {}).get("web-development", {}).get("automated-testing") for row in drawn]
        return mean(step for step in steps if isinstance(step, int))

    assert average("skill_need") > 2.7
    assert average("skill_performance") < 1.5


def test_about_half_of_learners_write_and_in_the_language_of_their_form(drawn):
    people = [row for row in drawn if row.instrument == "learner"]
    writers = [row for row in people if "keep" in row.answers or "change" in row.answers]
    assert 0.4 < len(writers) / len(people) < 0.5
    shares = Counter(row.language for row in people)
    assert shares["en"] / len(people) == pytest.approx(0.80, abs=0.03)
    assert shares["es"] / len(people) == pytest.approx(0.12, abs=0.03)
    assert shares["de"] / len(people) == pytest.approx(0.08, abs=0.03)
    phrases = read_phrases(data_folder() / "sample" / "phrases.toml")
    for row, text in comments(drawn, "change"):
        if row.instrument == "learner":
            said = [texts for (*_, language), texts in phrases.points.items() if language == row.language]
            assert any(sentence in text for texts in said for sentence in texts)


def test_employers_write_too_and_in_several_languages(drawn):
    employers = [row for row in drawn if row.instrument == "employer"]
    written = [row.language for row in employers for _ in row.answers.get("change", {})]
    assert len(written) > 50
    assert set(written) == {"en", "es", "de"}


def test_some_questions_are_skipped_some_answered_aside_and_none_that_is_required(drawn, instruments):
    people = [row for row in drawn if row.instrument == "learner"]
    skipped = mean("assessment" not in row.answers for row in people)
    assert 0.01 < skipped < 0.06
    assert all("worth" in row.answers for row in people)
    asides = Counter(row.answers.get("recognition") for row in people)
    assert 0.05 < asides["dont_know"] / len(people) < 0.15


def test_what_excludes_the_rest_stands_alone(drawn):
    for row in drawn:
        for question in ("shown", "localisation"):
            ticked = row.answers.get(question) or []
            assert len(ticked) == 1 or not {"nowhere_yet", "no"} & set(ticked)


def test_who_finds_it_too_fast_wants_more_weeks(institution, drawn):
    planned = {credential.slug: credential.planned_weeks for credential in institution.credentials}
    fast = [row for row in drawn if row.answers.get("pace") in (6, 7) and row.answers.get("length") == 4]
    wanted = [row.answers["weeks_wanted"] / planned[row.about[0]] for row in fast if "weeks_wanted" in row.answers]
    assert mean(wanted) > 1.1
