"""Whether the answers drawn say what the institution's file says is true."""

from collections import Counter, defaultdict
from math import sqrt
from statistics import mean

import pytest

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.splits import SECTOR
from feedback.findings.work import work_out
from feedback.sample.comments import read_phrases
from feedback.sample.loading import sample_surveys
from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from tests.findings.evidence_of import employers, evidence

SMALL = {"drone-surveying", "customer-service"}
SURVEYED = read_instruments(data_folder() / "instruments")


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


def told(institution, rows, credential, question):
    """What learners said of a credential, each with whether their run was of it as it was changed."""
    runs = {run.slug: run for run in institution.runs}
    run_of = {survey.slug: runs[survey.run] for survey in sample_surveys(institution, SURVEYED) if survey.run}
    for row in rows:
        if row.instrument == "learner" and row.about == [credential] and isinstance(row.answers.get(question), int):
            yield institution.truths[credential].changed_in(run_of[row.survey]), row.answers[question]


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
            worth = list(told(institution, drawn, slug, "worth"))
            expected = mean(truth.learner_worth + (truth.change.learner_worth if new else 0) for new, _ in worth)
            assert mean(said for _, said in worth) == pytest.approx(expected, abs=0.25)
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


def test_one_credential_is_worth_more_in_one_group_of_sectors_and_less_in_another(institution, drawn):
    slug = "data-storytelling"
    sector = {each.organisation.slug: each.organisation.sector for each in institution.employers}
    by_group = defaultdict(list)
    for rung, organisation in ladders(drawn)[slug]:
        by_group[SECTOR.group_of.get(sector[organisation], "")].append(rung)
    usual = institution.truths[slug].employer_value
    assert mean(by_group["Information and finance"]) > usual + 0.3
    assert mean(by_group["Public, education, health"]) < usual - 0.5


def test_the_map_of_sectors_names_it(institution, drawn):
    sector = {each.organisation.slug: each.organisation.sector for each in institution.employers}
    titles = {each.slug: each.title for each in institution.credentials}
    given = []
    for place, (slug, rungs) in enumerate(ladders(drawn).items()):
        steps, houses = map(list, zip(*rungs, strict=True))
        table = employers(slug, steps, first=1000 * place, houses=houses)
        given.append(table.assign(sector=table["organisation"].map(sector)))
    said = work_out(FINDINGS["groups"], evidence(*given, **titles), Choice(), Limits()).sentence
    title = titles["data-storytelling"]
    assert f"higher than elsewhere: {title} in Information and finance; " in said
    assert f"lower than elsewhere: {title} in Public, education, health." in said


def test_awareness_comes_near_the_truth_and_few_claim_to_know_a_foil(institution, drawn):
    heard = defaultdict(list)
    for row in drawn:
        for credential, answer in row.answers.get("awareness", {}).items():
            heard["foil" if credential.startswith("foil:") else credential].append(answer != "never")
    assert 0.02 < mean(heard["foil"]) < 0.13
    for slug, truth in institution.truths.items():
        if slug not in SMALL:
            spread = sqrt(truth.awareness * (1 - truth.awareness) / len(heard[slug]))
            assert mean(heard[slug]) == pytest.approx(truth.awareness, abs=0.02 + 3 * spread), slug


def test_a_skill_much_needed_and_badly_done_shows(drawn):
    def shares(question):
        given = defaultdict(list)
        for row in drawn:
            for credential, grid in row.answers.get(question, {}).items() if row.instrument == "employer" else ():
                for skill, step in grid.items():
                    given[credential, skill] += [step >= 3] if isinstance(step, int) else []
        return {place: mean(said) for place, said in given.items() if len(said) >= 20}

    need, performance = shares("skill_need"), shares("skill_performance")
    gaps = {place: need[place] - performance[place] for place in performance}
    assert max(gaps, key=gaps.__getitem__) == ("web-development", "automated-testing")
    assert gaps["web-development", "automated-testing"] > 0.6


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


def test_one_change_worked_and_one_did_not(institution, drawn):
    def before_and_since(credential, question):
        said = {
            new: [answer for one, answer in told(institution, drawn, credential, question) if one is new]
            for new in (False, True)
        }
        return mean(said[False]), mean(said[True])

    worth, pace = before_and_since("web-development", "worth"), before_and_since("web-development", "pace")
    assert worth[1] - worth[0] > 0.9
    assert pace[0] - pace[1] > 0.7
    for question in ("worth", "assessment", "pace"):
        before, since = before_and_since("machine-learning-foundations", question)
        assert abs(since - before) < 0.2


def test_a_skill_needed_today_is_not_in_three_years(drawn):
    def average(question, skill):
        given = [
            grid.get(skill)
            for row in drawn
            for grid in row.answers.get(question, {}).values()
            if row.instrument == "employer"
        ]
        return mean(step for step in given if isinstance(step, int))

    assert average("skill_need", "pivot-summaries") > 2.9
    assert average("skill_need_3y", "pivot-summaries") < 1
    assert average("skill_need_3y", "incident-response") > 3
    assert average("skill_need_3y", "footprint-estimates") - average("skill_need", "footprint-estimates") > 1


def test_what_employers_miss_most_is_what_nobody_offers(institution, drawn):
    gaps = [row.answers["gap"] for row in drawn if "gap" in row.answers]
    assert sum("AI" in gap or "KI" in gap or "IA" in gap or "language model" in gap for gap in gaps) > len(gaps) / 3
    claimed = {skill for credential in institution.credentials for skill in credential.skills}
    newest = {(figure.skill, figure.measure): figure for figure in institution.market}  # the last is the newest
    assert "ai-output-checks" not in claimed
    assert newest["ai-output-checks", "demand"].value > 1000
    assert newest["ai-output-checks", "supply"].value <= 1
    assert newest["model-training", "supply"].value > 150


def test_a_language_is_asked_for_where_one_credential_needs_it(drawn):
    wanted = defaultdict(list)
    for row in drawn:
        if row.instrument == "learner" and "localisation" in row.answers:
            wanted[row.about[0]].append("language" in row.answers["localisation"])
    shares = {credential: mean(given) for credential, given in wanted.items() if credential not in SMALL}
    assert max(shares, key=shares.__getitem__) == "heat-pumps"
    assert shares["heat-pumps"] > 0.3
    named = [
        row.answers["language_wanted"]
        for row in drawn
        if row.about == ["heat-pumps"] and "language_wanted" in row.answers
    ]
    assert all("Pol" in language for language in named)


def test_a_skill_that_no_module_teaches_was_not_covered(institution, drawn):
    missed = defaultdict(list)
    for row in drawn:
        if row.instrument == "learner":
            for skill, said in row.answers.get("skills", {}).items():
                missed[row.about[0], skill].append(said == "not_covered")
    shares = {place: mean(given) for place, given in missed.items() if len(given) > 30}
    assert [place for place, share in shares.items() if share >= 0.2] == [
        ("applied-cybersecurity", "security-reporting")
    ]
    taught = {(each.credential, each.skill) for each in institution.alignments if each.teaches}
    claimed = {(each.slug, skill) for each in institution.credentials for skill in each.skills}
    assert claimed - taught == {("applied-cybersecurity", "security-reporting")}


def test_two_reviewers_differ_by_two_steps_on_one_criterion(drawn):
    reviews, reviewers = defaultdict(list), []
    for row in drawn:
        if row.instrument == "expert":
            reviews[row.about[0]].append(row.answers)
            reviewers.append((row.about[0], row.role))
    assert {len(found) for found in reviews.values()} == {1, 2}
    assert len(set(reviewers)) == len(reviewers)
    apart = {
        (credential, question)
        for credential, found in reviews.items()
        if len(found) == 2
        for question, mark in found[0].items()
        if question != "distinct" and not question.endswith("_sure")
        if isinstance(mark, int) and isinstance(found[1].get(question), int) and abs(mark - found[1][question]) >= 2
    }
    assert apart == {("safety-auditor", "assessment_valid")}


def test_those_who_left_say_why_and_when_and_no_form_is_empty(institution, drawn):
    left = [row for row in drawn if row.instrument == "dropout"]
    planned = {credential.slug: credential.planned_weeks for credential in institution.credentials}
    assert Counter(reason for row in left for reason in row.answers.get("reason", [])).most_common(1)[0][0] == "time"
    assert all(1 <= row.answers["week"] <= planned[row.about[0]] for row in left if "week" in row.answers)
    assert all(row.answers for row in drawn)


def test_six_months_on_no_effect_on_pay_is_what_most_say(drawn):
    pay = Counter(row.answers.get("pay") for row in drawn if row.instrument == "six_months")
    assert pay.most_common(1)[0][0] == "none"


def test_pairs_in_a_minute_prefer_what_employers_value(institution, drawn):
    value = {slug: truth.employer_value for slug, truth in institution.truths.items()}
    higher = [
        value[chosen] >= max(value[one] for one in pair.split("|"))
        for row in drawn
        if row.instrument == "employer_pairs"
        for pair, chosen in row.answers["pairs"].items()
        if chosen != "same"
    ]
    assert len(higher) > 400
    assert mean(higher) > 0.75
