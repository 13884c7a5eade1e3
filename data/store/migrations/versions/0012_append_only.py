"""Guard the audit log: what SQLite's REPLACE slips past, and the ends of the chains."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SQLITE = {
    "audit_event_no_replace": (
        "BEFORE INSERT ON audit_event "
        "WHEN EXISTS (SELECT 1 FROM audit_event WHERE tenant = NEW.tenant AND seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END"
    ),
    "audit_head_no_replace": (
        "BEFORE INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head WHERE tenant = NEW.tenant) "
        "BEGIN SELECT RAISE(ABORT, 'audit_head only grows'); END"
    ),
    "audit_head_no_delete": (
        "BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'audit_head only grows'); END"
    ),
    "audit_head_grows": (
        "BEFORE UPDATE ON audit_head WHEN NEW.tenant <> OLD.tenant OR NEW.seq <> OLD.seq + 1 "
        "BEGIN SELECT RAISE(ABORT, 'audit_head only grows'); END"
    ),
}
"""REPLACE deletes without firing triggers of deletion, so an insert over a row is refused by itself."""


def upgrade() -> None:
    """Make what this version adds."""
    if op.get_bind().dialect.name != "postgresql":
        for name, rule in SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {rule}")
        return
    op.execute(
        "CREATE FUNCTION refuse_shrinking() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN "
        "IF TG_OP = 'UPDATE' THEN "
        "IF NEW.tenant = OLD.tenant AND NEW.seq = OLD.seq + 1 THEN RETURN NEW; END IF; "
        "END IF; "
        "RAISE EXCEPTION 'audit_head only grows'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_head_grows BEFORE UPDATE OR DELETE ON audit_head "
        "FOR EACH ROW EXECUTE FUNCTION refuse_shrinking()"
    )
    op.execute(
        "CREATE TRIGGER audit_head_not_emptied BEFORE TRUNCATE ON audit_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_shrinking()"
    )


def downgrade() -> None:
    """Take away what this version added."""
    if op.get_bind().dialect.name != "postgresql":
        for name in SQLITE:
            op.execute(f"DROP TRIGGER {name}")
        return
    op.execute("DROP TRIGGER audit_head_not_emptied ON audit_head")
    op.execute("DROP TRIGGER audit_head_grows ON audit_head")
    op.execute("DROP FUNCTION refuse_shrinking()")
