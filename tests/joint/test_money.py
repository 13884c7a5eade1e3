"""Shares make up the whole, and money comes to the fen, whatever is lost and whatever comes back."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from data.spec.identifiers import Identifier, Scheme
from data.store.applications import BookedEntry, MadeMove, StoredApplication
from data.store.reads import Enterprise
from risk.joint.application import Application
from risk.joint.books import open_by, returned
from risk.joint.states import State
from risk.joint.terms import Terms
from risk.joint.words import Book, Sheet
from risk.policies.rule import Coverage, Party
from risk.policies.waterfall import divide_loss
from tests.joint.house import CODES, at

DAY = date(2025, 5, 12)
FEN = st.integers(1, 10**11).map(lambda fen: Decimal(fen).scaleb(-2))
SHARES = st.tuples(st.integers(0, 50), st.integers(0, 50))
"""Per cent of province and city; the bank bears the rest."""


def lost(borne: dict[Party, Decimal], back: list[dict[Party, Decimal]]) -> Application:
    """Return an application whose books hold a loss and what was returned of it."""
    booked = [(Book.BORNE, party, amount) for party, amount in borne.items()]
    booked += [(Book.RETURNED, party, amount) for each in back for party, amount in each.items()]
    entries = tuple(
        BookedEntry(kind=kind, party=party, amount=amount, booked_on=DAY, application_id=1, version=1)
        for kind, party, amount in booked
    )
    first = MadeMove(
        move="new",
        state=State.COMPENSATED,
        tenant="bank-a",
        role="bank",
        actor="x",
        on=DAY,
        version=1,
        at=at(DAY),
    )
    stored = StoredApplication(
        id=1,
        enterprise_id=1,
        product="lukedai",
        bank="bank-a",
        guarantor=None,
        version=1,
        moves=(first,),
        sheets=(),
        entries=entries,
    )
    return Application(stored=stored, enterprise=Enterprise(1, "x", Identifier(Scheme.USCC, CODES[0]), "enterprise"))


@given(loss=FEN, weights=SHARES, parts=st.lists(st.integers(0, 100), min_size=1, max_size=5))
def test_what_comes_back_is_divided_to_the_fen_and_nobody_gets_more_than_was_borne(
    loss: Decimal, weights: tuple[int, int], parts: list[int]
) -> None:
    province, city = (Decimal(part) / 100 for part in weights)
    shares = {Party.PROVINCE: province, Party.CITY: city, Party.BANK: 1 - province - city}
    borne = {party: part for party, part in divide_loss(loss=loss, coverage=Coverage(shares)).items() if part}
    back: list[dict[Party, Decimal]] = []

    for part in parts:
        left = sum(open_by(lost(borne, back)).values(), Decimal(0))
        amount = (left * part / 100).quantize(Decimal("0.01"))
        given_back = dict(returned(lost(borne, back), recovered=amount, cost=Decimal(0)))
        back.append(given_back)

        assert sum(given_back.values(), Decimal(0)) == amount
        assert all(value >= 0 for value in open_by(lost(borne, back)).values())

    whole = returned(lost(borne, back), recovered=sum(open_by(lost(borne, back)).values(), Decimal(0)), cost=Decimal(0))
    assert not any(open_by(lost(borne, [*back, dict(whole)])).values())


@given(recovered=FEN, cost=FEN)
def test_a_cost_above_what_was_recovered_gives_nothing_back(recovered: Decimal, cost: Decimal) -> None:
    borne = {Party.PROVINCE: Decimal(10**9), Party.BANK: Decimal(10**9)}

    back = returned(lost(borne, []), recovered=recovered, cost=cost)

    assert sum(back.values(), Decimal(0)) == max(Decimal(0), recovered - cost)


def test_weights_make_up_the_whole_with_and_without_a_guarantor() -> None:
    for sheets in (frozenset(Sheet), frozenset({Sheet.BUREAU, Sheet.BANK})):
        assert sum(Terms(DAY).sheet_weights(sheets).values()) == 1
    assert sum(Terms(DAY).dimension_weights().values()) == 1
