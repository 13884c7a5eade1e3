"""One firm in a store of its own, and a model with an intercept for one product: what tests of an answer ask about."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from data.intake import load_file
from data.spec.access import BUREAU, Purpose
from data.spec.identifiers import parse_identifier, with_uscc_check_digit
from data.store import Store
from models.card import ModelCard
from models.fitted import Model
from models.products import ProductIntercept
from risk.answering import Question
from risk.assess import assess
from risk.assessment import Assessment

FIRM = with_uscc_check_digit("91370303MA3C00000")
T0 = datetime(2026, 1, 1, 8, tzinfo=UTC)
DAY = date(2026, 1, 1)
LISTS = {
    "enterprise_registration": f"""统一社会信用代码,企业名称,成立日期,核准日期
{FIRM},淄博测试陶瓷（演示）有限公司,2012-03-02,2024-01-05
""",
    "annual_report": f"""统一社会信用代码,年度,营业收入,资产总额,负债总额,填报日期
{FIRM},2024,1000,400,300,2025-04-12
""",
    "rnd_year": f"""统一社会信用代码,年度,统计口径,研发费用,研发人员,从业人员,报送日期
{FIRM},2024,会计,5,10,50,2025-06-10
""",
}
SHIFT = 0.4


class Shelf:
    """Have one model, with an intercept for one product."""

    def __init__(self, trained: tuple[Model, ModelCard]) -> None:
        model, card = trained
        one = ProductIntercept(product="lukedai", rows=300, defaults=20, observed=0.5, error=0.2, shift=SHIFT)
        self.trained = model, card.model_copy(update={"products": (one,)})

    def champion(self, card: str) -> tuple[str, Model, ModelCard]:
        return ("m-1", *self.trained)

    def load(self, name: str) -> tuple[Model, ModelCard]:
        return self.trained


def make_store(folder: Path) -> Store:
    store = Store.create(f"sqlite:///{folder}/store.db", at=T0, demonstration_today=DAY)
    for name, text in LISTS.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8-sig")
        load_file(store, path, list_name=name, at=T0, actor="test")
    return store


def question(product: str | None = None) -> Question:
    """Ask about the firm, for the bureau."""
    return Question(
        id=f"a-{product}",
        identifier=parse_identifier(FIRM),
        tenant=BUREAU,
        actor="test",
        purpose=Purpose.PRE_LOAN,
        as_of=DAY,
        at=T0 + timedelta(hours=1),
        demonstration=True,
        product=product,
    )


def ask(store: Store, shelf: Shelf, product: str | None) -> Assessment:
    """Return the assessment that is given, and keep it."""
    asked = question(product)
    with store.work(at=asked.at) as work:
        answer = assess(work, asked, shelf)
        work.commit()
    return answer
