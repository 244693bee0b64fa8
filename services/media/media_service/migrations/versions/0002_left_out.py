"""What of a picture that was sent is not kept."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assets", sa.Column("left_out", sa.String(40), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("assets", "left_out")
