"""How is 科技人才 read?"""

from data.intake.list_file import Known, ListFile
from data.intake.oddities import Doubt, overlapping
from data.spec.table import Basis
from data.spec.tables.talent import talent_post

LIST = ListFile(
    name="talent_post",
    label="科技人才",
    table=talent_post,
    words=("科技人才", "科技副总", "科技专员", "技术经理人"),
    known=Known(basis=Basis.FILED, headers=("备案日期", "公布日期", "更新日期")),
    headers={"kind": ("类别",), "started_on": ("聘任日期", "入选日期")},
    doubts=(
        Doubt(
            code="posts-overlap",
            message="同一人同一类任职的期间重叠",
            among=(talent_post.name,),
            odd=overlapping("person_code", "kind", across_enterprises=True),
            across=True,
        ),
    ),
)
