"""Pictures that come in pieces, and what they hold of their owners' quotas."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("length", sa.BigInteger()),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("metadata_sent", sa.String(8000), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("asset_id", sa.Uuid()),
    )
    op.create_index("uploads_of_owner", "uploads", ["owner_id"])
    op.create_index("uploads_expiring", "uploads", ["expires_at"])
    op.create_table(
        "upload_parts",
        sa.Column("upload_id", sa.Uuid(), sa.ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("start", sa.BigInteger(), primary_key=True),
        sa.Column("file_id", sa.Uuid(), nullable=False),
    )
    op.create_table(
        "storage_holds",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_storage_holds_owner_id", "storage_holds", ["owner_id"])


def downgrade() -> None:
    for table in ("storage_holds", "upload_parts", "uploads"):
        op.drop_table(table)
