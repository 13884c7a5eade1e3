"""How are the real invoices and outcomes of CUMCM 2020, problem C, taken in?

Six files: 123 firms with a loan history (rating, default or not, undated), 302 without, and the purchase and
sales invoices of both. Firms are known by codes of their own (E1, …); an invoice's key is its whole row, since
one number stands for different invoices. The bank's rating is kept as evidence and is never a feature.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from data.intake.batch import BatchReport, SetAside, Source, load_frame
from data.intake.outside import PlainFile, faults_where, read_plain
from data.spec.identifiers import Scheme
from data.spec.progress import Progress, tracked
from data.spec.tables.operations import invoice
from data.spec.tables.outside import undated_outcome
from data.store import Store

SNAPSHOT_ON = pd.Timestamp("2020-02-22").as_unit("s")
"""The day after the last invoice: what the files say is taken as known before it (decision 22)."""

FIRMS = ("credit_history_info.csv", "no_credit_history_info.csv")
INVOICES = {
    "credit_history_input.csv.gz": "purchase",
    "credit_history_output.csv.gz": "sale",
    "no_credit_history_input.csv.gz": "purchase",
    "no_credit_history_output.csv.gz": "sale",
}
COUNTERPARTY = {"purchase": "销方单位代号", "sale": "购方单位代号"}
STATUS = {"有效发票": "valid", "作废发票": "void"}
AMOUNTS = {"amount": "金额", "tax": "税额", "total": "价税合计"}


def load_cumcm2020c(store: Store, folder: Path, *, at: datetime, actor: str, progress: Progress) -> list[BatchReport]:
    """Take the six files in, each as a batch of its own; the same folder twice changes nothing.

    Raises SourceIncomplete, TextUndecodable, NothingKept.
    """
    reports = []
    for name in tracked((*FIRMS, *INVOICES), progress, "导入 CUMCM 2020 C 题数据"):
        load = _load_invoices if name in INVOICES else _load_firms
        reports.append(load(store, folder / name, at=at, actor=actor))
    return reports


def _load_firms(store: Store, path: Path, *, at: datetime, actor: str) -> BatchReport:
    file = read_plain(path, columns=("企业代号", "企业名称"))
    rows = file.rows
    told = rows.get("是否违约", pd.Series("", index=rows.index)).str.strip()
    known = told.isin(["是", "否", ""])
    frame = _identified(rows).assign(
        name=rows["企业名称"].str.strip(),
        defaulted=told.map({"是": 1.0, "否": 0.0}).astype("float64"),
        bank_rating=rows.get("信誉评级"),
        snapshot_on=SNAPSHOT_ON,
    )
    faults = faults_where(
        rows, ~known, code="choice-unknown", say=lambda row: f"是否违约应为是或否，实为“{row['是否违约']}”。"
    )
    source = _source(file, "cumcm2020c-firms", "C题企业信息", notes=("违约结果没有日期，不能用于时点验证。",))
    return load_frame(store, source, frame, at=at, actor=actor, set_aside=SetAside(tuple(faults)))


def _load_invoices(store: Store, path: Path, *, at: datetime, actor: str) -> BatchReport:
    direction = INVOICES[path.name]
    file = read_plain(path, columns=("企业代号", "发票号码", "开票日期", COUNTERPARTY[direction], "发票状态"))
    rows = file.rows
    issued = pd.to_datetime(rows["开票日期"].str.strip(), format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    status = rows["发票状态"].str.strip().map(STATUS)
    amounts = {name: pd.to_numeric(rows[header].str.strip(), errors="coerce") for name, header in AMOUNTS.items()}
    frame = _identified(rows).assign(
        known_on=issued,
        invoice_no=rows["发票号码"].str.strip(),
        direction=direction,
        issued_on=issued,
        counterparty=rows[COUNTERPARTY[direction]].str.strip(),
        status=status,
        **amounts,
    )
    faults = [
        *faults_where(
            rows, issued.isna(), code="date-impossible", say=lambda row: f"开票日期“{row['开票日期']}”不是日期。"
        ),
        *faults_where(
            rows, status.isna(), code="choice-unknown", say=lambda row: f"发票状态“{row['发票状态']}”无法识别。"
        ),
        *faults_where(
            rows, pd.DataFrame(amounts).isna().any(axis=1), code="number-malformed", say=lambda _: "金额不是数字。"
        ),
    ]
    spaced = int((rows["发票状态"] != rows["发票状态"].str.strip()).sum())
    note = f"发票状态前后带空格的 {spaced} 行已按去空格后的状态读取（如“ 作废发票”）。"
    source = _source(file, f"cumcm2020c-{path.name.removesuffix('.csv.gz')}", f"C题发票（{path.name}）", notes=(note,))
    report = load_frame(store, source, frame, at=at, actor=actor, set_aside=SetAside(tuple(faults)))
    return replace(report, tidied=spaced)


def _identified(rows: pd.DataFrame) -> pd.DataFrame:
    code = rows["企业代号"].str.strip()
    return pd.DataFrame({"file_row": rows["file_row"], "identifier": code.where(code != ""), "known_on": SNAPSHOT_ON})


def _source(file: PlainFile, name: str, label: str, *, notes: tuple[str, ...]) -> Source:
    return Source(
        list=name,
        label=label,
        table=invoice if "发票" in label else undated_outcome,
        file_name=file.name,
        file_sha256=file.sha256,
        scheme=Scheme.CUMCM,
        skipped=file.skipped,
        notes=(f"编码：{file.encoding}", *notes),
    )
