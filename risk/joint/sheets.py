"""What does a party's sheet say, and is it whole?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from data.spec.errors import Refusal
from data.spec.tables import TABLES
from risk.joint.words import DIMENSION_LABELS, Dimension
from risk.policies.facts import near, parse_number

MOST = Decimal(100)
FORM = ("marks", "words", "notches", "evidence", "saw_model", "expert")
EXPERT = ("name", "field", "signed_on", "opinion")
YES = {"是": True, "true": True, "1": True, "否": False, "false": False, "0": False, "": False}


class SheetMalformed(Refusal):
    """The sheet cannot be read, or is not whole."""

    code = "sheet-malformed"


class NotchesWithoutEvidence(Refusal):
    """A sheet would raise the model's grade and cites nothing for it."""

    code = "notches-without-evidence"


class ExpertNeeded(Refusal):
    """The bureau's sheet needs an industry expert's signature."""

    code = "expert-needed"


@dataclass(frozen=True, order=True)
class CitedRow:
    """Point to one row of evidence: its table, batch and row of the file."""

    table: str
    batch_id: str
    file_row: int

    def __str__(self) -> str:
        return f"{self.table}/{self.batch_id}/{self.file_row}"


@dataclass(frozen=True, kw_only=True)
class Expert:
    """Be the annex that an industry expert signs under the bureau's sheet."""

    name: str
    field: str
    signed_on: date
    opinion: str


@dataclass(frozen=True, kw_only=True)
class SheetForm:
    """Hold a sheet as it is handed in.

    Marks are whole, 0 to 100. `notches` moves the model's grade, positive for better; a better grade cites evidence.
    """

    marks: Mapping[Dimension, int]
    words: str
    notches: int
    evidence: tuple[CitedRow, ...]
    saw_model: bool
    expert: Expert | None


def read_sheet(raw: Mapping[str, object], *, notches_most: Decimal) -> SheetForm:
    """Read a sheet from a file's values or options; raise SheetMalformed, NotchesWithoutEvidence."""
    strange = [name for name in raw if name not in FORM]
    if strange:
        raise SheetMalformed(f"评价表没有名为“{strange[0]}”的项目。", help=f"可填：{'、'.join(FORM)}。")
    notches = _notches(raw.get("notches", "0"), notches_most)
    evidence = tuple(sorted({_cited(one) for one in _listed(raw.get("evidence", ()))}))
    if notches > 0 and len(evidence) < notches:
        raise NotchesWithoutEvidence(
            f"上调{notches}级须至少引用{notches}条证据。", help="evidence 写成 表/批次/行号，见 lukeping evidence。"
        )
    return SheetForm(
        marks=_marks(raw.get("marks")),
        words=str(raw.get("words", "")).strip(),
        notches=notches,
        evidence=evidence,
        saw_model=_flag(raw.get("saw_model", "")),
        expert=_expert(raw["expert"]) if raw.get("expert") else None,
    )


def sheet_record(form: SheetForm) -> dict[str, Any]:
    """Return a sheet as plain JSON values."""
    expert = form.expert
    return {
        "marks": {str(dimension): mark for dimension, mark in form.marks.items()},
        "words": form.words,
        "notches": form.notches,
        "evidence": [str(row) for row in form.evidence],
        "expert": None if expert is None else {**vars(expert), "signed_on": str(expert.signed_on)},
    }


def marks_of(body: Mapping[str, Any]) -> dict[Dimension, Decimal]:
    """Return the marks of a sheet that was kept."""
    return {Dimension(name): Decimal(mark) for name, mark in body["marks"].items()}


def cited_of(body: Mapping[str, Any]) -> tuple[CitedRow, ...]:
    """Return the rows that a sheet that was kept cites."""
    return tuple(_cited(text) for text in body["evidence"])


def _marks(raw: object) -> dict[Dimension, int]:
    if not isinstance(raw, Mapping):
        raise SheetMalformed(
            "评价表缺 marks：六个方面的分数。", help=f"六个方面：{'、'.join(DIMENSION_LABELS.values())}。"
        )
    named = {word: one for one, label in DIMENSION_LABELS.items() for word in (one.value, label)}
    marks: dict[Dimension, int] = {}
    for name, text in raw.items():
        if name not in named:
            raise SheetMalformed(
                f"没有名为“{name}”的方面。", help=near(str(name), named) or f"可填：{'、'.join(named)}。"
            )
        if named[name] in marks:
            raise SheetMalformed(f"“{name}”给了两次分。", help="每个方面只给一个分数。")
        marks[named[name]] = _mark(str(name), text)
    missing = [label for one, label in DIMENSION_LABELS.items() if one not in marks]
    if missing:
        raise SheetMalformed(f"还没有给分：{'、'.join(missing)}。", help="六个方面都要给分，0 至 100。")
    return {one: marks[one] for one in Dimension}


def _mark(name: str, text: object) -> int:
    number = parse_number(str(text).strip())
    if number is None or not number.is_finite() or number != int(number) or not 0 <= number <= MOST:
        raise SheetMalformed(f"“{name}”的分数“{text}”不是 0 至 100 的整数。", help="请填写整数。")
    return int(number)


def _notches(text: object, most: Decimal) -> int:
    number = parse_number(str(text).strip().lstrip("+"))
    if number is None or not number.is_finite() or number != int(number) or abs(number) > most:
        raise SheetMalformed(f"级数“{text}”不是 -{most} 至 {most} 的整数。", help=f"评价表最多移动模型等级{most}级。")
    return int(number)


def _listed(raw: object) -> list[str]:
    if isinstance(raw, str):
        return [raw]
    if isinstance(raw, list | tuple) and all(isinstance(one, str) for one in raw):
        return list(raw)
    raise SheetMalformed("evidence 应为一列 表/批次/行号。", help="例：patent/B000003/12")


def _cited(text: str) -> CitedRow:
    table, _, rest = text.strip().partition("/")
    batch, _, row = rest.partition("/")
    if table not in TABLES:
        raise SheetMalformed(f"没有名为“{table}”的证据表。", help=near(table, TABLES) or "见 lukeping evidence。")
    if not batch or not (row.isascii() and row.isdigit()):
        raise SheetMalformed(f"“{text}”不是 表/批次/行号。", help="例：patent/B000003/12")
    return CitedRow(table, batch, int(row))


def _flag(text: object) -> bool:
    word = str(text).strip().lower()
    if word not in YES:
        raise SheetMalformed(f"saw_model 的值“{text}”应为是或否。", help="给分之前看过模型结果的填“是”。")
    return YES[word]


def _expert(raw: object) -> Expert:
    if not isinstance(raw, Mapping) or any(not str(raw.get(name, "")).strip() for name in EXPERT):
        raise SheetMalformed("专家附页不全。", help=f"expert 须有：{'、'.join(EXPERT)}。")
    try:
        signed = date.fromisoformat(str(raw["signed_on"]))
    except ValueError as error:
        raise SheetMalformed(f"专家签名日“{raw['signed_on']}”不是日期。", help="请写成 2025-06-30 的样子。") from error
    return Expert(name=str(raw["name"]), field=str(raw["field"]), signed_on=signed, opinion=str(raw["opinion"]))
