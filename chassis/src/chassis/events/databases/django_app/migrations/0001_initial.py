from typing import Any

from django.db import migrations

from chassis.events.ddl import drop_statements, statements


def create_tables(_apps: Any, schema_editor: Any) -> None:
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def drop_tables(_apps: Any, schema_editor: Any) -> None:
    for statement in drop_statements():
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunPython(create_tables, drop_tables)]
