"""How is 信用信息 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.conduct import conduct_record

LIST = ListFile(
    name="conduct_record",
    label="信用信息",
    table=conduct_record,
    words=("信用信息", "失信", "被执行人", "经营异常", "处罚", "欠税"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公示日期", "发布日期", "更新日期"), column="listed_on"),
    headers={"case_no": ("案号", "决定书文号")},
)
