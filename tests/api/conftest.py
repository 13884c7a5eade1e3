"""Desks made of dictionaries, and a service on them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.catalogue_desk import Catalogue, CatalogueFeature, CatalogueModel
from api.clock import SHANGHAI
from api.desks import (
    Candidate,
    CandidateTable,
    Check,
    Desks,
    Figure,
    Institution,
    LoadedBatch,
    Opened,
    RememberedAnswer,
    RowsSetAside,
    TrainingSummary,
)
from api.evaluation_desk import Evaluation
from api.identity import token_hash
from api.log import open_log
from api.name_desk import CandidateEnterprise, DecidedName, DoubtfulName, RememberedDecision, RowsTaken
from api.oauth.keys import SigningKeys, new_key
from data.intake.deciding import DoubtUnknown
from data.spec.access import Purpose
from data.spec.errors import DayInFuture, EnterpriseUnknown
from data.spec.identifiers import Identifier, with_uscc_check_digit
from data.spec.progress import Progress
from risk.assessment import (
    Assessment,
    Explanation,
    GroupPoints,
    Line,
    ModelReference,
    Reason,
    Reference,
    RelativeTo,
    Source,
    Status,
)
from risk.consent import ConsentRequired
from risk.explanation import explain
from risk.lineage import Cell, Evidence, EvidenceRow, FeatureUnknown, Lineage
from risk.readers import Audience, Language
from risk.source_report import (
    ColumnDrift,
    ColumnFill,
    ConflictExample,
    ConflictReport,
    Expectation,
    RowsRefused,
    SourceReport,
    SourcesReport,
)
from tests.api.fake_scoring import fake_scoring

TODAY = date(2026, 1, 1)
NOW = datetime(2026, 1, 1, 9, 30, tzinfo=SHANGHAI)
KNOWN = with_uscc_check_digit("91370303MA3C00000")
UNKNOWN = with_uscc_check_digit("91370303MA3C99999")
EMPTY = with_uscc_check_digit("91370303MA3C11111")
SILENT = with_uscc_check_digit("91370303MA3C22222")
TOKENS = {
    "bank-a": "lk_" + "a" * 43,
    "bank-b": "lk_" + "b" * 43,
}


def reason(feature: str, group: str, points: float) -> Reason:
    """Return a reason with one source."""
    source = Source(
        list_label="研发投入统计", file="研发投入2024.xlsx", batch_id="b1", file_row=12, known_on=date(2025, 4, 1)
    )
    return Reason(
        feature=feature,
        label=feature,
        group=group,
        value=0.06,
        unit="/1",
        points=points,
        sentence=f"{feature} 与{'较低' if points > 0 else '较高'}的违约概率相关。",
        sources=(source,),
    )


REFERENCE = Reference(asked=RelativeTo.POPULATION, kind="population", score=624.25, firms=812)


def scored(id: str = "a-1", *, identifier: str = KNOWN, as_of: date = TODAY) -> Assessment:
    """Return an assessment whose lines and groups sum to its score."""
    points = {"rnd": 14.5, "conduct": -7.25, "patents": 2.75}
    contributions = {
        "rnd_one": 8.0, "rnd_two": 4.0, "rnd_three": 2.5, "conduct_one": -9.25, "conduct_two": 2.0, "patents_one": 2.75,
    }  # fmt: skip
    return Assessment(
        id=id,
        status=Status.SCORED,
        enterprise_name="淄博恒拓陶瓷科技（演示）有限公司",
        identifier=identifier,
        as_of=as_of,
        made_at=NOW,
        valid_until=date(2026, 4, 1),
        purpose="pre_loan",
        demonstration=True,
        score=634,
        grade="A",
        grade_label="较低风险",
        pd=0.0123,
        pd_low=0.008,
        pd_high=0.0191,
        interval="80% 聚类自助法",
        model=ModelReference(
            id="application-1",
            card="application",
            label="申请卡",
            horizon_months=18,
            trained_on=TODAY,
            demonstration=True,
        ),
        reference=REFERENCE,
        groups=tuple(GroupPoints(group=name, label=name, points=value) for name, value in points.items()),
        lines=(
            Line(name="base", label="总体平均分", points=624.25),
            Line(name="rounding", label="取整", points=-0.25),
        ),
        reasons_for=(
            reason("rnd_one", "rnd", 8.0),
            reason("rnd_two", "rnd", 4.0),
            reason("patents_one", "patents", 2.75),
            reason("rnd_three", "rnd", 2.5),
            reason("conduct_two", "conduct", 2.0),
        ),
        reasons_against=(reason("conduct_one", "conduct", -9.25),),
        contributions=contributions,
        values=dict.fromkeys(contributions, 0.06),
        notes=("本评估由演示数据训练的模型作出，只证明流程。",),
        consent_id="c-1",
        consent_version=1,
    )


def not_scored(id: str = "a-2", *, identifier: str = EMPTY) -> Assessment:
    """Return an answer without a score."""
    return Assessment(
        id=id,
        status=Status.NOT_SCORED,
        enterprise_name="淄博空白科技（演示）有限公司",
        identifier=identifier,
        as_of=TODAY,
        made_at=NOW,
        valid_until=date(2026, 4, 1),
        purpose="pre_loan",
        demonstration=True,
        code="no-evidence",
        message="库中没有这家企业的任何材料。",
    )


def row(place: int, *, counted: bool) -> EvidenceRow:
    """Return a row of a file, in the value or replaced by the next."""
    return EvidenceRow(
        table="patent_event",
        list_label="专利法律状态",
        batch_id="B000001",
        file="专利法律状态.xlsx",
        file_row=place,
        record_key="k",
        happened_on=date(2024, 5, 1),
        ended_on=None,
        known_on=date(2024, 5, 20),
        recorded_at=NOW,
        cells=(Cell(name="event", label="法律状态", value="granted", text="授权"),),
        counted=counted,
        code="counted" if counted else "superseded",
        why="计入" if counted else "已被后来的版本取代",
        superseded_by=None if counted else ("B000001", place + 1),
    )


def traced(feature: str) -> Evidence:
    """Return a ratio of two counts, with the rows of one of them; only features whose name begins with rnd exist."""
    if not feature.startswith("rnd"):
        raise FeatureUnknown("指标目录中没有这一项。", help="相近的有：rnd_one（研发投入强度）。")
    part = Lineage(
        feature="patent_grants_3y",
        label="近三年授权数",
        group="patents",
        unit="项",
        value=2.0,
        how="取《专利法律状态》，计条数",
        fingerprint="1" * 64,
        rows=(row(9, counted=True), row(7, counted=True), row(6, counted=False)),
    )
    whole = replace(part, feature="rnd_staff", label="研发人员", value=None, missing="not_reported", rows=())
    ratio = replace(
        part,
        feature=feature,
        label="人均授权",
        value=None,
        how="“近三年授权数” ÷ “研发人员”",
        rows=(),
        inputs=(part, whole),
    )
    return Evidence(
        enterprise_name="淄博恒拓陶瓷科技（演示）有限公司",
        identifier=KNOWN,
        as_of=TODAY,
        purpose="pre_loan",
        recorded_before=NOW,
        assessment_id=None,
        lineage=replace(ratio, missing="not_reported"),
        value=None,
        stored_value=None,
        agrees=True,
        declaration_changed=False,
        demonstration=True,
        notes=("须知一则。",),
    )


def watched(as_of: date) -> SourcesReport:
    """Return a late list that drifted, one that never came, and a conflict."""
    expected = Expectation(
        every_months=12, due_days=181, reference="条例", status="unverified",
        begins=date(2024, 1, 1), ends=date(2025, 1, 1), due_on=date(2025, 7, 1),
    )  # fmt: skip
    drift = ColumnDrift(
        column="revenue", label="营业收入", mean_before=10.0, mean_after=20.0, rows_before=90, rows_after=80,
        size=0.5, p_value=0.001, moved=True,
    )  # fmt: skip
    reports = SourceReport(
        list="annual_report", label="财务年报", group="operations", group_label="经营与融资", batches=2,
        last_batch="B000002", last_recorded_at=NOW, newest_on=date(2023, 12, 31), rows=80, firms=60, firms_share=0.6,
        expected=expected, days_late=184, columns=(ColumnFill(column="revenue", label="营业收入", share=0.9),),
        drifts=(drift,), rows_read=100, quarantined=2, quarantined_share=0.02,
        refused=(RowsRefused(code="bad-code", message="信用代码“[red]91”有误。", rows=2),),
    )  # fmt: skip
    never = replace(
        reports, list="patent", label="专利", batches=0, last_batch=None, last_recorded_at=None, newest_on=None, rows=0,
        firms=0, firms_share=0.0, columns=(), drifts=(), rows_read=0, quarantined=0, quarantined_share=0.0, refused=(),
    )  # fmt: skip
    example = ConflictExample(
        enterprise_name="淄博恒拓陶瓷科技（演示）有限公司",
        identifier=KNOWN,
        year=2024,
        first=5.0,
        second=23.0,
        gap=0.78,
    )
    conflict = ConflictReport(
        name="staff", label="职工人数", unit="人", lists=("enterprise_registration", "rnd_year"), first="企业名录",
        second="研发投入统计", tolerance=0.5, compared=100, beyond=1, examples=(example,),
    )  # fmt: skip
    return SourcesReport(as_of=as_of, registered=100, sources=(reports, never), conflicts=(conflict,))


class FakeStore:
    """Keep what was committed, and count what was done."""

    def __init__(self) -> None:
        self.institutions = {
            token_hash(token): Institution(code=code, name=f"{code}（演示）", kind="bank")
            for code, token in TOKENS.items()
        }
        self.assessments: dict[tuple[str, str], Assessment] = {}
        self.answers: dict[tuple[str, str, str], RememberedAnswer] = {}
        self.assessed: list[tuple[str, Purpose, date]] = []
        self.fault: Exception | None = None


class FakeVisit:
    """Do one request's work on copies; commit puts them in place."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self._assessments = dict(store.assessments)
        self._answers = dict(store.answers)

    def find_answer(self, *, tenant: str, route: str, key: str) -> RememberedAnswer | None:
        return self._answers.get((tenant, route, key))

    def assess(
        self,
        identifier: Identifier,
        *,
        institution: Institution,
        purpose: Purpose,
        as_of: date,
        id: str,
        relative_to: RelativeTo = RelativeTo.POPULATION,
        product: str | None = None,
    ) -> Assessment:
        if self._store.fault is not None:
            raise self._store.fault
        self._store.assessed.append((institution.code, purpose, as_of))
        answer = answer_for(identifier, as_of=as_of, id=id, relative_to=relative_to)
        self._assessments[institution.code, id] = answer
        return answer

    def read_assessment(self, id: str, *, institution: Institution) -> Assessment | None:
        return self._assessments.get((institution.code, id))

    def explain_assessment(self, id: str, *, institution: Institution, language: Language) -> Explanation | None:
        answer = self.read_assessment(id, institution=institution)
        return None if answer is None else explain(answer, audience=Audience.BANK, language=language)

    def remember_answer(self, *, tenant: str, route: str, key: str, answer: RememberedAnswer) -> None:
        self._answers[tenant, route, key] = answer

    def commit(self) -> None:
        self._store.assessments, self._store.answers = self._assessments, self._answers


def answer_for(
    identifier: Identifier, *, as_of: date, id: str, relative_to: RelativeTo = RelativeTo.POPULATION
) -> Assessment:
    """Answer as the house would: refuse, say that there is no score, or score."""
    if identifier.value == UNKNOWN:
        raise EnterpriseUnknown(f"本库中没有标识为“{identifier}”的企业。", help="请核对代码。")
    if as_of > TODAY:
        raise DayInFuture(f"{as_of} 还没有到。", help="请选择今天或以前的日期。")
    if identifier.value == SILENT:
        raise ConsentRequired("企业尚未授权贵机构查询。", help="请企业签署授权书。")
    if identifier.value == EMPTY:
        return not_scored(id)
    answer = scored(id, identifier=str(identifier), as_of=as_of)
    return replace(answer, reference=replace(REFERENCE, asked=relative_to))


class FakeNames:
    """Hold one name that waits, and one decided about."""

    def __init__(self, calls: list[tuple[str, Mapping[str, Any]]]) -> None:
        self.calls = calls

    def list_names(self, *, decided: bool, at: datetime) -> Sequence[DoubtfulName]:
        return [doubtful(decision=REMEMBERED if decided else None)]

    def decide(self, entry: int, *, enterprise: Identifier | None, revise: bool, at: datetime) -> DecidedName:
        if entry != 7:
            raise DoubtUnknown(f"待认定名称中没有编号 {entry}。", help="请用 lukeping names 查看编号。")
        self.calls.append(("decide", {"enterprise": enterprise, "revise": revise}))
        return DecidedName(
            entry=entry,
            list_label="高新技术企业认定名单",
            name="淄博恒托陶瓷科技（演示）有限公司",
            enterprise=None if enterprise is None else str(enterprise),
            enterprise_name=None if enterprise is None else "淄博恒拓陶瓷科技（演示）有限公司",
            taken=() if enterprise is None else (TAKEN,),
            rows_withdrawn=2 if revise else 0,
            rows_waiting=3 if enterprise is None else 0,
            remembered=True,
            notes=(),
        )


REMEMBERED = RememberedDecision(
    enterprise=KNOWN, enterprise_name="淄博恒拓陶瓷科技（演示）有限公司", by="cli:one", at=NOW
)


TAKEN = RowsTaken(
    batch_id="B000012",
    file="高新技术企业认定名单_2020.xlsx",
    kept=7,
    already_known=1,
    set_aside=("第 4、9 行：没有找到该行所要更正的原记录（amends-nothing）",),
)


def doubtful(decision: RememberedDecision | None) -> DoubtfulName:
    """Return a name with a wrong character and one candidate."""
    candidate = CandidateEnterprise(
        enterprise=KNOWN,
        enterprise_name="淄博恒拓陶瓷科技（演示）有限公司",
        name="淄博恒拓陶瓷科技（演示）有限公司",
        score=94.4,
        why="one-character",
        why_label="相差一个字",
    )
    return DoubtfulName(
        entry=7,
        list_name="high_tech_certificate",
        list_label="高新技术企业认定名单",
        name="淄博恒托陶瓷科技（演示）有限公司",
        former_name=None,
        normalised="淄博恒托陶瓷科技演示有限公司",
        code="name-unmatched",
        message="企业名录中没有这个名称。",
        state="decided" if decision else "waiting",
        rows_waiting=3,
        first_batch="B000009",
        first_file="高新技术企业认定名单_2020.xlsx",
        first_row=12,
        candidates=(candidate,),
        decision=decision,
    )


class FakeDesks:
    """Every desk in one, on a fake store."""

    def __init__(self, store: FakeStore) -> None:
        self.store = store
        self.checks = [Check(name="存储", well=True, seen="可读写"), Check(name="模型", well=True, seen="已载入")]
        self.calls: list[tuple[str, Mapping[str, Any]]] = []

    def find_by_token(self, token_hash: str) -> Institution | None:
        return self.store.institutions.get(token_hash)

    @contextmanager
    def visit(self, *, at: datetime) -> Iterator[FakeVisit]:
        yield FakeVisit(self.store)

    def assess_for_bureau(
        self,
        identifier: Identifier,
        *,
        purpose: Purpose,
        as_of: date,
        at: datetime,
        relative_to: RelativeTo = RelativeTo.POPULATION,
        product: str | None = None,
    ) -> Assessment:
        if self.store.fault is not None:
            raise self.store.fault
        return answer_for(identifier, as_of=as_of, id="a-1", relative_to=relative_to)

    def explain(self, answer: Assessment, *, audience: Audience, language: Language) -> Explanation:
        return explain(answer, audience=audience, language=language)

    def assess_all(self, *, as_of: date, at: datetime, progress: Progress) -> Sequence[Assessment]:
        progress.stage("评分", 3)
        return [scored(), not_scored(), replace(scored("a-3"), enterprise_name="=HYPERLINK(1)")]

    def assess_example(self, *, at: datetime, progress: Progress) -> Assessment:
        return scored()

    def of_value(self, identifier: Identifier, feature: str, **options: Any) -> Evidence:
        answer_for(identifier, as_of=options["as_of"], id="a-1")
        self.calls.append(("of_value", {"feature": feature, **options}))
        return traced(feature)

    def of_assessment(self, id: str, feature: str, *, institution: Institution, at: datetime) -> Evidence | None:
        known = (institution.code, id) in self.store.assessments
        return replace(traced(feature), assessment_id=id) if known else None

    def report(self, *, as_of: date, list_name: str | None, at: datetime, progress: Progress) -> SourcesReport:
        progress.stage("核对名单", 1)
        self.calls.append(("report", {"as_of": as_of, "list_name": list_name}))
        return watched(as_of)

    def read(self) -> Catalogue:
        feature = CatalogueFeature(
            name="rnd_one",
            label="研发投入强度",
            unit="/1",
            group="rnd",
            group_label="研发投入",
            direction=-1,
            reason="持续研发的企业更稳定。",
            absence="未知",
            how="取《研发投入统计》，最近一条的“研发费用”",
            inputs=(),
            lists=("研发投入统计",),
            cards=("application",),
            fingerprint="0" * 64,
        )
        model = CatalogueModel(
            id="application-1",
            card="application",
            label="申请卡",
            horizon_months=18,
            trained_on=TODAY,
            demonstration=True,
            features=("rnd_one",),
        )
        return Catalogue(features=(feature,), models=(model,))

    def check_ready(self) -> Sequence[Check]:
        return self.checks

    def diagnose(self) -> Sequence[Check]:
        return self.checks

    def load_file(self, path: Path, **options: Any) -> Sequence[LoadedBatch]:
        self.calls.append(("load_file", {"path": path, **options}))
        return [batch(path.name), derived()]

    def load_folder(self, folder: Path, **options: Any) -> Sequence[LoadedBatch]:
        self.calls.append(("load_folder", {"folder": folder}))
        return [batch(path.name) for path in sorted(folder.iterdir())]

    def load(self, source: str, folder: Path, **options: Any) -> Sequence[LoadedBatch]:
        self.calls.append(("load_source", {"source": source, "folder": folder}))
        return [batch(source)]

    def list_names(self) -> Mapping[str, str]:
        return {"patent": "专利", "rnd_year": "研发投入统计"}

    def train(self, *, card: str, as_of: date, at: datetime, progress: Progress, tune: bool = False) -> TrainingSummary:
        self.calls.append(("train", {"card": card, "tune": tune}))
        progress.stage("计算特征", 2)
        progress.advance()
        return trained()

    def compare(
        self, *, card: str, as_of: date, at: datetime, progress: Progress, tune: bool = False
    ) -> CandidateTable:
        self.calls.append(("compare", {"card": card, "as_of": as_of, "tune": tune}))
        return candidate_table()

    def keep_baseline(self, **options: Any) -> str:
        self.calls.append(("keep_baseline", options))
        return "application-1"

    def promote(self, *, card: str, model: str | None, reason: str, at: datetime) -> str:
        return model or "the-one-before"

    def evaluate(self, source: str, folder: Path | None, *, at: datetime, progress: Progress) -> Evaluation:
        return Evaluation(source=source, figures={"auc": 0.88, "firms": 123}, sentences=("AUC 0.88。",))

    def exists(self) -> bool:
        return False

    def create(self, *, demonstration: bool, enterprises: int, progress: Any, anew: bool = False) -> Opened:
        self.calls.append(("create", {"demonstration": demonstration, "enterprises": enterprises, "anew": anew}))
        progress.chapter("名单")
        return Opened(demonstration=demonstration, tokens=(), batches=(batch("a.xlsx"),), model=trained())


def batch(file: str) -> LoadedBatch:
    """Return a batch with two rows set aside."""
    return LoadedBatch(
        batch_id="b1",
        list_name="patent",
        list_label="专利",
        file=file,
        read=10,
        kept=7,
        already_known=1,
        repeated=0,
        skipped=0,
        refused=2,
        quarantined=(RowsSetAside(code="patent-number", message="申请号校验位不符", rows=(4, 9)),),
    )


def derived() -> LoadedBatch:
    """Return what followed from a file: thirty rows, four of them new."""
    return LoadedBatch(
        batch_id="b2", list_name="guarantee_graph", list_label="担保圈", file="（由已入库的数据推算）", read=30, kept=4,
        already_known=26, repeated=0, skipped=0, refused=0, derived=True,
    )  # fmt: skip


def candidate_table() -> CandidateTable:
    """Return a comparison in which the scorecard is as good as the trees."""
    close = Figure(value=0.79, low=0.75, high=0.83)
    figures = dict.fromkeys(("auc", "ks", "brier", "log_loss", "calibration_slope", "behind"), close)
    return CandidateTable(
        card="application",
        label="申请卡",
        validation="时间外、按企业分组",
        rows=1234,
        defaults=40,
        features=("overdue_events_1y",),
        candidates=(
            Candidate(name="woe scorecard", label="WOE 评分卡", figures=figures),
            Candidate(name="lightgbm", label="LightGBM", figures=figures),
        ),
        recommended="woe scorecard",
        reason="未超出抽样误差：建议采用较简单的方案“WOE 评分卡”。",
        demonstration=True,
        notes=("一条说明。",),
    )


def trained() -> TrainingSummary:
    """Return a training's summary."""
    return TrainingSummary(
        model_id="application-1", card="application", label="申请卡", rows=900, defaults=40, demonstration=True,
        metrics={"auc": 0.8, "ks": 0.5, "ks_low": 0.4, "ks_high": 0.6},
    )  # fmt: skip


def arrived(fake: FakeDesks) -> Future[Desks]:
    """Hand the desks out as they are after the start."""
    desks: Future[Desks] = Future()
    desks.set_result(desks_of(fake))
    return desks


def desks_of(fake: FakeDesks) -> Desks:
    """Hand one object out as every desk."""
    return Desks(
        secret=b"s" * 32,
        signing=SigningKeys((new_key(),)),
        clients=fake,
        policies=fake,
        lending=fake,
        joint=fake,
        warnings=fake,
        consents=fake,
        events=fake,
        objections=fake,
        reviews=fake,
        back_tests=fake,
        webhooks=fake,
        today=TODAY,
        institutions=fake,
        assessments=fake,
        evidence=fake,
        looking_back=fake,
        sources=fake,
        catalogue=fake,
        health=fake,
        intake=fake,
        names=FakeNames(fake.calls),
        training=fake,
        evaluation=fake,
        scoring=fake_scoring(),
        audit=fake,
    )


@pytest.fixture
def store() -> FakeStore:
    """Return an empty store with two banks."""
    return FakeStore()


@pytest.fixture
def fake(store: FakeStore) -> FakeDesks:
    """Return the desks before they are handed out."""
    return FakeDesks(store)


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    """Return where the service logs."""
    return tmp_path / "lukeping.log"


@pytest.fixture
def app(fake: FakeDesks, log_file: Path) -> FastAPI:
    """Return the service on fake desks, at an instant that stands still."""
    return create_app(arrived(fake), clock=lambda: NOW, log=open_log(log_file))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Return a client of the service."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def bank_a() -> dict[str, str]:
    """Return the first bank's headers, with an idempotency key."""
    return {"Authorization": f"Bearer {TOKENS['bank-a']}", "Idempotency-Key": "key-0001"}


@pytest.fixture
def bank_b() -> dict[str, str]:
    """Return the second bank's headers, with an idempotency key."""
    return {"Authorization": f"Bearer {TOKENS['bank-b']}", "Idempotency-Key": "key-0001"}


@pytest.fixture
def known() -> str:
    """Return the code of an enterprise that can be scored."""
    return KNOWN


@pytest.fixture
def wanted() -> Callable[..., dict[str, object]]:
    """Return a maker of request bodies: `code` names a firm of the fake, other members replace."""
    codes = {"known": KNOWN, "unknown": UNKNOWN, "empty": EMPTY, "silent": SILENT}

    def make(code: str = "known", **members: object) -> dict[str, object]:
        return {"enterprise": {"scheme": "uscc", "value": codes.get(code, code)}, **members}

    return make


@pytest.fixture
def answered(log_file: Path) -> Callable[[], list[dict[str, Any]]]:
    """Return a reader of the log's lines."""
    return lambda: [json.loads(line) for line in log_file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def example() -> Callable[..., Assessment]:
    """Return a maker of scored assessments."""
    return scored


@pytest.fixture
def example_without_score() -> Callable[..., Assessment]:
    """Return a maker of assessments without a score."""
    return not_scored


@pytest.fixture
def commands(fake: FakeDesks, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeDesks:
    """Put the fake desks behind the commands, and a state folder of their own."""
    monkeypatch.setenv("LUKEPING_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("LUKEPING_DATABASE", raising=False)
    monkeypatch.setattr("api.wiring.open_desks", lambda _settings: desks_of(fake))
    monkeypatch.setattr("api.wiring.open_catalogue", lambda _settings: fake)
    monkeypatch.setattr("api.wiring.opening_desk", lambda _settings: fake)
    monkeypatch.setattr("api.wiring.health_desk", lambda _settings: fake)
    monkeypatch.setattr("api.wiring.source_desk", lambda _settings: fake)
    monkeypatch.setattr("api.wiring.evaluation_desk", lambda: fake)
    return fake


@pytest.fixture
def run(commands: FakeDesks, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a runner of commands: exit code, stdout, stderr."""
    from api.cli import main

    def run_command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run_command
