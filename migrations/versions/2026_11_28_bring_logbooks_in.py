"""bring logbooks in

A logbook on its way in through the pages, an import that was undone, and patients whose registration
was undone with it: their hospital number is free again.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NUMBER = "uq_patient_site_id_hospital_number_mark"
_STANDING = sa.text("voided_at IS NULL")
_STATES = (
    *("matching", "checking", "checked", "importing", "imported"),
    *("undoing", "undone", "failed", "discarded"),
)
_NAMED = "current_setting('assuage.sites', true)"
_MINE = f"({_NAMED} = '*' OR site_id::text = ANY(string_to_array({_NAMED}, ',')))"


def upgrade() -> None:
    with op.batch_alter_table("import_batch") as batch_op:
        batch_op.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("imported_row") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_imported_row_site_id_batch_id"), ["site_id", "batch_id"]
        )
    with op.batch_alter_table("patient") as batch_op:
        batch_op.drop_constraint(batch_op.f(_NUMBER), type_="unique")
    op.create_index(
        "uq_patient_number_standing",
        "patient",
        ["site_id", "hospital_number_mark"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )
    _make_logbook_import()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE logbook_import ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE logbook_import FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_sites ON logbook_import USING {_MINE} WITH CHECK {_MINE}")


def _make_logbook_import() -> None:
    op.create_table(
        "logbook_import",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("is_matched", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("patients_done", sa.Integer(), nullable=False),
        sa.Column("patients_total", sa.Integer(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            f"state IN ({', '.join(repr(state) for state in _STATES)})",
            name=op.f("ck_logbook_import_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "batch_id"],
            ["import_batch.site_id", "import_batch.id"],
            name=op.f("fk_logbook_import_site_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_logbook_import_site_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_logbook_import_user_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_logbook_import")),
    )
    with op.batch_alter_table("logbook_import") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_logbook_import_site_id_created_at"), ["site_id", "created_at"]
        )


def downgrade() -> None:
    op.drop_table("logbook_import")
    op.drop_index("uq_patient_number_standing", table_name="patient")
    with op.batch_alter_table("patient") as batch_op:
        batch_op.create_unique_constraint(batch_op.f(_NUMBER), ["site_id", "hospital_number_mark"])
    with op.batch_alter_table("imported_row") as batch_op:
        batch_op.drop_index(batch_op.f("ix_imported_row_site_id_batch_id"))
    with op.batch_alter_table("import_batch") as batch_op:
        batch_op.drop_column("undone_at")
