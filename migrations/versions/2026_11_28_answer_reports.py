"""answer reports

What reports ask of an outcome row that it did not hold: who operated, until when the patient is
known to have lived, the doses under every conversion table; and the reports that people keep.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WHENS = ("baseline", "48h", "7d", "28d", "90d", "180d")


def _dose_columns() -> list[sa.Column]:
    return [
        column
        for when in _WHENS
        for column in (
            sa.Column(f"medd_{when}", sa.Float(), nullable=True),
            sa.Column(f"medd_complete_{when}", sa.Boolean(), nullable=True),
        )
    ]


def upgrade() -> None:
    # Derived rows: the first start of this version derives them again.
    op.execute("DELETE FROM procedure_outcome")
    with op.batch_alter_table("procedure_outcome") as batch_op:
        batch_op.add_column(sa.Column("operator", sa.String(length=120), nullable=False))
        batch_op.add_column(sa.Column("last_seen_days", sa.Integer(), nullable=False))
    op.create_table(
        "procedure_medd",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        *_dose_columns(),
        sa.ForeignKeyConstraint(
            ["site_id", "patient_id"],
            ["patient.site_id", "patient.id"],
            name=op.f("fk_procedure_medd_site_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "procedure_id"],
            ["procedure.site_id", "procedure.id"],
            name=op.f("fk_procedure_medd_site_id_procedure_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_procedure_medd_site_id")),
        sa.PrimaryKeyConstraint(
            "site_id", "procedure_id", "table_id", name=op.f("pk_procedure_medd")
        ),
    )
    with op.batch_alter_table("procedure_medd") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_procedure_medd_site_id_patient_id"),
            ["site_id", "patient_id"],
            unique=False,
        )
    op.create_table(
        "saved_report",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("report", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_saved_report_created_by")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_saved_report_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_saved_report")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_saved_report_site_id_name")),
    )


def downgrade() -> None:
    op.drop_table("saved_report")
    with op.batch_alter_table("procedure_medd") as batch_op:
        batch_op.drop_index(batch_op.f("ix_procedure_medd_site_id_patient_id"))
    op.drop_table("procedure_medd")
    op.execute("DELETE FROM procedure_outcome")
    with op.batch_alter_table("procedure_outcome") as batch_op:
        batch_op.drop_column("last_seen_days")
        batch_op.drop_column("operator")
