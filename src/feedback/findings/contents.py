"""The contents page: every question we answer, with its analysis, its chart and its caution. Pages, files and tests
loop over it."""

from collections.abc import Mapping
from types import MappingProxyType

from feedback.analysis.validation import RULE
from feedback.findings import (
    answers,
    bundles,
    calendar,
    change,
    comments,
    coverage,
    disagreement,
    drivers,
    effects,
    experts,
    flags,
    forms,
    groups,
    hiring,
    impact,
    learners,
    learning,
    left_behind,
    localising,
    market,
    pairs,
    pathways,
    portfolio,
    priorities,
    progress,
    response,
    returns,
    rising,
    rounds,
    runs,
    skills,
    suggesting,
    suggestions,
    themes,
    value,
    white_space,
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
            "answered (a crossed random-effects model, variances by REML, integrated out below 1,000 ratings). Thick "
            "bar: 50%, thin line: 90% interval. Credentials of one tier cannot be told from the first of it. What the "
            "ratings of a credential are good for goes by their reliability: below .5 nothing, up to .7 its tier, "
            "above a rank. Whether the first place hangs on five ratings is looked for one by one. Who chose to answer "
            "may differ from those who did not."
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
            "Awareness is the share of asked employers who had heard of the credential before; where enough were also "
            "shown a title that does not exist, the picture has it without the share who know whatever they are shown "
            "(as one takes out guessing). Recognition is the mean step (0-4) among those aware, never shown without "
            "awareness; 90% intervals (Wilson or beta posteriors; t on the mean). They take colleagues of one "
            "organisation for independent, and raters as they are; the ranking does neither, so its ranges of the same "
            "credential are wider and may lie elsewhere. Who rates several credentials counts once for each."
        ),
        work=value.work_recognition,
        audiences=("employer",),
        foils=True,
        measures=value.RECOGNITION_MEASURES,
        say=value.say_recognition,
        display=value.display_recognition,
        draw=value.draw_recognition,
        span=4.0,
    ),
    Finding(
        id="pairs",
        question="Which do they choose, side by side?",
        caution=(
            "The chance that a credential is chosen before one in the middle, from choices between two of them "
            "(Bradley and Terry, 1952; ties as Davidson, 1970), drawn toward one half where few have chosen. Choices "
            "of one organisation that are alike count for fewer. Whether this agrees with the recognition ladder is "
            "tested with the doubt of both (York, 1966). Only where it does, both make one picture in steps of the "
            "ladder, each weighted by what it knows, with what each says alone beside it. It has no tiers, since what "
            "the ladder knows of its credentials jointly is not in it; and what stands elsewhere by choices, beyond "
            "2.5 standard errors, has a place by each and none by both. Pairs are put to employers across the whole "
            "institution, so they cannot be told by programme. Thick bar: 50%, thin line: 90%."
        ),
        work=pairs.work_pairs,
        audiences=("employer",),
        measures=pairs.MEASURES,
        say=pairs.say_pairs,
        display=pairs.display_pairs,
        draw=pairs.draw_pairs,
        interval=("chosen_low", "chosen_high"),
    ),
    Finding(
        id="bundles",
        question="Which do they want in a combination?",
        caution=(
            "From combinations of the credentials an employer was asked about: which would be worth most, which least "
            "(best-worst choices, Marley and Louviere, 2005; Plackett, 1975). A combination is taken to be worth what "
            "its credentials are on average, and something for each beyond the first (people judge a whole by the "
            "average of its parts: Weaver, Garcia and Schwarz, 2012); single combinations are put to too few to be "
            "ranked. Drawn toward one half where few have chosen; choices of one organisation that are alike count for "
            "fewer. Put to employers across the whole institution, so they cannot be told by programme. Thick bar: "
            "50%, thin line: 90%."
        ),
        work=bundles.work_bundles,
        audiences=("employer",),
        measures=bundles.MEASURES,
        say=bundles.say_bundles,
        display=bundles.display_bundles,
        draw=bundles.draw_bundles,
    ),
    Finding(
        id="groups",
        question="Where are they worth more?",
        caution=(
            "By sector (sections of ISIC Rev. 5 put together into six groups), by the role of whoever answered, or by "
            "how many people work there. Each value is the credential's average in that group, with the kindness or "
            "severity of each organisation taken out, and drawn toward the credential's own value where few have "
            "answered, the more so the less groups differ (a crossed random-effects model, variances by REML). What "
            "all organisations of a group have in common counts as their kindness. “Beyond chance”: with a probability "
            "of 95% on that side. Credentials of one tier of a group cannot be told from the first of it. "
            "Groups with too few people or organisations are not shown, and now and then one more, so that nobody can "
            "work the hidden ones out. Who says no role, or of whose organisation too little is known, is in no group. "
            "All these count together toward the credential's own value, as in the ranking, and never by themselves."
        ),
        work=groups.work_groups,
        audiences=("employer",),
        measures=groups.MEASURES,
        say=groups.say_groups,
        display=groups.display_groups,
        draw=groups.draw_groups,
        keys=("apart",),
        span=4.0,
        roles=True,
        splits=True,
        weighs=True,
    ),
    Finding(
        id="as_listed",
        question="And if organisations answered as they stand in your list?",
        caution=(
            "Large sectors may hardly answer and small ones much. Here each credential's value in every group of "
            "sectors (or of sizes, where that is chosen; of roles there is no list) is weighed by how many of the "
            "catalogue's organisations are of that group, instead of by how many answered: by the model of the map, "
            "not by raising single answers, so few answers of a large group count for no more than they say. Where a "
            "group has too few, the credential's own value stands in, with as much more doubt as groups differ. "
            "“Beyond its doubt”: it moves to that side with a probability of 95%. Who is in no group that is shown "
            "counts together, so “as answered” has all ratings, as the ranking. The list is the catalogue's: it says "
            "who is known to you, not how the market is made up."
        ),
        work=groups.work_listed,
        audiences=("employer",),
        measures=groups.LISTED,
        say=groups.say_listed,
        display=groups.display_listed,
        draw=groups.draw_listed,
        span=4.0,
        splits=True,
        weighs=True,
    ),
    Finding(
        id="skills",
        question="Which skills do employers need, and how do holders perform?",
        caution=(
            "Share of employers who call a skill important or essential, against the share who see holders perform it "
            "well. “Not required here” and “have not seen” are set aside. Boxes are 90% intervals, of those named "
            "in the picture where many lie together; the others have a number there and tell theirs when they are "
            "pointed at. The cross-hairs are fixed at one half."
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
        id="witnesses",
        question="Where do learners, tests, employers and experts disagree on a skill?",
        caution=(
            "Learners: the share who can do it on their own or teach others, as they say. Employers: the share who see "
            "holders do it well or very well. Tests: who passed of those who completed, by the institution's own "
            "figures. Experts: the mean of their marks on whether the modules lead to the skills, as a part of the "
            "scale. Tests and experts judge a credential and no single skill, so they stand beside all its skills "
            "together, where each rating of learners and employers counts once. Each witness has a measure of its own, "
            "and an equal share is no equal ability. Beyond chance: two shares differ by the chi-squared test with "
            "N - 1, two-sided (Campbell, 2007), after Holm over the pairs of a skill and so that of all differences "
            "named here no more than one in twenty is chance, on average (Benjamini and Hochberg over the skills; "
            "Benjamini and Bogomolov, 2014). Two or three experts are no sample and are in no test. "
            "Intervals: 90% (Wilson). Where too few of a witness spoke it is missing, and the others stay."
        ),
        work=skills.work_witnesses,
        measures=skills.MEASURES,
        say=skills.say_witnesses,
        display=skills.display_witnesses,
        draw=skills.draw_witnesses,
    ),
    Finding(
        id="skill_state",
        question="Which skills have employers confirmed?",
        caution=(
            f"{RULE} Shares are of the employers who rated a skill of a credential; “not required here” is set aside. "
            "“Needed, and performed below the middle” pairs two answers of one employer, and is a share of those who "
            "rated both; who sees a skill performed in the middle counts neither there nor as performed well. Each "
            "share shows once enough have said it."
        ),
        work=skills.work_state,
        audiences=("employer",),
        measures=skills.STATE_MEASURES,
        roles=True,
        say=skills.say_state,
        display=skills.display_state,
    ),
    Finding(
        id="uncovered",
        question="Which skills are needed that no credential covers?",
        caution=(
            "Skills of the catalogue that no credential claims and no module is there for. The market's figures give "
            "each its place among the others of the same source (see what is wanted and rarely offered); they are "
            "about nobody who answered. Employers are asked about the skills of a credential, so they are heard here "
            "on those taken off one. What they write of skills they cannot find and nobody certifies stands among the "
            "comments, and is not counted: a word a few of them use would name them."
        ),
        work=skills.work_uncovered,
        audiences=("employer",),
        measures=skills.UNCOVERED_MEASURES,
        say=skills.say_uncovered,
        display=skills.display_uncovered,
        keys=skills.UNCOVERED_KEYS,
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
        id="hiring",
        question="What has it led to in hiring, and what is it worth in pay?",
        caution=(
            "Of the employers who answered, who may be those for whom it went better. They report what they did; that "
            "somebody was hired or paid more does not show that the credential was the cause. “Don't know” is set "
            "aside, and “none” stands as what it is: an answer. Shares with 90% Wilson intervals, from the same counts "
            "as the scales and the single answers: an answer too few gave is not told, nor others that would give it "
            "away. A part of trust is said to fail where its interval lies below those of all the others; of weeks the "
            "range stands that holds the middle answer, of one credential, where that is sure. The picture has hiring, "
            "pay and level of work; the rest is in the table."
        ),
        work=hiring.work_hiring,
        audiences=("employer",),
        measures=hiring.MEASURES,
        say=hiring.say_hiring,
        display=hiring.display_hiring,
        draw=hiring.draw_hiring,
        keys=hiring.KEYS,
    ),
    Finding(
        id="priorities",
        question="What should change first?",
        caution=(
            "Every line is a change of one credential: a question learners do not rate well, a topic of comments, "
            "what makes employers hesitate or would make it count for them, a skill they need and see done below the "
            "middle, one they will need less, one that was declared and not covered, a criterion experts mark below "
            "their lowest good mark. Lines of several witnesses that speak of the same thing (data/changes.toml) are "
            "one, and gain what they gain on average. Gain is importance times gap times reach: how closely it goes "
            "with the "
            "overall answer (see there; over several credentials as it does over all of them; of what is not asked "
            "by a "
            "question, as much as a question on average), the "
            "share of those asked for whom it falls short (of several credentials drawn together, the more the fewer "
            "answered), and of comments the part of people who write. 100 points would be everything as good as can "
            "be. What people write on something they also rate is listed beside it, and moves no gain. Ranges: 90%, "
            "from 2,000 draws. “Without the five that speak most for it”: each of its lines without these answers "
            "(of employers and learners), all others as they are. It says what goes with people's verdict, not what "
            "causes it."
        ),
        work=priorities.work_priorities,
        measures=priorities.MEASURES,
        say=priorities.say_priorities,
        display=priorities.display_priorities,
        draw=priorities.draw_priorities,
        interval=("", ""),
        listed=True,
        pools=True,
        keeps=True,
    ),
    Finding(
        id="drivers",
        question="What goes with the overall answer?",
        caution=(
            "How much of the differences between people's overall answers goes with each question: Johnson's relative "
            "weights (Johnson, 2000), which share out what questions say together. It is what goes together, not what "
            "causes what: people who are content rate most things well. Of one credential alone little is known below "
            "some hundred people, so its answers are drawn toward those of all credentials, which count as so many "
            "people's as predicts best (about 100, by cross-validation); only differences within credentials count. "
            "Where the good end of a scale is in its middle, nearness to it counts. Ranges: 90%, drawn as if answers "
            "were normal; they hold what they say in simulations (docs/benchmarks.md). Of what fewer than the minimum "
            "answered together nothing enters. People are told in steps of five."
        ),
        work=drivers.work_drivers,
        audiences=("learner",),
        measures=drivers.MEASURES,
        say=drivers.say_drivers,
        display=drivers.display_drivers,
        draw=drivers.draw_drivers,
        pools=True,
    ),
    Finding(
        id="what_to_change",
        question="For how many does it fall short?",
        caution=(
            "Every line is the share of those asked for whom something falls short: learners who do not rate it "
            "positively, people who ask for it in a comment, employers who need a skill and see it performed below the "
            "middle. "
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
            "Critical or appreciative comes from the question where it says so, else from the words of the clause: in "
            "English by two lexicons and our own words, in German, Spanish, French and Portuguese by our own alone. "
            "What "
            "says none of them, and other languages, are counted as not scored, never as neutral. A part of fewer "
            "than the "
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
            "E-mail addresses, links, telephone and long numbers and titled names are masked by a program before "
            "anybody reads; moderators mask the rest, and where nobody has looked yet it says so. The reading of tone "
            "is a signal, not a verdict: it misses about three in ten critical comments. The list is a part of what "
            "was published where there is more than fits; the numbers of people do not come from it."
        ),
        work=comments.work_list,
        measures=comments.LIST_MEASURES,
        say=comments.say_list,
        display=comments.display_list,
        listed=True,
    ),
    Finding(
        id="suggestions",
        question="What do people ask for?",
        caution=(
            "Sentences that ask for a change, found by the words each language asks with (should, please, more of) "
            "wherever a question does not ask what to keep. They are masked, and put with others of their language "
            "that ask for much the same (from about a third of the same words on; rare words count more); the one "
            "shown is most like the others. The list of comments does not say which are of one person, so people are "
            "counted at the least: of one credential, and of the question in answer to which most said it; where fewer "
            "than the minimum did, a wish does not show. A wish in words nobody else uses, or that asks without "
            "asking, is missed. How many ask is not how much would be gained."
        ),
        work=suggestions.work_suggestions,
        audiences=suggestions.AUDIENCES,
        measures=suggestions.MEASURES,
        say=suggestions.say_suggestions,
        display=suggestions.display_suggestions,
        listed=True,
    ),
    Finding(
        id="impact",
        question="What does each topic weigh?",
        caution=(
            "Named: of those who wrote a comment. Critical: of those who name it, with a 90% Wilson interval, where it "
            "may be told beside the numbers under topics; net is the share of appreciative less that of critical. "
            "Ratings: learners who name a topic critically are compared with the others who rated the same credential, "
            "and the gaps of all topics are drawn together (Morris, 1983; 90% intervals), since few critics say "
            "little; of credentials where enough are critical and rated it, and of three topics or more. What goes "
            "with a topic need not come from it: whoever is discontent for another reason names more, too."
        ),
        work=impact.work_impact,
        audiences=("learner", "employer"),
        measures=impact.MEASURES,
        say=impact.say_impact,
        display=impact.display_impact,
        draw=impact.draw_impact,
        listed=True,
    ),
    Finding(
        id="quotes",
        question="What is said of each topic, in people's own words?",
        caution=(
            "Sentences that name a topic, masked, chosen by a program: most of what a quote says is said by three "
            "comments or more, the most typical come first, and no two say the same. A topic has quotes once enough "
            "people say so. The list of comments does not tell which are of one person, so people are counted at the "
            "least: of several questions only the one counts that most answered. The rarest voice is never quoted: for "
            "single remarks read the comments."
        ),
        work=themes.work_quotes,
        audiences=("learner", "employer"),
        measures=themes.QUOTE_MEASURES,
        say=themes.say_quotes,
        display=themes.display_quotes,
        listed=True,
    ),
    Finding(
        id="themes",
        question="What do people write about that no topic knows of?",
        caution=(
            "From sentences in which no topic was found, by language, of 40 comments or more. Words that are said "
            "together beyond chance and come back when a fifth of the comments is left out (non-negative matrix "
            "factorisation, six resamples); words that only praise or blame are no theme. A theme shows once enough "
            "people say it, counted at the least, since the list of comments does not tell which are of one person. It "
            "is a hint, not a count: make it a topic, and it is counted like the others."
        ),
        work=themes.work_themes,
        audiences=("learner", "employer"),
        measures=themes.THEME_MEASURES,
        say=themes.say_themes,
        display=themes.display_themes,
        listed=True,
    ),
    Finding(
        id="rising",
        question="What is said more often than before?",
        caution=(
            "The last run of each credential against those before it, each of enough people who wrote (a survey of no "
            "run stands for one). Topics are counted in people, words in comments. As often: by odds, drawn towards no "
            "change where few say it (log-odds with an informative prior; Monroe, Colaresi and Quinn, 2008); of all "
            "that is named here one in ten may be chance, on average (Benjamini and Hochberg). Numbers of people are "
            "rounded down to a multiple of five, and what fewer than the minimum said before is not told in numbers. "
            "Who answers may differ from run to run, too."
        ),
        work=rising.work_rising,
        audiences=("learner", "employer"),
        measures=rising.MEASURES,
        say=rising.say_rising,
        display=rising.display_rising,
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
        id="changed",
        question="What changed since last time?",
        caution=(
            "The last run in which enough learners answered against the one before it, on the few questions named "
            "for it "
            "beforehand (data/watched.toml), in steps of their scale; more is better, and where the good end lies in "
            "the "
            "middle, nearer to it is. The run before is first drawn toward all that is so compared on such a "
            "scale, the more the fewer answered (Morris, 1983): what was worst is partly so by chance and gets better "
            "by itself. “Better” and “worse” are named so that of all that is so named in the whole institution about "
            "one in ten is chance (Benjamini and Hochberg, 1995). “No change seen” is no proof that nothing changed: "
            "beside it stands the change that would have been seen four times of five. Other people answer each run, "
            "and "
            "more than the course may differ between them. Runs asked with another version of the questionnaire are "
            "not "
            "compared. A run whose survey is still open counts with what is published of it so far, so what is said "
            "of it may yet move. Numbers are told to one decimal, and not at all where they would give few answers "
            "away."
        ),
        work=progress.work_changed,
        audiences=("learner",),
        measures=progress.MEASURES,
        say=progress.say_changed,
        display=progress.display_changed,
        draw=progress.draw_changed,
        span=progress.SPAN,
        whole=True,
    ),
    Finding(
        id="effects",
        question="Did what was changed work?",
        caution=(
            "Of each action that says beforehand what it is to change, and by how much: the run before it against the "
            "run it was to show in, measured once, when that run's survey has closed, and kept. The effect is the "
            "change "
            "since the run before (drawn toward the credential's other lines, the more the fewer answered, because "
            "what "
            "was worst gets better by itself), less what comparable things moved by that no action was to change, by "
            "whatever name; that the same people answer several questions is reckoned with. Of topics and skills "
            "nothing is told where few fall on either side; where "
            "there are fewer than three of these, it is the change alone. “Worked”: its whole 90% interval lies above "
            "nothing. “Did not”: it lies below what was expected. Else there is no evidence yet. What else differed "
            "between the runs is not known, so it is evidence, and no proof. An action to be looked at again later is "
            "another action."
        ),
        work=effects.work_effects,
        audiences=("learner", "employer"),
        measures=effects.MEASURES,
        keys=effects.KEYS,
        interval=("part_low", "part_high"),
        say=effects.say_effects,
        display=effects.display_effects,
        draw=effects.draw_effects,
        actions=True,
        pools=True,
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
        id="agreement",
        question="How far do the expert reviewers agree?",
        caution=(
            "Weighted kappa with quadratic weights over the criteria two reviewers have judged, chance reckoned from "
            "all their marks together (Scott, 1955; Cohen, 1968), round by round and over all rounds of a stage. A "
            "round is one survey of experts about one credential, and shows once two have handed in. Of fewer than ten "
            "criteria it says little; of marks that are all the same, nothing. Marks two or more apart are talked "
            "over, and never averaged into what learners and employers say."
        ),
        work=rounds.work_agreement,
        audiences=("expert",),
        measures=rounds.MEASURES,
        say=rounds.say_agreement,
        display=rounds.display_agreement,
    ),
    Finding(
        id="skill_validation",
        question="Until when have employers been heard on each skill?",
        caution=(
            "The latest month from which on enough employers, of enough organisations, have said how far they need the "
            "skill of a credential. Later answers that are too few by themselves move nothing, and how many there are "
            "is not told: beside all answers that would tell how few came before. What is not in the list was not "
            "heard of enough. Being asked validates a skill, be it needed or not; the answer itself stands under needs."
        ),
        work=calendar.work_validation,
        audiences=("employer",),
        measures=calendar.MEASURES,
        say=calendar.say_validation,
        display=calendar.display_validation,
        roles=True,
        listed=True,
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
        id="portfolio",
        question="Which credentials should we keep, differentiate, retire or launch?",
        caution=suggesting.CAUTION,
        work=portfolio.work_portfolio,
        measures=portfolio.MEASURES,
        say=suggesting.say_portfolio,
        display=suggesting.display_portfolio,
        draw=suggesting.draw_portfolio,
        keys=portfolio.KEYS,
    ),
    Finding(
        id="white_space",
        question="What is wanted that none of our credentials covers?",
        caution=white_space.CAUTION,
        work=white_space.work_white_space,
        audiences=("employer",),
        measures=white_space.MEASURES,
        say=white_space.say_white_space,
        display=white_space.display_white_space,
        keys=white_space.KEYS,
    ),
    Finding(
        id="returns",
        question="What comes back for the fee and the hours?",
        caution=returns.CAUTION,
        work=returns.work_returns,
        audiences=("learner", "employer"),
        measures=returns.MEASURES,
        say=returns.say_returns,
        display=returns.display_returns,
        draw=returns.draw_returns,
        keys=returns.KEYS,
    ),
    Finding(
        id="left_behind",
        question="Which groups of learners are left behind?",
        caution=left_behind.CAUTION,
        work=left_behind.work_left_behind,
        audiences=("learner",),
        measures=left_behind.MEASURES,
        say=left_behind.say_left_behind,
        display=left_behind.display_left_behind,
        draw=left_behind.draw_left_behind,
    ),
    Finding(
        id="languages",
        question="Is there a case for another language?",
        caution=localising.CAUTION,
        work=localising.work_languages,
        audiences=("learner",),
        measures=localising.MEASURES,
        forms=True,
        listed=True,
        say=localising.say_languages,
        display=localising.display_languages,
        draw=localising.draw_languages,
    ),
    Finding(
        id="pathways",
        question="At which step of a pathway are people lost?",
        caution=pathways.CAUTION,
        work=pathways.work_pathways,
        audiences=("learner",),
        measures=pathways.MEASURES,
        say=pathways.say_pathways,
        display=pathways.display_pathways,
        draw=pathways.draw_pathways,
        keys=pathways.KEYS,
    ),
    Finding(
        id="response",
        question="Could those who said nothing overturn it?",
        caution=(
            "Asked are those who were invited, also whose link was taken back; of an open link to a run's survey those "
            "who completed the run; of employers whom nobody invited by name the organisations in the catalogue. "
            "Answered counts those of them who gave the verdict, of employers also those who never heard of it, in "
            "steps of five (organisations: exactly). An employer's verdict is that of those who know it, and what is "
            "said of the silent is said of as large a part of them as knows it of those who answered. The "
            "interval (90%, Wilson, with the finite population correction) holds if the silent are like those who "
            "answered. How far the share would be off if they are not: by how closely having answered goes with the "
            "verdict (a correlation of .05, .1 or .2; Meng, 2018). The verdict is that of more than half, or of less; "
            "beside it stands what the silent would have to think to overturn it, and whether any five answers less "
            "would. “Enough” is what a share of 80% needs to be known within 10 points with 95% confidence, “an "
            "indication” with 80% (as Nulty, 2008). A share of employers is told where steps and means give no more "
            "away beside it."
        ),
        work=response.work_response,
        audiences=("learner", "employer"),
        measures=response.MEASURES,
        keys=response.KEYS,
        weighs=True,
        say=response.say_response,
        display=response.display_response,
    ),
    Finding(
        id="disagreement",
        question="Do employers agree on it?",
        caution=(
            "Of credentials rated by twice the minimum of people or more. They agree where their ratings are no more "
            "than half as spread as if each had answered at random (rwg of .5 or more; James, Demaree and Wolf, 1984; "
            "LeBreton and Senter, 2008). Two camps: at least three in ten near either end of the scale, and less than "
            "half as many between. How far they agree, and how many stand at the ends, is told where the steps they "
            "gave are. Where they differ, sectors are compared over the cells of the map that are shown: their sector "
            "is why if it explains more of the ratings than sectors shuffled over the organisations do, with p below "
            ".05 (Benjamini and Hochberg over the credentials)."
        ),
        work=disagreement.work_disagreement,
        audiences=("employer",),
        measures=disagreement.MEASURES,
        say=disagreement.say_disagreement,
        display=disagreement.display_disagreement,
    ),
    Finding(
        id="coverage",
        question="Whom have we heard, and whom should we ask next?",
        caution=(
            "Sectors are those the catalogue says a credential aims at, against those of the employers whose answers "
            "are published, and every role and size of organisation (as the European Union draws its lines); which "
            "occupations they fill we do not ask, so these stand in the table only. A cell shows "
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
            "kept, and no time. Intervals: 90% (Wilson). A sign, not a verdict: no answer is left out because of it. "
            "Where those who are too fast or alike and those who are not are groups enough, the share for whom a "
            "credential was worth it (of employers: counts in screening or for more) stands there twice: of all, and "
            "without them."
        ),
        work=flags.work_flags,
        foils=True,
        measures=flags.MEASURES,
        say=flags.say_flags,
        display=flags.display_flags,
    ),
)

FINDINGS: Mapping[str, Finding] = MappingProxyType({finding.id: finding for finding in _ALL})
