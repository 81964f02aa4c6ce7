"""stop an import

A logbook that is coming in can be told to stop: two more states in which it may stand.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_EARLIER = (
    *("matching", "checking", "checked", "importing", "imported"),
    *("undoing", "undone", "failed", "discarded"),
)
_STATES = (*_EARLIER[:4], "stopping", "stopped", *_EARLIER[4:])
_RULE = "ck_logbook_import_state_known"


def upgrade() -> None:
    _allow(_STATES)


def downgrade() -> None:
    states = sa.table("logbook_import", sa.column("state"))
    stopped = states.update().where(states.c.state.in_(("stopping", "stopped")))
    op.execute(stopped.values(state="failed"))
    _allow(_EARLIER)


def _allow(states: tuple[str, ...]) -> None:
    with op.batch_alter_table("logbook_import") as batch_op:
        batch_op.drop_constraint(batch_op.f(_RULE), type_="check")
        batch_op.create_check_constraint(
            batch_op.f(_RULE), f"state IN ({', '.join(repr(state) for state in states)})"
        )
