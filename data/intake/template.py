"""What does a list ask of the person who fills it in, column by column?"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from data.intake.header import CODE, KNOWN, NAME, ORIGIN, OWNER, name_column
from data.intake.list_file import Identity, ListFile
from data.intake.lists import LISTS
from data.intake.mapping import label_of
from data.spec.identifiers import patent_check_digit, with_uscc_check_digit
from data.spec.table import Column, Group, Kind, Unit


class Form(StrEnum):
    """Say how a column's cells are written."""

    TEXT = "文本"
    USCC = "18位代码"
    PATENT = "专利申请号"
    CHOICE = "从下拉列表中选"
    DATE = "日期"
    YEAR = "年份"
    INTEGER = "整数"
    NUMBER = "数字"
    MONEY = "金额"
    PERCENT = "百分数"


_FORMS = {
    Kind.TEXT: Form.TEXT,
    Kind.CODE: Form.CHOICE,
    Kind.USCC: Form.USCC,
    Kind.DATE: Form.DATE,
    Kind.YEAR: Form.YEAR,
    Kind.INTEGER: Form.INTEGER,
    Kind.NUMBER: Form.NUMBER,
    Kind.MONEY: Form.MONEY,
    Kind.FLAG: Form.CHOICE,
}
_EXAMPLES = {
    Form.USCC: with_uscc_check_digit("91370303MA0000001"),
    Form.PATENT: f"202010000001.{patent_check_digit('202010000001')}",
    Form.DATE: "2024-06-30",
    Form.YEAR: "2024",
    Form.INTEGER: "12",
    Form.NUMBER: "36.5",
    Form.MONEY: "1200000",
    Form.PERCENT: "4.35%",
}
_TEXTS = {
    "name": "淄博示例科技有限公司",
    NAME: "淄博示例科技有限公司",
    "former_name": "淄博示例有限公司",
    "former_names": "淄博示例有限公司、淄博旧例有限公司",
    "industry": "3985",
    "certificate_no": "GR202437000001",
    "entry_no": "202437030300000001",
    OWNER: "bank_a",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Say of one column of a template what it means, how it is written, and what may stand in it.

    `meaning` is the column of the table or the role; `choices` the texts to choose from.
    """

    meaning: str
    header: str
    form: Form
    required: bool
    means: str
    unit: str
    example: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    is_key: bool = False


def asked_of(list_file: ListFile) -> list[Asked]:
    """List the columns of a list's template, those that say which enterprise first."""
    table = list_file.table
    own_name = name_column(list_file)
    columns = {name: column for name, column in table.columns.items() if name not in list_file.constants}
    first = [own_name] if own_name in columns else []
    rest = [name for name in columns if name not in first]
    return [
        *(_own(list_file, name, columns[name]) for name in first),
        *_who(list_file),
        *(_own(list_file, name, columns[name]) for name in rest),
        *_when(list_file),
        *_whence(list_file),
    ]


def _who(list_file: ListFile) -> Iterator[Asked]:
    by_code = list_file.identity is Identity.BY_CODE
    if name_column(list_file) == NAME:
        yield _role(
            NAME, list_file, Form.TEXT, required=not by_code, means="企业全称，与营业执照一致", is_key=not by_code
        )
    means = "企业的统一社会信用代码" if by_code else "统一社会信用代码；知道的请填，免得同名企业混淆"
    yield _role(CODE, list_file, Form.USCC, required=by_code, means=means, is_key=by_code)


def _when(list_file: ListFile) -> Iterator[Asked]:
    if list_file.known.headers:
        required = list_file.known.column is None
        means = "这一行从哪一天起可以知道" + ("" if required else "；留空时按该行自己的日期推定")
        yield _role(KNOWN, list_file, Form.DATE, required=required, means=means)


def _whence(list_file: ListFile) -> Iterator[Asked]:
    if list_file.table.group is Group.LENDING or list_file.table.from_loan:
        yield _role(OWNER, list_file, Form.TEXT, required=False, means="报送机构的代码；科技局自己的数据留空")
    if list_file.table.from_loan and list_file.origin is None:
        means = "这一行因哪一笔贷款申请而产生；与贷款无关时留空"
        yield _role(ORIGIN, list_file, Form.TEXT, required=False, means=means)


def _role(meaning: str, list_file: ListFile, form: Form, *, required: bool, means: str, is_key: bool = False) -> Asked:
    label = label_of(list_file, meaning)
    return Asked(
        meaning=meaning,
        header=label,
        form=form,
        required=required,
        means=means,
        unit="无",
        example=_example(meaning, label, form, ()),
        is_key=is_key,
    )


def _own(list_file: ListFile, name: str, column: Column) -> Asked:
    table = list_file.table
    is_patent = name == "application_no" and table.group is Group.PATENTS
    form = Form.PATENT if is_patent else _FORMS[column.kind]
    form = Form.PERCENT if column.unit is Unit.RATIO else form
    choices = ("是", "否") if column.kind is Kind.FLAG else tuple(column.choices.values())
    amends = list_file.amends and name not in table.key
    return Asked(
        meaning=name,
        header=f"{column.label}（元）" if form is Form.MONEY else column.label,
        form=form,
        required=column.required and not amends,
        means=_means(list_file, name, column),
        unit=_unit(column, form),
        example=_number_within(column) or _example(name, column.label, form, choices),
        choices=choices,
        minimum=column.minimum,
        maximum=column.maximum,
        is_key=name in table.key,
    )


def _means(list_file: ListFile, name: str, column: Column) -> str:
    table = list_file.table
    said = [f"{table.label}的{column.label}"]
    if name in table.key:
        said.append("用来区分同一企业的不同记录")
    if name == table.happened:
        said.append("状态的起始日" if table.is_state else "所说之事发生或所属的日期")
    if name == table.ended:
        said.append("从这一天起不再有效，仍有效的留空")
    if list_file.amends and name not in table.key:
        said.append("留空即沿用原记录")
    return "；".join(said)


def _unit(column: Column, form: Form) -> str:
    if form is Form.PERCENT:
        return "%"
    return str(column.unit) if column.unit is not None else "无"


def _number_within(column: Column) -> str:
    """Return the largest number allowed where the usual example would be too large."""
    small = column.unit is not Unit.RATIO and column.maximum is not None and column.maximum < 12
    return f"{column.maximum:g}" if small else ""


def _example(meaning: str, label: str, form: Form, choices: tuple[str, ...]) -> str:
    if form is Form.CHOICE:
        return choices[0]
    if form is not Form.TEXT:
        return _EXAMPLES[form]
    numbered = meaning.endswith(("_no", "_code")) or meaning in ("number", ORIGIN)
    return _TEXTS.get(meaning, "SL-2024-0001" if numbered else f"示例{label}")


def list_labels() -> dict[str, str]:
    """Return the lists' command names and labels."""
    return {name: list_file.label for name, list_file in LISTS.items()}
