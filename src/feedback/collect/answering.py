"""The light form, from the link to the receipt: what a browser asks for and sends, and what it is answered."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from feedback.collect import pages
from feedback.collect.asked import AskedBy, Surveys
from feedback.collect.counting import FINISHED, OPENED, REACHED, SECONDS, STARTED, Counts
from feedback.collect.drawing import step_page
from feedback.collect.fields import GO, answered
from feedback.collect.guards import MOST_BY_LINK, Rates, TooMany
from feedback.collect.place import Place
from feedback.collect.sealing import Visit, cookie_of, key_from, new_key, visit_in
from feedback.collect.sheet import Sheet
from feedback.collect.sitting import (
    Form,
    Page,
    Sitting,
    draft_in,
    draft_seal,
    needs_picking,
    new_form,
    page_in,
    page_seal,
    sit,
)
from feedback.store import drafts, invitations, needs
from feedback.store.asking import OFFERED_AFTER
from feedback.store.database import looking, reading
from feedback.store.drafts import DraftChanged
from feedback.store.needs import consents_apart
from feedback.store.responses import ENDORSEMENT, Saved, SurveyClosed, is_kept, response_key
from feedback.store.reviews import has_reviewed
from feedback.store.submitting import LinkUsed, Opened, look, patiently, receipt_if_kept, submit
from feedback.survey.choosing import choose_credentials
from feedback.survey.effort import is_too_fast, items_in
from feedback.survey.notice import in_language
from feedback.survey.questionnaire import EXPERT, Instrument
from feedback.survey.respondent import organisation_named, respondent_of, reviewer_named
from feedback.survey.steps import apart, first_wrong, slips_here
from feedback.survey.submission import Slip, Submission, check_answers
from feedback.survey.text import fill
from feedback.survey.wording import languages, word

FORM_COOKIE, SENT_COOKIE = "form", "sent"
COOKIE_SECONDS = 24 * 60 * 60
"""How long a cookie opens a form; its link opens it again."""
SENT_SECONDS = 180 * 24 * 60 * 60
"""How long a browser is known to have sent answers by an open link."""
MOST_FIELDS = 2000
OVER = (404, 409, 410)
"""Statuses of pages for whom there is no form any more: they may be looking for their answers."""
MOST_CROSSED = 12
"""So often a page is taken anew where another of its form came in between; each time one of them was kept."""
FAST = "fast"
SECTOR, ORGANISATION = "sector", "organisation"

Fields = dict[str, list[str]]


@dataclass(frozen=True)
class Asking:
    """One request about a form: its survey, and whose browser it is. visit: None without a good cookie."""

    survey: AskedBy
    instrument: Instrument
    visit: Visit | None
    language: str

    @property
    def slug(self) -> str:
        return self.survey.survey.slug

    @property
    def mode(self) -> str:
        return self.survey.survey.mode


class Desk:
    """Answers requests about forms; one for a process. Its methods wait for the database, so they run in threads."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.surveys = Surveys(place.engine, place.instruments)
        self.counts = Counts(place.engine)
        self.rates = Rates()
        self.is_secure = place.public_url.startswith("https://")

    # --- opening -----------------------------------------------------------------------------------------------------

    def open_link(self, request: Request, token: str) -> Response:
        """A personal link: a good one is exchanged for a cookie and a clean address. Wrong, used, expired and revoked
        ones are answered alike. Nothing is used up: mail scanners open links, too."""
        today = self.surveys.today()
        with looking(self.place.engine) as connection:
            found = invitations.find(connection, token, key=self.place.key)
        # A day ends later in some zones. The survey's own is looked up only now: that may take a moment more.
        good = found is not None and invitations.is_good(found, today - timedelta(days=1))
        survey = self.surveys.get(found.survey) if found and good else None
        if found is None or survey is None or not invitations.is_good(found, _today(survey)):
            self.counts.total("links_wrong")
            return self.tell("light.link_gone", wanted(request, languages()), 404)
        until = int(time.time()) + COOKIE_SECONDS
        visit = Visit(found.survey, found.id, key_from(token), until, found.language, tuple(found.about), found.contact)
        self._count_request(visit)
        return self._with_visit(RedirectResponse(f"/f/{found.survey}", status_code=303), visit)

    def show(self, request: Request, slug: str) -> Response:
        """The form where the person is, or the step the address names, if they have been there."""
        asking = self._asking(request, slug)
        if isinstance(asking, Response):
            return asking
        visit, fresh = asking.visit, False
        sent = request.cookies.get(SENT_COOKIE, "")
        if sent and (visit is None or visit.draft == sent):
            return HTMLResponse(pages.again_page(f"/f/{slug}/new", asking.language))
        if visit is None:
            if asking.mode == "invitation":
                return self.tell("light.link_gone", asking.language, 404)
            visit, fresh = self._new_visit(slug), True
        with looking(self.place.engine) as connection:
            opened = Opened(None) if fresh else self._look(connection, asking, visit)
        form = draft_in(opened.draft, visit)
        refused = self._refused(asking, opened, begun=form is not None)
        if refused is not None:
            return refused
        if form is None:
            told = asking.survey.notice_version
            form = new_form(asking.instrument, asking.language, time.time(), visit.about, told)
            if request.method == "GET":  # not the HEAD of a scanner
                self.counts.add_once(visit.draft, slug, form.language, OPENED)
        step = request.query_params.get("step", "")
        if step.isdecimal():
            form = replace(form, step=min(int(step[:3]), form.furthest))
        said = word("light.resume", form.language) if form.saved and not step else ""
        sitting = sit(form, asking.survey, asking.instrument)
        if any(each.subject for each in sitting.here):
            sitting = self._about_chosen(asking, sitting)
        answer = self._drawn(asking, visit, sitting, said=said)
        return self._with_visit(answer, visit) if fresh else answer

    def anew(self, request: Request, slug: str) -> Response:
        """A form for the next person at this browser, by an open link or at a kiosk."""
        asking = self._asking(request, slug)
        if isinstance(asking, Response):
            return asking
        if asking.mode == "invitation" or request.headers.get("sec-fetch-site", "same-origin") == "cross-site":
            return self.tell("light.link_gone", asking.language, 404)
        return self._with_visit(RedirectResponse(f"/f/{slug}", status_code=303), self._new_visit(slug))

    # --- answering ---------------------------------------------------------------------------------------------------

    def keep(self, request: Request, slug: str, fields: Fields) -> Response:
        """What the little script saves while somebody types: 204 when it is kept."""
        asking = self._asking(request, slug)
        if isinstance(asking, Response) or asking.visit is None:
            return Response(status_code=409)
        visit, page = asking.visit, page_in(one(fields, "form"), asking.visit)
        if page is None:
            return Response(status_code=409)
        return self._until_kept(partial(self._kept, asking, visit, page, fields))

    def _kept(self, asking: Asking, visit: Visit, page: Page, fields: Fields) -> Response:
        opened = self._opened(asking, visit)
        begun = draft_in(opened.draft, visit)
        is_late = begun is not None and begun.turns > page.form.turns  # the page itself has come meanwhile
        if is_late or self._refused(asking, opened, begun=True) is not None:
            return Response(status_code=409)
        self._save(asking, visit, self._merged(asking, visit, begun or page.form, page, fields), opened)
        return Response(status_code=204)

    def take(self, request: Request, slug: str, fields: Fields) -> Response:
        """A page that comes back: it is kept, and the next is shown; the last one sends the whole form."""
        asking = self._asking(request, slug)
        if isinstance(asking, Response):
            return asking
        visit = asking.visit
        page = page_in(one(fields, "form"), visit) if visit else None
        if visit is None or page is None:
            said = word("light.form_changed", asking.language)
            return HTMLResponse(pages.retry_page(request.url.path, fields, asking.language, said), status_code=403)
        return self._until_kept(partial(self._taken, asking, visit, page, fields))

    def _taken(self, asking: Asking, visit: Visit, page: Page, fields: Fields) -> Response:
        opened = self._opened(asking, visit)
        refused = self._refused(asking, opened, begun=True)
        if refused is not None:
            return self._repeated(asking, visit, page) or refused
        begun = draft_in(opened.draft, visit)
        if begun is None and page.form.step:  # its draft went with the answers, or long ago
            again = self._repeated(asking, visit, page)
            if again is not None:
                return again
        form = self._merged(asking, visit, begun or page.form, page, fields)
        return self._turned(asking, visit, replace(form, turns=form.turns + 1), opened, page, one(fields, GO))

    def _until_kept(self, work: Callable[[], Response]) -> Response:
        """Do it again, from what lies there then, where another page of the same form was kept meanwhile."""
        for _ in range(MOST_CROSSED - 1):
            with suppress(DraftChanged):
                return work()
        return work()

    def _turned(self, asking: Asking, visit: Visit, form: Form, opened: Opened, page: Page, go: str) -> Response:
        """Where a page that was kept leads: back, on, here again, or to the thank-you."""
        sitting = sit(form, asking.survey, asking.instrument)
        forward = go in ("next", "send")
        if not forward:  # back, another language, a pair chosen
            return self._go_on(asking, visit, _back(form) if go == "back" else form, opened)
        if sitting.chooses:
            return self._drawn(asking, visit, sitting, slips=_not_chosen(asking, form), status=422)
        if not page.drawn:  # that was the choice before the questions
            return self._reviewed_before(asking, form) or self._go_on(asking, visit, form, opened)
        checked = self._check(asking, sitting)
        slips = () if isinstance(checked, Submission) else checked
        seen = [each for each in slips if (each.question, each.subject) in page.drawn or not each.question]
        wrong = slips_here(seen, sitting.here, sitting.places)
        if wrong:
            return self._mend(asking, visit, sitting, opened, wrong)
        chosen = self._about_chosen(asking, sitting)  # not before: who left their sector out is asked for it first
        if chosen is not sitting:
            sitting, checked = chosen, self._check(asking, chosen)
        form = sitting.form
        new = tuple(each for each in sitting.here if (each.question.id, each.slug) not in page.drawn)
        if new:
            self._save(asking, visit, form, opened)
            said = word("light.opened_one" if len(new) == 1 else "light.opened_many", form.language)
            return self._drawn(asking, visit, sitting, said=said, opened=new)
        if form.step < len(sitting.steps) - 1:
            further = form.step + 1 > form.furthest
            form = replace(form, step=form.step + 1, furthest=max(form.furthest, form.step + 1))
            answer = self._go_on(asking, visit, form, opened)
            if further:
                self.counts.add(asking.slug, form.language, REACHED, form.step)
            return answer
        if isinstance(checked, Submission):
            return self._send(asking, visit, sitting, checked)
        step = first_wrong(checked, sitting.steps, form.step)
        return self._mend(asking, visit, replace(sitting, form=replace(form, step=step)), opened, checked)

    def _send(self, asking: Asking, visit: Visit, sitting: Sitting, submission: Submission) -> Response:
        form, instrument = sitting.form, asking.instrument
        seconds = int(time.time()) - form.began
        flags = [FAST] if is_too_fast(seconds, items_in(submission.answers)) else []
        who = respondent_of(instrument, submission)
        agreed: tuple[str, ...] = ()
        if visit.contact is not None:
            agreed, submission = consents_apart(instrument, submission)

        def work(session: Session) -> Saved:
            saved = submit(
                session,
                submission,
                secret=form.secret,
                draft=visit.draft,
                today=_today(asking.survey),
                invitation=visit.invitation,
                organisation=organisation_named(who),
                role=form.reviewer if instrument.audience == EXPERT and form.reviewer else who.role,
                flags=flags,
                notice=form.notice,
            )
            if visit.contact is not None and not saved.repeated:
                needs.keep_consents(session, visit.contact, agreed)
            return saved

        try:
            saved = patiently(self.place.engine, work)
        except SurveyClosed:
            return self.tell("light.closed", form.language, 410)
        except LinkUsed:
            now = self._opened(asking, visit)
            return self._refused(asking, now, begun=True) or self.tell("light.answered_elsewhere", form.language, 409)
        if not saved.repeated:
            self.counts.total("submissions")
            if not form.saved:
                self.counts.add(asking.slug, form.language, STARTED)
            self.counts.add(asking.slug, form.language, FINISHED)
            self.counts.add(asking.slug, form.language, SECONDS, seconds)
        endorsed = ENDORSEMENT in submission.records
        return self._thanks(asking, visit, form, saved, foil=sitting.setting.foil is not None, endorsement=endorsed)

    def _thanks(self, asking: Asking, visit: Visit, form: Form, saved: Saved, **notes: Any) -> Response:
        kiosk, offers = asking.mode == "kiosk", asking.instrument.id in OFFERED_AFTER
        page = pages.thanks_page(
            instrument=asking.instrument,
            language=form.language,
            receipt=saved.receipt,
            already=saved.repeated,
            mode=asking.mode,
            is_sample=asking.survey.survey.is_sample,
            consent=f"/c/{asking.slug}?language={form.language}" if offers and not kiosk else "",
            new=f"/f/{asking.slug}/new" if kiosk else "",
            **notes,
        )
        answer = HTMLResponse(page)
        if kiosk:
            return self._with_visit(answer, self._new_visit(asking.slug))
        if asking.mode == "link":
            self._cookie(answer, SENT_COOKIE, visit.draft, asking.slug, SENT_SECONDS)
        return answer

    # --- parts of it -------------------------------------------------------------------------------------------------

    def _asking(self, request: Request, slug: str) -> Asking | Response:
        survey = self.surveys.get(slug)
        if survey is None or survey.instrument is None or not survey.candidates:
            return self.tell("light.not_found", wanted(request, languages()), 404)
        visit = visit_in(request.cookies.get(FORM_COOKIE, ""), slug, time.time(), self.place.key)
        if visit is not None:
            self._count_request(visit)
        offered = tuple(survey.survey.languages)
        first = visit.language if visit and visit.language in offered else wanted(request, offered)
        return Asking(survey, survey.instrument, visit, first)

    def _count_request(self, visit: Visit) -> None:
        """Count a request of one link or browser. Raises TooMany; whoever opens a link anew gets no other count."""
        if self.rates.too_many("link", visit.draft, MOST_BY_LINK):
            raise TooMany

    def _look(self, connection: Any, asking: Asking, visit: Visit) -> Opened:
        return look(connection, visit.draft, visit.invitation, _today(asking.survey))

    def _opened(self, asking: Asking, visit: Visit) -> Opened:
        with looking(self.place.engine) as connection:
            return self._look(connection, asking, visit)

    def _refused(self, asking: Asking, opened: Opened, *, begun: bool) -> Response | None:
        """The page that says why no answers are taken; None when they are."""
        if opened.used:
            return self.tell("light.answered_elsewhere", asking.language, 409)
        if opened.ended:
            return self.tell("light.link_ended", asking.language, 410)
        if asking.survey.takes(begun=begun):
            return None
        if asking.survey.moment() < asking.survey.survey.opens:
            opens = apart(_said(asking, asking.survey.survey.opens), asking.language)
            return self.tell("light.opens", asking.language, 403, moment=opens)
        return self.tell("light.closed", asking.language, 410)

    def _repeated(self, asking: Asking, visit: Visit, page: Page) -> Response | None:
        """The receipt once more, where exactly this form had arrived before; None where it had not."""
        with reading(self.place.engine) as session:
            code = receipt_if_kept(session, page.form.secret)
        return self._thanks(asking, visit, page.form, Saved(code, repeated=True)) if code else None

    def _about_chosen(self, asking: Asking, sitting: Sitting) -> Sitting:
        """The form with the credentials it is about, chosen when it can be: by the sector somebody says, and by what is
        known least."""
        form, instrument, candidates = sitting.form, asking.instrument, asking.survey.candidates
        several = instrument.subjects == "several" and instrument.pairs_question is None
        if form.about or not several or len(candidates) <= instrument.maximum_subjects:
            return sitting
        said = {each.construct: form.answers.get(each.id) for each in instrument.questions}
        sector, house = (value if isinstance(value, str) else None for value in map(said.get, (SECTOR, ORGANISATION)))
        with reading(self.place.engine) as session:
            occupations = needs.occupations_at(session, house)
            heard = needs.heard_of(session, instrument.id)
            fits = needs.fits(session, [each.slug for each in candidates])
        chosen = choose_credentials(
            fits,
            sector=sector,
            occupations=occupations,
            heard=heard,
            today=_today(asking.survey),
            seed=form.secret,
            most=instrument.maximum_subjects,
        )
        return sit(replace(form, about=chosen), asking.survey, instrument)

    def _merged(self, asking: Asking, visit: Visit, form: Form, page: Page, fields: Fields) -> Form:
        """The form with what was answered on this page, and with what was chosen beside the questions."""
        survey, instrument = asking.survey, asking.instrument
        language = one(fields, "language")
        if language != form.language and language in survey.survey.languages:
            self.counts.add_once(visit.draft, asking.slug, language, OPENED)
            form = replace(form, language=language)
        if needs_picking(survey, instrument) and "subject" in fields:
            picked = one(fields, "subject")
            form = replace(form, picked=picked if picked in survey.survey.credentials else "")
        if instrument.audience == EXPERT and "reviewer" in fields:
            form = replace(form, reviewer=reviewer_named(one(fields, "reviewer"), survey.catalogue.reviewers))
        sitting = sit(form, survey, instrument)
        here = [each for each in sitting.places if (each.question.id, each.slug) in page.drawn]
        answers = answered(form.answers, fields, here, sitting.setting)
        step = next(
            (number for number, places in enumerate(sitting.steps) if any(each in places for each in here)), form.step
        )
        return replace(form, answers=answers, step=step)

    def _check(self, asking: Asking, sitting: Sitting) -> Submission | tuple[Slip, ...]:
        return check_answers(
            asking.instrument,
            sitting.form.answers,
            survey=asking.slug,
            version=asking.instrument.version,
            language=sitting.form.language,
            setting=sitting.setting,
        )

    def _save(self, asking: Asking, visit: Visit, form: Form, opened: Opened) -> None:
        """Keep a form as its draft, in place of the one that was read before. Raises DraftChanged."""
        sealed, day = draft_seal(form, visit), _today(asking.survey)

        def work(session: Session) -> None:
            # A draft that comes late, after its form was sent, would be found by whoever sits here next.
            if visit.invitation is not None or not is_kept(session, response_key(form.secret)):
                drafts.save(session, visit.draft, visit.survey, visit.invitation, sealed, day, before=opened.draft)

        patiently(self.place.engine, work, lasting=False)
        self.counts.total("drafts")
        if opened.draft is None:
            self.counts.add(asking.slug, form.language, STARTED)

    def _go_on(self, asking: Asking, visit: Visit, form: Form, opened: Opened) -> Response:
        self._save(asking, visit, form, opened)
        return RedirectResponse(f"/f/{asking.slug}?step={form.step}", status_code=303)

    def _mend(
        self, asking: Asking, visit: Visit, sitting: Sitting, opened: Opened, slips: tuple[Slip, ...]
    ) -> Response:
        """The step again, with what is to be put right; all that was typed is kept."""
        self._save(asking, visit, sitting.form, opened)
        return self._drawn(asking, visit, sitting, slips=slips, status=422)

    def _reviewed_before(self, asking: Asking, form: Form) -> Response | None:
        """The page that says that this reviewer has reviewed this before; None when they have not."""
        if asking.instrument.audience != EXPERT:
            return None
        credential = form.picked or asking.survey.candidates[0].slug
        with reading(self.place.engine) as session:
            reviewed = has_reviewed(session, asking.slug, form.reviewer, credential, asking.survey.moment())
        title = asking.survey.catalogue.subjects[credential].title
        if not reviewed:
            return None
        back = {word("review.who", form.language): f"/f/{asking.slug}"}
        return self.tell("review.again", form.language, 409, links=back, credential=title)

    # --- pages -------------------------------------------------------------------------------------------------------

    def _drawn(self, asking: Asking, visit: Visit, sitting: Sitting, *, status: int = 200, **more: Any) -> Response:
        form, survey, instrument = sitting.form, asking.survey, asking.instrument
        sheet = Sheet(
            survey=asking.slug,
            instrument=instrument,
            setting=sitting.setting,
            language=form.language,
            languages=tuple(survey.survey.languages),
            answers=form.answers,
            step=form.step,
            sealed=page_seal(form, visit, sitting.here),
            action=f"/f/{asking.slug}",
            draft=f"/f/{asking.slug}/draft",
            new=f"/f/{asking.slug}/new" if asking.mode == "kiosk" else "",
            mode=asking.mode,
            candidates=survey.candidates if needs_picking(survey, instrument) else (),
            subject=form.picked,
            reviewers=survey.catalogue.reviewers if instrument.audience == EXPERT else {},
            reviewer=form.reviewer,
            is_sample=survey.survey.is_sample,
            places=sitting.places,
            people=self.place.people,
            notice=in_language(survey.notices, form.language),
            **more,
        )
        return HTMLResponse(step_page(sheet), status_code=status)

    def tell(
        self, key: str, language: str, status: int, links: Mapping[str, str] | None = None, **values: object
    ) -> Response:
        """A page that says one thing. key: of its words; of its title with "_title" behind. links: where it leads."""
        title = word(f"{key}_title", language)
        text, is_end = fill(word(key, language), values), status not in OVER
        page = pages.message_page(title, text, language, links=links, is_end=is_end)
        return HTMLResponse(page, status_code=status)

    def _new_visit(self, slug: str) -> Visit:
        return Visit(slug, None, new_key(), int(time.time()) + COOKIE_SECONDS)

    def _with_visit(self, answer: Response, visit: Visit) -> Response:
        self._cookie(answer, FORM_COOKIE, cookie_of(visit, self.place.key), visit.survey, COOKIE_SECONDS)
        return answer

    def _cookie(self, answer: Response, name: str, value: str, slug: str, seconds: int) -> None:
        answer.set_cookie(
            name, value, max_age=seconds, path=f"/f/{slug}", httponly=True, samesite="lax", secure=self.is_secure
        )


def read_fields(body: bytes) -> Fields | None:
    """The fields of a form as the browser sent them; None for what is none."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        return None
    fields: Fields = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _back(form: Form) -> Form:
    """A step back; from the first one to what was chosen before it."""
    return replace(form, step=form.step - 1) if form.step else replace(form, picked="")


def _not_chosen(asking: Asking, form: Form) -> tuple[Slip, ...]:
    """What is still to be chosen before anything is asked; the item names its field."""
    slips = []
    if asking.instrument.audience == EXPERT and not form.reviewer:
        slips.append(Slip("", None, "reviewer", "missing"))
    if needs_picking(asking.survey, asking.instrument) and not form.picked:
        slips.append(Slip("", None, "subject", "no_subject"))
    return tuple(slips)


def one(fields: Fields, name: str) -> str:
    """What one field holds, "" where it was not sent."""
    return fields[name][-1] if name in fields else ""


def _today(survey: AskedBy) -> date:
    """The day where the survey is at home."""
    return survey.moment().astimezone(ZoneInfo(survey.survey.zone)).date()


def _said(asking: Asking, moment: datetime) -> str:
    """A moment as the survey's own zone says it."""
    zone = asking.survey.survey.zone
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def wanted(request: Request, offered: Sequence[str]) -> str:
    """The first of the browser's languages that is offered, else the first offered."""
    for wanted in request.headers.get("accept-language", "")[:200].split(","):
        code = wanted.partition(";")[0].strip().partition("-")[0].lower()
        if code in offered:
            return code
    return offered[0]
