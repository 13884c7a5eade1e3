"""What did an enterprise ask of banks, get, and pay back?"""

from data.spec.table import Absence, Column, Group, Kind, Table, Unit

PRODUCTS = {
    "lukedai": "鲁科贷",
    "lukedan": "鲁科担",
    "rd_loan": "科技研发贷",
    "ordinary": "一般流动资金贷款",
    "ip_pledge": "知识产权质押贷",
}

LOSSES = ("guarantee_payout", "write_off", "sale")
"""Events of a loan by which somebody lost money on it."""

loan_application = Table(
    name="loan_application",
    label="贷款申请",
    group=Group.LENDING,
    publisher="银行",
    absence=Absence.ZERO,
    from_loan=True,
    columns={
        "application_no": Column(label="申请编号", kind=Kind.TEXT, required=True),
        "bank": Column(label="银行", kind=Kind.TEXT, required=True),
        "product": Column(label="产品", kind=Kind.CODE, choices=PRODUCTS, required=True),
        "applied_on": Column(label="申请日期", kind=Kind.DATE, required=True),
        "amount": Column(label="申请金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "decided_on": Column(label="决定日期", kind=Kind.DATE, outcome=True),
        "decision": Column(
            label="决定", kind=Kind.CODE, choices={"approved": "同意", "refused": "拒绝", "withdrawn": "撤回"}
        ),
        "refusal_code": Column(label="拒绝原因代码", kind=Kind.TEXT),
        "is_first_loan": Column(label="是否首贷", kind=Kind.FLAG),
        "channel": Column(
            label="渠道",
            kind=Kind.CODE,
            choices={"branch": "网点", "recommendation": "科技局推荐", "platform": "线上平台"},
        ),
    },
    key=("application_no",),
    happened="applied_on",
)

loan = Table(
    name="loan",
    label="贷款台账",
    group=Group.LENDING,
    publisher="银行",
    absence=Absence.ZERO,
    from_loan=True,
    columns={
        "loan_no": Column(label="借据号", kind=Kind.TEXT, required=True),
        "application_no": Column(label="申请编号", kind=Kind.TEXT, required=True),
        "bank": Column(label="银行", kind=Kind.TEXT, required=True),
        "product": Column(label="产品", kind=Kind.CODE, choices=PRODUCTS, required=True),
        "amount": Column(label="贷款金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0, required=True),
        "undrawn": Column(label="未提用额度", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "rate": Column(label="年利率", kind=Kind.NUMBER, unit=Unit.RATIO, minimum=0, maximum=0.36),
        "disbursed_on": Column(label="放款日期", kind=Kind.DATE, required=True),
        "matures_on": Column(label="到期日期", kind=Kind.DATE, required=True),
        "repayment": Column(
            label="还款方式", kind=Kind.CODE, choices={"bullet": "到期还本", "instalments": "等额还款"}
        ),
        "use": Column(label="贷款用途", kind=Kind.TEXT),
        "security": Column(
            label="担保方式",
            kind=Kind.CODE,
            choices={"credit": "信用", "guarantee": "保证", "collateral": "抵押", "ip_pledge": "知识产权质押"},
        ),
        "coverage_share": Column(label="风险补偿覆盖比例", kind=Kind.NUMBER, unit=Unit.RATIO, minimum=0, maximum=1),
        "guarantor_share": Column(label="担保机构分担比例", kind=Kind.NUMBER, unit=Unit.RATIO, minimum=0, maximum=1),
        "guarantee_fee_rate": Column(label="年担保费率", kind=Kind.NUMBER, unit=Unit.RATIO, minimum=0, maximum=0.1),
        "premium": Column(label="贷款保证保险保费", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "is_early_rnd_credit": Column(label="是否按早期研发信用贷款备案", kind=Kind.FLAG),
        "filed_on": Column(label="备案日期", kind=Kind.DATE, outcome=True),
        "renewal_of": Column(label="续贷原借据号", kind=Kind.TEXT),
        "settled_on": Column(label="结清日期", kind=Kind.DATE, outcome=True),
    },
    key=("loan_no",),
    happened="disbursed_on",
    ended="settled_on",
)

loan_month = Table(
    name="loan_month",
    label="贷后月报",
    group=Group.LENDING,
    publisher="银行",
    columns={
        "loan_no": Column(label="借据号", kind=Kind.TEXT, required=True),
        "month_end": Column(label="月末日期", kind=Kind.DATE, required=True),
        "days_past_due": Column(label="逾期天数", kind=Kind.INTEGER, unit=Unit.DAY, minimum=0, required=True),
        "five_class": Column(
            label="五级分类",
            kind=Kind.CODE,
            choices={"normal": "正常", "mention": "关注", "substandard": "次级", "doubtful": "可疑", "loss": "损失"},
        ),
        "balance": Column(label="贷款余额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "overdue_amount": Column(label="逾期金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
    },
    key=("loan_no", "month_end"),
    happened="month_end",
)

loan_event = Table(
    name="loan_event",
    label="贷款变动",
    group=Group.LENDING,
    publisher="银行、担保机构",
    absence=Absence.ZERO,
    columns={
        "loan_no": Column(label="借据号", kind=Kind.TEXT, required=True),
        "event": Column(
            label="变动类型",
            kind=Kind.CODE,
            required=True,
            choices={
                "renewal": "无还本续贷",
                "extension": "展期",
                "refinancing": "借新还旧",
                "restructuring": "重组",
                "relief": "延期还本付息",
                "guarantee_payout": "代偿",
                "write_off": "核销",
                "sale": "转让",
                "insolvency": "破产受理",
                "settlement": "结清",
                "recovery": "追偿收回",
            },
        ),
        "occurred_on": Column(label="发生日期", kind=Kind.DATE, required=True),
        "amount": Column(label="涉及金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "relief_days": Column(label="宽限天数", kind=Kind.INTEGER, unit=Unit.DAY, minimum=0),
        "is_distressed": Column(label="是否财务困难", kind=Kind.FLAG),
    },
    key=("loan_no", "event", "occurred_on"),
    happened="occurred_on",
)

TABLES = (loan_application, loan, loan_month, loan_event)
