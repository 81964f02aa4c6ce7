"""What an installation can choose, through the environment or an `.env` file in its folder."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from registry.domain.errors import Problem, RuleViolation, refuse

PREFIX = "ASSUAGE_"
DEVELOPMENT_KEY = "for development only: anybody can read this key in the source"
SHORTEST_KEY = 32


class FileSource(PydanticBaseSettingsSource):
    """Reads `ASSUAGE_<NAME>_FILE`: a file that holds a setting, so that secrets stay in files."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Read the file that is named for a setting, if any."""
        variable = f"{PREFIX}{field_name.upper()}_FILE"
        named = os.environ.get(variable)
        if not named:
            return None, field_name, False
        try:
            return Path(named).read_text("utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            raise RuleViolation.at(variable, f"{named} can't be read ({why}).") from None

    def __call__(self) -> dict[str, Any]:
        """Give all settings that stand in files."""
        fields = self.settings_cls.model_fields
        found = {name: self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """Every setting, read from `ASSUAGE_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore"
    )

    database_url: str = Field(
        default="sqlite:///var/assuage.db",
        description="Where the registry is kept: an SQLite file or a PostgreSQL database.",
    )
    default_site: str = Field(
        default="main",
        description="The code of the site made by `user add` or `import` when there is none yet.",
    )
    production: bool = Field(
        default=False,
        description="Refuse to start unsafely: patient data is kept here. Set it wherever it is.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="What seals secrets in the database: at least 32 random characters.",
    )
    previous_secret_keys: SecretStr | None = Field(
        default=None,
        description="The keys before this one, between spaces: what they sealed can still be read.",
    )
    session_hours: int = Field(
        default=12, ge=1, description="How long a sign-in lasts before it is asked for again."
    )
    idle_minutes: int = Field(
        default=30, ge=1, description="After how long without a request one signs in again."
    )
    step_up_minutes: int = Field(
        default=10, ge=1, description="How long a password or code given once more is good for."
    )
    breached_passwords: Path | None = Field(
        default=None, description="A sorted file of SHA-1 hashes of passwords to refuse besides."
    )
    secure_cookies: bool = Field(
        default=False, description="Send cookies over HTTPS only. Set it wherever TLS ends."
    )
    public_url: str | None = Field(
        default=None,
        description="The address under which patients reach Assuage, for links sent to them.",
    )
    export_folder: Path = Field(
        default=Path("var/exports"),
        description="Where exports are kept until they expire. All processes need the same one.",
    )
    export_days: int = Field(
        default=30, ge=1, description="How long an export's file is kept to be downloaded."
    )

    oidc_issuer: str | None = Field(
        default=None, description="The OpenID Connect provider through which people may sign in."
    )
    oidc_client_id: str | None = Field(
        default=None, description="What the provider knows Assuage by."
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="What Assuage proves itself to the provider with."
    )
    oidc_name: str = Field(
        default="your organisation", description="What the provider is called on the page."
    )
    oidc_second_factor: bool = Field(
        default=False, description="The provider asks for a second factor, so Assuage need not."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read what the code says first, then the environment, then files named there, `.env`."""
        return init_settings, env_settings, FileSource(settings_cls), dotenv_settings

    @property
    def keys(self) -> tuple[str, ...]:
        """Give the key that seals, and after it one that may have sealed before."""
        given = [k.get_secret_value() for k in (self.secret_key,) if k]
        earlier = self.previous_secret_keys
        given += earlier.get_secret_value().split() if earlier else []
        return tuple(given) or (DEVELOPMENT_KEY,)

    @property
    def https_only(self) -> bool:
        """Say whether browsers may come over TLS alone."""
        return self.secure_cookies or self.production

    def require_safe(self) -> None:
        """Refuse to run with patient data under settings that don't protect it."""
        if self.production:
            refuse(self._unsafe())

    def _unsafe(self) -> list[Problem]:
        found = []
        key = self.keys[0] if self.secret_key else ""
        if len(key) < SHORTEST_KEY or key == DEVELOPMENT_KEY or len(set(key)) < 10:
            found.append(
                Problem(
                    f"{PREFIX}SECRET_KEY",
                    f"In production this is at least {SHORTEST_KEY} random characters, such as "
                    "from: openssl rand -base64 48. Better, keep it in a file and name that in "
                    f"{PREFIX}SECRET_KEY_FILE.",
                )
            )
        if self.public_url and not self.public_url.startswith("https://"):
            found.append(Problem(f"{PREFIX}PUBLIC_URL", "In production this begins with https://"))
        return found

    def sqlite_path(self) -> Path | None:
        """Give the database's file when it is an SQLite file."""
        prefix = "sqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Say whether the registry is kept in an SQLite file."""
        return self.database_url.startswith("sqlite:///")


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Read the settings once a process."""
    return Settings()
