"""What follows from other rows is written once, corrected when they are, and knows the two times."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from api.wiring.batches import Batches
from data.intake import Source, load_frame
from data.intake.reversal import BatchDerived, undo_batch
from data.spec.access import Access, ConsentBasis, Purpose, bureau_access
from data.spec.identifiers import with_uscc_check_digit
from data.spec.progress import Silent
from data.spec.tables import TABLES
from data.store import Store
from data.store.reads import read_batches, read_events
from features.catalogue import FEATURES
from features.engine import compute
from risk.derivation import DerivedBatch, derive

AT = datetime(2025, 6, 1, 9, tzinfo=UTC)
CODES = [with_uscc_check_digit(f"91370303MA{number:07d}") for number in range(4)]
A, B, C, D = CODES
Load = Callable[..., None]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(f"sqlite:///{tmp_path}/store.db", at=AT)
    yield made
    made.close()


@pytest.fixture
def load(store: Store) -> Load:
    """Load rows of a table as the intake does."""

    def load_rows(table: str, *rows: dict[str, object], at: datetime = AT) -> None:
        frame = pd.DataFrame(rows).assign(file_row=range(1, len(rows) + 1))
        for name in frame:
            if str(name).endswith("_on"):
                frame[name] = frame[name].astype("datetime64[s]")
        source = Source(list=table, label=table, table=TABLES[table], file_name=f"{table}.csv", file_sha256=str(rows))
        load_frame(store, source, frame, at=at, actor="test")

    return load_rows


def guarantee(giver: str, taker: str, number: str, known: str = "2024-03-01", **said: object) -> dict[str, object]:
    return {
        "identifier": giver, "guaranteed": taker, "contract_no": number, "amount": 100.0, "started_on": "2024-02-01",
        "ends_on": None, "known_on": known, **said,
    }  # fmt: skip


def ring(load: Load) -> None:
    load("guarantee", guarantee(A, B, "g1"), guarantee(B, A, "g2"))


def derived(store: Store, at: datetime = AT, today: date = date(2025, 6, 1)) -> DerivedBatch:
    with store.work(at=at) as work:
        graph, _ = derive(work, today=today, access=bureau_access("test", at=at), progress=Silent())
        work.commit()
    return graph


def rows_of(store: Store, access: Access | None = None, before: datetime | None = None) -> pd.DataFrame:
    with store.work(at=AT, read_only=True) as work:
        return read_events(
            work, ["guarantee_graph"], access=access or bureau_access("test", at=AT), recorded_before=before
        )["guarantee_graph"]


def ring_of(store: Store, day: str = "2024-06-01", before: datetime | None = None) -> float:
    asked = pd.DataFrame({"enterprise_id": [1], "as_of": pd.to_datetime([day]).as_unit("s")})
    found = compute([FEATURES["guarantee_ring_latest"]], {"guarantee_graph": rows_of(store, before=before)}, asked)
    return float(found.iloc[0, 0])


def test_a_ring_is_stored_and_known_since_its_last_guarantee_was(store: Store, load: Load) -> None:
    ring(load)

    told = derived(store)

    assert (told.rows, told.written, told.withdrawn) == (2, 2, 0)
    assert ring_of(store, "2024-03-01") == 0
    assert ring_of(store, "2024-03-02") == 2


def test_doing_it_again_changes_nothing(store: Store, load: Load) -> None:
    ring(load)
    derived(store)

    again = derived(store, AT + timedelta(days=1))

    assert (again.batch_id, again.rows, again.written, again.withdrawn) == (None, 2, 0, 0)
    assert len(rows_of(store)) == 2


def test_a_guarantee_that_arrives_late_changes_the_new_answer_and_not_the_old(store: Store, load: Load) -> None:
    ring(load)
    derived(store)
    later = AT + timedelta(days=2)
    load("guarantee", guarantee(B, C, "g3", known="2024-03-01"), guarantee(C, A, "g4", known="2024-03-01"), at=later)

    told = derived(store, later)

    assert told.written == 3
    assert ring_of(store) == 3
    assert ring_of(store, before=later) == 2


def test_what_no_longer_follows_is_withdrawn_and_still_seen_in_a_replay(store: Store, load: Load) -> None:
    ring(load)
    derived(store)
    later = AT + timedelta(days=2)
    load("guarantee", guarantee(B, A, "g2", known="2024-03-01", withdrawn=True), at=later)
    load("guarantee", guarantee(A, B, "g1", known="2024-03-01", withdrawn=True), at=later)

    told = derived(store, later)

    assert (told.rows, told.withdrawn) == (0, 2)
    assert ring_of(store) == 0
    assert ring_of(store, before=later) == 2


def test_what_was_withdrawn_and_follows_again_is_written_again(store: Store, load: Load) -> None:
    ring(load)
    derived(store)
    for step, (gone, amount) in enumerate(((True, 100.0), (False, 200.0)), start=1):
        load("guarantee", guarantee(B, A, "g2", withdrawn=gone, amount=amount), at=AT + timedelta(days=step))
        derived(store, AT + timedelta(days=step))

    assert ring_of(store) == 2
    assert ring_of(store, before=AT + timedelta(days=2)) == 0


def test_a_clock_that_was_set_back_does_not_let_the_old_row_win(store: Store, load: Load) -> None:
    ring(load)
    derived(store, AT + timedelta(hours=8))
    load("guarantee", guarantee(B, C, "g3"), guarantee(C, A, "g4"))

    derived(store, AT)

    assert ring_of(store) == 3


def test_distress_of_a_neighbour_follows_its_conduct_record(store: Store, load: Load) -> None:
    ring(load)
    derived(store)
    load(
        "conduct_record",
        {"identifier": B, "kind": "dishonesty", "case_no": "n", "listed_on": "2024-08-01", "known_on": "2024-08-09"},
    )

    derived(store, AT + timedelta(days=1))

    near = FEATURES["guarantee_distressed_partners_latest"]
    asked = pd.DataFrame({"enterprise_id": [1, 1], "as_of": pd.to_datetime(["2024-08-09", "2024-08-10"]).as_unit("s")})
    assert compute([near], {"guarantee_graph": rows_of(store)}, asked).iloc[:, 0].tolist() == [0, 1]


def test_a_bank_sees_derived_rows_only_with_the_category(store: Store, load: Load) -> None:
    ring(load)
    derived(store)
    bank = Access(tenant="bank", actor="x", purpose=Purpose.PRE_LOAN, basis=ConsentBasis("c", 1), at=AT)

    assert rows_of(store, replace(bank, categories=frozenset())).empty
    assert len(rows_of(store, replace(bank, categories=frozenset({"conduct"})))) == 2


def test_a_firm_that_no_list_names_stands_in_the_graph_and_each_batch_accounts_for_its_rows(
    store: Store, load: Load
) -> None:
    ring(load)
    derived(store)
    load("guarantee", guarantee(B, C, "g3", known="2024-05-01"), at=AT + timedelta(days=1))

    derived(store, AT + timedelta(days=1))

    with store.work(at=AT, read_only=True) as work:
        batches = read_batches(work).set_index("list").loc["guarantee_graph"]
    assert batches["kept"].tolist() == [2, 1]
    assert (batches["rows_read"] == batches["kept"] + batches["already_known"]).all()
    assert not batches["file_name"].str.contains(".", regex=False).any()


def ring_for(store: Store, own_loan: str | None, day: str = "2025-06-01") -> float:
    asked = pd.DataFrame({"enterprise_id": [1], "as_of": pd.to_datetime([day]).as_unit("s"), "own_loan": [own_loan]})
    found = compute([FEATURES["guarantee_ring_latest"]], {"guarantee_graph": rows_of(store)}, asked)
    return float(found.iloc[0, 0])


@pytest.mark.parametrize("own_loan", [None, "A1"], ids=["a borrower", "an application"])
def test_a_list_that_is_taken_back_takes_what_followed_from_it_along(
    store: Store, load: Load, own_loan: str | None
) -> None:
    ring(load)
    derived(store)
    before = ring_for(store, own_loan)

    Batches(store).take_back("B000001", reason="报送单位发错了文件", at=AT + timedelta(hours=1), progress=Silent())

    assert (before, ring_for(store, own_loan)) == (2, 0)
    assert ring_for(store, own_loan, day="2025-05-31") == 2


def test_a_guarantee_learned_on_the_day_of_the_taking_back_may_still_be_the_judged_loans(
    store: Store, load: Load
) -> None:
    ring(load)
    load("guarantee", guarantee(A, C, "g3", known="2025-05-31", started_on="2025-05-30"))
    derived(store)

    Batches(store).take_back("B000001", reason="报送单位发错了文件", at=AT + timedelta(hours=1), progress=Silent())

    partners = compute(
        [FEATURES["guarantee_partners_latest"]],
        {"guarantee_graph": rows_of(store)},
        pd.DataFrame(
            {
                "enterprise_id": [1, 1],
                "as_of": pd.to_datetime(["2025-06-01"] * 2).as_unit("s"),
                "own_loan": [None, "A1"],
            }
        ),
    )
    assert partners.iloc[:, 0].tolist() == [1, 1]
    assert rows_of(store)["origin_loan"].isna().all()


def test_a_derived_batch_is_not_taken_back_by_itself(store: Store, load: Load) -> None:
    ring(load)
    graph = derived(store)

    with pytest.raises(BatchDerived, match="由已入库的数据推算") as told:
        undo_batch(store, str(graph.batch_id), reason="试验", at=AT + timedelta(hours=1), actor="test")

    assert "依据的名单的批次" in told.value.help
    assert ring_for(store, None) == 2
