"""What a consent withholds stays neutral through answer, replay and bridge."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.intake import load_file
from data.spec.access import Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import ALL_CATEGORIES, Consent, Permission
from data.spec.identifiers import Scheme, parse_identifier, with_uscc_check_digit
from data.spec.table import Group
from data.store import Store
from data.store.consents import write_consent
from data.store.reads import read_numbers
from models.card import ModelCard
from models.fitted import Model
from risk.answering import Question
from risk.assess import assess
from risk.assessment import Assessment, RemarkKind, Status
from risk.change import explain_change
from risk.replay import replay

FIRM = with_uscc_check_digit("91370303MA3C00000")
T0 = datetime(2026, 1, 1, 8, tzinfo=UTC)
LISTS = {
    "enterprise_registration": f"""统一社会信用代码,企业名称,成立日期,核准日期
{FIRM},淄博测试陶瓷（演示）有限公司,2012-03-02,2024-01-05
""",
    "annual_report": f"""统一社会信用代码,年度,营业收入,资产总额,负债总额,填报日期
{FIRM},2023,900,400,120,2024-04-12
{FIRM},2024,1000,400,300,2025-04-12
""",
    "rnd_year": f"""统一社会信用代码,年度,统计口径,研发费用,研发人员,从业人员,报送日期
{FIRM},2023,会计,5,10,50,2024-06-10
{FIRM},2024,会计,5,10,50,2025-06-10
""",
}


class Shelf:
    """Have one model."""

    def __init__(self, trained: tuple[Model, ModelCard]) -> None:
        self.trained = trained

    def champion(self, card: str) -> tuple[str, Model, ModelCard]:
        return ("m-1", *self.trained)

    def load(self, name: str) -> tuple[Model, ModelCard]:
        return self.trained


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.create(f"sqlite:///{tmp_path}/store.db", at=T0, demonstration_today=date(2026, 1, 1))
    for name, text in LISTS.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8-sig")
        load_file(store, path, list_name=name, at=T0, actor="test")
    return store


def consent(store: Store, grantee: str, closed: frozenset[Group]) -> None:
    with store.work(at=T0) as work:
        firm = read_numbers(work, Scheme.USCC, access=bureau_access("test", at=T0))[FIRM]
        given = Consent(
            id=f"c-{grantee}",
            version=1,
            enterprise_id=firm,
            grantee=grantee,
            purposes=frozenset({Purpose.PRE_LOAN}),
            categories=ALL_CATEGORIES - closed,
            permissions=frozenset(Permission),
            valid_from=T0,
            valid_to=T0 + timedelta(days=90),
        )
        event = AuditEvent(tenant=grantee, actor="test", action=Action.CONSENT_GRANTED, object_id=given.id, at=T0)
        write_consent(work, given, event)
        work.commit()


def ask(store: Store, shelf: Shelf, tenant: str, as_of: date) -> Assessment:
    at = T0 + timedelta(hours=1)
    question = Question(
        id=f"{tenant}-{as_of}",
        identifier=parse_identifier(FIRM),
        tenant=tenant,
        actor=tenant,
        purpose=Purpose.PRE_LOAN,
        as_of=as_of,
        at=at,
        demonstration=True,
    )
    with store.work(at=at) as work:
        answer = assess(work, question, shelf)
        work.commit()
    return answer


@pytest.mark.parametrize("closed", [frozenset(), frozenset({Group.RND}), frozenset({Group.RND, Group.CONDUCT})])
def test_a_narrow_answer_is_replayed_and_bridged_to_the_point(
    store: Store, trained: tuple[Model, ModelCard], closed: frozenset[Group]
) -> None:
    shelf = Shelf(trained)
    consent(store, "bank-a", closed)
    before, after = (ask(store, shelf, "bank-a", day) for day in (date(2024, 9, 1), date(2025, 9, 1)))

    with store.work(at=T0 + timedelta(hours=2)) as work:
        again = replay(work, after.id, shelf, tenant="bank-a", actor="x", demonstration=True)
        change = explain_change(work, before.id, after.id, shelf, tenant="bank-a", actor="x", demonstration=True)

    assert (before.status, after.status) == (Status.SCORED, Status.SCORED)
    assert again is not None
    assert again.differences == ()
    assert change is not None
    points = sum(one.points for one in change.moved) + sum(one.points for one in change.parts)
    assert points == pytest.approx(change.after - change.before, abs=1e-9)
    assert (change.before, change.after) == (before.score, after.score)
    assert abs({one.name: one.points for one in change.parts}["rounding"]) <= 1


def test_a_firm_of_little_research_loses_nothing_by_showing_it_to_nobody(
    store: Store, trained: tuple[Model, ModelCard]
) -> None:
    shelf = Shelf(trained)
    consent(store, "bank-a", frozenset())
    consent(store, "bank-b", frozenset({Group.RND}))

    shown, kept = (ask(store, shelf, bank, date(2025, 9, 1)) for bank in ("bank-a", "bank-b"))

    assert shown.score is not None
    assert kept.score is not None
    assert shown.contributions["rnd_intensity_2y"] < 0
    assert kept.score > shown.score
    assert [one.label for one in kept.remarks or () if one.kind is RemarkKind.WITHHELD] == ["研发投入"]
    assert not [one for one in kept.reasons_against if one.group == Group.RND]
