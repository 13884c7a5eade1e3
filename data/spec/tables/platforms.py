"""Which platforms, instruments, vouchers and public services does an enterprise run or use?"""

from data.spec.table import Absence, Column, Group, Kind, Table, Unit
from data.spec.tables.projects import LEVELS

innovation_platform = Table(
    name="innovation_platform",
    label="创新平台",
    group=Group.PLATFORMS,
    publisher="科技、发改、工信部门",
    absence=Absence.ZERO,
    columns={
        "platform": Column(label="平台名称", kind=Kind.TEXT, required=True),
        "kind": Column(
            label="平台类型",
            kind=Kind.CODE,
            required=True,
            choices={
                "key_laboratory": "重点实验室",
                "technology_innovation_center": "技术创新中心",
                "enterprise_technology_center": "企业技术中心",
                "engineering_research_center": "工程研究中心",
                "new_rd_institution": "新型研发机构",
                "academician_workstation": "院士工作站",
                "proof_of_concept_center": "概念验证中心",
                "pilot_base": "中试基地",
            },
        ),
        "level": Column(label="平台级别", kind=Kind.CODE, choices=LEVELS, required=True),
        "recognised_on": Column(label="认定日期", kind=Kind.DATE, required=True),
        "assessment": Column(
            label="评估结果",
            kind=Kind.CODE,
            choices={"excellent": "优秀", "good": "良好", "pass": "合格", "fail": "不合格"},
        ),
        "removed_on": Column(label="撤销日期", kind=Kind.DATE, outcome=True),
    },
    key=("platform",),
    happened="recognised_on",
    ended="removed_on",
)

instrument = Table(
    name="instrument",
    label="大型科学仪器共享网仪器",
    group=Group.PLATFORMS,
    publisher="科技部门",
    absence=Absence.ZERO,
    columns={
        "instrument_no": Column(label="仪器编号", kind=Kind.TEXT, required=True),
        "instrument_name": Column(label="仪器名称", kind=Kind.TEXT),
        "original_value": Column(label="仪器原值", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "joined_on": Column(label="入网日期", kind=Kind.DATE, required=True),
        "left_on": Column(label="退网日期", kind=Kind.DATE, outcome=True),
        "hours_shared": Column(label="年共享机时", kind=Kind.NUMBER, unit=Unit.HOUR, minimum=0, maximum=8784),
        "hours_in_use": Column(label="年对外服务机时", kind=Kind.NUMBER, unit=Unit.HOUR, minimum=0, maximum=8784),
    },
    key=("instrument_no",),
    happened="joined_on",
    ended="left_on",
)

sharing_member = Table(
    name="sharing_member",
    label="大型科学仪器共享网会员",
    group=Group.PLATFORMS,
    publisher="科技部门",
    absence=Absence.ZERO,
    columns={
        "role": Column(label="会员类型", kind=Kind.CODE, choices={"user": "用户", "supplier": "供给方"}, required=True),
        "joined_on": Column(label="注册日期", kind=Kind.DATE, required=True),
        "left_on": Column(label="退出日期", kind=Kind.DATE, outcome=True),
        "hours_used": Column(label="年使用机时", kind=Kind.NUMBER, unit=Unit.HOUR, minimum=0),
    },
    key=("role",),
    happened="joined_on",
    ended="left_on",
)

innovation_voucher = Table(
    name="innovation_voucher",
    label="创新券",
    group=Group.PLATFORMS,
    publisher="科技部门",
    absence=Absence.ZERO,
    columns={
        "order_no": Column(label="订单号", kind=Kind.TEXT, required=True),
        "service": Column(label="服务内容", kind=Kind.TEXT),
        "provider": Column(label="服务机构", kind=Kind.TEXT),
        "provider_mark": Column(
            label="服务绩效评价", kind=Kind.CODE, choices={"excellent": "优秀", "good": "良好", "pass": "合格"}
        ),
        "amount": Column(label="兑付金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "ordered_on": Column(label="下单日期", kind=Kind.DATE, required=True),
        "paid_on": Column(label="兑付日期", kind=Kind.DATE, outcome=True),
        "automatic_redemption": Column(label="是否无感兑付", kind=Kind.FLAG),
    },
    key=("order_no",),
    happened="ordered_on",
)

platform_service = Table(
    name="platform_service",
    label="公共技术服务平台服务记录",
    group=Group.PLATFORMS,
    publisher="公共技术服务平台、技术转移机构",
    absence=Absence.ZERO,
    columns={
        "service_no": Column(label="服务单号", kind=Kind.TEXT, required=True),
        "platform": Column(label="服务平台", kind=Kind.TEXT, required=True),
        "provider_kind": Column(
            label="机构类型",
            kind=Kind.CODE,
            choices={"public_platform": "公共技术服务平台", "transfer_body": "技术转移机构"},
        ),
        "service": Column(label="服务内容", kind=Kind.TEXT),
        "event_name": Column(label="活动名称", kind=Kind.TEXT),
        "amount": Column(label="服务金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "served_on": Column(label="服务日期", kind=Kind.DATE, required=True),
    },
    key=("service_no",),
    happened="served_on",
)

TABLES = (innovation_platform, instrument, sharing_member, innovation_voucher, platform_service)
