"""Run the migrations against the registry's database, or the connection that the caller hands in."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import registry.db.tables  # noqa: F401  (makes the metadata complete)
from registry.db.engine import create_engine, rebuilding
from registry.settings import get_settings


def run(connection: Connection) -> None:
    """Migrate over one connection, in one transaction where the database can."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    engine = create_engine(get_settings())
    with rebuilding(engine) as connection:
        run(connection)
    engine.dispose()
