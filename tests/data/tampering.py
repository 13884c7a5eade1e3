"""Ways in which someone who may do anything to the database could change the audit log."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from data.spec.audit import Action, AuditEvent
from data.store import Store
from data.store.audit import GENESIS, Chaining, row_hash
from data.store.orm import AUDIT_EVENT, AUDIT_HEAD

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
TENANTS = ("bureau", "bank-a", "bank-b")
EVENT, HEAD = AUDIT_EVENT.c, AUDIT_HEAD.c
Row = dict[str, Any]


def fill(store: Store, chaining: Chaining, *, rounds: int = 12, seed: int = 1) -> None:
    """Write a log of several chains by several units of work."""
    chance = random.Random(seed)
    store._chaining = chaining
    for number in range(rounds):
        with store.work(at=START) as work:
            for _ in range(chance.randint(1, 4)):
                work.record(
                    AuditEvent(
                        tenant=chance.choice(TENANTS),
                        actor=chance.choice(("clerk", "cli:someone")),
                        action=chance.choice(list(Action)),
                        object_id=f"object-{chance.randrange(99)}",
                        at=START + timedelta(seconds=number),
                        details={"rows": chance.randrange(99)},
                    )
                )
            work.commit()


def unguard(connection: Connection) -> None:
    """Bypass the triggers, as a superuser can."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    triggers = connection.scalars(text("select name from sqlite_master where type = 'trigger'")).all()
    for name in triggers:
        connection.execute(text(f"drop trigger {name}"))


class Tamperer:
    """Change the log in one of the ways; `chance` chooses where and how."""

    def __init__(self, connection: Connection, chance: random.Random) -> None:
        self._connection, self._chance = connection, chance

    def edit(self) -> None:
        """Change one column of one entry."""
        row = self._any()
        name = self._chance.choice(list(row))
        self._change(row, {name: self._other(name, row[name])})

    def edit_and_rehash(self) -> None:
        """Change what an entry says and give it the hash that it then has; the next one still names the old."""
        row = self._chance.choice(self._rows(self._tenant())[:-1])
        self._change(row, _hashed(row | {"actor": "nobody"}))

    def delete(self) -> None:
        """Take one entry out."""
        self._drop(self._any())

    def insert_beyond(self) -> None:
        """Put an entry after the last that the head knows of, or before the first."""
        rows = self._rows(self._tenant())
        seq, prev = self._chance.choice(((rows[-1]["seq"] + 1, rows[-1]["hash"]), (0, GENESIS)))
        self._put(_hashed(rows[0] | {"seq": seq, "prev": prev}))

    def insert_of_no_chain(self) -> None:
        """Put entries of a tenant that has no head."""
        self._put(_hashed(self._any() | {"tenant": "nobody", "seq": 1, "prev": GENESIS}))

    def swap(self) -> None:
        """Let two entries change places."""
        one, other = self._chance.sample(self._rows(self._tenant()), 2)
        self._drop(one)
        self._change(other, {"seq": one["seq"]})
        self._put(one | {"seq": other["seq"]})

    def take_anothers(self) -> None:
        """Put another tenant's entry in an entry's place."""
        tenants = self._chance.sample(TENANTS, 2)
        row, other = (self._chance.choice(self._rows(tenant)) for tenant in tenants)
        self._drop(row)
        self._put(other | {"tenant": row["tenant"], "seq": row["seq"]})

    def rewrite_head(self) -> None:
        """Let a head say something else."""
        tenant = self._tenant()
        change = self._chance.choice(({"seq": HEAD.seq + 1}, {"seq": HEAD.seq - 1}, {"hash": "0" * 64}))
        self._connection.execute(update(AUDIT_HEAD).where(HEAD.tenant == tenant).values(change))

    def delete_head(self) -> None:
        """Take a head away."""
        self._connection.execute(delete(AUDIT_HEAD).where(HEAD.tenant == self._tenant()))

    def weaken(self) -> None:
        """Claim another algorithm for an entry, with its hash by that algorithm where there is one."""
        row = self._chance.choice(self._rows(self._tenant())[:-1])
        alg = self._chance.choice(["sha256" if row["alg"] == "sm3" else "sm3", "md5", "none", ""])
        changed = row | {"alg": alg}
        self._change(row, _hashed(changed) if alg in ("sha256", "sm3") else changed)

    def cut(self) -> None:
        """Cut the tail off and set the head to what is left."""
        rows = self._rows(self._tenant())
        left = rows[: self._chance.randrange(1, len(rows))]
        for row in rows[len(left) :]:
            self._drop(row)
        self._set_head(left[-1])

    def rewrite(self) -> None:
        """Change an entry and write the chain anew from there, every hash and the head right."""
        self._rewrite(lambda rows, place: rows[place].update(object="something else"))

    def rewrite_without(self) -> None:
        """Take an entry out and close the gap, every hash and the head right."""
        self._rewrite(lambda rows, place: rows.pop(place))

    def rewrite_with(self) -> None:
        """Put an entry between, every hash and the head right."""
        self._rewrite(lambda rows, place: rows.insert(place, rows[place] | {"action": "assessment.read"}))

    def rewrite_by_another_algorithm(self) -> None:
        """Write a whole chain anew by one algorithm."""
        alg = self._chance.choice(("sha256", "sm3"))
        self._rewrite(lambda rows, _place: [row.update(alg=alg, actor="nobody") for row in rows])

    def forget_tenant(self) -> None:
        """Take a whole chain away, its head too."""
        tenant = self._tenant()
        self._connection.execute(delete(AUDIT_EVENT).where(EVENT.tenant == tenant))
        self._connection.execute(delete(AUDIT_HEAD).where(HEAD.tenant == tenant))

    def _rewrite(self, change: Callable[[list[Row], int], object]) -> None:
        tenant = self._tenant()
        rows = self._rows(tenant)
        change(rows, self._chance.randrange(len(rows)))
        self._connection.execute(delete(AUDIT_EVENT).where(EVENT.tenant == tenant))
        previous = GENESIS
        for seq, row in enumerate(rows, start=1):
            row |= _hashed(row | {"seq": seq, "prev": previous})
            previous = row["hash"]
            self._put(row)
        self._set_head(rows[-1])

    def _tenant(self) -> str:
        return self._chance.choice(TENANTS)

    def _rows(self, tenant: str) -> list[Row]:
        rows = self._connection.execute(select(AUDIT_EVENT).where(EVENT.tenant == tenant).order_by(EVENT.seq))
        return [dict(row) for row in rows.mappings()]

    def _any(self) -> Row:
        return self._chance.choice(self._rows(self._tenant()))

    def _other(self, name: str, value: object) -> object:
        if isinstance(value, datetime):
            return value + timedelta(microseconds=self._chance.choice((-1, 1, 3_600_000_000)))
        if isinstance(value, int):
            return value + 1000
        said = str(value)
        place = self._chance.randrange(len(said) + 1)
        return said[:place] + ("x" if said[place : place + 1] != "x" else "y") + said[place + 1 :]

    def _change(self, row: Row, change: Mapping[str, object]) -> None:
        self._connection.execute(
            update(AUDIT_EVENT).where(EVENT.tenant == row["tenant"], EVENT.seq == row["seq"]).values(change)
        )

    def _drop(self, row: Row) -> None:
        self._connection.execute(delete(AUDIT_EVENT).where(EVENT.tenant == row["tenant"], EVENT.seq == row["seq"]))

    def _put(self, row: Row) -> None:
        self._connection.execute(insert(AUDIT_EVENT).values(row))

    def _set_head(self, row: Row) -> None:
        self._connection.execute(
            update(AUDIT_HEAD).where(HEAD.tenant == row["tenant"]).values(seq=row["seq"], hash=row["hash"])
        )


def _hashed(row: Row) -> Row:
    return row | {"hash": row_hash(row)}


SEEN_BY_THE_CHAIN: Sequence[str] = (
    "edit", "edit_and_rehash", "delete", "insert_beyond", "insert_of_no_chain", "swap", "take_anothers",
    "rewrite_head", "delete_head", "weaken",
)  # fmt: skip
SEEN_BY_CHECKPOINTS_ALONE: Sequence[str] = (
    "cut", "rewrite", "rewrite_without", "rewrite_with", "rewrite_by_another_algorithm", "forget_tenant",
)  # fmt: skip
"""Whoever writes every hash anew leaves a true chain: only what is held outside tells."""
KINDS = (*SEEN_BY_THE_CHAIN, *SEEN_BY_CHECKPOINTS_ALONE)
