"""Whose rows does PostgreSQL show to whom, whatever a query asks?

Row-level security is the second net: the first is the tenant in every query, on SQLite the only one. It binds the
role that the service logs in as, which is not the owner of the tables: make a role `lukeping_service` before the
store is made or brought up to date, and let the service's login role be a member of it.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, MetaData, text

TENANT_COLUMNS = ("tenant", "grantee")
"""A table with such a column belongs to tenants row by row, without being named here."""
SHARED: Mapping[str, Sequence[str]] = {"application": ("bank", "guarantor")}
"""Rows that belong to several parties at once."""
PARTS: Mapping[str, tuple[str, str]] = {
    "application_move": ("application_id", "application"),
    "application_sheet": ("application_id", "application"),
    "application_entry": ("application_id", "application"),
    "assessment_batch_item": ("batch_id", "assessment_batch"),
    "back_test_pair": ("back_test_id", "back_test"),
}
"""Rows that are seen with the row they are part of: who of the parties sees a sheet is the application's rule."""

SERVICE = "lukeping_service"
GRANTED: Mapping[str, str] = {"audit_event": "SELECT, INSERT", "audit_head": "SELECT, INSERT, UPDATE"}
USUALLY_GRANTED = "SELECT, INSERT, UPDATE, DELETE"
POLICY = "tenant_only"
TENANT_SETTING, DUTY_SETTING = "app.tenant", "app.duty"
UNDER_DUTY = "bureau_duty"
OWN = f"nullif(current_setting('{TENANT_SETTING}', true), '')"
DUTY = f"coalesce(current_setting('{DUTY_SETTING}', true), '') = '{UNDER_DUTY}'"


def conditions(metadata: MetaData) -> dict[str, str]:
    """Return, by table, the SQL condition under which a row is seen and may be written."""
    found = {}
    for name, table in metadata.tables.items():
        if name in PARTS:
            column, whole = PARTS[name]
            # The whole is asked under its own policy, and so is found by its parties alone.
            found[name] = f"EXISTS (SELECT 1 FROM {whole} WHERE {whole}.id = {name}.{column}) OR {DUTY}"
        elif columns := SHARED.get(name) or [column for column in TENANT_COLUMNS if column in table.c]:
            found[name] = " OR ".join([*(f"{name}.{column} = {OWN}" for column in columns), DUTY])
    return found


def secure(connection: Connection, metadata: MetaData) -> None:
    """Put every tenant's rows under its policy, and give the service's role what it needs; may be done again.

    Nothing on SQLite, which knows no such thing.
    """
    if connection.dialect.name != "postgresql":
        return
    for name, condition in conditions(metadata).items():
        for statement in (
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
            f"DROP POLICY IF EXISTS {POLICY} ON {name}",
            f"CREATE POLICY {POLICY} ON {name} USING ({condition}) WITH CHECK ({condition})",
        ):
            connection.execute(text(statement))
    if connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :role"), {"role": SERVICE}):
        _grant(connection, metadata)
    connection.commit()


def _grant(connection: Connection, metadata: MetaData) -> None:
    connection.execute(text(f"GRANT SELECT ON alembic_version TO {SERVICE}"))
    for name in metadata.tables:
        connection.execute(text(f"REVOKE ALL ON {name} FROM {SERVICE}"))
        connection.execute(text(f"GRANT {GRANTED.get(name, USUALLY_GRANTED)} ON {name} TO {SERVICE}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {SERVICE}"))


def say_who_acts(connection: Connection, tenant: str | None) -> None:
    """Tell PostgreSQL, for this transaction, for whom rows are read and written; None: the house under its duty."""
    said = {"tenant": tenant or "", "duty": "" if tenant else UNDER_DUTY}
    connection.execute(
        text(f"SELECT set_config('{TENANT_SETTING}', :tenant, true), set_config('{DUTY_SETTING}', :duty, true)"), said
    )
