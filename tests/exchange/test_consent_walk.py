"""Is nothing read without a consent, in whatever order consents are asked for, moved, renewed, outlived and used?

Random steps are taken on a store and on a reference of thirty lines side by side: two firms, two banks, every purpose,
permission and category, consents that reach back to a day, and strangers who try to move what is not theirs.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from api.wiring.opening import CONSENT_PURPOSES
from data.spec.access import Access, ConsentBasis, Purpose
from data.spec.consent import ALL_CATEGORIES, Paper, Party, Permission
from data.spec.errors import Refusal
from data.spec.identifiers import parse_identifier
from data.store.orm import CONSENT
from risk import consent_life
from risk.consent import authorise
from risk.consent_words import Asking, ConsentMove, WantedConsent
from tests.exchange.conftest import FIRMS, NOW, World, make_world

DEEP = bool(os.environ.get("LUKEPING_DEEP"))
BANKS = {code: Asking(tenant=code, party=Party.GRANTEE) for code in ("bank-a", "bank-b")}
BUREAU = Asking(tenant="bureau", party=Party.REGULATOR)
STRANGERS = FIRMS[2:4]
"""Firms that the house's own consents leave out."""
DAYS = tuple(date(2025, month, 1) for month in (3, 6, 9))
WAITS = (1, 20, 72, 24 * 30, 24 * 200)
STEPS_OF_A_WALK = 60
SIGNED = Paper(document_sha256="a" * 64, text_version="2026-01", text_sha256="c" * 64)


@pytest.fixture
def house(tmp_path: Any) -> Iterator[World]:
    yield from make_world(tmp_path)


# A consent, said in thirty lines: what is true of it at an instant.
@dataclass
class Reference:
    firm: str
    bank: str
    begins: datetime
    ends: datetime
    asked: datetime
    signed: bool
    purposes: frozenset[Purpose]
    permissions: frozenset[Permission]
    categories: frozenset[str]
    history: date | None
    ended: str = ""

    def state(self, at: datetime) -> str:
        if self.ended:
            return self.ended
        if self.signed:
            return "expired" if self.ends <= at else "authorised"
        return "rejected" if min(self.asked + timedelta(hours=72), self.ends) <= at else "awaiting"

    def opens(self, ask: "Ask", at: datetime) -> bool:
        return (
            (self.firm, self.bank) == (ask.firm, ask.bank)
            and self.state(at) == "authorised"
            and self.begins <= at
            and ask.purpose in self.purposes
            and ask.permission in self.permissions
            and (self.history is None or self.history <= ask.day)
        )


@dataclass(frozen=True)
class Ask:
    """Say what is asked of the gate."""

    firm: str
    bank: str
    purpose: Purpose
    permission: Permission
    day: date


@dataclass
class Walk:
    """Take random steps on a store and on the reference side by side."""

    house: World
    draw: Random
    at: datetime = NOW
    known: dict[str, Reference] = field(default_factory=dict)
    reads: int = 0
    without: int = 0

    def step(self) -> None:
        getattr(self, self.draw.choice(["register", "move", "move", "renew", "wait", "ask", "ask", "ask"]))()

    def wait(self) -> None:
        self.at += timedelta(hours=self.draw.choice(WAITS))

    def register(self) -> None:
        id, bank, firm = f"w-{len(self.known)}", self.draw.choice([*BANKS]), self.draw.choice(STRANGERS)
        signed = self.draw.random() < 0.6
        begins = self.at + timedelta(days=self.draw.choice([0, 0, 3]))
        wanted = WantedConsent(
            identifier=parse_identifier(firm),
            grantee=bank,
            purposes=self._some(CONSENT_PURPOSES),
            permissions=self._some(Permission),
            categories=self._some(ALL_CATEGORIES),
            valid_from=begins,
            valid_to=begins + timedelta(days=self.draw.choice([1, 30, 360])),
            paper=SIGNED if signed else Paper(),
            history_from=self.draw.choice([None, *DAYS]),
        )
        other = next(code for code in BANKS if code != bank)
        assert not self._do(lambda work: consent_life.register(work, wanted, id=id, by=BANKS[other]))
        assert self._do(lambda work: consent_life.register(work, wanted, id=id, by=BANKS[bank]))
        self.known[id] = Reference(
            firm, bank, begins, wanted.valid_to, self.at, signed,
            wanted.purposes, wanted.permissions, wanted.categories, wanted.history_from,
        )  # fmt: skip

    def move(self) -> None:
        if not self.known:
            return
        id, move = self.draw.choice(sorted(self.known)), self.draw.choice(list(ConsentMove))
        bank = self.draw.choice([*BANKS])
        if bank != self.known[id].bank:
            assert not self._do(lambda work: consent_life.move(work, id, move, by=BANKS[bank]))
            return
        before = "authorised" if move is ConsentMove.REVOKE else "awaiting"
        may = self.known[id].state(self.at) == before
        assert self._do(lambda work: consent_life.move(work, id, move, by=BUREAU)) is may
        if may and move is ConsentMove.AUTHORISE:
            self.known[id].signed = True
        elif may:
            self.known[id].ended = "rejected" if move is ConsentMove.REJECT else "revoked"

    def renew(self) -> None:
        if not self.known:
            return
        id, new = self.draw.choice(sorted(self.known)), f"w-{len(self.known)}"
        old, ends, paper = self.known[id], self.at + timedelta(days=90), SIGNED
        may = old.state(self.at) in ("authorised", "expired")
        by = BANKS[old.bank]
        assert self._do(lambda w: consent_life.renew(w, id, new_id=new, valid_to=ends, paper=paper, by=by)) is may
        if may:
            self.known[new] = Reference(
                old.firm, old.bank, self.at, ends, self.at, True,
                old.purposes, old.permissions, old.categories, old.history,
            )  # fmt: skip
            if old.state(self.at) == "authorised":
                old.ended = "superseded"

    def ask(self) -> None:
        ask = Ask(
            self.draw.choice(STRANGERS),
            self.draw.choice([*BANKS]),
            self.draw.choice(sorted(CONSENT_PURPOSES)),
            self.draw.choice(sorted(Permission)),
            self.draw.choice(DAYS),
        )
        opening = {id for id, one in self.known.items() if one.opens(ask, self.at)}
        found: list[Access] = []

        def gate(work: Any) -> None:
            found.append(
                authorise(
                    work, parse_identifier(ask.firm), tenant=ask.bank, actor="b", purpose=ask.purpose, at=self.at,
                    permission=ask.permission, as_of=ask.day,
                )[1]
            )  # fmt: skip

        answered = self._do(gate)
        self.reads += answered
        self.without += answered and not self._rests_on(found[0], opening)
        assert answered is bool(opening)

    def _rests_on(self, access: Access, opening: set[str]) -> bool:
        """Tell whether an access names a consent that opens, and shows what that one shows and nothing else."""
        basis = access.basis
        return (
            isinstance(basis, ConsentBasis)
            and basis.consent_id in opening
            and access.categories == self.known[basis.consent_id].categories
        )

    def _some(self, words: Any) -> frozenset[Any]:
        """Draw some of the words, mostly many: a walk whose questions are all refused proves little."""
        listed = sorted(words)
        return frozenset(self.draw.sample(listed, self.draw.randint(1 + len(listed) // 2, len(listed))))

    def _do(self, act: Callable[[Any], Any]) -> bool:
        with self.house.store.work(at=self.at) as work:
            try:
                act(work)
            except Refusal:
                return False
            work.commit()
        return True


def test_in_any_order_of_events_nothing_is_read_without_a_consent(
    house: World, figure: Callable[[str, float], None]
) -> None:
    steps, wanted, seed, without, reads = 0, 100_000 if DEEP else 600, 0, 0, 0
    while steps < wanted:
        walk = Walk(house, Random(seed))
        for _ in range(STEPS_OF_A_WALK):
            walk.step()
        steps, seed, without, reads = steps + STEPS_OF_A_WALK, seed + 1, without + walk.without, reads + walk.reads
        with house.store.work(at=NOW) as work:
            work.connection.execute(CONSENT.delete().where(CONSENT.c.id.like("w-%")))
            work.commit()

    figure("consent_steps", steps)
    figure("reads_without_consent", without)
    assert without == 0
    assert reads > steps / 100
