"""say all of a course

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_EVENT_RULES = (
    ("scheme_has_version", "(scheme IS NULL) = (scheme_version IS NULL)"),
    ("resolved_after_onset", "resolved_on >= onset_on"),
    ("scheme_known", "scheme IN ('ctcae', 'sir', 'clavien-dindo')"),
    (
        "relatedness_known",
        "relatedness IN ('unrelated', 'unlikely', 'possible', 'probable', 'definite')",
    ),
    (
        "resolution_known",
        "resolution IN ('resolved', 'with_sequelae', 'ongoing', 'fatal', 'unknown')",
    ),
)
_PROCEDURE_RULES = (
    ("follows_another", "follows_id <> id"),
    ("referred_before", "referred_on <= performed_on"),
    ("block_relief_on_scale", "block_relief_percent BETWEEN 0 AND 100"),
)
_WINDOWS = ("48h", "7d", "28d", "90d", "180d")


_AXES = (
    ("approach", 60),
    ("laterality", 40),
    ("levels", 120),
    ("sedation", 40),
    ("setting", 40),
    ("technical_success", 40),
    ("technical_failure", 40),
    ("pain_region", 40),
    ("pain_cause", 40),
    ("prognosis", 40),
    ("anticoagulation", 40),
    ("block_result", 40),
)


def _outcome_columns() -> list[sa.Column]:
    columns = [
        *(sa.Column(name, sa.String(length=most), nullable=True) for name, most in _AXES),
        sa.Column("radiotherapy_28d", sa.Boolean(), nullable=True),
        sa.Column("systemic_therapy_28d", sa.Boolean(), nullable=True),
        sa.Column("block_relief_percent", sa.Integer(), nullable=True),
        sa.Column("referral_days", sa.Integer(), nullable=True),
        sa.Column("ecog", sa.Integer(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("first_window", sa.String(length=10), nullable=True),
        sa.Column("further_days", sa.Integer(), nullable=True),
        sa.Column("relief_from", sa.Integer(), nullable=True),
        sa.Column("relief_days", sa.Integer(), nullable=True),
        sa.Column("relief_end", sa.String(length=20), nullable=True),
        sa.Column("worst_baseline", sa.Integer(), nullable=True),
    ]
    for window in _WINDOWS:
        columns += [
            sa.Column(f"worst_{window}", sa.Integer(), nullable=True),
            sa.Column(f"pgic_{window}", sa.Integer(), nullable=True),
            sa.Column(f"missed_{window}", sa.String(length=40), nullable=True),
            *(
                sa.Column(f"{definition}_{window}", sa.Boolean(), nullable=True)
                for definition in ("nrs30", "nrs50", "nrs2", "composite", "medd30", "medd50")
            ),
            sa.Column(f"icpre2012_{window}", sa.String(length=20), nullable=True),
        ]
    return columns


def upgrade() -> None:
    op.create_table(
        "confirmation",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("record_type", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "patient_id"],
            ["patient.site_id", "patient.id"],
            name=op.f("fk_confirmation_site_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_confirmation_site_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_confirmation_user_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint(
            "site_id", "record_id", "code", name=op.f("uq_confirmation_site_id_record_id_code")
        ),
    )
    op.create_table(
        "device_check",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=True),
        sa.Column("events", sa.String(length=200), nullable=True),
        sa.Column("mode", sa.String(length=40), nullable=True),
        sa.Column("rate_ml_per_day", sa.Float(), nullable=True),
        sa.Column("reservoir_ml", sa.Float(), nullable=True),
        sa.Column("refilled_ml", sa.Float(), nullable=True),
        sa.Column("refill_due_on", sa.Date(), nullable=True),
        sa.Column("amplitude", sa.Float(), nullable=True),
        sa.Column("amplitude_unit", sa.String(length=5), nullable=True),
        sa.Column("frequency_hz", sa.Float(), nullable=True),
        sa.Column("pulse_width_us", sa.Float(), nullable=True),
        sa.Column("hours_on_per_day", sa.Float(), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(
            "amplitude_unit IN ('mA', 'V')", name=op.f("ck_device_check_amplitude_unit_known")
        ),
        sa.CheckConstraint(
            "(amplitude IS NULL) = (amplitude_unit IS NULL)",
            name=op.f("ck_device_check_amplitude_unit"),
        ),
        sa.CheckConstraint("amplitude >= 0", name=op.f("ck_device_check_amplitude_not_negative")),
        sa.CheckConstraint("frequency_hz > 0", name=op.f("ck_device_check_frequency_positive")),
        sa.CheckConstraint(
            "hours_on_per_day BETWEEN 0 AND 24", name=op.f("ck_device_check_hours_on_in_a_day")
        ),
        sa.CheckConstraint("pulse_width_us > 0", name=op.f("ck_device_check_pulse_width_positive")),
        sa.CheckConstraint("rate_ml_per_day >= 0", name=op.f("ck_device_check_rate_not_negative")),
        sa.CheckConstraint("refilled_ml > 0", name=op.f("ck_device_check_refilled_positive")),
        sa.CheckConstraint(
            "reservoir_ml >= 0", name=op.f("ck_device_check_reservoir_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "patient_id"],
            ["patient.site_id", "patient.id"],
            name=op.f("fk_device_check_site_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "procedure_id"],
            ["procedure.site_id", "procedure.id"],
            name=op.f("fk_device_check_site_id_procedure_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_device_check_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_device_check")),
    )
    with op.batch_alter_table("device_check") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_device_check_site_id_patient_id_checked_on"),
            ["site_id", "patient_id", "checked_on"],
            unique=False,
        )

    op.create_table(
        "measure",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(length=20), nullable=False),
        sa.Column("respondent", sa.String(length=10), nullable=True),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(instrument = 'akps' AND value BETWEEN 0 AND 100 AND value % 10 = 0)"
            " OR (instrument = 'ecog' AND value BETWEEN 0 AND 4)"
            " OR (instrument = 'pgic' AND value BETWEEN 1 AND 7)"
            " OR (instrument IN ('peg_pain', 'peg_enjoyment', 'peg_activity')"
            " AND value BETWEEN 0 AND 10)"
            " OR (instrument = 'breakthrough' AND value BETWEEN 0 AND 99)",
            name=op.f("ck_measure_value_on_scale"),
        ),
        sa.CheckConstraint(
            "(instrument IN ('akps', 'ecog')) = (respondent IS NULL)",
            name=op.f("ck_measure_respondent_given"),
        ),
        sa.CheckConstraint(
            "instrument IN ('akps', 'ecog', 'pgic', 'peg_pain', 'peg_enjoyment', 'peg_activity',"
            " 'breakthrough')",
            name=op.f("ck_measure_instrument_known"),
        ),
        sa.CheckConstraint(
            "respondent IN ('self', 'proxy', 'observed')", name=op.f("ck_measure_respondent_known")
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "assessment_id"],
            ["assessment.site_id", "assessment.id"],
            name=op.f("fk_measure_site_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_measure_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_measure")),
        sa.UniqueConstraint(
            "site_id",
            "assessment_id",
            "instrument",
            name=op.f("uq_measure_site_id_assessment_id_instrument"),
        ),
    )
    op.create_table(
        "missed_follow_up",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("window_slug", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "window_slug IN ('48h', '7d', '28d', '90d', '180d')",
            name=op.f("ck_missed_follow_up_window_slug_known"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "patient_id"],
            ["patient.site_id", "patient.id"],
            name=op.f("fk_missed_follow_up_site_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "procedure_id"],
            ["procedure.site_id", "procedure.id"],
            name=op.f("fk_missed_follow_up_site_id_procedure_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_missed_follow_up_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_missed_follow_up")),
    )
    with op.batch_alter_table("missed_follow_up") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_missed_follow_up_site_id_patient_id"),
            ["site_id", "patient_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_missed_follow_up_standing",
            ["site_id", "procedure_id", "window_slug"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )

    op.create_table(
        "patient_link",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assessment_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(used_at IS NULL) = (assessment_id IS NULL)", name=op.f("ck_patient_link_used_once")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_patient_link_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "assessment_id"],
            ["assessment.site_id", "assessment.id"],
            name=op.f("fk_patient_link_site_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "patient_id"],
            ["patient.site_id", "patient.id"],
            name=op.f("fk_patient_link_site_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_patient_link_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_patient_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_patient_link_token_hash")),
    )
    with op.batch_alter_table("patient_link") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_patient_link_site_id_patient_id"),
            ["site_id", "patient_id"],
            unique=False,
        )

    op.create_table(
        "infusate_item",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_check_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("drug", sa.String(length=60), nullable=False),
        sa.Column("concentration", sa.Float(), nullable=True),
        sa.Column("concentration_unit", sa.String(length=10), nullable=True),
        sa.Column("daily_dose", sa.Float(), nullable=True),
        sa.Column("daily_unit", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "concentration_unit IN ('mg/ml', 'mcg/ml')",
            name=op.f("ck_infusate_item_concentration_unit_known"),
        ),
        sa.CheckConstraint(
            "daily_unit IN ('mg/24h', 'mcg/24h')", name=op.f("ck_infusate_item_daily_unit_known")
        ),
        sa.CheckConstraint(
            "(concentration IS NULL) = (concentration_unit IS NULL)",
            name=op.f("ck_infusate_item_concentration_unit"),
        ),
        sa.CheckConstraint(
            "(daily_dose IS NULL) = (daily_unit IS NULL)", name=op.f("ck_infusate_item_daily_unit")
        ),
        sa.CheckConstraint(
            "concentration > 0", name=op.f("ck_infusate_item_concentration_positive")
        ),
        sa.CheckConstraint("daily_dose > 0", name=op.f("ck_infusate_item_daily_dose_positive")),
        sa.ForeignKeyConstraint(
            ["site_id", "device_check_id"],
            ["device_check.site_id", "device_check.id"],
            name=op.f("fk_infusate_item_site_id_device_check_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_infusate_item_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_infusate_item")),
        sa.UniqueConstraint(
            "site_id",
            "device_check_id",
            "position",
            name=op.f("uq_infusate_item_site_id_device_check_id_position"),
        ),
    )
    op.execute(
        "INSERT INTO measure (site_id, id, assessment_id, instrument, value)"
        " SELECT site_id, id, assessment_id, instrument, value FROM function_score"
    )
    op.drop_table("function_score")
    with op.batch_alter_table("adverse_event") as batch_op:
        batch_op.add_column(sa.Column("scheme_version", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("relatedness", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("resolution", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("resolved_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("sequelae", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(length=2000), nullable=True))
    op.execute(
        "UPDATE adverse_event SET scheme = 'ctcae', scheme_version = '5.0'"
        " WHERE scheme = 'CTCAE 5.0'"
    )
    with op.batch_alter_table("adverse_event") as batch_op:
        batch_op.alter_column(
            "scheme",
            existing_type=sa.String(length=40),
            type_=sa.String(length=20),
            existing_nullable=True,
        )
        for name, rule in _EVENT_RULES:
            batch_op.create_check_constraint(batch_op.f(f"ck_adverse_event_{name}"), rule)

    with op.batch_alter_table("assessment") as batch_op:
        batch_op.add_column(
            sa.Column("source", sa.String(length=10), nullable=False, server_default="clinic")
        )
        batch_op.add_column(sa.Column("regimen_text", sa.String(length=2000), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_assessment_source_known"),
            "source IN ('clinic', 'phone', 'link', 'record')",
        )
    with op.batch_alter_table("assessment") as batch_op:
        batch_op.alter_column("source", existing_type=sa.String(length=10), server_default=None)

    with op.batch_alter_table("patient") as batch_op:
        batch_op.add_column(sa.Column("phone", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_patient_site_id_merged_into_id"),
            ["site_id", "merged_into_id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_patient_site_id_merged_into_id"),
            "patient",
            ["site_id", "merged_into_id"],
            ["site_id", "id"],
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_patient_merged_into_another"), "merged_into_id <> id"
        )

    with op.batch_alter_table("procedure") as batch_op:
        batch_op.add_column(sa.Column("trainee", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("setting", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("referred_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("pain_region", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("pain_cause", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("prognosis", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("anticoagulation", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("radiotherapy_28d", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("systemic_therapy_28d", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("technical_failure", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("follows_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("block_result", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("block_relief_percent", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_procedure_site_id_follows_id"), ["site_id", "follows_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_procedure_site_id_follows_id"),
            "procedure",
            ["site_id", "follows_id"],
            ["site_id", "id"],
        )
        for name, rule in _PROCEDURE_RULES:
            batch_op.create_check_constraint(batch_op.f(f"ck_procedure_{name}"), rule)

    # Derived rows: the first start of this version derives them again.
    op.execute("DELETE FROM procedure_outcome")
    with op.batch_alter_table("procedure_outcome") as batch_op:
        for column in _outcome_columns():
            batch_op.add_column(column)
        batch_op.alter_column(
            "rules_version",
            existing_type=sa.String(length=120),
            type_=sa.String(length=200),
            existing_nullable=False,
        )


def downgrade() -> None:
    op.execute("DELETE FROM procedure_outcome")
    with op.batch_alter_table("procedure_outcome") as batch_op:
        batch_op.alter_column(
            "rules_version",
            existing_type=sa.String(length=200),
            type_=sa.String(length=120),
            existing_nullable=False,
        )
        for column in reversed(_outcome_columns()):
            batch_op.drop_column(column.name)

    with op.batch_alter_table("procedure") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_procedure_site_id_follows_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_procedure_site_id_follows_id"))
        for name, _ in _PROCEDURE_RULES:
            batch_op.drop_constraint(batch_op.f(f"ck_procedure_{name}"), type_="check")
        batch_op.drop_column("block_relief_percent")
        batch_op.drop_column("block_result")
        batch_op.drop_column("follows_id")
        batch_op.drop_column("technical_failure")
        batch_op.drop_column("systemic_therapy_28d")
        batch_op.drop_column("radiotherapy_28d")
        batch_op.drop_column("anticoagulation")
        batch_op.drop_column("prognosis")
        batch_op.drop_column("pain_cause")
        batch_op.drop_column("pain_region")
        batch_op.drop_column("referred_on")
        batch_op.drop_column("setting")
        batch_op.drop_column("trainee")

    with op.batch_alter_table("patient") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_patient_site_id_merged_into_id"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_patient_site_id_merged_into_id"))
        batch_op.drop_constraint(batch_op.f("ck_patient_merged_into_another"), type_="check")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("phone")

    with op.batch_alter_table("assessment") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_assessment_source_known"), type_="check")
        batch_op.drop_column("regimen_text")
        batch_op.drop_column("source")

    with op.batch_alter_table("adverse_event") as batch_op:
        for name, _ in _EVENT_RULES:
            batch_op.drop_constraint(batch_op.f(f"ck_adverse_event_{name}"), type_="check")
        batch_op.alter_column(
            "scheme",
            existing_type=sa.String(length=20),
            type_=sa.String(length=40),
            existing_nullable=True,
        )
    op.execute("UPDATE adverse_event SET scheme = 'CTCAE 5.0' WHERE scheme = 'ctcae'")
    with op.batch_alter_table("adverse_event") as batch_op:
        batch_op.drop_column("note")
        batch_op.drop_column("sequelae")
        batch_op.drop_column("resolved_on")
        batch_op.drop_column("resolution")
        batch_op.drop_column("relatedness")
        batch_op.drop_column("scheme_version")

    op.create_table(
        "function_score",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(instrument = 'akps' AND value BETWEEN 0 AND 100 AND value % 10 = 0)"
            " OR (instrument = 'ecog' AND value BETWEEN 0 AND 4)",
            name=op.f("ck_function_score_value_on_scale"),
        ),
        sa.CheckConstraint(
            "instrument IN ('akps', 'ecog')", name=op.f("ck_function_score_instrument_known")
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "assessment_id"],
            ["assessment.site_id", "assessment.id"],
            name=op.f("fk_function_score_site_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_function_score_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_function_score")),
        sa.UniqueConstraint(
            "site_id",
            "assessment_id",
            "instrument",
            name=op.f("uq_function_score_site_id_assessment_id_instrument"),
        ),
    )
    op.execute(
        "INSERT INTO function_score (site_id, id, assessment_id, instrument, value)"
        " SELECT site_id, id, assessment_id, instrument, value FROM measure"
        " WHERE instrument IN ('akps', 'ecog')"
    )
    op.drop_table("infusate_item")
    with op.batch_alter_table("patient_link") as batch_op:
        batch_op.drop_index(batch_op.f("ix_patient_link_site_id_patient_id"))

    op.drop_table("patient_link")
    with op.batch_alter_table("missed_follow_up") as batch_op:
        batch_op.drop_index(
            "uq_missed_follow_up_standing",
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_missed_follow_up_site_id_patient_id"))

    op.drop_table("missed_follow_up")
    op.drop_table("measure")
    with op.batch_alter_table("device_check") as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_check_site_id_patient_id_checked_on"))

    op.drop_table("device_check")
    op.drop_table("confirmation")
