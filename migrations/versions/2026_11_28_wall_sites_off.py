"""wall sites off

On PostgreSQL the database itself keeps sites apart: a transaction sees the rows of the sites that it
names in `assuage.sites`, all with `*`, and none where it names nothing. SQLite has no such wall.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OF_A_SITE = (
    "patient",
    "patient_search_key",
    "death",
    "procedure",
    "procedure_agent",
    "procedure_guidance",
    "procedure_medd",
    "procedure_outcome",
    "assessment",
    "pain_score",
    "measure",
    "opioid_item",
    "adverse_event",
    "device_check",
    "infusate_item",
    "missed_follow_up",
    "patient_link",
    "confirmation",
    "import_batch",
    "imported_row",
    "saved_report",
    "submission",
    "audit_event",
)
_NAMED = "current_setting('assuage.sites', true)"
_MINE = f"({_NAMED} = '*' OR site_id::text = ANY(string_to_array({_NAMED}, ',')))"
_NOBODYS = f"(site_id IS NULL OR {_MINE})"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _OF_A_SITE:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # The owner of the tables is the role that serves: without FORCE it would walk through.
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        mine = _NOBODYS if table == "submission" else _MINE
        # A line of the trail may be left anywhere, such as at the site of a record that was refused.
        put = "(true)" if table == "audit_event" else mine
        op.execute(f"CREATE POLICY own_sites ON {table} USING {mine} WITH CHECK {put}")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _OF_A_SITE:
        op.execute(f"DROP POLICY own_sites ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
