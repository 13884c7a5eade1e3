"""How are the 28 Jinan sources of the Inspur contest 2020, and six first-2,000-row samples, taken in?

Each file row becomes one fact of a snapshot, keyed by the whole row: a count where the file has one number a firm,
else the row itself as JSON with its epoch milliseconds turned into days. Nothing is dated, so no feature as of a day
can be had from it; a firm that a file does not name is unknown to that file, never zero.
"""

import json
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from data.intake.batch import BatchReport, SetAside, Source, load_frame
from data.intake.outside import SourceIncomplete, faults_where, read_plain
from data.spec.identifiers import Scheme
from data.spec.progress import Progress, tracked
from data.spec.tables.outside import snapshot_fact
from data.store import Store

SNAPSHOT_ON = pd.Timestamp("2020-12-31").as_unit("s")
"""Assumed: the contest's year; the files carry no day of their own."""

FIRM = "entname"
COUNT_FILES = (
    "administrative_punishment",
    "business_risk_abnormal",
    "business_risk_all_punish",
    "business_risk_rightpledge",
    "business_risk_taxunpaid",
    "ent_bid",
    "ent_branch",
    "ent_investment",
    "ent_onlineshop",
    "enterprise_keep_contract",
    "exception_list",
    "intangible_brand",
    "intangible_copyright",
    "intangible_patent",
    "jn_special_new_info",
    "justice_credit",
    "justice_credit_aic",
    "product_checkinfo_connect",
    "recruit_qcwy",
    "recruit_zhyc",
    "recruit_zlzp",
    "trademark_infoa",
    "trademark_infob",
    "web_record_info",
)
"""One number a row."""

ROW_FILES = ("ent_guarantee", "jn_credit_info", "jn_tech_center", "justice_enforced")
"""Words or several columns a row."""

SAMPLES = (
    "change_info",
    "company_baseinfo",
    "ent_contribution",
    "ent_contribution_year",
    "ent_social_security",
    "enterprise_insurance",
)
"""The first 2,000 rows of tables whose full files are missing."""

NOTE = "快照数据，没有日期，不能用于时点特征；未出现在该文件中的企业为“来源不知”，不是零。"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS = (10**11, 4 * 10**12)
"""Whole numbers in this span stand for days between 1973 and 2096."""


def load_jinan(store: Store, folder: Path, *, at: datetime, actor: str, progress: Progress) -> list[BatchReport]:
    """Take all 28 files and the six samples in, each as a batch of its own; the same folder twice changes nothing.

    Raises SourceIncomplete when a file is missing, before any is loaded.
    """
    places = [folder / f"{name}.csv" for name in (*COUNT_FILES, *ROW_FILES)]
    places += [folder / "first_2000" / f"{name}.csv" for name in SAMPLES]
    missing = [path.name for path in places if not path.is_file()]
    if missing:
        raise SourceIncomplete(f"缺少{len(missing)}个文件：{'、'.join(missing[:3])}。", help="请给出完整的数据目录。")
    return [_load(store, path, at=at, actor=actor) for path in tracked(places, progress, "导入济南数据")]


def _load(store: Store, path: Path, *, at: datetime, actor: str) -> BatchReport:
    file = read_plain(path, columns=(FIRM,))
    name = path.stem if path.parent.name != "first_2000" else f"first_2000/{path.stem}"
    frame, spoilt = _facts(file.rows, name)
    faults = faults_where(
        file.rows,
        spoilt,
        code="number-malformed",
        say=lambda row: f"“{row.drop([FIRM, 'file_row']).iloc[0]}”不是数字。",
    )
    source = Source(
        list=f"jinan-{path.stem}",
        label=f"济南 {name}",
        table=snapshot_fact,
        file_name=path.name,
        file_sha256=file.sha256,
        scheme=Scheme.JINAN,
        skipped=file.skipped,
        notes=(f"编码：{file.encoding}", NOTE),
    )
    return load_frame(store, source, frame, at=at, actor=actor, set_aside=SetAside(tuple(faults)))


def _facts(rows: pd.DataFrame, name: str) -> tuple[pd.DataFrame, "pd.Series[bool]"]:
    """Return the rows as facts, and which of them should be a number and are none."""
    firm = rows[FIRM].str.strip()
    cells = rows.drop(columns=[FIRM, "file_row"])
    single = name in COUNT_FILES
    value = pd.to_numeric(cells.iloc[:, 0].str.replace(",", "").str.strip(), errors="coerce")
    frame = pd.DataFrame(
        {
            "file_row": rows["file_row"],
            "identifier": firm.where(firm != ""),
            "known_on": SNAPSHOT_ON,
            "source": name,
            "item": cells.columns[0] if single else "row",
            "value": value if single else float("nan"),
            "text": None if single else [_say(row) for row in cells.to_dict("records")],
            "snapshot_on": SNAPSHOT_ON,
        }
    )
    return frame, value.isna() if single else pd.Series(False, index=rows.index)


def _say(row: Mapping[Hashable, str]) -> str:
    return json.dumps({name: _day(cell.strip()) for name, cell in row.items() if cell.strip()}, ensure_ascii=False)


def _day(cell: str) -> str:
    """Return epoch milliseconds, also as '1480000000000.0', as the day they stand for; anything else as it is."""
    whole = cell.removesuffix(".0")
    if not whole.isdigit() or not _MILLISECONDS[0] <= int(whole) < _MILLISECONDS[1]:
        return cell
    return (_EPOCH + timedelta(milliseconds=int(whole))).date().isoformat()
