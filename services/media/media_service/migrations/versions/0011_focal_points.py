"""What of a picture is to be seen wherever it is cropped."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assets", sa.Column("focal_x", sa.Double()))
    op.add_column("assets", sa.Column("focal_y", sa.Double()))


def downgrade() -> None:
    op.drop_column("assets", "focal_y")
    op.drop_column("assets", "focal_x")
