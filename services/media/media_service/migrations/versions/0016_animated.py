"""Whether a stored picture is animated; of those that are there the next `media rerender` tells."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("blobs", sa.Column("animated", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("blobs", "animated")
