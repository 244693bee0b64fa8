"""Stored pictures, assets, renditions, and the tables of events."""

import sqlalchemy as sa
from alembic import op
from chassis.events import ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PROCESSING = sa.text("status = 'processing'")


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("mime", sa.String(32), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "renditions",
        sa.Column("blob_id", sa.Uuid(), sa.ForeignKey("blobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("preset", sa.String(16), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("mime", sa.String(32), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
    )
    op.create_table(
        "assets",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("blob_id", sa.Uuid(), sa.ForeignKey("blobs.id"), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("alt", sa.String(1000), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_assets_blob_id", "assets", ["blob_id"])
    op.create_index("assets_of_owner", "assets", ["owner_id", "id"])
    op.create_index("assets_processing", "assets", ["retry_at"], postgresql_where=PROCESSING, sqlite_where=PROCESSING)
    op.create_table(
        "removed_assets", sa.Column("id", sa.Uuid(), primary_key=True), sa.Column("removed_at", MOMENT, nullable=False)
    )
    for statement in ddl.statements("postgresql" if op.get_context().dialect.name == "postgresql" else "sqlite"):
        op.execute(statement)


def downgrade() -> None:
    for statement in ddl.drop_statements():
        op.execute(statement)
    for table in ("removed_assets", "assets", "renditions", "blobs"):
        op.drop_table(table)
