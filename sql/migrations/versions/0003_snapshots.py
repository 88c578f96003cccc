"""the log of snapshots and their delivery

Revision: 0003, after: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot_log",
        sa.Column("snapshot_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("calendar", sa.String(8), nullable=False),
        sa.Column("edition", sa.String(10), nullable=False),
        sa.Column("data_version", sa.String(8), nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("archive_sha256", sa.String(64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", name=op.f("pk_snapshot_log")),
        comment="One row per snapshot made. Times are UTC.",
    )
    op.create_index("ix_snapshot_log_unit_period", "snapshot_log", ["unit", "period"])
    op.create_table(
        "delivery",
        sa.Column("delivery_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(320), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=True),
        sa.Column("last_at", sa.DateTime(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_delivery")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot_log.snapshot_id"], name=op.f("fk_delivery_snapshot_id")
        ),
        comment="One row per snapshot and recipient: waiting, sent or failed, "
        "and the server's words.",
    )
    op.create_index("ix_delivery_status_next_at", "delivery", ["status", "next_at"])


def downgrade() -> None:
    op.drop_index("ix_delivery_status_next_at", table_name="delivery")
    op.drop_table("delivery")
    op.drop_index("ix_snapshot_log_unit_period", table_name="snapshot_log")
    op.drop_table("snapshot_log")
