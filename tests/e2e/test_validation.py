"""A shelved model is validated on its store, the report says what it must, and a gap stands in the way of promotion."""

from collections import Counter
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from sqlalchemy import select

from data.spec.access import BUREAU, Purpose, bureau_access
from data.spec.identifiers import Identifier
from data.spec.progress import Silent
from data.store.orm import AUDIT_EVENT
from models import comparison, splits
from models.acceptance import AcceptanceUnfounded, SegmentGapUnaccepted
from models.appointing import appoint, shelve
from models.candidates import OFFICIAL
from models.findings import Finding
from models.measures import Metrics
from models.refusals import ModelUnknown
from models.register import Register
from models.retraining import Order, build_training_set, fit_card
from models.revalidation import accept, cases_of
from models.segments import ATTRIBUTES
from models.splits import Scheme, scheme_of
from models.table import Table
from models.uncertainty import FIGURES
from models.validity import against_baselines
from risk.answering import Question
from risk.assessment import Status
from risk.document import Document
from risk.portfolio import assess_all
from risk.validation import Validated, validate_model
from risk.validation_document import figure, validation_document
from risk.validation_parts import benchmark
from tests.e2e.town import AT, TODAY, City


@pytest.fixture(scope="module")
def found(city: City) -> Validated:
    with city.store.work(at=AT) as work:
        return validate_model(
            work,
            "application",
            shelf=city.shelf.register.root,
            as_of=TODAY,
            access=city.access,
            with_baselines=False,
            progress=Silent(),
        )


@pytest.fixture(scope="module")
def document(found: Validated) -> Document:
    return validation_document(found)


def test_what_is_measured_again_is_what_the_card_says(found: Validated) -> None:
    assert found.validity.metrics == found.card.report.out_of_fold


def test_every_figure_of_the_rank_order_has_its_interval(found: Validated, document: Document) -> None:
    table = next(section for section in document.sections if section.title == "区分度").tables[0]
    summary = document.sections[0].sentences[1]

    assert len(table.rows) >= 2
    assert all("（" in cell and "–" in cell for row in table.rows for cell in row[3:])
    for name in FIGURES:
        low, high = found.validity.metrics.interval(name) or pytest.fail(name)
        assert low < found.validity.metrics.to_json()[name] < high
    low, high = found.validity.metrics.interval("calibration_slope") or (0, 0)
    assert f"（{low:.2f}–{high:.2f}）" in summary


def test_a_card_from_before_the_intervals_says_that_it_has_none(found: Validated) -> None:
    kept = found.validity.metrics.to_json()
    old = {name: value for name, value in kept.items() if not name.endswith(("_low", "_high"))}

    metrics = TypeAdapter(Metrics).validate_python({**old, "auc_low": kept["auc_low"], "auc_high": kept["auc_high"]})

    assert metrics.interval("ks") is None
    assert figure(metrics, "ks", 3) == f"{kept['ks']:.3f}（无区间）"


def test_every_section_that_a_validator_asks_for_is_there(document: Document) -> None:
    titles = [section.title for section in document.sections]

    wanted = ["要点", "区分度", "校准", "稳定性", "分群", "年份与延期", "方向", "敏感性", "与基准方案比较", "局限"]
    assert titles == wanted
    assert {chart.name for section in document.sections for chart in section.charts} >= {
        "roc",
        "calibration",
        "segments",
        "vintages",
        "directions",
        "sensitivity",
    }


def test_the_report_says_that_it_is_a_demonstration_and_that_defaults_are_few(document: Document) -> None:
    said = [sentence for section in document.sections for sentence in section.sentences]

    assert "虚构" in document.warning
    assert any("样本小" in sentence for sentence in said)
    assert any("不能外推" in sentence for sentence in said)


def test_censored_rows_are_shown_both_ways(found: Validated, document: Document) -> None:
    validity = found.validity
    said = next(section for section in document.sections if section.title == "校准").sentences

    assert validity.censored > 10
    assert validity.rate_with_censored < validity.metrics.base_rate
    assert any(f"{validity.censored} 行" in one and f"{validity.rate_with_censored:.2%}" in one for one in said)


def test_segments_divide_the_rows_and_the_firms(found: Validated) -> None:
    for attribute in ATTRIBUTES:
        rows = [line.rows for line in found.validity.segments if line.attribute == attribute]
        firms = [one.firms for one in found.unscored if one.attribute == attribute]
        assert sum(rows) == found.validity.metrics.rows
        assert sum(firms) == sum(one.firms for one in found.unscored if one.attribute == "district")
    assert any(one.not_scored for one in found.unscored)


def test_who_cannot_be_scored_and_why_is_what_scoring_all_firms_says(
    city: City, found: Validated, document: Document
) -> None:
    wanted = bureau_access("test", at=AT, purpose=Purpose.PRE_LOAN)
    with city.store.work(at=AT, read_only=True) as work:
        answers = list(assess_all(work, asking, city.shelf, access=wanted, progress=Silent()))
    told = Counter(one.code for one in answers if one.status is not Status.SCORED)
    section = next(one for one in document.sections if one.title == "分群")

    assert told["outside-population"] + told["coverage-too-low"] > 0
    for attribute in ATTRIBUTES:
        counted: Counter[str | None] = Counter()
        for one in (one for one in found.unscored if one.attribute == attribute):
            counted.update({str(code): count for code, count in one.reasons.items()}, **{"in-default": one.in_default})
        assert counted == told
    young = next(one for one in found.unscored if (one.attribute, one.value) == ("age", "3年以内"))
    assert young.not_scored > 0
    assert any(row[0] == "成立年限：3年以内" and row[2] == f"{young.not_scored}" for row in section.tables[-1].rows)


def asking(identifier: Identifier) -> Question:
    return Question(
        id="one",
        identifier=identifier,
        tenant=BUREAU,
        actor="test",
        purpose=Purpose.PRE_LOAN,
        as_of=TODAY,
        at=AT,
        demonstration=True,
    )


def test_every_declared_direction_was_learned_as_declared(found: Validated) -> None:
    directed = [one for one in found.validity.dependences if one.declared]

    assert directed
    assert all(one.kept for one in directed)
    assert all(one.learned in ("flat", "rises" if one.declared == 1 else "falls") for one in directed)


def test_two_programs_agree_with_the_contributions(found: Validated) -> None:
    assert [one.against for one in found.validity.agreements] == ["lightgbm", *(["shap"] if find_spec("shap") else [])]
    assert (found.picture is not None) is (find_spec("shap") is not None)
    assert all(one.max_difference <= 1e-6 for one in found.validity.agreements)


@dataclass(frozen=True)
class Compared:
    """Hold a comparison as a validation makes it, and how the rows were parted for it."""

    comparison: comparison.Comparison
    scheme: Scheme
    table: Table


@pytest.fixture(scope="module")
def compared(city: City) -> Compared:
    parted: list[tuple[Table, Scheme]] = []

    def kept(table: Table, **plan: int) -> Scheme:
        parted.append((table, scheme_of(table, **plan)))
        return parted[-1][1]

    _, model, card = city.shelf.champion("application") or pytest.fail("nobody answers")
    with pytest.MonkeyPatch.context() as patch:
        # One later window in two folds: whether more would be steadier is no question here.
        patch.setattr(comparison, "FOLDS", 2)
        patch.setattr(comparison, "REPEATS", 1)
        patch.setattr(splits, "WINDOWS", (1 / 2,))
        patch.setattr(comparison, "scheme_of", kept)
        with city.store.work(at=AT, read_only=True) as work:
            cases = cases_of(work, model, card, as_of=TODAY, access=city.access, with_baselines=True, progress=Silent())
        found = against_baselines(model, cases, card.seed, Silent())
    return Compared(found, parted[0][1], parted[0][0])


def test_no_label_of_a_learned_row_reaches_into_the_days_that_the_benchmark_judges(
    city: City, compared: Compared
) -> None:
    with city.store.work(at=AT, read_only=True) as work:
        training = build_training_set(work, card="application", as_of=TODAY, access=city.access, progress=Silent())
    ends = training.rows.loc[training.learnable, "window_end"].to_numpy()

    assert compared.scheme.out_of_time
    assert len(ends) == len(compared.table.label)
    for split in compared.scheme.splits:
        assert ends[split.learned].max() < compared.table.days[split.judged].min()


def test_the_benchmark_has_the_official_points_beside_it_as_a_comparison_has(
    compared: Compared, found: Validated
) -> None:
    section = benchmark(replace(found, validity=replace(found.validity, comparison=compared.comparison)))

    assert compared.comparison.table.index[0] == OFFICIAL
    assert 0.4 < compared.comparison.table.loc[OFFICIAL, "auc"] < 1
    assert section.tables[0].rows[0][0] == "官方百分制"


def test_an_unknown_model_is_refused_with_those_that_are_there(city: City) -> None:
    with city.store.work(at=AT) as work, pytest.raises(ModelUnknown, match=city.report.name):
        validate_model(
            work,
            "nothing",
            shelf=city.shelf.register.root,
            as_of=TODAY,
            access=city.access,
            with_baselines=False,
            progress=Silent(),
        )


def test_a_gap_blocks_promotion_until_two_people_have_accepted_it(city: City, tmp_path: Path) -> None:
    gap = Finding("segment-gap", "warning", "区县“甲”：违约 9 次，预期 3.0 次。")
    order = Order(card="application", as_of=TODAY, demonstration=False)
    with city.store.work(at=AT) as work:
        training = build_training_set(work, card="application", as_of=TODAY, access=city.access, progress=Silent())
        trained = fit_card(training, seed=3, progress=Silent())
        model = replace(trained.model, head=replace(trained.model.head, findings=(gap,)))
        shelved = shelve(work, replace(trained, model=model), order, shelf=tmp_path, access=city.access, at=AT)

        assert not shelved.promoted
        with pytest.raises(SegmentGapUnaccepted):
            appoint(work, "application", shelved.name, shelf=tmp_path, access=city.access, reason="test")
        assert Register(tmp_path).course("application") == []
        people = [
            accept(work, shelved.name, shelf=tmp_path, access=city.access, by=by, reason="已复核")
            for by in ("甲", "乙")
        ]
        with pytest.raises(AcceptanceUnfounded):
            accept(work, shelved.name, shelf=tmp_path, access=city.access, by="乙", reason="再次")
        appoint(work, "application", shelved.name, shelf=tmp_path, access=city.access, reason="test")
        work.commit()

    with city.store.work(at=AT, read_only=True) as work:
        told = select(AUDIT_EVENT.c.action).where(AUDIT_EVENT.c.object == shelved.name).order_by(AUDIT_EVENT.c.seq)
        actions = work.connection.scalars(told).all()
    assert actions == ["model.trained", "gap.accepted", "gap.accepted", "model.promoted"]
    assert people == [1, 2]
    assert Register(tmp_path).champion("application").model == shelved.name
