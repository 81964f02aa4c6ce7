"""seal identifiers

A patient's number, name, birth date and phone are sealed under a key that is kept outside of the
database, and found by keyed marks. The audit trail tells of them, too: what it says of them is
sealed, and its lines get new seals for that, once.

Revision ID: 0006
Revises: 0005
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from registry.db.patient_marks import number_mark, search_keys
from registry.db.sealed import vault

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SEALED = ("hospital_number", "name", "birth_date", "phone")
_PLAIN = {
    "hospital_number": sa.String(length=40),
    "name": sa.String(length=200),
    "birth_date": sa.Date(),
    "phone": sa.String(length=40),
}
_NEEDED = {"hospital_number", "birth_date"}
_TOLD = {*_SEALED, "merged_into", "holds_also"}
_MARK = "sealed:"
_NOTHING_BEFORE = "0" * 64

_PATIENTS = sa.table(
    "patient",
    sa.column("site_id", sa.Uuid()),
    sa.column("id", sa.Uuid()),
    sa.column("hospital_number_mark", sa.String()),
    *(sa.column(name, _PLAIN[name]) for name in _SEALED),
    *(sa.column(f"{name}_new", sa.Text()) for name in _SEALED),
)
_KEYS = sa.table(
    "patient_search_key",
    sa.column("site_id", sa.Uuid()),
    sa.column("search_key", sa.Integer()),
    sa.column("patient_id", sa.Uuid()),
)
_LINES = sa.table(
    "audit_event",
    sa.column("id", sa.Uuid()),
    sa.column("site_id", sa.Uuid()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("user_id", sa.Uuid()),
    sa.column("actor", sa.String()),
    sa.column("role", sa.String()),
    sa.column("action", sa.String()),
    sa.column("record_type", sa.String()),
    sa.column("record_id", sa.Uuid()),
    sa.column("changes", sa.JSON()),
    sa.column("reason", sa.String()),
    sa.column("request_id", sa.String()),
    sa.column("app_version", sa.String()),
    sa.column("schema_version", sa.String()),
    sa.column("chain", sa.String()),
    sa.column("number", sa.Integer()),
    sa.column("previous", sa.String()),
    sa.column("seal", sa.String()),
)
_HEADS = sa.table("audit_head", sa.column("chain"), sa.column("number"), sa.column("seal"))


def upgrade() -> None:
    op.create_table(
        "patient_search_key",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("search_key", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "patient_id"],
            ["patient.site_id", "patient.id"],
            name=op.f("fk_patient_search_key_site_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "site_id", "search_key", "patient_id", name=op.f("pk_patient_search_key")
        ),
    )
    op.create_index(
        op.f("ix_patient_search_key_site_id_patient_id"),
        "patient_search_key",
        ["site_id", "patient_id"],
    )
    with op.batch_alter_table("patient") as batch_op:
        batch_op.add_column(sa.Column("hospital_number_mark", sa.String(length=64)))
        for name in _SEALED:
            batch_op.add_column(sa.Column(f"{name}_new", sa.Text()))
    _seal_patients()
    with op.batch_alter_table("patient") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_patient_site_id_hospital_number"), type_="unique")
        for name in _SEALED:
            batch_op.drop_column(name)
    with op.batch_alter_table("patient") as batch_op:
        for name in _SEALED:
            batch_op.alter_column(
                f"{name}_new",
                new_column_name=name,
                existing_type=sa.Text(),
                nullable=name not in _NEEDED,
            )
        batch_op.alter_column(
            "hospital_number_mark", existing_type=sa.String(length=64), nullable=False
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_patient_site_id_hospital_number_mark"),
            ["site_id", "hospital_number_mark"],
        )
    _say_anew(_sealed)


def _seal_patients() -> None:
    connection = op.get_bind()
    kept = ("site_id", "id", *_SEALED)
    rows = connection.execute(sa.select(*(_PATIENTS.c[name] for name in kept))).mappings().all()
    for row in rows:
        number, own = row["hospital_number"], {"site_id": row["site_id"], "patient_id": row["id"]}
        told = {name: _as_text(row[name]) for name in _SEALED}
        sealed = {
            f"{name}_new": None if value is None else vault().seal(name, value)
            for name, value in told.items()
        }
        mark = number_mark(row["site_id"], number)
        connection.execute(
            _PATIENTS.update()
            .where(_PATIENTS.c.site_id == row["site_id"], _PATIENTS.c.id == row["id"])
            .values(**sealed, hospital_number_mark=mark)
        )
        keys = sorted(search_keys(row["site_id"], number, row["name"]))
        connection.execute(_KEYS.insert(), [{**own, "search_key": key} for key in keys])


def _as_text(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _sealed(value: Any) -> Any:
    return value if value is None else _MARK + vault().seal("audit", str(value))


def _unsealed(value: Any) -> Any:
    told = isinstance(value, str) and value.startswith(_MARK)
    return vault().unseal("audit", value.removeprefix(_MARK)) if told else value


def _say_anew(write: Callable[[Any], Any]) -> None:
    """Write what the trail says of identifiers another way, and seal every line behind the last."""
    connection = op.get_bind()
    ends: dict[str, str] = {}
    order = sa.select(_LINES.c.id).order_by(_LINES.c.chain, _LINES.c.number)
    with _without_triggers(connection):
        for line_id in connection.execute(order).scalars().all():
            where = _LINES.c.id == line_id
            line = dict(connection.execute(sa.select(_LINES).where(where)).mappings().one())
            line["changes"] = {
                name: [write(value) for value in both] if name in _TOLD else both
                for name, both in line["changes"].items()
            }
            previous = ends.get(line["chain"], _NOTHING_BEFORE)
            says = {k: v for k, v in line.items() if k not in {"previous", "seal"}}
            seal = _seal(says, previous)
            anew = {"changes": line["changes"], "previous": previous, "seal": seal}
            connection.execute(_LINES.update().where(where).values(anew))
            ends[line["chain"]] = seal
        for chain, seal in ends.items():
            connection.execute(_HEADS.update().where(_HEADS.c.chain == chain).values(seal=seal))


@contextmanager
def _without_triggers(connection: sa.Connection) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        op.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        yield
        op.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
        return
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    triggers = connection.exec_driver_sql(query).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, made in triggers:
        connection.exec_driver_sql(made)


def _seal(says: dict[str, object], previous: str) -> str:
    text = json.dumps(
        {"previous": previous, **says},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        default=_plain,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="microseconds")
    return str(UUID(str(value))) if isinstance(value, UUID) else str(value)


def downgrade() -> None:
    with op.batch_alter_table("patient") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_patient_site_id_hospital_number_mark"), type_="unique"
        )
        batch_op.drop_column("hospital_number_mark")
        for name in _SEALED:
            batch_op.alter_column(
                name,
                new_column_name=f"{name}_new",
                existing_type=sa.Text(),
                nullable=True,
                existing_nullable=name not in _NEEDED,
            )
    with op.batch_alter_table("patient") as batch_op:
        for name in _SEALED:
            batch_op.add_column(sa.Column(name, _PLAIN[name]))
    _open_patients()
    with op.batch_alter_table("patient") as batch_op:
        for name in _SEALED:
            batch_op.drop_column(f"{name}_new")
        for name in _NEEDED:
            batch_op.alter_column(name, existing_type=_PLAIN[name], nullable=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_patient_site_id_hospital_number"), ["site_id", "hospital_number"]
        )
    op.drop_table("patient_search_key")
    _say_anew(_unsealed)


def _open_patients() -> None:
    connection = op.get_bind()
    kept = ("site_id", "id", *(f"{name}_new" for name in _SEALED))
    rows = connection.execute(sa.select(*(_PATIENTS.c[name] for name in kept))).mappings().all()
    for row in rows:
        told = {
            name: None if row[f"{name}_new"] is None else vault().unseal(name, row[f"{name}_new"])
            for name in _SEALED
        }
        plain = {**told, "birth_date": date.fromisoformat(str(told["birth_date"]))}
        connection.execute(
            _PATIENTS.update()
            .where(_PATIENTS.c.site_id == row["site_id"], _PATIENTS.c.id == row["id"])
            .values(**plain)
        )
