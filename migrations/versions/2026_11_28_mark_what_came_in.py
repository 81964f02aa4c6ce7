"""mark what came in

What keeps a line of a logbook or a request from counting twice was a plain hash of what it says,
which whoever guesses that can confirm: it becomes a keyed mark. The hash of a whole file goes, too;
the trail has it.

Revision ID: 0010
Revises: 0009
"""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from registry.db.fingerprints import request_mark, row_mark

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_CHUNK = 1000
_ROWS = sa.table(
    "imported_row",
    sa.column("site_id", sa.Uuid()),
    sa.column("id", sa.Uuid()),
    sa.column("fingerprint", sa.String()),
)
_REQUESTS = sa.table(
    "submission",
    sa.column("user_id", sa.Uuid()),
    sa.column("key", sa.String()),
    sa.column("fingerprint", sa.String()),
)


def upgrade() -> None:
    _write_anew(_ROWS, lambda row: row_mark(row.site_id, row.fingerprint))
    _write_anew(_REQUESTS, lambda row: request_mark(row.user_id, row.key, row.fingerprint))
    with op.batch_alter_table("import_batch") as batch_op:
        batch_op.drop_column("file_sha256")


def downgrade() -> None:
    """What is marked can't be taken back: it is written in capitals, and not marked again."""
    with op.batch_alter_table("import_batch") as batch_op:
        batch_op.add_column(
            sa.Column("file_sha256", sa.String(length=64), nullable=False, server_default="")
        )
    with op.batch_alter_table("import_batch") as batch_op:
        batch_op.alter_column(
            "file_sha256", existing_type=sa.String(length=64), server_default=None
        )
    for table in (_ROWS, _REQUESTS):
        op.execute(table.update().values(fingerprint=sa.func.upper(table.c.fingerprint)))


def _write_anew(table: sa.TableClause, mark: Callable[[Any], str]) -> None:
    first, second, stored = table.c
    change = table.update().where(first == sa.bindparam("one"), second == sa.bindparam("two"))
    change = change.values({stored.name: sa.bindparam("anew")})
    for rows in _in_chunks(table):
        anew = [
            {"one": row[0], "two": row[1], "anew": _once(row.fingerprint) or mark(row)}
            for row in rows
        ]
        op.get_bind().execute(change, anew)


def _once(stored: str) -> str | None:
    return stored.lower() if stored.isupper() else None


def _in_chunks(table: sa.TableClause) -> Iterator[list[Any]]:
    keys = list(table.c)[:2]
    query = sa.select(table).order_by(*keys).limit(_CHUNK)
    last: tuple[Any, ...] | None = None
    while True:
        after = query
        if last is not None:
            after = query.where(
                sa.or_(keys[0] > last[0], sa.and_(keys[0] == last[0], keys[1] > last[1]))
            )
        rows = list(op.get_bind().execute(after))
        if not rows:
            return
        last = tuple(rows[-1][:2])
        yield rows
