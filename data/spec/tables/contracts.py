"""Which technology contracts did an enterprise sell or buy?"""

from data.spec.table import Absence, Column, Group, Kind, Table, Unit

technology_contract = Table(
    name="technology_contract",
    label="技术合同登记",
    group=Group.CONTRACTS,
    publisher="技术合同登记机构",
    absence=Absence.ZERO,
    columns={
        "contract_no": Column(label="合同登记编号", kind=Kind.TEXT, required=True),
        "kind": Column(
            label="合同类别",
            kind=Kind.CODE,
            choices={
                "development": "技术开发",
                "transfer": "技术转让",
                "licence": "技术许可",
                "consulting": "技术咨询",
                "service": "技术服务",
            },
        ),
        "role": Column(label="合同角色", kind=Kind.CODE, choices={"seller": "卖方", "buyer": "买方"}, required=True),
        "counterparty": Column(label="对方单位", kind=Kind.TEXT),
        "amount": Column(label="合同成交额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "registered_on": Column(label="登记日期", kind=Kind.DATE, required=True),
        "cancelled_on": Column(label="注销日期", kind=Kind.DATE, outcome=True),
        "transfer_body": Column(label="技术转移机构", kind=Kind.TEXT),
    },
    key=("contract_no", "role"),
    happened="registered_on",
    ended="cancelled_on",
)

TABLES = (technology_contract,)
