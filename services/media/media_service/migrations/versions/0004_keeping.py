"""What uses assets, the trash, and what each owner's pictures take."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("assets", sa.Column("unused_since", MOMENT))
    op.add_column("assets", sa.Column("trashed_at", MOMENT))
    op.add_column("assets", sa.Column("trashed_because", sa.String(16), nullable=False, server_default=""))
    op.add_column("assets", sa.Column("notice", sa.String(500), nullable=False, server_default=""))
    op.create_table(
        "asset_uses",
        sa.Column("asset_id", sa.Uuid(), primary_key=True),
        sa.Column("service", sa.String(16), primary_key=True),
        sa.Column("object_type", sa.String(32), primary_key=True),
        sa.Column("object_id", sa.Uuid(), primary_key=True),
        sa.Column("since", MOMENT, nullable=False),
    )
    op.create_index("asset_uses_of_object", "asset_uses", ["service", "object_type", "object_id"])
    op.create_table(
        "using_objects",
        sa.Column("service", sa.String(16), primary_key=True),
        sa.Column("object_type", sa.String(32), primary_key=True),
        sa.Column("object_id", sa.Uuid(), primary_key=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "owner_storage",
        sa.Column("owner_id", sa.Uuid(), primary_key=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("assets", sa.Integer(), nullable=False),
    )
    op.execute(
        "INSERT INTO owner_storage (owner_id, bytes, assets) SELECT assets.owner_id, sum(blobs.bytes), count(*)"
        " FROM assets JOIN blobs ON blobs.id = assets.blob_id GROUP BY assets.owner_id"
    )


def downgrade() -> None:
    for table in ("owner_storage", "using_objects", "asset_uses"):
        op.drop_table(table)
    for column in ("notice", "trashed_because", "trashed_at", "unused_since"):
        op.drop_column("assets", column)
