"""How Alembic runs here: in a transaction that store.migrate has begun, on the metadata of our own registry."""

from alembic import context

from feedback.store.tables import metadata


def run() -> None:
    """Run the steps Alembic was asked for."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        # SQLite rolls back changes of tables, too, since store.database begins its transactions itself.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


# Outside of Alembic (a doctest run imports every file) there is nothing to run.
if hasattr(context, "config"):
    run()
