"""How does an enterprise earn, grow, finance and insure itself?"""

from data.spec.table import Absence, Column, Group, Kind, Table, Unit

annual_report = Table(
    name="annual_report",
    label="财务年报",
    group=Group.OPERATIONS,
    publisher="企业填报",
    columns={
        "year": Column(label="年度", kind=Kind.YEAR, required=True),
        "revenue": Column(label="营业收入", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "total_cost": Column(label="成本费用总额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "profit": Column(label="净利润", kind=Kind.MONEY, unit=Unit.YUAN),
        "assets": Column(label="资产总额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "liabilities": Column(label="负债总额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "receivables": Column(label="应收账款", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "high_tech_income": Column(label="高新技术产品收入", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "staff": Column(label="从业人数", kind=Kind.INTEGER, unit=Unit.PERSON, minimum=0),
        "filed_on": Column(label="填报日期", kind=Kind.DATE),
    },
    key=("year",),
    happened="year",
)

equity_round = Table(
    name="equity_round",
    label="股权融资与政府基金",
    group=Group.OPERATIONS,
    publisher="基金管理机构",
    absence=Absence.ZERO,
    columns={
        "round": Column(label="融资轮次", kind=Kind.TEXT, required=True),
        "investor_kind": Column(
            label="投资方类型", kind=Kind.CODE, choices={"market": "市场化机构", "government_fund": "政府基金"}
        ),
        "amount": Column(label="融资金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "closed_on": Column(label="交割日期", kind=Kind.DATE, required=True),
    },
    key=("round", "closed_on"),
    happened="closed_on",
)

insurance_policy = Table(
    name="insurance_policy",
    label="科技保险保单与理赔",
    group=Group.OPERATIONS,
    publisher="保险机构",
    absence=Absence.ZERO,
    from_loan=True,
    columns={
        "policy_no": Column(label="保单号", kind=Kind.TEXT, required=True),
        "product": Column(label="险种", kind=Kind.TEXT),
        "premium": Column(label="保费", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "insured_amount": Column(label="保险金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "started_on": Column(label="起保日期", kind=Kind.DATE, required=True),
        "ends_on": Column(label="终保日期", kind=Kind.DATE),
        "claimed_on": Column(label="理赔日期", kind=Kind.DATE, outcome=True),
        "claim_amount": Column(label="理赔金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
    },
    key=("policy_no",),
    happened="started_on",
    ended="ends_on",
)

invoice = Table(
    name="invoice",
    label="增值税发票",
    group=Group.OPERATIONS,
    publisher="银行（企业授权）",
    columns={
        "invoice_no": Column(label="发票号码", kind=Kind.TEXT, required=True),
        "direction": Column(
            label="进销方向", kind=Kind.CODE, choices={"purchase": "进项", "sale": "销项"}, required=True
        ),
        "issued_on": Column(label="开票日期", kind=Kind.DATE, required=True),
        "counterparty": Column(label="对方单位代号", kind=Kind.TEXT),
        "amount": Column(label="金额", kind=Kind.MONEY, unit=Unit.YUAN),
        "tax": Column(label="税额", kind=Kind.MONEY, unit=Unit.YUAN),
        "total": Column(label="价税合计", kind=Kind.MONEY, unit=Unit.YUAN, required=True),
        "status": Column(
            label="发票状态", kind=Kind.CODE, choices={"valid": "有效发票", "void": "作废发票"}, required=True
        ),
    },
    key=("invoice_no", "direction", "issued_on", "counterparty", "amount", "tax", "total", "status"),
    happened="issued_on",
)

tax_payment = Table(
    name="tax_payment",
    label="纳税记录",
    group=Group.OPERATIONS,
    publisher="银行（企业授权）",
    columns={
        "period_end": Column(label="所属期止", kind=Kind.DATE, required=True),
        "tax_paid": Column(label="实缴税额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "taxable_sales": Column(label="申报销售额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
    },
    key=("period_end",),
    happened="period_end",
)

TABLES = (annual_report, equity_round, insurance_policy, invoice, tax_payment)
