"""Steps of a migration that let traffic go on."""

from typing import Any

from django.db.migrations.operations import AddConstraint, AddIndex, RunSQL


class AddIndexConcurrently(AddIndex):
    """An index that is made concurrently on PostgreSQL, at once on SQLite; else as AddUniqueConcurrently."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.index.name)}")
        schema_editor.add_index(to_state.apps.get_model(app_label, self.model_name), self.index, concurrently=True)


class RunSqlOn(RunSQL):
    """SQL for one kind of database alone (``postgresql`` or ``sqlite``), that others do not need."""

    def __init__(self, vendor: str, sql: Any, reverse_sql: Any = None) -> None:
        super().__init__(sql, reverse_sql)
        self._vendor = vendor

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == self._vendor:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == self._vendor:
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class AddCheckNotValid(AddConstraint):
    """A CheckConstraint that PostgreSQL holds new rows to and does not read the old ones for; SQLite has it for all."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        schema_editor.execute(f"{self.constraint.create_sql(model, schema_editor)} NOT VALID")


class AddUniqueConcurrently(AddConstraint):
    """A UniqueConstraint of expressions: its index is made concurrently on PostgreSQL, at once on SQLite.

    Belongs into a migration with ``atomic = False``. Where rows are not unique PostgreSQL leaves an invalid index of
    this name behind, which is dropped when the migration is tried again.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        create = str(self.constraint.create_sql(to_state.apps.get_model(app_label, self.model_name), schema_editor))
        assert create.startswith("CREATE UNIQUE INDEX "), create
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.constraint.name)}")
        schema_editor.execute(create.replace("CREATE UNIQUE INDEX ", "CREATE UNIQUE INDEX CONCURRENTLY ", 1))
