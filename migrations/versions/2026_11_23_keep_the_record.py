"""keep the record

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("opioid_table", sa.String(length=40), nullable=False),
        sa.Column("eligibility_floor", sa.Integer(), nullable=False),
        sa.Column("disclosure_threshold", sa.Integer(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "disclosure_threshold IN (5, 8, 11)", name=op.f("ck_site_disclosure_threshold_known")
        ),
        sa.CheckConstraint(
            "eligibility_floor BETWEEN 0 AND 10", name=op.f("ck_site_eligibility_floor_on_scale")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("code", name=op.f("uq_site_code")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=500), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_account_email_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_api_token_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("record_type", sa.String(length=40), nullable=True),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("app_version", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_audit_event_site_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_audit_event_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_event_site_id_at"), ["site_id", "at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_audit_event_site_id_record_type_record_id"),
            ["site_id", "record_type", "record_id"],
            unique=False,
        )

    op.create_table(
        "import_batch",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_import_batch_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_import_batch")),
    )
    op.create_table(
        "membership",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "role IN ('clinician', 'coordinator', 'quality', 'auditor', 'admin')",
            name=op.f("ck_membership_role_known"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_membership_site_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "user_id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)

    op.create_table(
        "patient",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=True),
        sa.Column("hospital_number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", sa.String(length=20), nullable=False),
        sa.Column("diagnosis_group", sa.String(length=60), nullable=True),
        sa.Column("diagnosis", sa.String(length=200), nullable=True),
        sa.Column("metastases", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "sex IN ('female', 'male', 'other', 'unknown')", name=op.f("ck_patient_sex_known")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_patient_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_patient")),
        sa.UniqueConstraint(
            "site_id", "hospital_number", name=op.f("uq_patient_site_id_hospital_number")
        ),
    )
    op.create_table(
        "submission",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("record_type", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_submission_site_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_submission_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_submission")),
    )
    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("csrf_token", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_session")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("after_procedure", sa.Boolean(), nullable=False),
        sa.Column("regimen_recorded", sa.Boolean(), nullable=False),
        sa.Column("medd_mg", sa.Float(), nullable=True),
        sa.Column("medd_complete", sa.Boolean(), nullable=True),
        sa.Column("medd_table", sa.String(length=40), nullable=True),
        sa.Column("medd_version", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(
            "medd_mg IS NULL OR medd_mg >= 0", name=op.f("ck_assessment_medd_not_negative")
        ),
        sa.CheckConstraint(
            "regimen_recorded OR medd_mg IS NULL", name=op.f("ck_assessment_medd_needs_a_regimen")
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "patient_id"],
            ["patient.site_id", "patient.id"],
            name=op.f("fk_assessment_site_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_assessment_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_assessment")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_assessment_site_id_patient_id_assessed_on"),
            ["site_id", "patient_id", "assessed_on"],
            unique=False,
        )

    op.create_table(
        "death",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("died_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "patient_id"],
            ["patient.site_id", "patient.id"],
            name=op.f("fk_death_site_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_death_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_death")),
    )
    with op.batch_alter_table("death", schema=None) as batch_op:
        batch_op.create_index(
            "uq_death_standing",
            ["site_id", "patient_id"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )

    op.create_table(
        "procedure",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("performed_on", sa.Date(), nullable=False),
        sa.Column("technique", sa.String(length=80), nullable=False),
        sa.Column("technique_text", sa.String(length=200), nullable=True),
        sa.Column("taxonomy_version", sa.String(length=20), nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=False),
        sa.Column("operator", sa.String(length=120), nullable=False),
        sa.Column("supervisor", sa.String(length=120), nullable=True),
        sa.Column("mechanism", sa.String(length=40), nullable=True),
        sa.Column("pain_site", sa.String(length=120), nullable=True),
        sa.Column("approach", sa.String(length=60), nullable=True),
        sa.Column("laterality", sa.String(length=40), nullable=True),
        sa.Column("levels", sa.String(length=120), nullable=True),
        sa.Column("sedation", sa.String(length=40), nullable=True),
        sa.Column("technical_success", sa.String(length=40), nullable=True),
        sa.Column("baseline_missing_reason", sa.String(length=200), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.CheckConstraint("operator <> ''", name=op.f("ck_procedure_operator_given")),
        sa.CheckConstraint("technique <> ''", name=op.f("ck_procedure_technique_given")),
        sa.ForeignKeyConstraint(
            ["site_id", "patient_id"],
            ["patient.site_id", "patient.id"],
            name=op.f("fk_procedure_site_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_procedure_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_procedure")),
    )
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_procedure_site_id_patient_id_performed_on"),
            ["site_id", "patient_id", "performed_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_procedure_site_id_performed_on"),
            ["site_id", "performed_on"],
            unique=False,
        )

    op.create_table(
        "adverse_event",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=True),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("onset_on", sa.Date(), nullable=False),
        sa.Column("complication", sa.String(length=60), nullable=False),
        sa.Column("complication_text", sa.String(length=200), nullable=True),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(grade IS NULL) = (scheme IS NULL)", name=op.f("ck_adverse_event_grade_has_scheme")
        ),
        sa.CheckConstraint(
            "grade IS NULL OR grade BETWEEN 1 AND 5", name=op.f("ck_adverse_event_grade_on_scale")
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "patient_id"],
            ["patient.site_id", "patient.id"],
            name=op.f("fk_adverse_event_site_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "procedure_id"],
            ["procedure.site_id", "procedure.id"],
            name=op.f("fk_adverse_event_site_id_procedure_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_adverse_event_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_adverse_event")),
    )
    with op.batch_alter_table("adverse_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_adverse_event_site_id_patient_id"),
            ["site_id", "patient_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_adverse_event_site_id_procedure_id"),
            ["site_id", "procedure_id"],
            unique=False,
        )

    op.create_table(
        "function_score",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(instrument = 'akps' AND value BETWEEN 0 AND 100 AND value % 10 = 0) OR (instrument = 'ecog' AND value BETWEEN 0 AND 4)",
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
    op.create_table(
        "imported_row",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "batch_id"],
            ["import_batch.site_id", "import_batch.id"],
            name=op.f("fk_imported_row_site_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "procedure_id"],
            ["procedure.site_id", "procedure.id"],
            name=op.f("fk_imported_row_site_id_procedure_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_imported_row_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint(
            "site_id", "fingerprint", name=op.f("uq_imported_row_site_id_fingerprint")
        ),
    )
    op.create_table(
        "opioid_item",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("drug", sa.String(length=60), nullable=False),
        sa.Column("route", sa.String(length=20), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=True),
        sa.Column("product", sa.String(length=120), nullable=True),
        sa.Column("dose", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("per_day", sa.Float(), nullable=True),
        sa.Column("as_needed", sa.Boolean(), nullable=False),
        sa.Column("factor", sa.Float(), nullable=True),
        sa.Column("mg", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "route IN ('oral', 'sublingual', 'buccal', 'intranasal', 'rectal', 'transdermal', 'subcutaneous', 'intravenous', 'intramuscular', 'intrathecal', 'epidural')",
            name=op.f("ck_opioid_item_route_known"),
        ),
        sa.CheckConstraint(
            "unit IN ('mg', 'mcg', 'mcg/h', 'mg/h', 'mg/24h', 'mcg/24h')",
            name=op.f("ck_opioid_item_unit_known"),
        ),
        sa.CheckConstraint("dose > 0", name=op.f("ck_opioid_item_dose_positive")),
        sa.CheckConstraint(
            "per_day IS NULL OR per_day > 0", name=op.f("ck_opioid_item_per_day_positive")
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "assessment_id"],
            ["assessment.site_id", "assessment.id"],
            name=op.f("fk_opioid_item_site_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_opioid_item_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_opioid_item")),
        sa.UniqueConstraint(
            "site_id",
            "assessment_id",
            "position",
            name=op.f("uq_opioid_item_site_id_assessment_id_position"),
        ),
    )
    op.create_table(
        "pain_score",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("recall", sa.String(length=10), nullable=False),
        sa.Column("respondent", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('worst', 'average', 'least', 'now', 'at_rest', 'on_movement')",
            name=op.f("ck_pain_score_kind_known"),
        ),
        sa.CheckConstraint(
            "recall IN ('now', '24h', '7d')", name=op.f("ck_pain_score_recall_known")
        ),
        sa.CheckConstraint(
            "respondent IN ('self', 'proxy', 'observed')",
            name=op.f("ck_pain_score_respondent_known"),
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 10", name=op.f("ck_pain_score_score_on_scale")),
        sa.ForeignKeyConstraint(
            ["site_id", "assessment_id"],
            ["assessment.site_id", "assessment.id"],
            name=op.f("fk_pain_score_site_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_pain_score_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_pain_score")),
        sa.UniqueConstraint(
            "site_id",
            "assessment_id",
            "kind",
            "recall",
            "respondent",
            name=op.f("uq_pain_score_site_id_assessment_id_kind_recall_respondent"),
        ),
    )
    op.create_table(
        "procedure_agent",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("agent_class", sa.String(length=40), nullable=False),
        sa.Column("substance", sa.String(length=80), nullable=True),
        sa.Column("concentration", sa.Float(), nullable=True),
        sa.Column("volume_ml", sa.Float(), nullable=True),
        sa.Column("dose", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "concentration IS NULL OR concentration > 0",
            name=op.f("ck_procedure_agent_concentration_positive"),
        ),
        sa.CheckConstraint(
            "dose IS NULL OR dose > 0", name=op.f("ck_procedure_agent_dose_positive")
        ),
        sa.CheckConstraint(
            "volume_ml IS NULL OR volume_ml > 0", name=op.f("ck_procedure_agent_volume_positive")
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "procedure_id"],
            ["procedure.site_id", "procedure.id"],
            name=op.f("fk_procedure_agent_site_id_procedure_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_procedure_agent_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_procedure_agent")),
        sa.UniqueConstraint(
            "site_id",
            "procedure_id",
            "position",
            name=op.f("uq_procedure_agent_site_id_procedure_id_position"),
        ),
    )
    op.create_table(
        "procedure_guidance",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "procedure_id"],
            ["procedure.site_id", "procedure.id"],
            name=op.f("fk_procedure_guidance_site_id_procedure_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_procedure_guidance_site_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_procedure_guidance")),
        sa.UniqueConstraint(
            "site_id",
            "procedure_id",
            "mode",
            name=op.f("uq_procedure_guidance_site_id_procedure_id_mode"),
        ),
    )
    op.create_table(
        "procedure_outcome",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("performed_on", sa.Date(), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("technique", sa.String(length=80), nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=False),
        sa.Column("agent_classes", sa.String(length=400), nullable=False),
        sa.Column("guidance", sa.String(length=200), nullable=False),
        sa.Column("mechanism", sa.String(length=40), nullable=True),
        sa.Column("diagnosis_group", sa.String(length=60), nullable=True),
        sa.Column("age_years", sa.Integer(), nullable=False),
        sa.Column("sex", sa.String(length=20), nullable=False),
        sa.Column("akps", sa.Integer(), nullable=True),
        sa.Column("methadone", sa.Boolean(), nullable=False),
        sa.Column("neuraxial", sa.Boolean(), nullable=False),
        sa.Column("days_to_death", sa.Integer(), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("rules_version", sa.String(length=120), nullable=False),
        sa.Column("nrs_baseline", sa.Integer(), nullable=True),
        sa.Column("medd_baseline", sa.Float(), nullable=True),
        sa.Column("medd_complete_baseline", sa.Boolean(), nullable=True),
        sa.Column("nrs_48h", sa.Integer(), nullable=True),
        sa.Column("state_48h", sa.String(length=20), nullable=False),
        sa.Column("medd_48h", sa.Float(), nullable=True),
        sa.Column("medd_complete_48h", sa.Boolean(), nullable=True),
        sa.Column("nrs_7d", sa.Integer(), nullable=True),
        sa.Column("state_7d", sa.String(length=20), nullable=False),
        sa.Column("medd_7d", sa.Float(), nullable=True),
        sa.Column("medd_complete_7d", sa.Boolean(), nullable=True),
        sa.Column("nrs_28d", sa.Integer(), nullable=True),
        sa.Column("state_28d", sa.String(length=20), nullable=False),
        sa.Column("medd_28d", sa.Float(), nullable=True),
        sa.Column("medd_complete_28d", sa.Boolean(), nullable=True),
        sa.Column("nrs_90d", sa.Integer(), nullable=True),
        sa.Column("state_90d", sa.String(length=20), nullable=False),
        sa.Column("medd_90d", sa.Float(), nullable=True),
        sa.Column("medd_complete_90d", sa.Boolean(), nullable=True),
        sa.Column("nrs_180d", sa.Integer(), nullable=True),
        sa.Column("state_180d", sa.String(length=20), nullable=False),
        sa.Column("medd_180d", sa.Float(), nullable=True),
        sa.Column("medd_complete_180d", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "state_180d IN ('responder', 'non_responder', 'died_before', 'ineligible', 'undecided')",
            name=op.f("ck_procedure_outcome_state_180d_known"),
        ),
        sa.CheckConstraint(
            "state_28d IN ('responder', 'non_responder', 'died_before', 'ineligible', 'undecided')",
            name=op.f("ck_procedure_outcome_state_28d_known"),
        ),
        sa.CheckConstraint(
            "state_48h IN ('responder', 'non_responder', 'died_before', 'ineligible', 'undecided')",
            name=op.f("ck_procedure_outcome_state_48h_known"),
        ),
        sa.CheckConstraint(
            "state_7d IN ('responder', 'non_responder', 'died_before', 'ineligible', 'undecided')",
            name=op.f("ck_procedure_outcome_state_7d_known"),
        ),
        sa.CheckConstraint(
            "state_90d IN ('responder', 'non_responder', 'died_before', 'ineligible', 'undecided')",
            name=op.f("ck_procedure_outcome_state_90d_known"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "patient_id"],
            ["patient.site_id", "patient.id"],
            name=op.f("fk_procedure_outcome_site_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "procedure_id"],
            ["procedure.site_id", "procedure.id"],
            name=op.f("fk_procedure_outcome_site_id_procedure_id"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_procedure_outcome_site_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "procedure_id", name=op.f("pk_procedure_outcome")),
    )
    with op.batch_alter_table("procedure_outcome", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_procedure_outcome_site_id_patient_id"),
            ["site_id", "patient_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_procedure_outcome_site_id_performed_on"),
            ["site_id", "performed_on"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("procedure_outcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_procedure_outcome_site_id_performed_on"))
        batch_op.drop_index(batch_op.f("ix_procedure_outcome_site_id_patient_id"))

    op.drop_table("procedure_outcome")
    op.drop_table("procedure_guidance")
    op.drop_table("procedure_agent")
    op.drop_table("pain_score")
    op.drop_table("opioid_item")
    op.drop_table("imported_row")
    op.drop_table("function_score")
    with op.batch_alter_table("adverse_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adverse_event_site_id_procedure_id"))
        batch_op.drop_index(batch_op.f("ix_adverse_event_site_id_patient_id"))

    op.drop_table("adverse_event")
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_procedure_site_id_performed_on"))
        batch_op.drop_index(batch_op.f("ix_procedure_site_id_patient_id_performed_on"))

    op.drop_table("procedure")
    with op.batch_alter_table("death", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_death_standing",
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )

    op.drop_table("death")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_site_id_patient_id_assessed_on"))

    op.drop_table("assessment")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))

    op.drop_table("user_session")
    op.drop_table("submission")
    op.drop_table("patient")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_user_id"))

    op.drop_table("membership")
    op.drop_table("import_batch")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_site_id_record_type_record_id"))
        batch_op.drop_index(batch_op.f("ix_audit_event_site_id_at"))

    op.drop_table("audit_event")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_user_id"))

    op.drop_table("api_token")
    op.drop_table("user_account")
    op.drop_table("site")
