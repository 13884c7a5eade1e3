"""A value is traced to its rows, the same again after corrections, and only for whom it was answered."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select, update

from data.intake import load_file
from data.spec.access import BUREAU, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import ALL_CATEGORIES, Consent, Permission
from data.spec.identifiers import Scheme, parse_identifier, with_uscc_check_digit
from data.spec.table import Group
from data.spec.tables import TABLES, derived
from data.store import Store
from data.store.audit import verify_chain
from data.store.consents import write_consent
from data.store.orm import ASSESSMENT, AUDIT_EVENT
from data.store.reads import read_numbers
from features.catalogue import FEATURES
from risk import evidence
from risk.answering import Question
from risk.assess import assess
from risk.assessment import Assessment, Reason
from risk.consent import ConsentRequired, ConsentRevoked
from risk.lineage import Evidence, EvidenceRow, FeatureUnknown, Lineage, PermissionRequired
from risk.sources import Sources
from tests.consents import revoke

FIRM = with_uscc_check_digit("91370303MA3C00000")
OTHER = with_uscc_check_digit("91370303MA3C11111")
T0 = datetime(2026, 1, 1, 8, tzinfo=UTC)
AS_OF = date(2025, 6, 30)
LEVERAGE, DISHONESTY = "operations_leverage_ratio_2y", "conduct_dishonesty_held"

REGISTER = f"""统一社会信用代码,企业名称,成立日期,更新日期
{FIRM},淄博测试陶瓷（演示）有限公司,2015-03-02,2024-01-05
{OTHER},淄博另一陶瓷（演示）有限公司,2015-03-02,2024-01-05
"""
REPORTS = f"""统一社会信用代码,年度,营业收入,资产总额,负债总额,填报日期
{FIRM},2024,1000,200,90,2025-04-10
{FIRM},2023,900,180,90,2024-04-12
{OTHER},2024,1000,200,10,2025-04-10
"""
RESTATED = f"""统一社会信用代码,年度,营业收入,资产总额,负债总额,填报日期
{FIRM},2024,1000,200,150,2025-05-20
"""
RECORDS = f"""统一社会信用代码,信息类别,文书号,列入日期,移出日期,公示日期
{FIRM},失信被执行人,（2024）鲁03执1号,2024-02-01,2024-09-01,2024-02-03
{FIRM},行政处罚,（2025）鲁03罚1号,2025-02-01,,2025-02-03
{FIRM},失信被执行人,（2025）鲁03执9号,2025-07-01,,2025-07-03
"""
LISTS = (("enterprise_registration", REGISTER), ("annual_report", REPORTS), ("conduct_record", RECORDS))


class NoChampions:
    """Know no model: the expert card answers."""

    def champion(self, card: str) -> None:
        return None


class Town:
    """Keep a small store and a clock that goes an hour on with everything done."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self._folder, self.at = store, folder, T0

    def later(self) -> datetime:
        self.at += timedelta(hours=1)
        return self.at

    def load(self, name: str, text: str) -> None:
        path = self._folder / f"{TABLES[name].label}{self.at:%H}.csv"
        path.write_text(text, encoding="utf-8-sig")
        known_on = date(2024, 1, 5) if name == "enterprise_registration" else None
        load_file(self.store, path, list_name=name, known_on=known_on, at=self.later(), actor="test")

    def question(self, tenant: str, purpose: Purpose, as_of: date = AS_OF) -> Question:
        return Question(
            id=f"{tenant}-{self.at:%H}",
            identifier=parse_identifier(FIRM),
            tenant=tenant,
            actor=tenant,
            purpose=purpose,
            as_of=as_of,
            at=self.later(),
            demonstration=False,
        )

    def assess(self, tenant: str = "bank-a", purpose: Purpose = Purpose.PRE_LOAN) -> Assessment:
        question = self.question(tenant, purpose)
        with self.store.work(at=question.at) as work:
            answer = assess(work, question, NoChampions())
            work.commit()
        return answer

    def trace(self, assessment: str, feature: str, tenant: str = "bank-a") -> Evidence | None:
        with self.store.work(at=self.later()) as work:
            found = evidence.explain_assessment(
                work, assessment, feature, tenant=tenant, actor=tenant, demonstration=False
            )
            work.commit()
        return found

    def traced(self, assessment: str, feature: str, tenant: str = "bank-a") -> Evidence:
        found = self.trace(assessment, feature, tenant)
        assert found is not None
        return found

    def ask(self, feature: str, *, as_of: date = AS_OF, recorded_before: datetime | None = None) -> Evidence:
        question = self.question(BUREAU, Purpose.PRE_LOAN, as_of)
        with self.store.work(at=question.at) as work:
            found = evidence.explain_value(work, question, feature, recorded_before=recorded_before)
            work.commit()
        return found

    def consent(
        self,
        *,
        categories: frozenset[str] = ALL_CATEGORIES,
        permissions: frozenset[Permission] = frozenset(Permission),
        version: int = 1,
    ) -> Consent:
        with self.store.work(at=self.later()) as work:
            firm = read_numbers(work, Scheme.USCC, access=bureau_access("test", at=self.at))[FIRM]
            given = Consent(
                id="c-1",
                version=version,
                enterprise_id=firm,
                grantee="bank-a",
                purposes=frozenset({Purpose.PRE_LOAN, Purpose.MONITORING}),
                categories=categories,
                permissions=permissions,
                valid_from=T0,
                valid_to=T0 + timedelta(days=90),
            )
            event = AuditEvent(
                tenant="bank-a", actor="test", action=Action.CONSENT_GRANTED, object_id="c-1", at=self.at
            )
            write_consent(work, given, event)
            work.commit()
        return given


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """Load the lists once, and tell where the store stands and what its clock says."""
    folder = tmp_path_factory.mktemp("begun")
    town = Town(Store.create(f"sqlite:///{folder}/store.db", at=T0), folder)
    for name, text in LISTS:
        town.load(name, text)
    town.store.close()
    return folder, town.at


@pytest.fixture
def town(begun: tuple[Path, datetime], tmp_path: Path) -> Iterator[Town]:
    folder, at = begun
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    town = Town(Store.open(f"sqlite:///{tmp_path}/store.db"), tmp_path)
    town.at = at
    yield town
    town.store.close()


def told(lineage: Lineage) -> list[tuple[int, str]]:
    """Return file row and code of each row, counted ones first."""
    return [(row.file_row, row.code) for row in lineage.rows]


def cell(row: EvidenceRow, name: str) -> object:
    return next(cell.value for cell in row.cells if cell.name == name)


def test_a_derived_value_is_a_tree_of_inputs_with_rows(town: Town) -> None:
    town.consent()

    found = town.traced(town.assess().id, LEVERAGE)

    liabilities, assets = found.lineage.inputs
    assert (found.value, found.stored_value, found.agrees) == (0.45, 0.45, True)
    assert found.lineage.how == f"“{liabilities.label}” ÷ “{assets.label}”（分母不为正时未知）"
    assert (liabilities.value, assets.value, found.lineage.rows) == (90, 200, ())
    assert told(liabilities) == [(2, "counted"), (3, "not-chosen")]
    counted = liabilities.counted[0]
    assert (counted.list_label, counted.file, counted.batch_id) == ("财务年报", "财务年报09.csv", "B000002")
    assert (counted.known_on, counted.happened_on) == (date(2025, 4, 10), date(2024, 12, 31))
    assert counted.recorded_at == T0 + timedelta(hours=2)
    assert cell(counted, "liabilities") == 90
    assert [(one.label, one.text) for one in counted.cells] == [("年度", "2024年"), ("负债总额", "90.00元")]


def test_rows_that_were_seen_and_not_counted_say_why(town: Town) -> None:
    town.consent()

    found = town.traced(town.assess().id, DISHONESTY)

    assert (found.value, found.agrees) == (0, True)
    assert sorted(told(found.lineage)) == [(2, "not-in-force"), (3, "filtered"), (4, "not-yet-known")]
    assert {row.why for row in found.lineage.rows} == {"当日已不再有效", "不符合指标的筛选条件", "当日尚未知晓"}


def test_a_correction_that_comes_later_changes_the_new_answer_and_not_the_old(town: Town) -> None:
    town.consent()
    first = town.assess()
    town.load("annual_report", RESTATED)
    second = town.assess()

    old, new = town.traced(first.id, LEVERAGE), town.traced(second.id, LEVERAGE)

    assert (old.value, old.stored_value, old.agrees) == (0.45, 0.45, True)
    assert (new.value, new.stored_value, new.agrees) == (0.75, 0.75, True)
    assert told(old.lineage.inputs[0]) == [(2, "counted"), (2, "not-yet-recorded"), (3, "not-chosen")]
    assert told(new.lineage.inputs[0]) == [(2, "counted"), (2, "superseded"), (3, "not-chosen")]
    replaced = new.lineage.inputs[0].others[0]
    assert (replaced.why, replaced.batch_id) == ("已被后来的版本取代", "B000002")
    assert replaced.superseded_by == (new.lineage.inputs[0].counted[0].batch_id, 2)


def test_a_free_question_about_an_earlier_instant_gets_the_earlier_answer(town: Town) -> None:
    before = town.later()
    town.load("annual_report", RESTATED)

    fresh, replayed = town.ask(LEVERAGE), town.ask(LEVERAGE, recorded_before=before)
    on_an_earlier_day = town.ask(LEVERAGE, as_of=date(2025, 5, 20))

    assert [one.value for one in (fresh, replayed, on_an_earlier_day)] == [0.75, 0.45, 0.45]
    assert all(one.agrees and one.stored_value == one.value for one in (fresh, replayed, on_an_earlier_day))
    assert (fresh.recorded_before, replayed.recorded_before) == (None, before)


def test_an_assessment_keeps_what_a_replay_needs(town: Town) -> None:
    town.consent()
    answer = town.assess()

    with town.store.work(at=town.at, read_only=True) as work:
        body = json.loads(str(work.connection.scalar(select(ASSESSMENT.c.body))))

    assert set(body["missing"]) == {name for name, value in body["values"].items() if value is None}
    assert body["missing"]["rnd_intensity_2y"] == "source_does_not_know"
    assert body["fingerprints"] == {name: FEATURES[name].fingerprint for name in body["values"]}
    assert set(body["categories"]) == ALL_CATEGORIES
    assert answer.recorded_before == answer.made_at


def test_a_clock_that_was_set_back_does_not_hide_what_was_seen(town: Town) -> None:
    town.consent()
    town.at = T0 - timedelta(hours=3)
    with pytest.raises(ConsentRequired):
        town.assess()
    town.at = T0
    answer = town.assess()

    assert answer.recorded_before is not None
    assert answer.recorded_before > answer.made_at
    assert town.traced(answer.id, LEVERAGE).agrees is True


def test_another_institution_has_no_such_assessment(town: Town) -> None:
    town.consent()

    assert town.trace(town.assess().id, LEVERAGE, tenant="bank-b") is None
    assert town.trace("no-such-id", LEVERAGE) is None


def test_a_consent_taken_back_closes_the_evidence_too(town: Town) -> None:
    given = town.consent()
    answer = town.assess()
    with town.store.work(at=town.later()) as work:
        revoke(work, given)
        work.commit()

    with pytest.raises(ConsentRevoked):
        town.trace(answer.id, LEVERAGE)


def test_a_consent_to_the_score_alone_does_not_open_the_rows(town: Town) -> None:
    town.consent(permissions=frozenset({Permission.SCORE_READ, Permission.EXPLANATION_READ}))

    with pytest.raises(PermissionRequired):
        town.trace(town.assess().id, LEVERAGE)


NOT_CONDUCT = ALL_CATEGORIES - {Group.CONDUCT}


@pytest.mark.parametrize(
    ("then", "now"), [(NOT_CONDUCT, ALL_CATEGORIES), (ALL_CATEGORIES, NOT_CONDUCT), (NOT_CONDUCT, NOT_CONDUCT)]
)
def test_a_group_closed_then_or_now_shows_no_row_and_no_value(
    town: Town, then: frozenset[str], now: frozenset[str]
) -> None:
    town.consent(categories=then)
    answer = town.assess()
    town.consent(categories=now, version=2)

    found = town.traced(answer.id, DISHONESTY)

    assert (found.lineage.missing, found.lineage.rows) == ("not_authorised", ())
    assert (found.value, found.stored_value, found.agrees) == (None, None, None)
    assert found.notes[0] == evidence.CLOSED_NOTE
    assert town.traced(answer.id, LEVERAGE).agrees is True


def test_a_feature_that_the_assessment_did_not_use_is_traced_and_said_to_be_unused(town: Town) -> None:
    town.consent()

    found = town.traced(town.assess().id, "conduct_penalties_3y")

    assert (found.value, found.stored_value, found.agrees, found.notes) == (1, None, None, (evidence.UNUSED_NOTE,))


def test_a_declaration_that_changed_since_is_said_to_have_changed(town: Town) -> None:
    town.consent()
    answer = town.assess()
    with town.store.work(at=town.later()) as work:
        body = json.loads(str(work.connection.scalar(select(ASSESSMENT.c.body))))
        body["fingerprints"][LEVERAGE] = "0" * 64
        body["values"][LEVERAGE] = 0.5
        work.connection.execute(update(ASSESSMENT).values(body=json.dumps(body)))
        work.commit()

    found = town.traced(answer.id, LEVERAGE)

    assert (found.value, found.stored_value, found.agrees, found.declaration_changed) == (0.45, 0.5, False, True)
    assert found.notes == (evidence.CHANGED_NOTE,)


def test_monitoring_sees_what_the_application_may_not(town: Town) -> None:
    guarantee = f"""统一社会信用代码,担保合同号,被担保企业信用代码,担保金额,担保起始日,报送日期
{FIRM},G1,{OTHER},100,2025-06-01,2025-06-05
"""
    town.load("guarantee", guarantee)
    town.consent()

    applied = town.traced(town.assess().id, "conduct_guaranteed_amount_held")
    monitored = town.traced(town.assess(purpose=Purpose.MONITORING).id, "operations_assets_latest_2y")

    assert (applied.value, told(applied.lineage)) == (0, [(2, "may-be-own-loan")])
    assert monitored.value == 200


def test_every_reading_is_written_to_the_log_of_its_tenant(town: Town) -> None:
    town.consent()
    answer = town.assess()
    town.trace(answer.id, LEVERAGE)
    town.ask(DISHONESTY)

    with town.store.work(at=town.at, read_only=True) as work:
        columns = (AUDIT_EVENT.c.tenant, AUDIT_EVENT.c.object, AUDIT_EVENT.c.payload_canonical)
        read = work.connection.execute(select(*columns).where(AUDIT_EVENT.c.action == "evidence.read")).all()
        assert [verify_chain(work.connection, tenant) for tenant in ("bank-a", BUREAU)] == [None, None]
    assert [tuple(one) for one in read] == [
        ("bank-a", answer.id, f'{{"feature":"{LEVERAGE}"}}'),
        (BUREAU, "enterprise-1", f'{{"feature":"{DISHONESTY}"}}'),
    ]


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("rnd_intensty_2y", "rnd_intensity_2y"),
        ("资产负债率（负债", LEVERAGE),
        ("patents_inventions_held", "patent_inventions_held"),
    ],
)
def test_an_unknown_feature_is_refused_with_near_names(asked: str, near: str) -> None:
    with pytest.raises(FeatureUnknown) as refused:
        evidence.find_feature(asked)

    assert near in refused.value.help
    assert asked not in refused.value.message
    assert (refused.value.code, refused.value.status) == ("feature-unknown", 404)


def test_what_resembles_nothing_is_refused_with_the_way_to_the_catalogue() -> None:
    with pytest.raises(FeatureUnknown, match="lukeping catalogue"):
        evidence.find_feature("qqqqqqqq")


def test_a_feature_is_found_by_its_chinese_label() -> None:
    assert evidence.find_feature(FEATURES[LEVERAGE].label).name == LEVERAGE


@pytest.mark.parametrize(("tenant", "value", "unit"), [("bank-a", 1.0, "是/否"), (BUREAU, 5.0, "项")])
def test_what_derives_from_other_firms_is_a_bare_flag_to_a_bank(tenant: str, value: float, unit: str) -> None:
    ring = FEATURES["guarantee_ring_latest"]
    access = replace(bureau_access("test", at=T0), tenant=tenant)
    question = evidence.definition.Question(enterprise_id=1, as_of=AS_OF)
    row = dict.fromkeys(("ended_on", "origin_loan")) | {
        "enterprise_id": 1,
        "record_key": "2025-01-01",
        "known_on": date(2025, 1, 1),
        "happened_on": date(2025, 1, 1),
        "changed_on": date(2025, 1, 1),
        "ring_size": 5.0,
        "withdrawn": False,
    }
    teller = evidence._Teller(
        asked=evidence._Asked(access=access, categories=None, question=question),
        events={},
        seen={derived.guarantee_graph.name: [row]},
        missing={ring.name: None},
        files={},
        late=frozenset(),
    )

    lineage = teller.lineage(ring)

    assert (lineage.value, lineage.unit, lineage.withheld) == (value, unit, tenant != BUREAU)


def test_a_reason_from_other_firms_cites_no_rows() -> None:
    reason = Reason(
        feature="guarantee_ring_latest", label="", group="conduct", value=1.0, unit="", points=-3.0, sentence=""
    )

    assert Sources(pd.DataFrame(), {}, 1, AS_OF, None).cite(reason) == reason
