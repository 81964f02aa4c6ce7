"""Bringing a logbook in: what comes in, what is kept out and why, and that nothing comes in twice.

Every row is Nora's unless told otherwise: N100, a coeliac plexus neurolysis on 5 Jan 2025, pain 8
before and 4 a week later.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel, col, func, select

from registry.db.tables import (
    AdverseEvent,
    Assessment,
    AuditEvent,
    Death,
    ImportBatch,
    ImportedRow,
    Patient,
    Procedure,
    ProcedureOutcomeRow,
)
from registry.domain.errors import NotFound, NotPermitted
from registry.exchange.importer import (
    ImportReport,
    LogbookError,
    import_logbook,
    load_mapping,
    report_csv,
    summary,
)
from registry.services.assessments import add_assessment
from registry.services.audit import unsealed
from registry.services.patients import find_patient_by_number, read_course, record_death
from registry.services.procedures import log_procedure
from tests.exchange.logbook_files import row, told, write_logbook
from tests.world import CELIAC, PERFORMED, TODAY, World, assessment_draft, procedure_draft

# One process imports the logbook once for all of these.
pytestmark = pytest.mark.xdist_group("logbook")

DAY = date(2025, 1, 5)
Import = Callable[..., ImportReport]
Rows = dict[str, str]


@pytest.fixture
def bring_in(session: Session, world: World, tmp_path: Path) -> Import:
    def bring_in(*rows: Rows, dry_run: bool = False) -> ImportReport:
        return import_logbook(
            session,
            actor=world.alice,
            site_id=world.north,
            path=write_logbook(tmp_path / "logbook.csv", *rows),
            mapping=load_mapping("uk-logbook"),
            today=TODAY,
            dry_run=dry_run,
        )

    return bring_in


@pytest.fixture
def outcomes(session: Session, world: World) -> Callable[..., list[ProcedureOutcomeRow]]:
    def outcomes(number: str = "N100") -> list[ProcedureOutcomeRow]:
        patient = find_patient_by_number(
            session, actor=world.alice, site_id=world.north, hospital_number=number
        )
        if patient is None:
            return []
        query = select(ProcedureOutcomeRow).where(ProcedureOutcomeRow.patient_id == patient.id)
        return list(session.exec(query.order_by(col(ProcedureOutcomeRow.performed_on))))

    return outcomes


Outcomes = Callable[..., list[ProcedureOutcomeRow]]


def counts(session: Session) -> dict[str, int]:
    tables: tuple[type[SQLModel], ...] = (
        *(Patient, Procedure, Assessment, AdverseEvent, Death, ProcedureOutcomeRow),
        *(ImportBatch, ImportedRow, AuditEvent),
    )
    return {
        str(t.__tablename__): session.exec(select(func.count()).select_from(t)).one()
        for t in tables
    }


def test_a_row_becomes_a_patient_a_procedure_its_follow_up_event_and_death(
    session: Session, world: World, bring_in: Import, outcomes: Outcomes
) -> None:
    report = bring_in(row(Complications="bruising", RIP_date="01/03/2025", Comments="=see letter"))
    assert (report.rows_read, report.imported, report.refused, report.findings) == (1, 1, 0, ())
    (outcome,) = outcomes()
    assert (outcome.nrs_baseline, outcome.nrs_7d, outcome.state_7d) == (8, 4, "responder")
    assert (outcome.medd_baseline, outcome.medd_7d, outcome.akps) == (60, 40, 50)
    assert (outcome.state_90d, outcome.days_to_death) == ("died_before", 55)
    assert (outcome.agent_classes, outcome.guidance) == ("alcohol", "fluoroscopy")
    assert (outcome.sex, outcome.diagnosis_group) == ("female", "lung")
    course = read_course(session, actor=world.alice, patient_id=outcome.patient_id)
    assert course.patient.diagnosis == "Lung ca (NSCLC)"
    (procedure,) = course.procedures
    assert (procedure.laterality, procedure.operator) == ("bilateral", "Dr A")
    assert (procedure.pain_site, procedure.note) == ("upper abdomen", "=see letter")
    assert [a.assessed_on for a in course.assessments] == [DAY, DAY + timedelta(days=7)]
    assert sorted(s.score for s in course.assessments[0].scores) == [8, 9]
    assert [(e.complication, e.onset_on) for e in course.adverse_events] == [("bruising", DAY)]


def test_a_wrong_row_stays_out_whole_and_the_rest_comes_in(
    session: Session, bring_in: Import, outcomes: Outcomes
) -> None:
    report = bring_in(
        row(Hosp_No="N1"), row(Hosp_No="N2", Pain_pre="77", DOB="soon"), row(Hosp_No="N3")
    )
    assert (report.imported, report.refused) == (2, 1)
    assert sorted(told(report, "refused")) == [(3, "DOB", "soon"), (3, "Pain pre", "77")]
    assert (len(outcomes("N1")), outcomes("N2"), len(outcomes("N3"))) == (1, [], 1)


def test_the_trail_says_which_file_came_in(
    session: Session, world: World, bring_in: Import
) -> None:
    bring_in(row())
    batch = session.exec(select(ImportBatch)).one()
    assert (batch.file_name, batch.mapping) == ("logbook.csv", "uk-logbook")
    event = session.exec(select(AuditEvent).where(AuditEvent.action == "import")).one()
    assert len(unsealed(event.changes)["file_sha256"][1]) == 64
    assert (event.site_id, event.actor) == (world.north, "Alice")
    assert event.changes["batch"] == [None, str(batch.id)]
    kept = session.exec(select(ImportedRow)).one()
    assert (kept.line, kept.batch_id) == (2, batch.id)


def test_a_dry_run_tells_the_same_and_leaves_nothing(session: Session, bring_in: Import) -> None:
    rows = (row(), row(Hosp_No="N2", Side="midline", AKPS="60-70"), row(Hosp_No="N3", DOB=""))
    before = counts(session)
    rehearsed = bring_in(*rows, dry_run=True)
    assert counts(session) == before
    done = bring_in(*rows)
    assert rehearsed.findings == done.findings
    assert (rehearsed.imported, done.imported) == (2, 2)
    assert "nothing was written" in summary(rehearsed)
    assert "nothing was written" not in summary(done)


# ----------------------------------------------------------------------------- never the same twice


def test_the_same_rows_again_add_nothing_however_they_are_written(
    session: Session, bring_in: Import
) -> None:
    bring_in(row(Hosp_No="N1"), row(Hosp_No="N2"))
    before = counts(session)
    again = bring_in(row(Hosp_No="N2"), row(Hosp_No="N1"))
    restyled = bring_in(row(Hosp_No="n1 ", Date="5 Jan 2025", Sex="female", Pain_pre="8/10"))
    assert counts(session) == before
    assert (again.imported, again.already_there) == (0, 2)
    assert (restyled.imported, restyled.already_there) == (0, 1)


def test_a_procedure_logged_by_hand_is_already_there(
    session: Session, world: World, bring_in: Import
) -> None:
    pat = row(Hosp_No="H1", DOB="17/05/1950", Date=f"{PERFORMED:%d/%m/%Y}", Pain_pre="7")
    before = counts(session)
    report = bring_in(pat)
    assert counts(session) == before
    assert [(line, column) for line, column, _ in told(report, "already there")] == [
        (2, "Procedure")
    ]


def test_a_new_procedure_of_a_known_patient_is_added_to_the_record(
    session: Session, world: World, bring_in: Import
) -> None:
    later = PERFORMED + timedelta(days=30)
    report = bring_in(row(Hosp_No="H1", Date=f"{later:%d/%m/%Y}", Procedure="TPI", Pain_1_52=""))
    assert report.imported == 1
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    assert [p.technique for p in course.procedures] == [CELIAC, "trigger-point-injection"]
    assert course.patient.diagnosis_group == "lung"


def test_a_row_repeated_in_the_file_comes_in_once(bring_in: Import, outcomes: Outcomes) -> None:
    report = bring_in(row(), row(Hosp_No="N2"), row(Date="5 Jan 2025"))
    assert (report.imported, report.repeated) == (2, 1)
    assert [line for line, _, _ in told(report, "repeated")] == [4]
    assert len(outcomes()) == 1


def test_two_accounts_of_one_procedure_are_both_kept_out(
    bring_in: Import, outcomes: Outcomes
) -> None:
    report = bring_in(row(), row(Pain_1_52="9"), row(Date="06/02/2025"))
    assert [line for line, _, _ in told(report, "refused")] == [2, 3]
    assert [o.performed_on for o in outcomes()] == [date(2025, 2, 6)]


def test_left_and_right_on_one_day_are_two_procedures(bring_in: Import, outcomes: Outcomes) -> None:
    rows = [row(Procedure="intercostal block", Side=side) for side in ("L", "R")]
    assert bring_in(*rows).imported == 2
    assert len(outcomes()) == 2
    assert bring_in(*rows).already_there == 2


# --------------------------------------------------------------------- rows that belong to one life


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("DOB", {"DOB": "17/05/1950"}, {"DOB": "18/05/1950"}),
        ("Sex", {"Sex": "F"}, {"Sex": "M"}),
        ("RIP date", {"RIP_date": "01/06/2025"}, {"RIP_date": "02/06/2025"}),
    ],
)
def test_rows_that_contradict_each_other_about_a_patient_are_all_kept_out(
    bring_in: Import, outcomes: Outcomes, column: str, one: Rows, other: Rows
) -> None:
    report = bring_in(row(**one), row(Date="06/02/2025", **other), row(Hosp_No="N2"))
    assert [(line, c) for line, c, _ in told(report, "refused")] == [(2, column), (3, column)]
    assert (outcomes(), len(outcomes("N2"))) == ([], 1)


def test_what_a_row_leaves_unsaid_contradicts_nothing(
    session: Session, bring_in: Import, outcomes: Outcomes
) -> None:
    report = bring_in(
        row(Sex="", Diagnosis=""), row(Date="06/02/2025", RIP_date="01/06/2025"), row(Hosp_No="N2")
    )
    assert (report.imported, report.findings) == (3, ())
    first, second = outcomes()
    assert (first.sex, first.diagnosis_group, first.days_to_death) == ("female", "lung", 147)
    assert second.days_to_death == 115


def test_a_wrong_row_has_no_say_about_the_others(bring_in: Import, outcomes: Outcomes) -> None:
    report = bring_in(row(), row(Date="06/02/2025", DOB="07/02/2025"))
    assert told(report, "refused") == [(3, "DOB", "07/02/2025")]
    assert len(outcomes()) == 1


def test_particulars_that_differ_from_the_registry_keep_a_row_out(
    session: Session, world: World, bring_in: Import
) -> None:
    record_death(
        session, actor=world.alice, patient_id=world.pat, died_on=date(2026, 2, 1), today=TODAY
    )
    report = bring_in(
        row(Hosp_No="H1", DOB="18/05/1950", Date="01/02/2025"),
        row(Hosp_No="H1", Sex="M", Date="02/03/2025"),
        row(Hosp_No="H1", RIP_date="02/02/2026", Date="03/04/2025"),
        row(Hosp_No="H1", RIP_date="01/02/2026", Date="04/05/2025"),
    )
    assert [(line, c) for line, c, _ in told(report, "refused")] == [
        (2, "DOB"),
        (3, "Sex"),
        (4, "RIP date"),
    ]
    assert report.imported == 1


def test_diagnoses_of_different_groups_are_left_out(
    session: Session, world: World, bring_in: Import, outcomes: Outcomes
) -> None:
    report = bring_in(row(), row(Date="06/02/2025", Diagnosis="myeloma"))
    assert [(line, c) for line, c, _ in told(report, "warning")] == [
        (2, "Diagnosis"),
        (3, "Diagnosis"),
    ]
    assert [o.diagnosis_group for o in outcomes()] == [None, None]
    known = bring_in(row(Hosp_No="H1", Diagnosis="myeloma"))
    assert (known.imported, told(known, "warning")) == (1, [(2, "Diagnosis", "myeloma")])
    assert [o.diagnosis_group for o in outcomes("H1")] == ["lung", "lung"]


def test_a_procedure_after_a_death_told_by_another_row_keeps_both_out(
    bring_in: Import, outcomes: Outcomes
) -> None:
    report = bring_in(
        row(RIP_date="01/02/2025"), row(Date="06/02/2025"), row(Date="10/01/2025", Pain_1_52="")
    )
    assert [(line, c) for line, c, _ in told(report, "refused")] == [(2, "RIP date"), (3, "Date")]
    assert [(o.performed_on.day, o.days_to_death) for o in outcomes()] == [(10, None)]


def test_nothing_is_added_after_a_death_that_the_registry_knows(
    session: Session, world: World, bring_in: Import
) -> None:
    record_death(
        session, actor=world.alice, patient_id=world.pat, died_on=date(2026, 2, 1), today=TODAY
    )
    report = bring_in(
        row(Hosp_No="H1", Date="02/02/2026"),
        row(Hosp_No="H1", Date="30/01/2026", Procedure="TPI"),
    )
    assert [(line, c) for line, c, _ in told(report, "refused")] == [
        (2, "Date"),
        (3, "Pain 1/52"),
    ]


def test_a_death_before_what_the_registry_has_keeps_its_row_out(
    session: Session, world: World, bring_in: Import
) -> None:
    report = bring_in(
        row(Hosp_No="H1", RIP_date="01/06/2025"), row(Hosp_No="H1", Date="06/02/2025")
    )
    assert told(report, "refused") == [(2, "RIP date", "01/06/2025")]
    assert report.imported == 1
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    assert course.death is None


# ------------------------------------------------------------------ follow-ups on their nominal day


def test_a_follow_up_whose_day_the_patient_did_not_live_to_see(
    session: Session, world: World, bring_in: Import, outcomes: Outcomes
) -> None:
    report = bring_in(row(Pain_4_52="3", RIP_date="27/01/2025"))
    assert told(report, "warning") == [(2, "Pain 4/52", "3")]
    (outcome,) = outcomes()
    assert (outcome.nrs_28d, outcome.state_28d, outcome.state_90d) == (
        3,
        "responder",
        "died_before",
    )
    course = read_course(session, actor=world.alice, patient_id=outcome.patient_id)
    assert course.assessments[-1].assessed_on == date(2025, 1, 27)


def test_a_follow_up_for_a_window_after_death_keeps_the_row_out(
    bring_in: Import, outcomes: Outcomes
) -> None:
    report = bring_in(row(Pain_4_52="3", RIP_date="20/01/2025"))
    assert [(line, c) for line, c, _ in told(report, "refused")] == [
        (2, "Pain 4/52"),
        (2, "RIP date"),
    ]
    assert outcomes() == []


def test_a_follow_up_still_to_come_keeps_the_row_out_one_begun_is_dated_today(
    session: Session, world: World, bring_in: Import, outcomes: Outcomes
) -> None:
    to_come = TODAY - timedelta(days=5)
    begun = TODAY - timedelta(days=20)
    report = bring_in(
        row(Date=f"{to_come:%d/%m/%Y}", Pain_1_52="", Pain_4_52="3"),
        row(Hosp_No="N2", Date=f"{begun:%d/%m/%Y}", Pain_4_52="3"),
    )
    assert told(report, "refused") == [(2, "Pain 4/52", "3")]
    assert told(report, "warning") == [(3, "Pain 4/52", "3")]
    (outcome,) = outcomes("N2")
    assert outcome.nrs_28d == 3


def test_one_procedure_s_follow_up_may_fall_on_another_s_day(
    bring_in: Import, outcomes: Outcomes
) -> None:
    report = bring_in(row(Pain_1_52="2"), row(Date="12/01/2025", Procedure="TPI", Pain_pre="5"))
    assert report.imported == 2
    first, second = outcomes()
    assert (first.nrs_7d, second.nrs_baseline) == (5, 5)


def test_the_order_of_rows_does_not_matter(
    session: Session, bring_in: Import, outcomes: Outcomes
) -> None:
    rows = (
        row(Date="06/02/2025", Pain_pre="6", RIP_date="01/06/2025"),
        row(Complications="bruising"),
        row(Date="10/03/2025", Diagnosis="", Sex="", Pain_pre="-"),
    )
    seen = set()
    for order in permutations(rows):
        with session.begin_nested() as trial:
            assert bring_in(*order).imported == 3
            seen.add(tuple(_what_counts(o) for o in outcomes()))
            trial.rollback()
    assert len(seen) == 1


def _what_counts(outcome: ProcedureOutcomeRow) -> str:
    return str(outcome.model_dump(exclude={"procedure_id", "patient_id", "course_id"}))


# --------------------------------------------------------------------------- when the rules refuse


def test_a_row_that_the_services_refuse_leaves_nothing_and_the_others_stay(
    session: Session, bring_in: Import, outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry.domain.errors import RuleViolation
    from registry.exchange.importer import writing

    def refuse_the_second(session: Session, *, draft: object, **rest: object) -> object:
        if getattr(draft, "assessed_on", None) == date(2025, 2, 13):
            raise RuleViolation.at("assessed_on", "Not this one.")
        return add_assessment(session, draft=draft, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "add_assessment", refuse_the_second)
    report = bring_in(row(), row(Date="06/02/2025", Complications="bruising"), row(Hosp_No="N2"))
    assert told(report, "refused") == [(3, "Pain 1/52", "4/10")]
    assert [o.performed_on for o in outcomes()] == [DAY]
    assert (report.imported, counts(session)["adverse_event"]) == (2, 0)
    assert counts(session)["imported_row"] == 2


def test_a_file_of_which_nothing_comes_in_leaves_no_trace(
    session: Session, bring_in: Import
) -> None:
    before = counts(session)
    assert bring_in(row(DOB="")).imported == 0
    assert counts(session) == before


def test_only_who_may_write_may_import(session: Session, world: World, tmp_path: Path) -> None:
    path = write_logbook(tmp_path / "logbook.csv", row())
    for actor, error in ((world.quinn, NotPermitted), (world.charlie, NotFound)):
        with pytest.raises(error):
            import_logbook(
                session,
                actor=actor,
                site_id=world.north,
                path=path,
                mapping=load_mapping("uk-logbook"),
                today=TODAY,
            )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: {**r, "Ward": "4B"}, "says nothing of the column Ward"),
        (lambda r: {k: v for k, v in r.items() if k != "Side"}, "no column Side"),
        (lambda r: {"Name": "N"}, "none of the columns"),
    ],
)
def test_columns_that_are_not_the_mapping_s_are_told(
    bring_in: Import, change: Callable[[Rows], Rows], said: str
) -> None:
    with pytest.raises(LogbookError, match=said):
        bring_in(change(row()))


def test_another_site_s_logbook_needs_only_another_mapping(
    session: Session, world: World, tmp_path: Path, outcomes: Outcomes
) -> None:
    mapping = tmp_path / "clinic.toml"
    mapping.write_text(
        """
        dates = ["dd.mm.yyyy"]
        not_recorded = ["k.A."]
        ignore = ["Ward"]
        file = { encoding = "cp1252", separator = ";", header_line = 2 }
        defaults = { operator = "Not recorded" }
        pain = { words = { max = "worst" } }
        [columns]
        hospital_number = "Nr"
        birth_date = "geboren"
        performed_on = "Tag"
        technique = "Eingriff"
        [[assessments]]
        day = 0
        pain = "Schmerz vorher"
        [[assessments]]
        day = 7
        pain = "Schmerz nachher"
        [values.technique]
        "Zöliakusblockade" = "coeliac-plexus"
        """,
        "utf-8",
    )
    path = tmp_path / "clinic.csv"
    path.write_text(
        "Our logbook;;;;;;\nNr;geboren;Tag;Eingriff;Ward;Schmerz vorher;Schmerz nachher\n"
        "N100;17.05.1950;05.01.2025;Zöliakusblockade;4B;8 (max 9);k.A.\n",
        "cp1252",
    )
    report = import_logbook(
        session,
        actor=world.alice,
        site_id=world.north,
        path=path,
        mapping=load_mapping(mapping),
        today=TODAY,
    )
    assert (report.imported, report.findings) == (1, ())
    (outcome,) = outcomes()
    assert (outcome.technique, outcome.nrs_baseline, outcome.nrs_7d) == (CELIAC, 8, None)


# -------------------------------------------------------------------------------------- the report


def test_the_report_lists_every_finding_and_holds_no_formula(bring_in: Import) -> None:
    report = bring_in(row(DOB="=1+1", Pain_pre="77"), row(Hosp_No="N2", AKPS="60-70"))
    lines = list(csv.DictReader(io.StringIO(report_csv(report))))
    assert [(r["line"], r["kind"], r["column"], r["value"]) for r in lines] == [
        ("2", "refused", "DOB", "'=1+1"),
        ("2", "refused", "Pain pre", "77"),
        ("3", "warning", "AKPS", "60-70"),
    ]
    assert all(r["reason"] for r in lines)


def test_the_summary_counts_rows_and_shows_each_refusal(bring_in: Import) -> None:
    text = summary(
        bring_in(
            row(),
            row(),
            row(Hosp_No="N2", Pain_pre="77"),
            row(Hosp_No="N3", Opioids_1_52="some tablets", AKPS="60-70"),
        )
    )
    assert "4 rows read from logbook.csv through uk-logbook" in text
    assert "line 4, Pain pre: 77." in text
    assert "line 3. Says the same as line 2" in text
    assert "3 of 4 (75.0 %)" in text
    assert "1 x AKPS" in text


def test_progress_is_told_to_the_end(session: Session, world: World, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    import_logbook(
        session,
        actor=world.alice,
        site_id=world.north,
        path=write_logbook(tmp_path / "logbook.csv", row(), row(Hosp_No="N2")),
        mapping=load_mapping("uk-logbook"),
        today=TODAY,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (2, 2)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_death_already_recorded_is_no_trouble(
    session: Session, world: World, bring_in: Import
) -> None:
    log_procedure(
        session,
        actor=world.alice,
        patient_id=world.pat,
        draft=procedure_draft(PERFORMED + timedelta(days=20)),
        baseline=assessment_draft(PERFORMED + timedelta(days=20), 6),
        today=TODAY,
    )
    record_death(
        session, actor=world.alice, patient_id=world.pat, died_on=date(2026, 2, 20), today=TODAY
    )
    report = bring_in(row(Hosp_No="H1", Date="08/02/2026", RIP_date="20/02/2026", Procedure="TPI"))
    assert report.imported == 1
