"""Every page a respondent meets around the questions, as HTML."""

from questionnaires.text import Language
from survey_service.answering.draft import Answers
from survey_service.answering.opening import CORRECTABLE
from survey_service.answering.proof import Proofs
from survey_service.answering.submitting import Receipt
from survey_service.mailing.writing.saying import workload
from survey_service.web.review_parts import ReviewPart, review_parts
from survey_service.web.templating import Templates
from survey_service.web.visit import Visit
from survey_service.web.wording import moment, wave_words


class Screens:
    """Renders the landing, the states of a link, the review and the receipt."""

    def __init__(self, templates: Templates, proofs: Proofs) -> None:
        self._templates = templates
        self._proofs = proofs

    def landing(self, visit: Visit, *, consent_missing: bool = False) -> str:
        """Show the notice and the consent, or the way on for whoever has begun."""
        form, to = visit.form, visit.to
        units = tuple(page.unit.code for page in form.pages if page.unit)
        questions, minutes = workload(form.wave, form.group, form.rotation, units)
        unfinished = form.unfinished()
        return self._render(
            "landing",
            visit,
            consent_missing=consent_missing,
            started=form.draft is not None,
            done=len(form.pages) - len(unfinished),
            pages=len(form.pages),
            units=len(units),
            questions=questions,
            minutes=minutes,
            group=_group_name(visit),
            start_url=to.part("start"),
            decline_url=to.part("decline"),
            review_url=to.part("review"),
            continue_url=to.page(unfinished[0].number) if unfinished else to.part("review"),
        )

    def declined(self, visit: Visit, opt_out_url: str) -> str:
        """Thank whoever does not take part, and show the way to no more letters."""
        return self._render(
            "declined",
            visit,
            "/decline",
            started=visit.form.draft is not None,
            landing_url=visit.to.landing,
            opt_out_url=opt_out_url,
        )

    def standing(self, visit: Visit, *, wrong_code: bool = False) -> str:
        """Say how a form stands that takes no answers."""
        form = visit.form
        taken = form.taken_at
        return self._render(
            "standing",
            visit,
            standing=form.standing,
            started=form.draft is not None,
            taken=moment(form.wave, taken, visit.language) if taken else "",
            has_response=form.has_response,
            cancelled=form.wave.state == "cancelled",
            wrong_code=wrong_code,
            mine_url=visit.to.part("mine"),
            results_url=visit.to.results(form.wave.code) if form.wave.state == "published" else "",
        )

    def review(self, visit: Visit, draft: Answers, *, empty: bool = False) -> str:
        """Show what will be sent, and the button that sends it; a correction names the former."""
        form, to = visit.form, visit.to
        return self._render(
            "review",
            visit,
            "/review",
            empty=empty,
            parts=self._parts(visit, draft),
            taken=moment(form.wave, form.taken_at, visit.language) if form.taken_at else "",
            unfinished=len(form.unfinished()),
            proof=self._proofs.make(form.link.public_id),
            submit_url=to.part("submit"),
            back_url=to.page(len(form.pages)),
        )

    def receipt(self, visit: Visit, receipt: Receipt) -> str:
        """Show the receipt code; raises ValueError for a receipt without one."""
        if receipt.code is None or receipt.taken_at is None:
            raise ValueError("nothing to show")
        form = visit.form
        return self._render(
            "receipt",
            visit,
            code=receipt.code,
            taken=moment(form.wave, receipt.taken_at, visit.language),
            proof=self._proofs.make(form.link.public_id),
            submit_url=visit.to.part("submit"),
        )

    def mine(self, visit: Visit, answers: Answers, code: str) -> str:
        """Show a person their own response."""
        form, to = visit.form, visit.to
        return self._render(
            "mine",
            visit,
            parts=self._parts(visit, answers),
            taken=moment(form.wave, form.taken_at, visit.language) if form.taken_at else "",
            correctable=form.wave.state in CORRECTABLE,
            code=code,
            mine_url=to.part("mine"),
            correct_url=to.part("correct"),
            withdraw_url=to.part("withdraw"),
            landing_url=to.landing,
        )

    def withdrawing(self, visit: Visit, code: str) -> str:
        """Ask once more before a response is deleted."""
        form, to = visit.form, visit.to
        return self._render(
            "withdrawing",
            visit,
            taken=moment(form.wave, form.taken_at, visit.language) if form.taken_at else "",
            code=code,
            mine_url=to.part("mine"),
            withdraw_url=to.part("withdraw"),
        )

    def tried(self, visit: Visit) -> str:
        """Say that a trial is over."""
        return self._render("tried", visit, "/review", landing_url=visit.to.landing)

    def unknown(self, language: Language) -> str:
        """Say that a link is not known, and what may have happened to it."""
        return self._templates.render("respond/unknown.html", language)

    def _parts(self, visit: Visit, draft: Answers) -> tuple[ReviewPart, ...]:
        return review_parts(
            visit.form,
            draft,
            visit.language,
            general=self._templates.say(visit.language, "Câu hỏi chung"),
            addresses={page.number: visit.to.page(page.number) for page in visit.form.pages},
        )

    def _render(self, name: str, visit: Visit, place: str = "", **values: object) -> str:
        other: Language = "en" if visit.language == "vi" else "vi"
        return self._templates.render(
            f"respond/{name}.html",
            visit.language,
            wave=wave_words(visit.form.wave, visit.language),
            trial=visit.to.door == "try",
            language_url=visit.to.in_language(other, place),
            **values,
        )


def _group_name(visit: Visit) -> str:
    form = visit.form
    names = {group.code: group.name for group in form.wave.framework.groups}
    return names[form.group].in_(visit.language)
