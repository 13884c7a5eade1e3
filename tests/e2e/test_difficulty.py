"""On the whole city a good card ranks as well as promised and no better: above is leakage."""

from collections.abc import Callable, Iterator

import pytest

from data.intake import load_folder
from data.spec.access import Purpose, bureau_access
from data.spec.progress import Silent
from data.store import Store
from data.zibo import write_city
from models.retraining import Order, learn
from tests.e2e.town import AT, TODAY, derive_all

pytestmark = pytest.mark.deep


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("whole-city")
    write_city(folder, progress=Silent())
    store = Store.create(f"sqlite:///{folder}/store.db", at=AT, demonstration_today=TODAY)
    load_folder(store, folder / "lists", at=AT, actor="test", progress=Silent())
    derive_all(store)
    yield store
    store.close()


@pytest.mark.parametrize("card", ["application", "behaviour"])
def test_a_card_ranks_within_the_promised_range(card: str, store: Store, figure: Callable[[str, float], None]) -> None:
    access = bureau_access("test", at=AT, purpose=Purpose.TRAINING)
    with store.work(at=AT, read_only=True) as work:
        trained = learn(work, Order(card=card, as_of=TODAY, demonstration=True), access=access, progress=Silent())
    pooled, later = trained.model.report.out_of_fold, trained.model.report.out_of_time

    assert later is not None
    figure(f"{card}_auc_out_of_fold", pooled.auc)
    figure(f"{card}_auc_out_of_time", later.metrics.auc)
    figure(f"{card}_calibration_slope_out_of_time", later.metrics.calibration_slope)
    assert 0.75 <= pooled.auc <= 0.85
    assert later.metrics.auc_low <= 0.85
    assert later.metrics.auc_high >= 0.75
    assert len(trained.features) <= pooled.defaulted_clusters / 10
