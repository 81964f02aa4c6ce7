"""Whom a procedure is logged for: a patient of the site, or one to be registered in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.db.queries.people import list_memberships
from registry.db.tables import Patient, Site
from registry.domain.access import Actor, Permission
from registry.domain.dates import show_day
from registry.domain.drafts import PatientDraft
from registry.domain.errors import NotPermitted
from registry.services.patients import find_patient_by_number, get_patient, read_course
from registry.services.procedures import KnownBaseline, find_baseline
from registry.web.forms.form import LINE, Form

LONGEST_NUMBER = LONGEST_PHONE = 40
_YES_NO = {"yes": True, "no": False}
_ANY_DAY = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Who:
    """Whom the typed hospital number stands for, at which of the actor's sites.

    `course` is None while nobody has that number. `seen` says that the form was showing this very
    patient when it was sent.
    """

    site: Site
    sites: tuple[Site, ...]
    course: Course | None
    seen: bool
    number_typed: bool

    @property
    def patient(self) -> Patient | None:
        """The patient of this number, if there is one."""
        return self.course.patient if self.course else None

    @property
    def is_new(self) -> bool:
        """Whether a number was typed that nobody has."""
        return self.number_typed and self.course is None

    def baseline(self, performed_on: date) -> KnownBaseline | None:
        """Find the pain score on record that will count as baseline for a procedure on a day."""
        return find_baseline(self.course, performed_on) if self.course else None


def writable_sites(session: Session, actor: Actor) -> tuple[Site, ...]:
    """List the sites at which the actor may log procedures; `NotPermitted` when there is none."""
    may = actor.sites(Permission.WRITE_RECORDS)
    if actor.user_id is None or not may:
        raise NotPermitted("Your role does not include logging procedures.")
    return tuple(s for _, s in list_memberships(session, actor.user_id) if s.id in may)


def find_who(session: Session, actor: Actor, form: Form) -> Who:
    """Look up whom the form means; a patient of another site's is not found (`NotFound`)."""
    sites = writable_sites(session, actor)
    shown = _shown_patient(session, actor, form)
    site = _chosen_site(form, sites, shown)
    number = form.text("hospital_number")
    found = (
        find_patient_by_number(session, actor=actor, site_id=site.id, hospital_number=number)
        if number
        else None
    )
    return Who(
        site=site,
        sites=sites,
        course=read_course(session, actor=actor, patient_id=found.id) if found else None,
        seen=found is not None and shown is not None and found.id == shown.id,
        number_typed=number is not None,
    )


def check_who(form: Form, who: Who) -> None:
    """Refuse a number that is missing, or that stands for somebody the form was not showing."""
    if not who.number_typed:
        form.refuse("hospital_number", "Enter the hospital number.")
    elif who.patient and _registers(form):
        form.refuse(
            "hospital_number",
            "This site has a patient with this hospital number already. If it is the person shown "
            "below, log the procedure for them; else correct the number.",
        )
    elif who.patient and not who.seen:
        form.refuse(
            "hospital_number", "Check that this is the patient shown below, then log again."
        )
    elif who.is_new and not _registers(form):
        form.refuse(
            "hospital_number",
            "Nobody at this site has this hospital number. Fill in below who it is, or correct it.",
        )


def read_particulars(form: Form, today: date) -> PatientDraft:
    """Read who somebody is; as with the procedure, stand-ins are never saved."""
    birth_date = form.day("birth_date", today, missing="Enter the birth date.")
    return PatientDraft(
        hospital_number=form.text("hospital_number", LONGEST_NUMBER) or "",
        birth_date=birth_date or _ANY_DAY,
        sex=form.required("sex", "Choose the sex, or “Not known”."),
        name=form.text("name", LINE),
        phone=form.text("phone", LONGEST_PHONE),
        diagnosis_group=form.text("diagnosis_group"),
        diagnosis=form.text("diagnosis", LINE),
        metastases=_YES_NO.get(form.value("metastases")),
    )


def particulars_values(patient: Patient) -> dict[str, object]:
    """Give a patient's particulars as the form's fields hold them."""
    metastases = {v: k for k, v in _YES_NO.items()}
    return {
        "hospital_number": patient.hospital_number,
        "birth_date": show_day(patient.birth_date),
        "sex": patient.sex,
        "name": patient.name,
        "phone": patient.phone,
        "diagnosis_group": patient.diagnosis_group,
        "diagnosis": patient.diagnosis,
        "metastases": "" if patient.metastases is None else metastases[patient.metastases],
    }


def _registers(form: Form) -> bool:
    return form.has("birth_date") or form.has("sex")


def _shown_patient(session: Session, actor: Actor, form: Form) -> Patient | None:
    try:
        patient_id = UUID(form.value("patient"))
    except ValueError:
        return None
    return get_patient(
        session, actor=actor, patient_id=patient_id, permission=Permission.WRITE_RECORDS
    )


def _chosen_site(form: Form, sites: tuple[Site, ...], shown: Patient | None) -> Site:
    chosen = form.value("site")
    if site := next((s for s in sites if str(s.id) == chosen), None):
        return site
    if chosen:
        form.refuse("site", "Choose one of the listed services.")
    return next((s for s in sites if shown and s.id == shown.site_id), sites[0])
