"""The contents page: every question we answer, with its analysis, its chart and its caution. Pages, files and tests
loop over it."""

from collections.abc import Mapping
from types import MappingProxyType

from feedback.findings import (
    answers,
    change,
    comments,
    coverage,
    experts,
    flags,
    forms,
    learners,
    learning,
    market,
    runs,
    value,
)
from feedback.findings.work import Finding

_ALL = (
    Finding(
        id="credential_value",
        question="Which credentials do employers value?",
        caution=(
            "Each credential's place is its average on the recognition ladder among employers aware of it, with the "
            "kindness or severity of each organisation taken out (whoever names none counts as a rater of their own in "
            "each rating) and drawn toward the overall level where few have "
            "answered (a crossed random-effects model, variances by REML). Thick bar: 50%, thin line: 90% interval. "
            "Credentials of one tier cannot be told apart. Who chose to answer may differ from those who did not."
        ),
        work=value.work_value,
        audiences=("employer",),
        measures=value.VALUE_MEASURES,
        say=value.say_value,
        display=value.display_value,
        draw=value.draw_value,
        span=4.0,
    ),
    Finding(
        id="recognition",
        question="How well are they known, and do those who know them count them?",
        caution=(
            "Awareness is the share of asked employers who had heard of the credential before. Recognition is the mean "
            "step (0-4) among those aware, never shown without awareness; 90% intervals (Wilson; t on the mean). "
            "Who rates several credentials counts once for each."
        ),
        work=value.work_recognition,
        audiences=("employer",),
        measures=value.RECOGNITION_MEASURES,
        say=value.say_recognition,
        display=value.display_recognition,
        draw=value.draw_recognition,
        span=4.0,
    ),
    Finding(
        id="skills",
        question="Which skills do employers need, and how do holders perform?",
        caution=(
            "Share of employers who call a skill important or essential, against the share who see holders perform it "
            "well. “Not required here” and “have not seen” are set aside. Boxes are 90% intervals; the cross-hairs are "
            "fixed at one half."
        ),
        work=value.work_skills,
        audiences=("employer",),
        measures=value.SKILL_MEASURES,
        say=value.say_skills,
        display=value.display_skills,
        draw=value.draw_skills,
        interval=("need_low", "need_high"),
    ),
    Finding(
        id="worth",
        question="Was it worth the learners' time?",
        caution="Share of learners who agree that it was worth the time it took, with its 90% Wilson interval.",
        work=learning.work_worth,
        audiences=("learner",),
        measures=learning.WORTH_MEASURES,
        say=learning.say_worth,
        display=learning.display_worth,
        draw=learning.draw_worth,
    ),
    Finding(
        id="learner_scales",
        question="How did learners answer each question?",
        caution=(
            "Each bar is the distribution of answers around the middle; the percentage is the share of positive "
            "answers (the top two; of “how long” and “how fast” the middle). “Does not apply” stands apart. "
            "Neighbouring steps are joined where single ones stand for too few."
        ),
        work=learning.work_scales,
        audiences=("learner",),
        measures=learning.MEASURES,
        say=learning.say_scales,
        display=learning.display_scales,
        draw=learning.draw_scales,
        keys=("steps",),
    ),
    Finding(
        id="employer_scales",
        question="What do employers trust, and what has it led to?",
        caution=(
            "Each bar is the distribution of employers' answers around the middle; the percentage is the share of "
            "positive answers (of “how deep” the middle; of what it led to, at least one in the last 12 months). "
            "“Don't know” stands apart. Neighbouring steps are joined where single ones stand for too few."
        ),
        work=learning.work_employer_scales,
        audiences=("employer",),
        measures=learning.MEASURES,
        say=learning.say_scales,
        display=learning.display_scales,
        draw=learning.draw_scales,
        keys=("steps",),
    ),
    Finding(
        id="what_to_change",
        question="What should change first?",
        caution=(
            "Every line is the share of those asked for whom something falls short: learners who do not rate it "
            "positively, people who ask for it in a comment, employers who need a skill and do not see it performed. "
            "Lines are ordered by the lower end of the 90% interval, so that few answers alone put nothing first. "
            "It says what people are discontent with, not what causes their verdict. A person counts once for each "
            "credential they speak about; who left early or looks back after six months is not among them."
        ),
        work=change.work_change,
        audiences=("learner", "employer"),
        measures=change.MEASURES,
        say=change.say_change,
        display=change.display_change,
        draw=change.draw_change,
        listed=True,
    ),
    Finding(
        id="topics",
        question="What do people write about?",
        caution=(
            "Topics are found by word lists you can read and mend (data/topics); a person counts once for a topic of a "
            "credential. "
            "Critical or appreciative comes from the question where it says so, else from the words of the clause, in "
            "English only: other languages are counted as not scored, never as neutral. A part of fewer than the "
            "minimum is left out, and so are others that would give it away."
        ),
        work=comments.work_topics,
        audiences=("learner", "employer"),
        measures=comments.TOPIC_MEASURES,
        say=comments.say_topics,
        display=comments.display_topics,
        draw=comments.draw_topics,
        listed=True,
    ),
    Finding(
        id="comments",
        question="What do they say, in their own words?",
        caution=(
            "E-mail addresses, links, telephone and long numbers and titled names are masked by a program; nobody has "
            "reviewed these comments yet. The reading of tone is a signal, not a verdict: it misses about three in "
            "ten critical comments. The list is a part of what was published where there is more than fits; the "
            "numbers of people do not come from it."
        ),
        work=comments.work_list,
        measures=comments.LIST_MEASURES,
        say=comments.say_list,
        display=comments.display_list,
        listed=True,
    ),
    Finding(
        id="runs",
        question="How did each run go, and did it get better?",
        caution=(
            "Completed: of those who started, by the institution's own figures. Worth it: of the learners who answered "
            "that run's survey, so of another group. Lines are 90% Wilson intervals; a change is named only where two "
            "intervals do not meet, and more than the course may have changed between two runs. Runs with too few "
            "people are not shown, and now and then one more, so that nobody can work the hidden one out."
        ),
        work=runs.work_runs,
        audiences=("learner",),
        measures=runs.MEASURES,
        say=runs.say_runs,
        display=runs.display_runs,
        draw=runs.draw_runs,
        keys=runs.WEEKS,
    ),
    Finding(
        id="experts",
        question="What do the expert reviewers say?",
        caution=(
            "Two experts or more judge each criterion from 0 to 3 by written anchors, each alone: nothing shows before "
            "two have handed in. They sign what they say, so the minimum for anonymous groups is not for them. Marks "
            "two or more apart are to be talked over, not averaged. Agreement is weighted kappa with quadratic weights "
            "over the criteria. A declared tie stands beside the whole review: reviews are counted without saying "
            "which mark is whose. Changes show in the reviewers' words as long as there was one round. Experts are "
            "a third witness beside learners and employers and enter no score of theirs."
        ),
        work=experts.work_experts,
        audiences=("expert",),
        measures=experts.MEASURES,
        say=experts.say_experts,
        display=experts.display_experts,
        draw=experts.draw_experts,
    ),
    Finding(
        id="market",
        question="What is wanted and rarely offered?",
        caution=(
            "The newest figures brought in of each source. Sources count different things, so each topic is given its "
            "place among the others of the same source: the share of the others below it. The cross-hairs are the "
            "middle. It says what employers or searchers ask for at large, not what your own partners value."
        ),
        work=market.work_market,
        audiences=(),
        measures=(),
        say=market.say_market,
        display=market.display_market,
        draw=market.draw_market,
        published=True,
    ),
    Finding(
        id="coverage",
        question="Whom have we heard, and whom should we ask next?",
        caution=(
            "Sectors are those the catalogue says a credential aims at, against those of the employers whose answers "
            "are published; which occupations they fill we do not ask, so these stand in the table only. A cell shows "
            "once enough people from enough organisations have been heard; until then it may stand for nobody or for a "
            "few, which is not told. Numbers are rounded down to a multiple of five. Who speaks of several credentials "
            "counts once for each."
        ),
        work=coverage.work_coverage,
        audiences=("employer",),
        measures=(),
        roles=True,
        keys=coverage.KEYS,
        say=coverage.say_coverage,
        display=coverage.display_coverage,
        draw=coverage.draw_coverage,
    ),
    Finding(
        id="funnel",
        question="How far do people get with the forms?",
        caution=(
            "Counted at the form, apart from all answers, without a time and without who: nothing joins these counts "
            "with what somebody said. Rounded down to a multiple of five, and nothing below five, so that nobody can "
            "watch one person come and go. Forms are counted, not people: who opens one on two devices counts twice, "
            "and some openings are those of programs that check links. Whoever has fewer questions comes to fewer "
            "steps, and has not left. A few counts are lost when a server stops hard."
        ),
        work=forms.work_funnel,
        audiences=(),
        measures=forms.MEASURES,
        forms=True,
        keys=("step",),
        listed=True,
        say=forms.say_funnel,
        display=forms.display_funnel,
        draw=forms.draw_funnel,
    ),
    Finding(
        id="minutes",
        question="How long do the forms take?",
        caution=(
            "Measured from opening a form to sending it, of those who sent it; whoever goes away and comes back after "
            "three hours or more is left out. Kept in steps of ten seconds, apart from all answers. Told to the half "
            "minute; numbers of forms are rounded down to a multiple of five."
        ),
        work=forms.work_minutes,
        audiences=(),
        measures=forms.TIMES,
        forms=True,
        say=forms.say_minutes,
        display=forms.display_minutes,
        draw=forms.draw_minutes,
    ),
    Finding(
        id="dropout",
        question="Why did people leave?",
        caution=(
            "Of those who left early and told us why; a person may name several reasons. Most who leave do not answer, "
            "so take it as a pointer. These answers are kept out of all averages of those who finished. 90% Wilson "
            "intervals. A reason too few named is not told, nor others that would give it away."
        ),
        work=learners.work_dropout,
        audiences=("learner",),
        measures=learners.MEASURES,
        say=learners.say_dropout,
        display=learners.display_shares("Reason"),
        draw=learners.draw_shares("share of those who left and said why"),
    ),
    Finding(
        id="outcomes",
        question="What became of it after six months?",
        caution=(
            "Of those who agreed to be asked again and answered: likely those for whom it went better. What people say "
            "of work, pay and promotion; it does not show that the credential was the cause. “Does not apply” is set "
            "aside. 90% Wilson intervals."
        ),
        work=learners.work_outcomes,
        audiences=("learner",),
        measures=learners.MEASURES,
        say=learners.say_outcomes,
        display=learners.display_shares("Six months on"),
        draw=learners.draw_shares("share of those asked again"),
    ),
    Finding(
        id="localisation",
        question="Would another language or local examples have helped?",
        caution=(
            "Of the learners who answered this question at the end of the course; several wishes may be named. Shares "
            "of languages are of those who named one, and a language is listed once enough people have named it. Who "
            "never enrolled because of the language is not asked here."
        ),
        work=learners.work_localisation,
        audiences=("learner",),
        measures=learners.MEASURES,
        say=learners.say_localisation,
        display=learners.display_shares("Wish"),
        draw=learners.draw_shares("share of learners"),
        listed=True,
    ),
    Finding(
        id="answers",
        question="What was answered, question by question?",
        caution=(
            "How many people gave each answer, of those that were asked on a form or brought in. A number is left out "
            "where fewer than the minimum gave that answer, and so are others as long as it could be worked out from "
            "them and the total. Neighbouring steps of a scale are joined where single ones stand for too few. A line "
            "without a number may stand for nobody. Over the whole institution the answers about no single credential "
            "stand here, too: of pairs how often each credential was offered and chosen (each choice counts, and a "
            "person makes several), of combinations what was called best and worst. Comments have a finding of their "
            "own."
        ),
        work=answers.work_answers,
        audiences=("learner", "employer"),
        measures=answers.MEASURES,
        say=answers.say_answers,
        display=answers.display_answers,
        keys=("order", "place"),
    ),
    Finding(
        id="flags",
        question="Which answers should be read with care?",
        caution=(
            "Of grids with three rows or more, the share of people who gave every row the same answer, which is often "
            "meant; of those shown a title that does not exist, the share who knew it; of all who sent a form, who "
            "took less than two seconds an item (Huang and others, 2012), and who is one of three or more alike in a "
            "survey and month: long comments nearly word for word, or every box the same. Of that only the sign is "
            "kept, and no time. Intervals: 90% (Wilson). A sign, not a verdict: no answer is left out because of it."
        ),
        work=flags.work_flags,
        foils=True,
        measures=flags.MEASURES,
        say=flags.say_flags,
        display=flags.display_flags,
    ),
)

FINDINGS: Mapping[str, Finding] = MappingProxyType({finding.id: finding for finding in _ALL})
