"""Recording many made-up courses at once: the rows that the services write, in few statements.

A row is made by the same functions as theirs. What is left out is what each of them does for a
single record: looking for its patient anew, and deriving the outcomes after every step instead of
once, when the course is whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, SQLModel

from registry.db.queries.bulk import insert_records
from registry.db.queries.trail import hold_head
from registry.db.tables import Site
from registry.demo.courses import DrawnCourse
from registry.demo.records import CourseRecords
from registry.domain.access import Actor
from registry.domain.trail import Link
from registry.services.audit import link
from registry.services.outcomes import derive_rows

BATCH = 200
"""Courses written at a time: enough that a statement costs little, few enough to hold in memory."""


class BulkWriter:
    """Writes courses in batches, within one transaction and with the end of each trail held.

    Either all of them are there in the end or none.
    """

    def __init__(self, session: Session, actor: Actor, sites: Sequence[Site], today: date) -> None:
        self._session, self._actor, self._today = session, actor, today
        self._sites = {site.code: site for site in sites}
        self._heads = {site.code: hold_head(session, str(site.id)) for site in sites}
        self._empty()

    def _empty(self) -> None:
        self._waiting = 0
        self._records: list[SQLModel] = []
        self._outcomes: list[dict[str, Any]] = []
        self._doses: list[dict[str, Any]] = []

    def add(self, drawn: DrawnCourse) -> None:
        """Take a course; it is written with its batch."""
        site, head = self._sites[drawn.site], self._heads[drawn.site]
        made = CourseRecords(site, self._actor, drawn, self._today)
        end = Link(head.number, head.seal)
        for line in made.lines:
            end = link(line, end)
        head.number, head.seal = end.number, end.seal
        outcomes, doses = derive_rows(site, made.course())
        self._records += [*made.records, *made.lines]
        self._outcomes += outcomes
        self._doses += doses
        self._waiting += 1
        if self._waiting == BATCH:
            self.write()

    def write(self) -> None:
        """Write what is waiting. The last batch is short: call this at the end."""
        insert_records(self._session, self._records, self._outcomes, self._doses)
        self._empty()
