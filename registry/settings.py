"""What an installation can choose, through the environment or an `.env` file in its folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting, read from `ASSUAGE_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix="ASSUAGE_", env_file=".env", env_file_encoding="utf-8", extra="ignore"
    )

    database_url: str = Field(
        default="sqlite:///var/assuage.db",
        description="Where the registry is kept: an SQLite file or a PostgreSQL database.",
    )
    default_site: str = Field(
        default="main",
        description="The code of the site made by `user add` or `import` when there is none yet.",
    )
    session_hours: int = Field(
        default=12, ge=1, description="How long a sign-in lasts before it is asked for again."
    )
    secure_cookies: bool = Field(
        default=False, description="Send cookies over HTTPS only. Set it wherever TLS ends."
    )
    public_url: str | None = Field(
        default=None,
        description="The address under which patients reach Assuage, for links sent to them.",
    )

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
