"""How is 科技计划项目 read?"""

from data.intake.list_file import Check, Known, ListFile
from data.intake.oddities import Doubt
from data.spec.table import Basis
from data.spec.tables.projects import project

LIST = ListFile(
    name="project",
    label="科技计划项目",
    table=project,
    words=("科技计划", "项目"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公布日期", "更新日期")),
    headers={"programme": ("项目类别",), "level": ("级别",), "role": ("承担角色",), "started_on": ("立项时间",)},
    checks=(
        Check(
            code="grant-over-budget",
            message="财政资助大于项目总预算",
            columns=("grant_amount", "budget"),
            holds=lambda rows: ~(rows["grant_amount"] > rows["budget"]),
        ),
        Check(
            code="accepted-before-start",
            message="验收日期早于立项日期",
            columns=("accepted_on", "started_on"),
            holds=lambda rows: ~(rows["accepted_on"] < rows["started_on"]),
        ),
        Check(
            code="withdrawn-before-start",
            message="撤销日期早于立项日期",
            columns=("withdrawn_on", "started_on"),
            holds=lambda rows: ~(rows["withdrawn_on"] < rows["started_on"]),
        ),
    ),
    doubts=(
        Doubt(
            code="accepted-after-withdrawal",
            message="验收日期晚于撤销日期",
            among=(),
            odd=lambda rows: rows["accepted_on"] > rows["withdrawn_on"],
        ),
    ),
)
