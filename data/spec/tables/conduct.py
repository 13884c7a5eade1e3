"""How does an enterprise keep its word, and whose debts does it guarantee?"""

from data.spec.table import Absence, Column, Group, Kind, Table, Unit

conduct_record = Table(
    name="conduct_record",
    label="信用信息",
    group=Group.CONDUCT,
    publisher="法院、市场监管、税务等部门",
    absence=Absence.ZERO,
    columns={
        "kind": Column(
            label="信息类别",
            kind=Kind.CODE,
            required=True,
            choices={
                "dishonesty": "失信被执行人",
                "enforcement": "被执行人",
                "abnormal_operation": "经营异常",
                "serious_violation": "严重违法",
                "administrative_penalty": "行政处罚",
                "tax_arrears": "欠税",
                "litigation": "裁判文书",
            },
        ),
        "case_no": Column(label="文书号", kind=Kind.TEXT, required=True),
        "listed_on": Column(label="列入日期", kind=Kind.DATE, required=True),
        "amount": Column(label="涉及金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "removed_on": Column(label="移出日期", kind=Kind.DATE, outcome=True),
    },
    key=("kind", "case_no"),
    happened="listed_on",
    ended="removed_on",
)

guarantee = Table(
    name="guarantee",
    label="担保关系",
    group=Group.CONDUCT,
    publisher="银行、担保机构",
    absence=Absence.ZERO,
    from_loan=True,
    columns={
        "contract_no": Column(label="担保合同号", kind=Kind.TEXT, required=True),
        "guaranteed": Column(label="被担保企业信用代码", kind=Kind.USCC, required=True),
        "amount": Column(label="担保金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "started_on": Column(label="担保起始日", kind=Kind.DATE, required=True),
        "ends_on": Column(label="担保到期日", kind=Kind.DATE),
    },
    key=("contract_no",),
    happened="started_on",
    ended="ends_on",
)

TABLES = (conduct_record, guarantee)
