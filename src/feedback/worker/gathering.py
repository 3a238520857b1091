"""Gathering what findings work on: the counted answers and topics, and every name, as the pages and the worker need
them alike."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from pandas import CategoricalDtype, DataFrame, concat, set_option
from sqlmodel import Session

from feedback.catalogue.values import SECTORS, Credential, unusual_weeks
from feedback.catalogue.values.base import SEPARATOR
from feedback.findings.evidence import (
    ASKED,
    FUNNEL,
    HOUSES,
    MARKET,
    MEASURES,
    NEEDS,
    OFFERS,
    PATHWAYS,
    RATED,
    ROLES,
    RUNS,
    Choice,
    Evidence,
    Step,
)
from feedback.findings.scope import ABOUT_SURVEYS, DROPOUT, LATER
from feedback.store import (
    blocks,
    catalogue,
    flags,
    funnel,
    heard,
    imports,
    invitations,
    local,
    releases,
    surveys,
    validated,
)
from feedback.store.clock import now
from feedback.store.comments import comment_marks, read_comments
from feedback.store.responses import GRACE_MINUTES
from feedback.survey.questionnaire import EMPLOYER, EXPERT, LEARNER, Instrument, Scale
from feedback.survey.text import say
from feedback.worker.effects import actions_measured
from feedback.worker.merging import changes_named, names_of_changes, spoken_of, watched
from feedback.worker.reader import topic_names

set_option("mode.string_storage", "python")  # counted tables are small, and Arrow is dear for small ones

MOST_COMMENTS = 2000
"""So many comments are looked through for a choice at most."""
APART = (DROPOUT, LATER, ABOUT_SURVEYS)
THIS = "this credential"
PIPED = {"credential": THIS, "issuer": "the issuer", "programme": "the programme", "weeks": "planned"}


def gather(
    session: Session, instruments: Mapping[str, Instrument], choice: Choice | None = None, language: str = "en"
) -> Evidence:
    """Everything published that a finding may work on, with its names. choice: whose comments are listed; None: no
    comments, for findings that only count (see `with_comments`)."""
    credentials = catalogue.read_credentials(session)
    asked = local.asked(session, instruments).values()
    opened = surveys.read_surveys(session)
    roles = {each.slug: each.title for each in catalogue.read(session, "occupations")}
    named = topic_names(session, language)
    evidence = Evidence(
        answers=_answers(session, instruments),
        topics=blocks.read_blocks(session, "topics", instruments),
        regard=blocks.read_rated(session, instruments),
        products=blocks.read_products(session, instruments),
        flagged=_flagged(session, instruments),
        asked=_asked(session, opened, instruments),
        houses=heard.organisations_listed(session)[list(HOUSES)],
        funnel=_funnel(session, opened, instruments, language),
        runs=DataFrame([run.model_dump() for run in catalogue.read_runs(session)], columns=list(RUNS)),
        market=_market(session),
        offers=_offers(session, credentials, language),
        pathways=_pathways(session),
        actions=actions_measured(session, instruments, opened, catalogue.read_runs(session)),
        named_changes=changes_named(session, instruments),
        watched=watched(),
        survey_runs={survey.slug: survey.run for survey in opened if survey.run},
        settled=_settled(session, opened, instruments),
        titles=titles(session, credentials),
        programmes={credential.slug: credential.programme for credential in credentials},
        aims={credential.slug: tuple(credential.sectors) for credential in credentials},
        occupations={
            credential.slug: tuple(roles.get(each, each) for each in credential.occupations)
            for credential in credentials
        },
        sectors=SECTORS,
        skills={skill.slug: skill.title for skill in catalogue.read_skills(session)},
        claims=_claims(session, credentials),
        questions=question_names(asked, language),
        topic_names=named,
        scales=scale_steps(asked, language),
        forms={each.id: say(each.title, language) for each in instruments.values() if not each.import_only},
        asides=asides(asked),
        numbers=numbers(asked),
        changes=spoken_of(named),
        change_names=names_of_changes(language),
    )
    return evidence if choice is None else with_comments(session, instruments, evidence, choice)


def with_comments(
    session: Session, instruments: Mapping[str, Instrument], evidence: Evidence, choice: Choice
) -> Evidence:
    """The evidence with the published comments of a choice, at most MOST_COMMENTS, in no order of arrival."""
    chosen = None
    if choice.programme:
        chosen = [slug for slug, programme in evidence.programmes.items() if programme == choice.programme]
    found = read_comments(
        session,
        instruments,
        credential=choice.credential,
        programme_credentials=chosen,
        audience=choice.audience,
        most=MOST_COMMENTS,
    )
    return replace(evidence, comments=found)


def with_marks(session: Session, instruments: Mapping[str, Instrument], evidence: Evidence) -> Evidence:
    """The evidence with the marks of all published comments, by which a change in them shows."""
    return replace(evidence, written=comment_marks(session, instruments))


def with_roles(session: Session, instruments: Mapping[str, Instrument], evidence: Evidence) -> Evidence:
    """The evidence with the roles of the employers who were heard, what those of each role gave a credential, and when
    they were heard on which skill, for findings that ask for them (`Finding.roles`)."""
    of_employers = {name: each for name, each in instruments.items() if each.audience == EMPLOYER}
    found = heard.heard_by_role(session, of_employers)
    rated = heard.rated_by_role(session, of_employers, [each.construct for each in MEASURES])
    needs = validated.skills_heard(session, of_employers)
    return replace(
        evidence,
        roles=DataFrame(found.assign(audience=EMPLOYER), columns=list(ROLES)),
        rated=DataFrame(rated.assign(audience=EMPLOYER), columns=list(RATED)),
        needs=DataFrame(needs.assign(audience=EMPLOYER), columns=list(NEEDS)),
    )


def _answers(session: Session, instruments: Mapping[str, Instrument]) -> DataFrame:
    """Everything that was answered, counted; by experts with its month, so that their newest round is known."""
    of_experts = {name: each for name, each in instruments.items() if each.audience == EXPERT}
    others = {name: each for name, each in instruments.items() if name not in of_experts}
    said = blocks.read_blocks(session, "answers", others)
    reviews = blocks.read_blocks(session, "answers", of_experts, by_month=True)
    if reviews.empty:
        return said
    nobody = reviews["role"].cat.set_categories([])  # which review is whose is no business of a finding
    both = [said, reviews.assign(role=nobody)]
    texts = [name for name, dtype in said.dtypes.items() if isinstance(dtype, CategoricalDtype)]
    for name in texts:
        known = both[0][name].cat.categories.union(both[1][name].cat.categories)
        both = [each.assign(**{name: each[name].cat.set_categories(known)}) for each in both]
    return concat(both, ignore_index=True)


def _flagged(session: Session, instruments: Mapping[str, Instrument]) -> DataFrame:
    """The signs kept beside responses, and the verdicts of those who carry any."""
    return concat(
        [flags.flagged(session, instruments), flags.verdicts_of_flagged(session, instruments)], ignore_index=True
    )


def _funnel(
    session: Session,
    opened: Iterable[surveys.Survey],
    instruments: Mapping[str, Instrument],
    language: str,
) -> DataFrame:
    """How far people got with the forms, with what is known of each survey."""
    known = {each.slug: each for each in opened if each.instrument in instruments}
    rows = []
    for each in funnel.read(session):
        survey = known.get(each.survey)
        if survey is None:
            continue
        asked = instruments[survey.instrument]
        form = (asked.id, say(asked.title, language), asked.audience, asked.minutes, "|".join(survey.credentials))
        rows.append((each.survey, each.language, each.mark, each.value, each.count, *form))
    table = DataFrame(rows, columns=list(FUNNEL))
    return table.astype({"value": "int64", "count": "int64", "minutes": "float64"})


def _asked(session: Session, opened: Iterable[surveys.Survey], instruments: Mapping[str, Instrument]) -> DataFrame:
    """How many were asked for their verdict on each credential by each survey: who was invited; where nobody was and
    the survey is of a run, who completed it."""
    completed = {run.slug: run.completed for run in catalogue.read_runs(session) if run.completed is not None}
    invited: dict[str, list[tuple[Sequence[str], int]]] = defaultdict(list)
    for (survey, chosen), number in invitations.invited_about(session).items():
        invited[survey].append((chosen, number))
    people: Counter[tuple[str, str, str, str]] = Counter()
    for each in opened:
        instrument = instruments.get(each.instrument)
        if instrument is None or not any(one.construct in flags.VERDICTS.values() for one in instrument.questions):
            continue
        of_run: list[tuple[Sequence[str], int]] = [((), completed[each.run])] if each.run in completed else []
        for about, number in invited.get(each.slug, of_run):
            for credential in about or each.credentials:
                people[instrument.audience, each.instrument, credential, each.slug] += number
    rows = [(*asked, number) for asked, number in people.items()]
    return DataFrame(rows, columns=list(ASKED)).astype({"people": "int64"})


def _settled(
    session: Session, opened: Iterable[surveys.Survey], instruments: Mapping[str, Instrument]
) -> dict[str, bool]:
    """By run whether nothing comes any more of what learners are asked at its end: every survey that asks it takes
    nothing more, and nothing said in one waits to be published."""
    ended = now(session) - timedelta(minutes=GRACE_MINUTES)
    waits, brought = releases.surveys_waiting(session), bool(imports.waiting_imports(session))
    found: dict[str, bool] = {}
    for each in opened:
        asked = instruments.get(each.instrument)
        if each.run and each.instrument not in APART and (asked is None or asked.audience == LEARNER):
            over = each.closes is not None and each.closes <= ended and each.slug not in waits and not brought
            found[each.run] = found.get(each.run, True) and over
    return found


def _claims(session: Session, credentials: Iterable[Credential]) -> dict[str, tuple[str, ...]]:
    """The skills of each credential, those it names first, then those its modules are there for."""
    found = {credential.slug: dict.fromkeys(credential.skills) for credential in credentials}
    for aligned in catalogue.read(session, "alignments"):
        found.setdefault(aligned.credential, {})[aligned.skill] = None
    return {slug: tuple(skills) for slug, skills in found.items() if skills}


def _market(session: Session) -> DataFrame:
    """Market evidence as findings take it, one row a figure."""
    figures = [figure.model_dump() for figure in catalogue.read(session, "market-evidence")]
    return DataFrame(figures, columns=list(MARKET))


def _offers(session: Session, credentials: Iterable[Credential], language: str) -> DataFrame:
    """What the catalogue says of each credential, as findings on the portfolio take it."""
    kinds = {kind.slug: kind.name_in(language) for kind in catalogue.read(session, "kinds")}
    disciplines = {each.slug: each.discipline for each in catalogue.read(session, "programmes")}
    rows = [
        {
            **{name: getattr(each, name) for name in OFFERS if hasattr(each, name)},
            "credential": each.slug,
            "unusual_weeks": unusual_weeks(each.planned_weeks),
            "languages": SEPARATOR.join(each.languages),
            "topics": SEPARATOR.join(each.topics),
            "kind": kinds.get(each.kind, each.kind),
            "discipline": disciplines.get(each.programme),
        }
        for each in credentials
    ]
    return DataFrame(rows, columns=list(OFFERS))


def _pathways(session: Session) -> DataFrame:
    """The steps of every pathway, in order."""
    rows = [
        (each.slug, each.title, step, credential)
        for each in catalogue.read(session, "pathways")
        for step, credential in enumerate(each.steps, start=1)
    ]
    return DataFrame(rows, columns=list(PATHWAYS))


def titles(session: Session, credentials: Iterable[Credential]) -> dict[str, str]:
    """Credential titles by slug; those of the sample say so where they stand beside one's own."""
    credentials = list(credentials)
    samples = catalogue.sample_slugs(session, Credential)
    mixed = bool(samples) and any(credential.slug not in samples for credential in credentials)
    return {
        credential.slug: f"{credential.title} (sample)" if mixed and credential.slug in samples else credential.title
        for credential in credentials
    }


def question_names(instruments: Iterable[Instrument], language: str = "en") -> dict[str, str]:
    """The wording of each question by its id, of each row of a grid by "question/item" and of each option by
    "question/option", in the order in which they are asked; and all of these with "instrument:" before them, since
    instruments may share an id."""
    names: dict[str, str] = {}
    for instrument in instruments:
        for question in instrument.questions:
            parts = {item.id: item.text for item in question.items} | {one.id: one.label for one in question.options}
            said = {question.id: question.text} | {f"{question.id}/{ident}": text for ident, text in parts.items()}
            for name, text in said.items():
                wording = say(text, language, **PIPED).rstrip(".:").replace("“this credential”", THIS)
                names[name] = names[f"{instrument.id}:{name}"] = wording
    return names


def asides(instruments: Iterable[Instrument]) -> dict[str, tuple[str, ...]]:
    """What may be said instead of an answer, by "instrument:question"."""
    return {f"{each.id}:{one.id}": one.aside_ids for each in instruments for one in each.questions if one.aside_ids}


def numbers(instruments: Iterable[Instrument]) -> dict[str, tuple[float, float]]:
    """The lowest and the highest number that may be given, by "instrument:question", where both are set."""
    return {
        f"{each.id}:{one.id}": (one.minimum, one.maximum)
        for each in instruments
        for one in each.questions
        if one.kind == "number" and one.minimum is not None and one.maximum is not None
    }


def scale_steps(instruments: Iterable[Instrument], language: str = "en") -> dict[str, tuple[Step, ...]]:
    """The steps of every scale in use, each with its side of the middle."""
    scales = {
        question.scale.id: question.scale
        for instrument in instruments
        for question in instrument.questions
        if question.scale
    }
    return {
        ident: tuple(Step(step.value, say(step.label, language), side(scale, step.value)) for step in scale.values)  # noqa: PD011
        for ident, scale in scales.items()
    }


def side(scale: Scale, value: float) -> int:
    """Where a step is drawn: -1 left, 0 in the middle, 1 right.

    A bipolar scale has its good end in the middle, unless its highest step is positive ("much less" to "much more").
    Elsewhere the positive steps lie right, and of the others the one just below them is the middle when there are as
    many steps under it as positive ones.
    """
    if scale.kind == "bipolar" and scale.highest not in scale.positive:
        return 0 if value in scale.positive else (-1 if value < min(scale.positive) else 1)
    if value in scale.positive:
        return 1
    others = sorted(step.value for step in scale.values if step.value not in scale.positive)  # noqa: PD011
    return 0 if len(others) == len(scale.positive) + 1 and value == others[-1] else -1
