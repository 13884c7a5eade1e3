"""Which scientists and technology managers work for an enterprise?"""

from data.spec.table import Absence, Column, Group, Kind, Table, Unit

talent_post = Table(
    name="talent_post",
    label="科技人才",
    group=Group.TALENT,
    publisher="科技、人才部门",
    absence=Absence.ZERO,
    columns={
        "person_code": Column(label="人员代码", kind=Kind.TEXT, required=True),
        "kind": Column(
            label="人才类别",
            kind=Kind.CODE,
            required=True,
            choices={
                "tech_vice_president": "科技副总",
                "tech_specialist": "科技专员",
                "foreign_expert": "331引智专家",
                "leading_talent": "领军人才",
                "technology_manager": "技术经理人",
            },
        ),
        "level": Column(
            label="层次",
            kind=Kind.CODE,
            choices={
                "national": "国家级",
                "taishan": "泰山人才",
                "city": "市级",
                "junior": "初级",
                "intermediate": "中级",
                "senior": "高级",
            },
        ),
        "from_university": Column(label="派出单位", kind=Kind.TEXT),
        "started_on": Column(label="起始日期", kind=Kind.DATE, required=True),
        "term_ends_on": Column(label="聘期届满日期", kind=Kind.DATE),
        "ends_on": Column(label="结束日期", kind=Kind.DATE, outcome=True, plan="term_ends_on"),
        "problems_solved": Column(label="解决技术难题数", kind=Kind.INTEGER, unit=Unit.ITEM, minimum=0),
        "results_transferred": Column(label="转化成果数", kind=Kind.INTEGER, unit=Unit.ITEM, minimum=0),
    },
    key=("person_code", "kind"),
    happened="started_on",
    ended="ends_on",
)

TABLES = (talent_post,)
