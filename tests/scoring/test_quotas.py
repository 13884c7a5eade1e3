"""A client has what its quota says, by an obvious reference, and nothing where the store is silent."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from api.problems import TITLES
from api.wiring.rates import StoredRates
from data.store import Store
from risk.exchange_limits import read_limits
from risk.permissions import PERMITTED, Scope
from risk.quotas import SECOND, Limit, Quota, quota_of, take
from tests.scoring.conftest import FIRMS, NOW, TODAY, Town

LIMITS = st.builds(Limit, requests=st.integers(1, 50), seconds=st.integers(1, 90_000))
PAUSES = st.lists(st.tuples(st.integers(0, 200 * SECOND), st.integers(1, 3)), max_size=60)
START = 1_767_000_000 * SECOND


class Bucket:
    """Count tokens as anybody would: so many at first, one back an interval, never more than the whole."""

    def __init__(self, limit: Limit) -> None:
        self.limit, self.tokens, self.at = limit, Fraction(limit.requests), START

    def take(self, now: int, tokens: int) -> bool:
        back = Fraction(now - self.at, self.limit.interval)
        self.tokens, self.at = min(self.tokens + back, Fraction(self.limit.requests)), now
        granted = self.tokens >= tokens
        self.tokens -= tokens if granted else 0
        return granted


@given(LIMITS, PAUSES)
def test_taking_agrees_with_counting_tokens(limit: Limit, pauses: list[tuple[int, int]]) -> None:
    reference, full_at, now = Bucket(limit), 0, START
    for pause, tokens in pauses:
        now += pause
        taking = take(full_at, limit, now=now, tokens=tokens)
        full_at = taking.full_at
        assert taking.granted is reference.take(now, tokens)
        assert taking.remaining == int(reference.tokens)


@given(LIMITS, PAUSES)
def test_no_span_sees_more_than_its_share_after_a_whole_bucket(limit: Limit, pauses: list[tuple[int, int]]) -> None:
    full_at, now, granted = 0, START, deque[int]()
    for pause, _ in pauses:
        now += pause
        taking = take(full_at, limit, now=now)
        full_at = taking.full_at
        if taking.granted:
            granted.append(now)
    for first, since in enumerate(granted):
        for last, until in enumerate(granted):
            share = Fraction((until - since) * limit.requests, limit.seconds * SECOND)
            assert last < first or last - first + 1 <= limit.requests + share


@given(LIMITS, st.integers(0, 60))
def test_who_waits_as_told_is_served_and_who_comes_a_second_early_is_not(limit: Limit, more: int) -> None:
    full_at, now = 0, START + more
    for _ in range(limit.requests):
        full_at = take(full_at, limit, now=now).full_at
    refused = take(full_at, limit, now=now)
    wait = refused.seconds_to_one * SECOND

    assert not refused.granted
    assert refused.full_at == full_at
    assert take(full_at, limit, now=now + wait).granted
    assert not take(full_at, limit, now=now + wait - SECOND).granted
    assert take(full_at, limit, now=now + refused.seconds_to_full * SECOND).remaining == limit.requests - 1


@given(LIMITS, st.integers(0, 400 * 86_400))
def test_a_clock_that_was_set_back_costs_no_more_than_an_empty_bucket(limit: Limit, back: int) -> None:
    full_at = take(0, limit, now=START).full_at

    later = START - back * SECOND
    taking = take(full_at, limit, now=later)

    assert taking.seconds_to_one <= -(-limit.interval // SECOND)
    assert taking.full_at - later <= limit.span


def test_every_scope_takes_from_one_quota_with_a_dated_limit() -> None:
    limits = read_limits(TODAY)

    assert {quota_of(scope) for scope in Scope} == {Quota.SCORE, Quota.READ, Quota.WRITE, Quota.WHAT_IF}
    assert {scope for scope in PERMITTED if quota_of(scope) is Quota.READ} == {
        scope for scope in Scope if scope.endswith(":read")
    }
    assert set(limits) == set(Quota)
    assert (limits[Quota.WHAT_IF].requests, limits[Quota.WHAT_IF].seconds) == (50, 86_400)


def spend(town: Town, quota: Quota, times: int, client: str = "bank-a") -> None:
    for _ in range(times):
        town.desks.scoring.rates.admit(client, quota, now=town.pace)


def test_every_answer_of_a_known_client_tells_its_quota(town: Town) -> None:
    read = town.ask("GET", "/v1/catalogue")
    scored = town.ask("POST", "/v1/assessments", {"enterprise": {"value": FIRMS[0]}})
    invalid = town.ask("POST", "/v1/assessments", {})
    absent = town.ask("GET", "/v1/assessments/none")

    assert (read.headers["ratelimit-policy"], read.headers["ratelimit"]) == ('"read";q=1200;w=60', '"read";r=1199;t=1')
    assert scored.headers["ratelimit-policy"] == invalid.headers["ratelimit-policy"] == '"score";q=600;w=60'
    assert (scored.status_code, scored.headers["ratelimit"]) == (403, '"score";r=599;t=1')
    assert (invalid.status_code, invalid.headers["ratelimit"]) == (422, '"score";r=598;t=1')
    assert (absent.status_code, absent.headers["ratelimit"]) == (404, '"read";r=1198;t=1')


def test_a_spent_quota_is_refused_and_comes_back_as_told(town: Town) -> None:
    spend(town, Quota.SCORE, 600)
    refused = town.ask("POST", "/v1/assessment-batches", {"enterprises": [{"value": FIRMS[0]}]})
    other = town.ask("POST", "/v1/assessment-batches", {"enterprises": [{"value": FIRMS[0]}]}, by="bank-b")
    reading = town.ask("GET", "/v1/catalogue")
    town.pace = NOW + timedelta(seconds=int(refused.headers["retry-after"]))
    again = town.ask("POST", "/v1/assessment-batches", {"enterprises": [{"value": FIRMS[0]}]})

    assert (refused.status_code, refused.json()["code"]) == (429, "quota-exceeded")
    assert refused.headers["ratelimit"] == '"score";r=0;t=60'
    assert [other.status_code, reading.status_code, again.status_code] == [202, 200, 202]


def test_two_instances_on_one_store_share_one_quota(town: Town) -> None:
    spend(town, Quota.READ, 1196)
    headers = {"Authorization": f"Bearer {town.tokens['bank-a']}"}
    instances = [town.client, town.instance()]

    answers = [instances[turn % 2].get("/v1/catalogue", headers=headers) for turn in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers[:4]] == ["r=3", "r=2", "r=1", "r=0"]


def test_at_the_same_time_no_more_is_given_than_there_is(town: Town) -> None:
    desks = [StoredRates(town.opened()) for _ in range(4)]

    def ask(desk: StoredRates) -> int:
        return sum(desk.admit("bank-a", Quota.WRITE, now=NOW).taking.granted for _ in range(90))

    with ThreadPoolExecutor(4) as threads:
        granted = list(threads.map(ask, desks))

    assert sum(granted) == 300


def test_what_an_address_header_says_gives_no_new_quota(town: Town) -> None:
    spend(town, Quota.READ, 1200)

    answers = [town.ask("GET", "/v1/catalogue", X_Forwarded_For=f"10.0.0.{place}") for place in range(3)]

    assert [answer.status_code for answer in answers] == [429] * 3


def test_who_asks_too_often_in_vain_is_stopped_and_it_is_recorded_once(town: Town) -> None:
    for _ in range(119):
        town.desks.scoring.rates.note_miss("bank-a", tenant="bank-a", at=NOW, now=NOW)
    last = town.ask("POST", "/v1/assessments", {"enterprise": {"value": FIRMS[0]}})
    stopped = town.ask("GET", "/v1/catalogue")
    stopped_again = town.ask("GET", "/v1/catalogue")
    other = town.ask("GET", "/v1/catalogue", by="bank-b")
    town.pace = NOW + timedelta(seconds=int(stopped.headers["retry-after"]))
    later = town.ask("GET", "/v1/catalogue")

    assert (last.status_code, last.json()["code"]) == (403, "consent-required")
    assert (stopped.status_code, stopped.json()["code"]) == (429, "abnormal-usage-detected")
    assert [stopped_again.status_code, other.status_code, later.status_code] == [429, 200, 200]
    assert stopped.headers["ratelimit"] == stopped_again.headers["ratelimit"]
    assert town.actions() == ["usage.flagged"]


def test_what_is_refused_for_other_reasons_is_not_in_vain(town: Town) -> None:
    for _ in range(119):
        town.desks.scoring.rates.note_miss("bank-a", tenant="bank-a", at=NOW, now=NOW)
    body = {"enterprise": {"value": FIRMS[0]}}
    for answer in (
        town.ask("POST", "/v1/assessments", {}),
        town.ask("POST", "/v1/assessments", body | {"as_of": "2030-01-01"}),
    ):
        assert answer.status_code == 422

    assert town.ask("GET", "/v1/catalogue").status_code == 200


def test_where_the_store_does_not_answer_nothing_is_given(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object, **__: object) -> None:
        raise OperationalError("", None, Exception("disk I/O error"))

    monkeypatch.setattr("api.wiring.rates.read_buckets", silent)
    answer = town.ask("GET", "/v1/catalogue")

    assert (answer.status_code, answer.json()["code"]) == (503, "temporary-reduced-capacity")
    assert int(answer.headers["retry-after"]) > 0


def test_a_quota_outlives_the_process(town: Town) -> None:
    spend(town, Quota.SCORE, 600)
    again = Store.open(town.settings.database_url)
    restarted = Town(store=again, settings=town.settings, tokens=town.tokens, folder=town.folder)

    answer = restarted.ask("POST", "/v1/assessments", {"enterprise": {"value": FIRMS[0]}})
    again.close()

    assert answer.status_code == 429


def test_the_refusals_of_quotas_have_titles() -> None:
    assert {"quota-exceeded", "abnormal-usage-detected", "temporary-reduced-capacity"} <= set(TITLES)


def test_a_commit_that_waits_for_no_disk_leaves_the_next_one_durable(town: Town) -> None:
    with town.store.work(at=NOW, durable=False) as work:
        light = work.connection.exec_driver_sql("PRAGMA synchronous").scalar()
    with town.store.work(at=NOW) as work:
        full = work.connection.exec_driver_sql("PRAGMA synchronous").scalar()

    assert (light, full) == (1, 2)
