"""Make the tables of evidence, identity, consent, assessment and audit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "text": sa.Text(),
    "date": sa.Date(),
    "integer": sa.BigInteger(),
    "number": sa.Double(),
    "flag": sa.Boolean(),
}

# Own columns of each table of evidence: a bare name is text; ! says never empty; @ a date, # a whole number
# (money in fen among them), ~ a number, ? a flag.
EVIDENCE = {
    "enterprise_registration": (
        "name! former_names founded_on@! registered_capital# district industry ownership staff# status "
        "deregistered_on@"
    ),
    "chain_position": "chain! position is_key_firm? listed_on@! removed_on@",
    "tech_sme_entry": "entry_no! entered_on@! valid_until@",
    "high_tech_certificate": "certificate_no! issued_on@! valid_until@ event! former_name",
    "honour_listing": "honour! level listed_on@! removed_on@",
    "incubation_tenancy": "carrier! carrier_kind entered_on@! graduated_on@",
    "cultivation_listing": "programme! entered_on@! left_on@ tier#",
    "rnd_year": "year@! basis! rnd_expense# rnd_staff# staff#",
    "annual_report": "year@! revenue# total_cost# profit# assets# liabilities# receivables# high_tech_income# filed_on@",
    "equity_round": "round! investor_kind amount# closed_on@!",
    "insurance_policy": "policy_no! product premium# insured_amount# started_on@! ends_on@ claimed_on@ claim_amount#",
    "invoice": "invoice_no! direction! issued_on@! counterparty amount# tax# total#! status!",
    "tax_payment": "period_end@! tax_paid# taxable_sales#",
    "patent": (
        "application_no! kind! title filed_on@! published_on@ granted_on@ ended_by ceased_on@ "
        "university_partner? inventors#"
    ),
    "patent_event": "application_no! patent_kind! event! occurred_on@!",
    "ip_right": "kind! number! registered_on@! role",
    "project": (
        "project_no! programme! level! role! partner_universities# partner_firms# budget# grant_amount# "
        "started_on@! due_on@ accepted_on@ withdrawn_on@ closed_on@"
    ),
    "achievement": "kind! number! level announced_on@!",
    "consortium_membership": "consortium! role! joined_on@! left_on@",
    "innovation_platform": "platform! kind! level! recognised_on@! assessment removed_on@",
    "instrument": "instrument_no! instrument_name original_value# joined_on@! left_on@ hours_shared~",
    "sharing_member": "role! joined_on@! left_on@ hours_used~",
    "innovation_voucher": "order_no! service provider provider_mark amount# ordered_on@! paid_on@ automatic_redemption?",
    "platform_service": "service_no! platform! provider_kind service event_name amount# served_on@!",
    "technology_contract": "contract_no! kind role! counterparty amount# registered_on@! cancelled_on@ transfer_body",
    "talent_post": "person_code! kind! level from_university started_on@! ends_on@ problems_solved# results_transferred#",
    "conduct_record": "kind! case_no! listed_on@! amount# removed_on@",
    "guarantee": "contract_no! guaranteed! amount# started_on@! ends_on@",
    "loan_application": (
        "application_no! bank! product! applied_on@! amount# decided_on@ decision refusal_code is_first_loan? "
        "channel"
    ),
    "loan": (
        "loan_no! application_no! bank! product! amount#! undrawn# rate~ disbursed_on@! matures_on@! "
        "repayment use security coverage_share~ guarantor_share~ filed_on@ renewal_of settled_on@"
    ),
    "loan_month": "loan_no! month_end@! days_past_due#! five_class balance# overdue_amount#",
    "loan_event": "loan_no! event! occurred_on@! amount# relief_days# is_distressed?",
    "snapshot_fact": "source! item! value~ text snapshot_on@!",
    "undated_outcome": "defaulted? bank_rating snapshot_on@!",
}
MARKS = {"@": "date", "#": "integer", "~": "number", "?": "flag"}


def upgrade() -> None:
    """Make every table, and forbid changes of the audit log."""
    _make_identity()
    _make_batches()
    for name, words in EVIDENCE.items():
        _make_evidence(name, words)
    _make_institutions()
    _make_answers()
    _make_audit()
    _protect_audit()


def downgrade() -> None:
    """Take every table away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_event_append_only ON audit_event")
        op.execute("DROP FUNCTION refuse_change()")
    for name in ("audit_head", "audit_event", "idempotent_answer", "assessment", "consent", "token", "institution"):
        op.drop_table(name)
    for name in (*EVIDENCE, "quarantine", "batch", "setting", "enterprise_name", "identifier", "enterprise"):
        op.drop_table(name)


def _column(name: str, kind: sa.types.TypeEngine[Any], *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


def _own_column(word: str) -> sa.Column[Any]:
    required = word.endswith("!")
    word = word.removesuffix("!")
    kind = MARKS.get(word[-1], "text")
    return sa.Column(word.rstrip("@#~?"), TYPES[kind], nullable=not required)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _make_identity() -> None:
    op.create_table("enterprise", _column("id", ROW_ID), _column("kind", sa.Text()), _key("enterprise", "id"))
    op.create_table(
        "identifier",
        _column("scheme", sa.Text()),
        _column("value", sa.Text()),
        _column("enterprise_id", ROW_ID),
        _key("identifier", "scheme", "value"),
        _refers("identifier", "enterprise_id", "enterprise.id"),
    )
    _index("identifier", "enterprise_id")
    op.create_table(
        "enterprise_name",
        _column("enterprise_id", ROW_ID),
        _column("name", sa.Text()),
        _column("normalised", sa.Text()),
        _column("since", sa.Date()),
        _key("enterprise_name", "enterprise_id", "name"),
        _refers("enterprise_name", "enterprise_id", "enterprise.id"),
    )
    _index("enterprise_name", "normalised")
    op.create_table("setting", _column("name", sa.Text()), _column("value", sa.Text()), _key("setting", "name"))


def _make_batches() -> None:
    op.create_table(
        "batch",
        *(_column(name, sa.Text()) for name in ("id", "list", "source", "file_name", "file_sha256")),
        _column("recorded_at", sa.DateTime()),
        _column("known_on", sa.Date(), nullable=True),
        *(
            _column(name, sa.Integer())
            for name in ("rows_read", "kept", "already_known", "repeated", "skipped", "quarantined")
        ),
        _key("batch", "id"),
    )
    _index("batch", "file_sha256")
    op.create_table(
        "quarantine",
        _column("id", ROW_ID),
        _column("batch_id", sa.Text()),
        _column("file_row", sa.Integer()),
        *(_column(name, sa.Text()) for name in ("code", "message", "raw")),
        _key("quarantine", "id"),
        _refers("quarantine", "batch_id", "batch.id"),
    )
    _index("quarantine", "batch_id")


def _make_evidence(name: str, words: str) -> None:
    op.create_table(
        name,
        _column("row_id", ROW_ID),
        _column("enterprise_id", ROW_ID),
        _column("record_key", sa.Text()),
        _column("happened_on", sa.Date(), nullable=True),
        _column("ended_on", sa.Date(), nullable=True),
        _column("known_on", sa.Date()),
        _column("known_basis", sa.Text()),
        _column("batch_id", sa.Text()),
        _column("file_row", sa.Integer()),
        _column("owner", sa.Text()),
        _column("origin_loan", sa.Text(), nullable=True),
        _column("withdrawn", sa.Boolean()),
        *(_own_column(word) for word in words.split()),
        _key(name, "row_id"),
        _refers(name, "enterprise_id", "enterprise.id"),
        _refers(name, "batch_id", "batch.id"),
    )
    _index(name, "enterprise_id")


def _make_institutions() -> None:
    op.create_table(
        "institution",
        *(_column(name, sa.Text()) for name in ("code", "name", "kind")),
        _key("institution", "code"),
    )
    op.create_table(
        "token",
        _column("token_hash", sa.Text()),
        _column("institution", sa.Text()),
        _column("issued_at", sa.DateTime()),
        _key("token", "token_hash"),
        _refers("token", "institution", "institution.code"),
    )
    _index("token", "institution")
    op.create_table(
        "consent",
        _column("id", sa.Text()),
        _column("version", sa.Integer()),
        _column("enterprise_id", ROW_ID),
        *(_column(name, sa.Text()) for name in ("grantee", "purposes", "categories", "permissions")),
        _column("valid_from", sa.DateTime()),
        _column("valid_to", sa.DateTime()),
        _column("status", sa.Text()),
        _key("consent", "id", "version"),
        _refers("consent", "enterprise_id", "enterprise.id"),
    )
    _index("consent", "grantee", "enterprise_id")


def _make_answers() -> None:
    op.create_table(
        "assessment",
        *(_column(name, sa.Text()) for name in ("id", "tenant", "actor", "purpose")),
        *(_column(name, sa.Text(), nullable=True) for name in ("duty", "consent_id")),
        _column("consent_version", sa.Integer(), nullable=True),
        _column("enterprise_id", ROW_ID),
        _column("made_at", sa.DateTime()),
        _column("body", sa.Text()),
        _key("assessment", "id"),
        _refers("assessment", "enterprise_id", "enterprise.id"),
    )
    _index("assessment", "tenant", "enterprise_id")
    op.create_table(
        "idempotent_answer",
        *(_column(name, sa.Text()) for name in ("tenant", "route", "key", "fingerprint")),
        _column("status", sa.Integer()),
        _column("body", sa.Text()),
        _column("answered_at", sa.DateTime()),
        _key("idempotent_answer", "tenant", "route", "key"),
    )


def _make_audit() -> None:
    op.create_table(
        "audit_event",
        _column("tenant", sa.Text()),
        _column("seq", sa.Integer()),
        _column("at", sa.DateTime()),
        *(
            _column(name, sa.Text())
            for name in ("actor", "action", "object", "payload_canonical", "prev", "hash", "alg")
        ),
        _key("audit_event", "tenant", "seq"),
    )
    op.create_table(
        "audit_head",
        _column("tenant", sa.Text()),
        _column("seq", sa.Integer()),
        _column("hash", sa.Text()),
        _key("audit_head", "tenant"),
    )


def _protect_audit() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_event_no_{change.lower()} BEFORE {change} ON audit_event "
            "BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END"
        )
