"""How does each official list look as a file?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Form(StrEnum):
    """Name a file format."""

    XLSX = "xlsx"
    GB18030 = "gb18030"
    UTF8 = "utf8"
    """UTF-8 with a byte order mark."""


class Split(StrEnum):
    """Say how a list is cut into files."""

    YEAR = "year"
    ANNOUNCED = "announced"
    """One file per announcement day, named in the title rows; rows carry no day of their own."""
    ONE = "one"


class Dates(StrEnum):
    """Say how days are written."""

    DASH = "%Y-%m-%d"
    DOT = "dot"
    """2024.1.5"""
    HAN = "han"
    """2024年1月5日"""
    COMPACT = "%Y%m%d"
    SLASH = "slash"
    """2024/1/5"""
    CELL = "cell"
    """A date cell of the workbook."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Declare the looks of one list's files.

    `known` is the header of the day a row became known, or None where the file's announcement or a column of its own
    says it. `headers` are synonyms used instead of the columns' labels. `wan` writes money in 万元. `total` names a
    column summed up in a 合计 row.
    """

    list: str
    title: str
    form: Form
    split: Split = Split.YEAR
    known: str | None = None
    dates: Dates = Dates.DASH
    code_header: str = "统一社会信用代码"
    headers: Mapping[str, str] = field(default_factory=dict)
    wan: bool = False
    serial: bool = False
    total: str | None = None
    note: str | None = None
    short_districts: bool = False


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        list="enterprise_registration",
        title="企业名录",
        form=Form.XLSX,
        known="核准日期",
        dates=Dates.DASH,
        serial=True,
        wan=True,
        short_districts=True,
        headers={"staff": "从业人数", "founded_on": "成立日期"},
        note="注：职工人数以年报为准。",
    ),
    Layout(
        list="chain_position",
        title="产业链创新图谱",
        form=Form.XLSX,
        split=Split.ONE,
        known="公布日期",
        headers={"chain": "所属产业链"},
    ),
    Layout(
        list="tech_sme_entry",
        title="科技型中小企业入库名单",
        form=Form.XLSX,
        split=Split.ANNOUNCED,
        dates=Dates.DOT,
        serial=True,
        headers={"entry_no": "入库编号"},
        note="注：有效期满后须重新评价入库。",
    ),
    Layout(
        list="high_tech_certificate",
        title="高新技术企业认定名单",
        form=Form.XLSX,
        split=Split.ANNOUNCED,
        dates=Dates.HAN,
        serial=True,
    ),
    Layout(
        list="high_tech_renaming",
        title="高新技术企业更名公告",
        form=Form.XLSX,
        split=Split.ANNOUNCED,
        dates=Dates.HAN,
        serial=True,
        headers={"former_name": "更名前名称"},
    ),
    Layout(
        list="high_tech_revocation",
        title="取消高新技术企业资格公告",
        form=Form.XLSX,
        split=Split.ANNOUNCED,
        dates=Dates.HAN,
        serial=True,
        headers={"valid_until": "取消日期"},
    ),
    Layout(
        list="honour_listing",
        title="科技领军、专精特新、瞪羚、创新型中小企业名单",
        form=Form.XLSX,
        split=Split.ONE,
        known="公示日期",
        dates=Dates.CELL,
        headers={"honour": "认定类别"},
    ),
    Layout(
        list="incubation_tenancy",
        title="孵化载体在孵企业名单",
        form=Form.XLSX,
        split=Split.ONE,
        known="报送日期",
        dates=Dates.SLASH,
        headers={"carrier": "孵化载体名称"},
    ),
    Layout(
        list="cultivation_listing",
        title="育苗双培育库名单",
        form=Form.XLSX,
        split=Split.ONE,
        known="公布日期",
        dates=Dates.DOT,
    ),
    Layout(
        list="rnd_year",
        title="研发投入统计",
        form=Form.GB18030,
        known="报送日期",
        dates=Dates.COMPACT,
        wan=True,
        headers={"year": "统计年度", "rnd_expense": "研发经费支出"},
        total="rnd_expense",
    ),
    Layout(
        list="annual_report",
        title="财务年报",
        form=Form.XLSX,
        known="报送日期",
        dates=Dates.DASH,
        wan=True,
        total="revenue",
        headers={"year": "报表年度", "assets": "资产总计", "liabilities": "负债合计"},
        note="注：数据由企业自行填报。",
    ),
    Layout(
        list="equity_round",
        title="股权融资与政府基金投资",
        form=Form.XLSX,
        split=Split.ONE,
        known="披露日期",
        wan=True,
        dates=Dates.SLASH,
        total="amount",
    ),
    Layout(
        list="insurance_policy",
        title="科技保险保单与理赔",
        form=Form.UTF8,
        split=Split.ONE,
        known="报送日期",
        dates=Dates.DASH,
    ),
    Layout(list="invoice", title="增值税发票", form=Form.UTF8, dates=Dates.DASH, headers={"counterparty": "对方单位"}),
    Layout(
        list="tax_payment",
        title="纳税记录",
        form=Form.UTF8,
        known="申报日期",
        dates=Dates.DASH,
        code_header="纳税人识别号",
    ),
    Layout(
        list="patent",
        title="专利清单",
        form=Form.GB18030,
        known="更新日期",
        dates=Dates.DASH,
        headers={"application_no": "专利申请号"},
    ),
    Layout(
        list="patent_event",
        title="专利法律状态",
        form=Form.GB18030,
        known="法律状态公告日",
        dates=Dates.COMPACT,
        headers={"application_no": "专利申请号"},
    ),
    Layout(
        list="ip_right", title="软件著作权商标标准", form=Form.UTF8, split=Split.ONE, known="公告日期", dates=Dates.DASH
    ),
    Layout(
        list="project",
        title="科技计划项目",
        form=Form.XLSX,
        split=Split.ONE,
        known="更新日期",
        dates=Dates.CELL,
        wan=True,
        headers={"programme": "项目类别"},
        total="grant_amount",
    ),
    Layout(list="achievement", title="科技成果科技奖励首台套", form=Form.XLSX, split=Split.ONE, dates=Dates.HAN),
    Layout(
        list="consortium_membership",
        title="创新联合体成员",
        form=Form.XLSX,
        split=Split.ONE,
        known="公布日期",
        dates=Dates.DOT,
    ),
    Layout(
        list="innovation_platform",
        title="创新平台名单",
        form=Form.XLSX,
        split=Split.ONE,
        known="公布日期",
        dates=Dates.DASH,
        headers={"recognised_on": "批准日期"},
    ),
    Layout(
        list="instrument",
        title="大型科学仪器共享网仪器",
        form=Form.XLSX,
        split=Split.ONE,
        known="统计日期",
        wan=True,
        dates=Dates.DASH,
        total="original_value",
        headers={"original_value": "原值"},
    ),
    Layout(
        list="sharing_member",
        title="大型科学仪器共享网会员",
        form=Form.UTF8,
        split=Split.ONE,
        known="统计日期",
        dates=Dates.SLASH,
    ),
    Layout(
        list="innovation_voucher",
        title="创新券兑付明细",
        form=Form.XLSX,
        split=Split.ONE,
        known="登记时间",
        dates=Dates.CELL,
        headers={"amount": "补助金额"},
        total="amount",
    ),
    Layout(
        list="platform_service",
        title="公共技术服务平台服务记录",
        form=Form.GB18030,
        split=Split.ONE,
        known="报送日期",
        dates=Dates.DASH,
    ),
    Layout(
        list="technology_contract",
        title="技术合同登记",
        form=Form.XLSX,
        split=Split.ONE,
        known="更新日期",
        wan=True,
        dates=Dates.DASH,
        headers={"amount": "成交额"},
    ),
    Layout(
        list="talent_post",
        title="科技人才",
        form=Form.XLSX,
        split=Split.ONE,
        known="备案日期",
        dates=Dates.DASH,
        headers={"kind": "类别"},
    ),
    Layout(
        list="conduct_record",
        title="信用信息",
        form=Form.GB18030,
        known="公示日期",
        dates=Dates.DASH,
        headers={"case_no": "案号"},
    ),
    Layout(
        list="guarantee",
        title="担保关系",
        form=Form.XLSX,
        split=Split.ONE,
        known="报送日期",
        wan=True,
        dates=Dates.DASH,
    ),
    Layout(list="loan_application", title="贷款申请", form=Form.UTF8, known="报送日期", wan=True, dates=Dates.DASH),
    Layout(list="loan", title="贷款台账", form=Form.UTF8, known="报送日期", wan=True, dates=Dates.SLASH),
    Layout(list="loan_month", title="贷后月报", form=Form.GB18030, known="报送日期", dates=Dates.DASH),
    Layout(list="loan_event", title="贷款变动", form=Form.UTF8, split=Split.ONE, known="报送日期", dates=Dates.DASH),
)
"""Every list, in the order of data.intake.lists."""
