"""How is 专利 read?"""

from data.intake.list_file import Check, Known, ListFile
from data.spec.table import Basis
from data.spec.tables.patents import patent

LIST = ListFile(
    name="patent",
    label="专利",
    table=patent,
    words=("专利清单", "专利信息", "专利明细"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公告日", "更新日期"), column="published_on"),
    headers={
        "application_no": ("专利申请号",),
        "kind": ("类型",),
        "granted_on": ("授权日", "授权日期"),
        "published_on": ("公开日期",),
        "filed_on": ("申请日期",),
    },
    checks=(
        Check(
            code="grant-before-filing",
            message="授权公告日早于申请日",
            columns=("granted_on", "filed_on"),
            holds=lambda rows: ~(rows["granted_on"] < rows["filed_on"]),
        ),
        Check(
            code="publication-before-filing",
            message="公开日早于申请日",
            columns=("published_on", "filed_on"),
            holds=lambda rows: ~(rows["published_on"] < rows["filed_on"]),
        ),
    ),
)
