"""Who may see an asset."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assets", sa.Column("visibility", sa.String(8), nullable=False, server_default="public"))


def downgrade() -> None:
    op.drop_column("assets", "visibility")
