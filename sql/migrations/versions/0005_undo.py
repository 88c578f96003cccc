"""undoing a batch, and giving its rejected rows back

Revision: 0005, after: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("load_batch", sa.Column("headers", sa.Text(), nullable=True))
    op.add_column("load_batch", sa.Column("undone_at", sa.DateTime(), nullable=True))
    op.add_column("load_reject", sa.Column("cells", sa.Text(), nullable=True))
    op.create_table(
        "load_dependency",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("on_batch_id", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["load_batch.batch_id"],
            name=op.f("fk_load_dependency_batch_id"),
        ),
        sa.PrimaryKeyConstraint("unit", "batch_id", "on_batch_id", name=op.f("pk_load_dependency")),
        comment="One row per unit, batch and earlier batch whose rows it confirmed, changed or removed: the earlier one is not undone before it.",
    )


def downgrade() -> None:
    op.drop_table("load_dependency")
    op.drop_column("load_reject", "cells")
    op.drop_column("load_batch", "undone_at")
    op.drop_column("load_batch", "headers")
