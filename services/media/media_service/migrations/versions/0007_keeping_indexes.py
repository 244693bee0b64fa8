"""Find what is unused, and what is in the trash.

The table is there, so PostgreSQL makes each index beside its traffic, in no transaction.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEXES = {
    "assets_unused": ("unused_since", sa.text("unused_since IS NOT NULL AND trashed_at IS NULL")),
    "assets_trashed": ("trashed_at", sa.text("trashed_at IS NOT NULL")),
}


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        for name, (column, rows) in INDEXES.items():
            op.create_index(name, "assets", [column], sqlite_where=rows)
        return
    with op.get_context().autocommit_block():
        for name, (column, rows) in INDEXES.items():
            op.drop_index(
                name, "assets", if_exists=True, postgresql_concurrently=True
            )  # of an attempt that ended half-way
            op.create_index(name, "assets", [column], postgresql_where=rows, postgresql_concurrently=True)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "assets")
