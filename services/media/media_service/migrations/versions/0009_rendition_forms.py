"""Renditions in other forms than WebP."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rendition_forms",
        sa.Column("blob_id", sa.Uuid(), sa.ForeignKey("blobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("preset", sa.String(16), primary_key=True),
        sa.Column("mime", sa.String(32), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("rendition_forms")
