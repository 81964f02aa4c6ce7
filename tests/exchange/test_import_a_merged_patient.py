"""A logbook that still uses the number of a merged record brings its rows to the kept one."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import Session

from registry.exchange.importer import ImportReport, import_logbook, load_mapping
from registry.services.merging import merge_patients
from registry.services.patients import read_course, register_patient
from tests.exchange.logbook_files import row, write_logbook
from tests.world import PERFORMED, TODAY, World, patient_draft


def test_the_other_number_brings_a_row_to_the_record_that_was_kept(
    session: Session, world: World, tmp_path: Path
) -> None:
    other = register_patient(
        session, actor=world.alice, site_id=world.north, draft=patient_draft("H2"), today=TODAY
    )
    merge_patients(
        session, actor=world.alice, keep_id=world.pat, merge_id=other.id, reason="One person"
    )

    def bring_in(name: str, **changes: str) -> ImportReport:
        return import_logbook(
            session,
            actor=world.alice,
            site_id=world.north,
            path=write_logbook(tmp_path / name, row(Hosp_No="H2", **changes)),
            mapping=load_mapping("uk-logbook"),
            today=TODAY,
            dry_run=False,
        )

    known = bring_in("known.csv", Date=f"{PERFORMED:%d/%m/%Y}")
    assert (known.imported, known.already_there) == (0, 1)
    assert bring_in("new.csv").imported == 1
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    assert len(course.procedures) == 2
    assert {p.patient_id for p in course.procedures} == {world.pat}
