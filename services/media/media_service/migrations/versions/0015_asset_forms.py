"""Which forms of renditions are an asset's own: none at first, so that nothing is copied while pictures are sent."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    form = ("blob_id", "preset", "mime")
    op.create_table(
        "asset_forms",
        sa.Column("blob_id", sa.Uuid(), primary_key=True),
        sa.Column("preset", sa.String(16), primary_key=True),
        sa.Column("mime", sa.String(32), primary_key=True),
        sa.Column("asset_id", sa.Uuid(), sa.ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True, index=True),
        sa.ForeignKeyConstraint(form, [f"rendition_forms.{name}" for name in form], ondelete="CASCADE"),
    )


def downgrade() -> None:
    op.drop_table("asset_forms")
