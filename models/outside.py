"""How does the method do on real firms that nobody here invented?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from data.intake.batch import BatchReport
from data.intake.cumcm2020c import SNAPSHOT_ON, load_cumcm2020c
from data.intake.jinan import load_jinan
from data.spec.access import Access
from data.spec.progress import Progress
from data.store import Store
from data.store.reads import read_events
from features.catalogue import features_of
from features.engine import compute
from models.measures import calibration_table
from models.table import table_of
from models.training import FitSettings, train
from models.validation import CrossValidation, cross_validate

REPEATS = 10
FOLDS = 5


TRACES = (
    "intangible_brand",
    "intangible_copyright",
    "intangible_patent",
    "trademark_infoa",
    "trademark_infob",
    "jn_tech_center",
    "jn_special_new_info",
    "ent_bid",
    "recruit_qcwy",
    "recruit_zhyc",
    "recruit_zlzp",
    "ent_investment",
    "ent_branch",
    "ent_onlineshop",
    "web_record_info",
    "enterprise_keep_contract",
)
"""The Jinan files in which a firm leaves a positive trace."""


@dataclass(frozen=True, kw_only=True)
class Outside:
    """Hold what a run on a real source came to.

    figures: numbers by name. features: the columns used, so that a reader sees that the bank's rating is none.
    """

    figures: Mapping[str, object]
    sentences: tuple[str, ...]


def evaluate_cumcm2020c(store: Store, folder: Path, *, access: Access, at: datetime, progress: Progress) -> Outside:
    """Load the source, compute invoice features, cross-validate on the labelled firms, score the rest.

    Source: decisions.md 22. The outcomes are undated: a benchmark of plumbing and small-sample sense, no claim about
    any day.
    """
    batches = load_cumcm2020c(store, folder, at=at, actor=access.actor, progress=progress)
    outcomes, X = firms(store, access=access, at=at, progress=progress)
    labelled = outcomes["defaulted"].notna()
    directions = {feature.name: int(feature.direction) for feature in features_of("invoices")}
    y = outcomes.loc[labelled, "defaulted"]
    validated = cross_validate(
        X[labelled], y, directions=directions, repeats=REPEATS, folds=FOLDS, seed=0, progress=progress
    )
    progress.stage("为其余企业评分", int((~labelled).sum()))
    model = train(table_of(X[labelled], y, directions=directions), FitSettings(), seed=0)
    rest = model.probability(X[~labelled])
    progress.advance(len(rest))
    figures = {
        **_accounted(batches),
        **_measured(y, validated),
        "as_of": SNAPSHOT_ON.date().isoformat(),
        "label_is_dated": False,
        "features": list(X.columns),
        "scored_without_history": len(rest),
        "scored_mean_pd": float(rest.mean()),
        "scored_pd_quartiles": [float(value) for value in rest.quantile([0.25, 0.5, 0.75])],
    }
    return Outside(figures=figures, sentences=_sentences(figures))


def firms(store: Store, *, access: Access, at: datetime, progress: Progress) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the firms' outcomes and their features as of the snapshot's day, in the same order."""
    features = features_of("invoices")
    progress.stage("计算发票特征")
    with store.work(at=at, read_only=True) as work:
        events = read_events(work, ["invoice", "undated_outcome", "enterprise_registration"], access=access)
    outcomes = events.pop("undated_outcome").sort_values("enterprise_id", ignore_index=True)
    spine = pd.DataFrame({"enterprise_id": outcomes["enterprise_id"], "as_of": SNAPSHOT_ON})
    return outcomes, compute(features, events, spine)


def _accounted(batches: list[BatchReport]) -> dict[str, object]:
    rows = {
        report.file_name: {
            "read": report.rows_read - int(report.skipped),
            "kept": report.kept,
            "repeated": report.repeated,
            "quarantined": report.quarantined_rows,
        }
        for report in batches
    }
    voided = sum(report.tidied for report in batches)
    return {"rows": rows, "repeated_invoices": sum(report.repeated for report in batches), "spaced_status_rows": voided}


def _measured(y: "pd.Series[float]", validated: CrossValidation) -> dict[str, object]:
    metrics = validated.metrics
    table = calibration_table(np.asarray(y, dtype=np.float64), validated.probability.to_numpy(), bins=5)
    return {
        "firms": metrics.rows,
        "defaults": metrics.defaults,
        "auc": validated.auc,
        "auc_low": validated.auc_low,
        "auc_high": validated.auc_high,
        "auc_of_averaged_prediction": metrics.auc,
        "ks": validated.ks,
        "brier": validated.brier,
        "brier_of_base_rate": metrics.base_rate * (1 - metrics.base_rate),
        "calibration_slope": metrics.calibration_slope,
        "calibration_intercept": metrics.calibration_intercept,
        "calibration": table.reset_index().to_dict("records"),
        "repeats": REPEATS,
        "folds": FOLDS,
    }


def _sentences(figures: Mapping[str, object]) -> tuple[str, ...]:
    return (
        f"{figures['firms']}家有贷款记录的企业，违约{figures['defaults']}家；只用发票，{REPEATS}次{FOLDS}折交叉验证。",
        "违约结果没有日期：只检验流程与小样本表现，不证明任何时点的预测能力；发票可能晚于违约。",
        "银行的信誉评级是银行对同一违约的判断，不在特征之中。",
        f"违约只有{figures['defaults']}家，AUC 的抽样误差约 ±0.08，请连同区间一起引用。",
    )


def evaluate_jinan(store: Store, folder: Path, *, access: Access, at: datetime, progress: Progress) -> Outside:
    """Load the 34 files and cross-validate a model of 失信 on the counts of firms with any positive trace.

    A firm that a file does not name is unknown to it: its count is a gap, not zero. Nothing is dated, so this shows
    plumbing on a real snapshot with selection, and nothing about any firm's future.
    """
    batches = load_jinan(store, folder, at=at, actor=access.actor, progress=progress)
    with store.work(at=at, read_only=True) as work:
        facts = read_events(work, ["snapshot_fact"], access=access)["snapshot_fact"]
    X, listed = counts(facts, "justice_credit")
    validated = cross_validate(X, listed, repeats=1, folds=FOLDS, seed=0, progress=progress)
    figures = {
        "rows_read": sum(report.rows_read - int(report.skipped) for report in batches),
        "rows_kept": sum(report.kept for report in batches),
        "rows_repeated": sum(report.repeated for report in batches),
        "rows_quarantined": sum(report.quarantined_rows for report in batches),
        "firms": int(facts["enterprise_id"].nunique()),
        "firms_with_trace": len(X),
        "listed": int(listed.sum()),
        "auc": validated.auc,
        "auc_low": validated.auc_low,
        "auc_high": validated.auc_high,
        "calibration_slope": validated.metrics.calibration_slope,
        "patent_holders": int(X["intangible_patent"].notna().sum()),
        "listed_share_of_patent_holders": float(listed[X["intangible_patent"].notna()].mean()),
        "listed_share_of_others": float(listed[X["intangible_patent"].isna()].mean()),
    }
    return Outside(figures=figures, sentences=JINAN_SENTENCES)


JINAN_SENTENCES = (
    "快照数据没有日期：不能构造时点特征，也不说明任何企业的未来。",
    "未出现在某个文件中的企业为“来源不知”，按缺失处理，不当作零。",
    "该快照里有专利的企业失信比例并不更低：这是有选择的快照，不是因果；因此模型不强加“专利越多风险越低”。",
)


def counts(facts: pd.DataFrame, outcome: str) -> tuple[pd.DataFrame, "pd.Series[float]"]:
    """Return one row a firm with a positive trace, one column a file, and whether the file `outcome` lists it."""
    traces = facts[facts["source"].isin(TRACES)]
    amount = traces["value"].where(traces["value"].notna(), 1.0)
    X = traces.assign(amount=amount).pivot_table(
        index="enterprise_id", columns="source", values="amount", aggfunc="sum", min_count=1
    )
    listed = set(facts.loc[facts["source"] == outcome, "enterprise_id"])
    y = pd.Series([float(firm in listed) for firm in X.index], index=X.index)
    return X.reindex(columns=list(TRACES)), y
