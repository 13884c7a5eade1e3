"""Which back-tests were asked for, and how far is each?

The tenant is part of every query; what is another tenant's is as if it were not there.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update

from data.spec.back_tests import BackTest, BackTestWish, BasisKind, LegalBasis, ModelWanted, Pair, PairScore
from data.spec.batches import BatchState, ItemState
from data.store.orm_back_tests import BACK_TEST, BACK_TEST_PAIR
from data.store.work import Work

OPEN = [str(state) for state in BatchState if state.is_open]


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


def find_back_test(work: Work, id: str, *, tenant: str) -> BackTest | None:
    """Find a back-test of this tenant that has not expired; None where it has none by this id."""
    table = BACK_TEST.c
    return _found(work, select(BACK_TEST).where(table.id == id, table.tenant == tenant))


def lock_back_test(work: Work, id: str, *, tenant: str) -> BackTest | None:
    """Find a back-test as `find_back_test` does, and keep it from others while the work lasts."""
    table = BACK_TEST.c
    return _found(work, select(BACK_TEST).where(table.id == id, table.tenant == tenant).with_for_update())


def next_open(work: Work) -> BackTest | None:
    """Return the open back-test that has waited longest for its turn, kept from other workers meanwhile."""
    table = BACK_TEST.c
    turn = select(BACK_TEST).where(table.state.in_(OPEN))
    turn = turn.order_by(table.worked_at.asc().nulls_first(), table.id).limit(1)
    return _found(work, turn.with_for_update(skip_locked=True))


def note_attempt(work: Work, test: BackTest) -> None:
    """Note that the next pair is about to be tried."""
    _change(work, test, attempts=test.attempts + 1, worked_at=work.at)


def move_back_test(work: Work, test: BackTest, state: BatchState) -> None:
    """Bring the back-test into another state."""
    ended = {} if state.is_open else {"ended_at": work.at}
    _change(work, test, state=str(state), **ended)


def list_pairs(work: Work, test: BackTest, *, state: ItemState, after: int, limit: int) -> list[Pair]:
    """List pairs in a state beyond a position, in the order of the request."""
    table = BACK_TEST_PAIR.c
    rows = work.connection.execute(
        select(BACK_TEST_PAIR)
        .where(table.back_test_id == test.id, table.state == str(state), table.position > after)
        .order_by(table.position)
        .limit(limit)
    )
    return [_pair(row) for row in rows]


def settle_scored(work: Work, test: BackTest, position: int, *, enterprise_id: int, score: PairScore) -> None:
    """Keep what a pair was answered."""
    body = json.dumps(asdict(score), default=date.isoformat, allow_nan=False)
    _settle(work, test, position, state=ItemState.MADE, enterprise_id=enterprise_id, score=body)


def settle_refused(work: Work, test: BackTest, position: int, *, code: str) -> None:
    """Keep why a pair was refused."""
    _settle(work, test, position, state=ItemState.REFUSED, code=code)


def cancel_waiting(work: Work, test: BackTest) -> None:
    """Let nothing more become of the pairs that wait."""
    table = BACK_TEST_PAIR.c
    work.connection.execute(
        update(BACK_TEST_PAIR)
        .where(table.back_test_id == test.id, table.state == str(ItemState.WAITING))
        .values(state=str(ItemState.CANCELLED), identifier=None)
    )


def _settle(work: Work, test: BackTest, position: int, *, state: ItemState, **values: object) -> None:
    table = BACK_TEST_PAIR.c
    work.connection.execute(
        update(BACK_TEST_PAIR)
        .where(table.back_test_id == test.id, table.position == position)
        .values(state=str(state), identifier=None, **values)
    )
    _change(work, test, attempts=0)


def _change(work: Work, test: BackTest, **values: object) -> None:
    table = BACK_TEST.c
    work.connection.execute(update(BACK_TEST).where(table.id == test.id, table.tenant == test.tenant).values(**values))


def _found(work: Work, query: Select[Any]) -> BackTest | None:
    row = work.connection.execute(query.where(BACK_TEST.c.expires_at > work.at)).first()
    return None if row is None else _back_test(row, _counts(work, row.id))


def _counts(work: Work, id: str) -> dict[ItemState, int]:
    table = BACK_TEST_PAIR.c
    rows = work.connection.execute(
        select(table.state, func.count()).where(table.back_test_id == id).group_by(table.state)
    ).all()
    return {ItemState(state): int(number) for state, number in rows}


def _back_test(row: Row[Any], counts: dict[ItemState, int]) -> BackTest:
    basis = LegalBasis(kind=BasisKind(row.basis_kind), document_sha256=row.basis_sha256)
    return BackTest(
        id=row.id,
        tenant=row.tenant,
        wish=BackTestWish(card=row.card, model=ModelWanted(row.model), basis=basis),
        state=BatchState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        ended_at=row.ended_at,
        expires_at=row.expires_at,
        counts=counts,
    )


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
