"""columns that were matched by hand are known again

Revision: 0007, after: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_match",
        sa.Column("headers_sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("pairs", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("headers_sha256", name=op.f("pk_column_match")),
        comment="One row per set of headers that somebody has matched by hand: name to header.",
    )


def downgrade() -> None:
    op.drop_table("column_match")
