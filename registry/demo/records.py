"""One made-up course as the rows and the lines of the trail that recording it leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from registry.db.base import KeptRow
from registry.db.queries.patients import Course
from registry.db.tables import (
    AdverseEvent,
    Assessment,
    AuditEvent,
    Death,
    DeviceCheck,
    MissedFollowUp,
    Procedure,
    Site,
)
from registry.demo.courses import DrawnCourse
from registry.demo.linked import MadeUpStep
from registry.domain.access import Actor
from registry.services.adverse_events import new_adverse_event
from registry.services.assessments import new_assessment
from registry.services.audit import created, new_line
from registry.services.device_checks import new_device_check
from registry.services.missed import new_missed
from registry.services.patients import new_patient
from registry.services.procedure_rows import new_procedure


class CourseRecords:
    """The records of a course in the order of their entry, and a line of the trail for each."""

    def __init__(self, site: Site, actor: Actor, drawn: DrawnCourse, today: date) -> None:
        self.records: list[KeptRow] = []
        self.lines: list[AuditEvent] = []
        self._site, self._actor, self._drawn = site, actor, drawn
        self._patient = new_patient(site.id, drawn.course.patient)
        self._enter("register_patient", self._patient)
        treated = self._log_procedures()
        self._add_aftermath(treated, today)
        if (died_on := drawn.course.died_on) is not None:
            death = Death(site_id=site.id, patient_id=self._patient.id, died_on=died_on)
            self._enter("record_death", death)

    def course(self) -> Course:
        """Give the patient's timeline as it would be read back."""
        kept = self.records
        procedures = (r for r in kept if isinstance(r, Procedure))
        assessments = (r for r in kept if isinstance(r, Assessment))
        events = (r for r in kept if isinstance(r, AdverseEvent))
        checks = (r for r in kept if isinstance(r, DeviceCheck))
        return Course(
            self._patient,
            procedures=tuple(sorted(procedures, key=lambda r: (r.performed_on, r.id))),
            assessments=tuple(sorted(assessments, key=lambda r: (r.assessed_on, r.id))),
            adverse_events=tuple(sorted(events, key=lambda r: (r.onset_on, r.id))),
            device_checks=tuple(sorted(checks, key=lambda r: (r.checked_on, r.id))),
            missed=tuple(r for r in kept if isinstance(r, MissedFollowUp)),
            death=next((r for r in kept if isinstance(r, Death)), None),
        )

    def _enter(self, action: str, record: KeptRow) -> None:
        self.records.append(record)
        self.lines.append(new_line(self._actor, action, record=record, changes=created(record)))

    def _log_procedures(self) -> Procedure:
        """Enter the test, the treatment, its follow-ups and what came later; give the treatment."""
        made = self._drawn.course
        tested = self._log(made.test, None).id if made.test else None
        treated = self._log(MadeUpStep(made.procedure, made.baseline), tested)
        for draft in self._drawn.practice.follow_ups:
            self._enter("add_assessment", new_assessment(self._site, self._patient, draft))
        for step in made.later:
            self._log(step, treated.id)
        return treated

    def _log(self, step: MadeUpStep, follows: UUID | None) -> Procedure:
        if step.baseline is not None:
            before = new_assessment(self._site, self._patient, step.baseline)
            self._enter("add_assessment", before)
        operator = self._drawn.practice.operator
        draft = replace(step.procedure, follows_id=follows, operator=operator)
        row = new_procedure(self._patient, draft)
        self._enter("log_procedure", row)
        return row

    def _add_aftermath(self, treated: Procedure, today: date) -> None:
        """Enter what hangs on the treatment: harms, looks at a device, reasons for missed calls."""
        for event in self._drawn.practice.events:
            self._enter("add_adverse_event", new_adverse_event(treated, event))
        for check in self._drawn.course.checks:
            self._enter("add_device_check", new_device_check(treated, check))
        for missed in self._drawn.course.missed:
            self._enter("record_missed", new_missed(treated, missed, today))
