"""How many pictures an asset has shown, and since when the last."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assets", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("assets", sa.Column("replaced_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("assets", "replaced_at")
    op.drop_column("assets", "revision")
