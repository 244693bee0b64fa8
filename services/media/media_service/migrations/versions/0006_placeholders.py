"""What can be shown of a picture before it is there."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("blobs", sa.Column("thumbhash", sa.String(44), nullable=False, server_default=""))
    op.add_column("blobs", sa.Column("color", sa.String(7), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("blobs", "color")
    op.drop_column("blobs", "thumbhash")
