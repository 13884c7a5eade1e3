"""Which back-tests were asked for, and what was each pair answered?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert

from data.spec.back_tests import BackTest, BackTestWish, BasisKind, LegalBasis, ModelWanted, Pair, PairScore
from data.spec.batches import BatchState, ItemState
from data.store.orm_back_tests import BACK_TEST, BACK_TEST_PAIR
from data.store.queues import Queue, common
from data.store.work import Work


def write_back_test(
    work: Work, id: str, *, tenant: str, wish: BackTestWish, pairs: Sequence[Pair], expires_at: datetime
) -> None:
    """Keep a new back-test with all its pairs."""
    work.connection.execute(
        insert(BACK_TEST).values(
            id=id,
            tenant=tenant,
            card=wish.card,
            model=str(wish.model),
            basis_kind=str(wish.basis.kind),
            basis_sha256=wish.basis.document_sha256,
            state=str(BatchState.QUEUED),
            version=1,
            attempts=0,
            created_at=work.at,
            expires_at=expires_at,
        )
    )
    rows = [
        {
            "back_test_id": id,
            "position": one.position,
            "as_of": one.as_of,
            "identifier": one.identifier,
            "state": str(one.state),
            "code": one.code,
        }
        for one in pairs
    ]
    work.connection.execute(insert(BACK_TEST_PAIR), rows)


def settle_scored(work: Work, test: BackTest, position: int, *, enterprise_id: int, score: PairScore) -> None:
    """Keep what a pair was answered."""
    body = json.dumps(asdict(score), default=date.isoformat, allow_nan=False)
    BACK_TESTS.settle(work, test, position, state=ItemState.MADE, enterprise_id=enterprise_id, score=body)


def _back_test(row: Row[Any], counts: Mapping[ItemState, int]) -> BackTest:
    basis = LegalBasis(kind=BasisKind(row.basis_kind), document_sha256=row.basis_sha256)
    wish = BackTestWish(card=row.card, model=ModelWanted(row.model), basis=basis)
    return BackTest(wish=wish, **common(row, counts))


def _pair(row: Row[Any]) -> Pair:
    return Pair(
        position=row.position,
        as_of=row.as_of,
        state=ItemState(row.state),
        identifier=row.identifier,
        enterprise_id=row.enterprise_id,
        score=None if row.score is None else _score(json.loads(row.score)),
        code=row.code,
    )


def _score(body: dict[str, Any]) -> PairScore:
    trained_on = body["trained_on"]
    return PairScore(**{**body, "trained_on": date.fromisoformat(trained_on) if trained_on else None})


BACK_TESTS = Queue(BACK_TEST, BACK_TEST_PAIR, owner="back_test_id", read_work=_back_test, read_item=_pair)
