"""Is it recorded that everybody's scores were given out at once?"""

import json

import pytest
from sqlalchemy import select

from data.spec.access import BUREAU
from data.spec.errors import DayInFuture
from data.spec.progress import Silent
from data.store.audit import verify_chain
from data.store.orm import AUDIT_EVENT
from tests.scoring.conftest import FIRMS, NOW, TODAY, Town


def test_the_scores_of_all_are_one_entry_with_actor_day_and_count(town: Town) -> None:
    answers = town.desks.assessments.assess_all(as_of=TODAY, at=NOW, progress=Silent())

    with town.store.work(at=NOW, read_only=True) as work:
        query = select(AUDIT_EVENT).where(AUDIT_EVENT.c.action == "scores.listed")
        (told,) = work.connection.execute(query).all()
        assert verify_chain(work.connection, BUREAU) is None
    assert [one.identifier for one in answers] == sorted(FIRMS)
    assert (told.tenant, told.object) == (BUREAU, str(TODAY))
    assert told.actor
    assert json.loads(told.payload_canonical)["enterprises"] == len(FIRMS)


def test_what_is_refused_is_not_recorded_as_read(town: Town) -> None:
    with pytest.raises(DayInFuture):
        town.desks.assessments.assess_all(as_of=TODAY.replace(year=2027), at=NOW, progress=Silent())

    assert "scores.listed" not in town.actions(BUREAU)
