"""sign in safely

Sessions say where they are and when they were last seen, sign-in is guarded against guessing, there
is a second factor, and tokens have scopes. Everybody signs in again after this.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_EVERY_SCOPE = "export outcomes read write"


def _text(length: int) -> sa.String:
    return sa.String(length=length)


def _user(table: str, column: str = "user_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    with op.batch_alter_table("user_account") as batch_op:
        batch_op.alter_column("password_hash", existing_type=_text(500), nullable=True)
        batch_op.add_column(sa.Column("oidc_subject", _text(64), nullable=True))
        batch_op.add_column(
            sa.Column("system_admin", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_user_account_oidc_subject"), ["oidc_subject"]
        )
    with op.batch_alter_table("user_account") as batch_op:
        batch_op.alter_column("system_admin", existing_type=sa.Boolean(), server_default=None)
    _make_sessions()
    _scope_tokens()
    _make_guards()
    _make_second_factor()


def _make_sessions() -> None:
    op.drop_table("user_session")
    op.create_table(
        "user_session",
        sa.Column("token_hash", _text(64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("csrf_token", _text(64), nullable=False),
        sa.Column("device", _text(80), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("last_seen_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        _user("user_session"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_session")),
        sa.UniqueConstraint("id", name=op.f("uq_user_session_id")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"])
    _keyed_by_hash("pending_sign_in", sa.Column("user_id", sa.Uuid(), nullable=False))
    _keyed_by_hash(
        "held_form",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
    )
    _keyed_by_hash(
        "account_link",
        sa.Column("purpose", _text(10), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('setup', 'invite', 'reset')", name=op.f("ck_account_link_purpose_known")
        ),
        sa.CheckConstraint(
            "(purpose = 'setup') = (user_id IS NULL)",
            name=op.f("ck_account_link_somebodys_or_setup"),
        ),
    )


def _keyed_by_hash(name: str, *parts: sa.schema.SchemaItem) -> None:
    """Make a table of somebody's secrets that run out."""
    op.create_table(
        name,
        sa.Column("token_hash", _text(64), nullable=False),
        *parts,
        sa.Column("expires_at", _MOMENT, nullable=False),
        _user(name),
        sa.PrimaryKeyConstraint("token_hash", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_user_id"), name, ["user_id"])


def _scope_tokens() -> None:
    """Tokens that are there may go on doing what they could."""
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.add_column(sa.Column("name", _text(80), nullable=False, server_default="unnamed"))
        batch_op.add_column(
            sa.Column("scopes", _text(200), nullable=False, server_default=_EVERY_SCOPE)
        )
        batch_op.add_column(sa.Column("last_used_at", _MOMENT, nullable=True))
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.alter_column("name", existing_type=_text(80), server_default=None)
        batch_op.alter_column("scopes", existing_type=_text(200), server_default=None)


def _make_guards() -> None:
    op.create_table(
        "sign_in_guard",
        sa.Column("door", _text(80), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("blocked_until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("door", name=op.f("pk_sign_in_guard")),
    )


def _make_second_factor() -> None:
    op.create_table(
        "user_totp",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret", _text(300), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        _user("user_totp"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_totp")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", _text(64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        _user("recovery_code"),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"])


def downgrade() -> None:
    for name in ("recovery_code", "user_totp", "sign_in_guard"):
        op.drop_table(name)
    for name in ("account_link", "held_form", "pending_sign_in", "user_session"):
        op.drop_table(name)
    with op.batch_alter_table("api_token") as batch_op:
        for name in ("last_used_at", "scopes", "name"):
            batch_op.drop_column(name)
    op.create_table(
        "user_session",
        sa.Column("token_hash", _text(64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("csrf_token", _text(64), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        _user("user_session"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_session")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"])
    op.execute("UPDATE user_account SET password_hash = '' WHERE password_hash IS NULL")
    with op.batch_alter_table("user_account") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_user_account_oidc_subject"), type_="unique")
        batch_op.drop_column("system_admin")
        batch_op.drop_column("oidc_subject")
        batch_op.alter_column("password_hash", existing_type=_text(500), nullable=False)
