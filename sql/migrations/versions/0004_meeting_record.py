"""the record of the monthly meeting

Revision: 0004, after: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _key() -> list[sa.Column]:
    return [
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("field", sa.String(20), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "record_entry",
        *_key(),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.Column("saved_by", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint(
            "unit", "kind", "month", "subject", "field", name=op.f("pk_record_entry")
        ),
        comment="One row per field of the record: what it says now.",
    )
    op.create_table(
        "record_history",
        *_key(),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.Column("saved_by", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint(
            "unit",
            "kind",
            "month",
            "subject",
            "field",
            "version",
            name=op.f("pk_record_history"),
        ),
        comment="One row per field of the record and version: what it has said, and by whom.",
    )


def downgrade() -> None:
    op.drop_table("record_history")
    op.drop_table("record_entry")
