"""Whom auth asks to have erased, and keyed hashes of who was."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "erased_key",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("key", sa.LargeBinary(32), nullable=False),
    )
    op.create_table(
        "erased_users",
        sa.Column("user_hash", sa.String(64), primary_key=True),
        sa.Column("erased_at", MOMENT, nullable=False),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("completed_at", MOMENT),
    )
    op.create_index("ix_erasures_user_id", "erasures", ["user_id"])


def downgrade() -> None:
    for table in ("erasures", "erased_users", "erased_key"):
        op.drop_table(table)
