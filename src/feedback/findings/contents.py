"""The contents page: every question we answer, with its analysis, its chart and its caution. Pages, files and tests
loop over it."""

from collections.abc import Mapping
from types import MappingProxyType

from feedback.findings import change, comments, learning, value
from feedback.findings.work import Finding

_ALL = (
    Finding(
        id="credential_value",
        question="Which credentials do employers value?",
        caution=(
            "Each credential's place is its average on the recognition ladder among employers aware of it, with the "
            "kindness or severity of each organisation taken out and drawn toward the overall level where few have "
            "answered (a crossed random-effects model, variances by REML). Thick bar: 50%, thin line: 90% interval. "
            "Credentials of one tier cannot be told apart. Who chose to answer may differ from those who did not."
        ),
        work=value.work_value,
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
            "step (0-4) among those aware, never shown without awareness; 90% intervals (Wilson; t on the mean)."
        ),
        work=value.work_recognition,
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
        measures=learning.MEASURES,
        say=learning.say_worth,
        display=learning.display_worth,
        draw=learning.draw_worth,
    ),
    Finding(
        id="learner_scales",
        question="How did learners answer each question?",
        caution=(
            "Each bar is the distribution of answers around the middle; the percentage is the share of positive "
            "answers (the top two; of “how long” and “how fast” the middle). “Does not apply” stands apart."
        ),
        work=learning.work_scales,
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
            "“Don't know” stands apart."
        ),
        work=learning.work_employer_scales,
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
            "It says what people are discontent with, not what causes their verdict."
        ),
        work=change.work_change,
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
            "Topics are found by word lists you can read and mend (data/topics); a person counts once for a topic. "
            "Critical or appreciative comes from the question where it says so, else from the words of the clause, in "
            "English only: other languages are counted as not scored, never as neutral."
        ),
        work=comments.work_topics,
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
            "ten critical comments."
        ),
        work=comments.work_list,
        measures=comments.LIST_MEASURES,
        say=comments.say_list,
        display=comments.display_list,
        listed=True,
    ),
)

FINDINGS: Mapping[str, Finding] = MappingProxyType({finding.id: finding for finding in _ALL})
