"""seal the trail

Every line of the audit trail gets its place in its site's chain and a seal, in the order of entry;
from then on the database itself refuses to change or delete one.

Revision ID: 0004
Revises: 0003
"""

import hashlib
import json
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NOTHING_BEFORE = "0" * 64
_EARLIER = "0003"
"""The schema that lines written before this one were written under, or an older one."""
_NEW = (
    ("schema_version", sa.String(length=40)),
    ("chain", sa.String(length=40)),
    ("number", sa.Integer()),
    ("previous", sa.String(length=64)),
    ("seal", sa.String(length=64)),
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
    *(sa.column(name, kind) for name, kind in _NEW),
)

_REFUSALS = {
    "sqlite": (
        "CREATE TRIGGER audit_event_keeps_what_it_says BEFORE UPDATE ON audit_event"
        " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        "CREATE TRIGGER audit_event_keeps_its_lines BEFORE DELETE ON audit_event"
        " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        # REPLACE deletes what it replaces without asking the trigger above.
        "CREATE TRIGGER audit_event_replaces_nothing BEFORE INSERT ON audit_event"
        " WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id"
        " OR (chain = NEW.chain AND number = NEW.number))"
        " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_to_change_the_trail() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
        "CREATE TRIGGER audit_event_keeps_what_it_says BEFORE UPDATE OR DELETE ON audit_event"
        " FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_trail()",
        "CREATE TRIGGER audit_event_keeps_its_lines BEFORE TRUNCATE ON audit_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_trail()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("chain", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_head")),
    )
    with op.batch_alter_table("audit_event") as batch_op:
        for name, kind in _NEW:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
    _seal_all()
    with op.batch_alter_table("audit_event") as batch_op:
        for name, kind in _NEW:
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_audit_event_chain_number"), ["chain", "number"]
        )
    for statement in _REFUSALS[op.get_bind().dialect.name]:
        op.execute(statement)


def _seal_all() -> None:
    """Chain the lines that are there; a line at a time, for there may be many."""
    connection = op.get_bind()
    ends: dict[str, tuple[int, str]] = {}
    ids = connection.execute(sa.select(_LINES.c.id).order_by(_LINES.c.id)).scalars().all()
    for line_id in ids:
        line = connection.execute(sa.select(_LINES).where(_LINES.c.id == line_id)).mappings().one()
        chain = str(line["site_id"]) if line["site_id"] else "registry"
        number, previous = ends.get(chain, (0, _NOTHING_BEFORE))
        placed = {"schema_version": _EARLIER, "chain": chain, "number": number + 1}
        says = {k: v for k, v in {**line, **placed}.items() if k not in {"previous", "seal"}}
        sealed = {**placed, "previous": previous, "seal": _seal(says, previous)}
        connection.execute(_LINES.update().where(_LINES.c.id == line_id).values(sealed))
        ends[chain] = number + 1, sealed["seal"]
    heads = sa.table("audit_head", sa.column("chain"), sa.column("number"), sa.column("seal"))
    for chain, (number, seal) in ends.items():
        connection.execute(heads.insert().values(chain=chain, number=number, seal=seal))


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
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_to_change_the_trail() CASCADE")
    else:
        for name in ("replaces_nothing", "keeps_its_lines", "keeps_what_it_says"):
            op.execute(f"DROP TRIGGER audit_event_{name}")
    with op.batch_alter_table("audit_event") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_audit_event_chain_number"), type_="unique")
        for name, _ in reversed(_NEW):
            batch_op.drop_column(name)
    op.drop_table("audit_head")
