"""What does a feature say on the days around a late announcement, a correction, a revocation, a return?

Each example is one table of rows as lists bring them and one line a day of what must be said; `recorded` is the
day on which the list came in, and `before` asks what would have been answered before that day.
"""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from data.spec.tables import TABLES
from features import definition, engine
from features.catalogue import FEATURES
from tests.features.doors import evidence, spine

FIRST_LISTS = "2026-01-01"


@dataclass(frozen=True)
class Example:
    """Say which feature reads which rows, and what it must answer when."""

    feature: str
    rows: str
    said: str


EXAMPLES = {
    "a certificate announced late does not count before its announcement": Example(
        "qualification_high_tech_held",
        """
        firm | key | certificate_no | issued_on  | valid_until | event      | known
        1    | g1  | GR1            | 2023-11-29 | 2026-11-29  | recognised | 2024-02-20
        """,
        """
        as_of      | value
        2023-12-31 | 0
        2024-02-20 | 0
        2024-02-21 | 1
        2026-11-28 | 1
        2026-11-29 | 0
        """,
    ),
    "a revoked certificate holds until the revocation was announced, whatever day it names": Example(
        "qualification_high_tech_held",
        """
        firm | key | certificate_no | issued_on  | valid_until | event      | known
        1    | g1  | GR1            | 2022-12-12 | 2025-12-12  | recognised | 2022-12-20
        1    | g1  | GR1            | 2022-12-12 | 2023-05-01  | revoked    | 2024-06-03
        """,
        """
        as_of      | value
        2022-12-20 | 0
        2022-12-21 | 1
        2023-05-02 | 1
        2024-06-03 | 1
        2024-06-04 | 0
        """,
    ),
    "a restated report speaks from the day after its restatement": Example(
        "operations_revenue_latest_2y",
        """
        firm | key  | year       | revenue | known
        1    | 2023 | 2023-12-31 | 120     | 2024-04-30
        1    | 2023 | 2023-12-31 | 80      | 2024-09-15
        1    | 2024 | 2024-12-31 | 95      | 2025-04-28
        """,
        """
        as_of      | value
        2024-04-30 | -
        2024-05-01 | 120
        2024-09-15 | 120
        2024-09-16 | 80
        2025-04-28 | 80
        2025-04-29 | 95
        2026-12-31 | 95
        2027-01-01 | -
        """,
    ),
    "a report filed late leaves the year before it the latest": Example(
        "operations_revenue_previous_3y",
        """
        firm | key  | year       | revenue | known
        1    | 2022 | 2022-12-31 | 100     | 2023-04-30
        1    | 2023 | 2023-12-31 | 120     | 2025-02-28
        """,
        """
        as_of      | value
        2024-12-31 | -
        2025-02-28 | -
        2025-03-01 | 100
        2025-12-31 | 100
        2026-01-01 | -
        """,
    ),
    "a patent lapses for want of a fee and is restored": Example(
        "patent_inventions_held",
        """
        firm | key | application_no | kind      | filed_on   | granted_on | ceased_on  | ended_by | known
        1    | a   | a              | invention | 2018-03-01 | 2020-07-03 | -          | -        | 2020-07-03
        1    | a   | a              | invention | 2018-03-01 | 2020-07-03 | 2023-03-01 | fee      | 2023-11-10
        1    | a   | a              | invention | 2018-03-01 | 2020-07-03 | -          | -        | 2024-04-05
        """,
        """
        as_of      | value
        2020-07-03 | 0
        2020-07-04 | 1
        2023-03-01 | 1
        2023-11-10 | 1
        2023-11-11 | 0
        2024-04-05 | 0
        2024-04-06 | 1
        """,
    ),
    "a withdrawn project stays a project that was withdrawn": Example(
        "project_withdrawn_5y",
        """
        firm | key | project_no | programme | level | role | started_on | withdrawn_on | known
        1    | p   | p          | city_key  | city  | lead | 2022-06-01 | -            | 2022-07-01
        1    | p   | p          | city_key  | city  | lead | 2022-06-01 | 2024-01-15   | 2024-02-01
        """,
        """
        as_of      | value
        2022-07-01 | 0
        2024-01-16 | 0
        2024-02-01 | 0
        2024-02-02 | 1
        2027-06-01 | 1
        2027-06-02 | 0
        """,
    ),
    "a project that ended on its withdrawal is no longer led": Example(
        "project_led_held",
        """
        firm | key | project_no | programme | level | role | started_on | closed_on  | known
        1    | p   | p          | city_key  | city  | lead | 2022-06-01 | -          | 2022-07-01
        1    | p   | p          | city_key  | city  | lead | 2022-06-01 | 2024-01-15 | 2024-02-01
        """,
        """
        as_of      | value
        2022-07-02 | 1
        2024-01-15 | 1
        2024-02-01 | 1
        2024-02-02 | 0
        """,
    ),
    "a record withdrawn by its court and entered again": Example(
        "conduct_dishonesty_held",
        """
        firm | key | kind       | case_no | listed_on  | known      | gone
        1    | k   | dishonesty | n1      | 2024-01-05 | 2024-01-10 | no
        1    | k   | dishonesty | n1      | 2024-01-05 | 2024-03-10 | yes
        1    | k   | dishonesty | n1      | 2024-01-05 | 2024-05-20 | no
        """,
        """
        as_of      | value
        2024-01-10 | 0
        2024-01-11 | 1
        2024-03-10 | 1
        2024-03-11 | 0
        2024-05-20 | 0
        2024-05-21 | 1
        """,
    ),
    "two versions announced on one day: the later list counts": Example(
        "conduct_penalty_amount_3y",
        """
        firm | key | kind                   | case_no | listed_on  | amount | known      | recorded
        1    | k   | administrative_penalty | n1      | 2024-01-05 | 500    | 2024-01-10 | 2026-02-01
        1    | k   | administrative_penalty | n1      | 2024-01-05 | 300    | 2024-01-10 | 2026-01-01
        """,
        """
        as_of      | value | before
        2024-01-11 | 500   | -
        2024-01-11 | 300   | 2026-02-01
        """,
    ),
    "two versions in one list: the later row counts": Example(
        "conduct_penalty_amount_3y",
        """
        firm | key | kind                   | case_no | listed_on  | amount | known
        1    | k   | administrative_penalty | n1      | 2024-01-05 | 500    | 2024-01-10
        1    | k   | administrative_penalty | n1      | 2024-01-05 | 300    | 2024-01-10
        """,
        """
        as_of      | value
        2024-01-10 | 0
        2024-01-11 | 300
        """,
    ),
    "a list that arrives late with an old date changes the new answer and not the old one": Example(
        "conduct_dishonesty_held",
        """
        firm | key | kind       | case_no | listed_on  | known      | recorded
        1    | k   | dishonesty | n1      | 2023-01-05 | 2023-01-10 | 2026-03-01
        """,
        """
        as_of      | value | before
        2024-01-01 | 1     | -
        2024-01-01 | 0     | 2026-03-01
        2024-01-01 | 1     | 2026-03-02
        2023-01-10 | 0     | -
        """,
    ),
    "a correction that arrives late changes the new answer and not the old one": Example(
        "operations_revenue_latest_2y",
        """
        firm | key  | year       | revenue | known      | recorded
        1    | 2023 | 2023-12-31 | 120     | 2024-04-30 | 2026-01-01
        1    | 2023 | 2023-12-31 | 80      | 2024-05-15 | 2026-03-01
        """,
        """
        as_of      | value | before
        2024-06-01 | 80    | -
        2024-06-01 | 120   | 2026-03-01
        2024-05-15 | 120   | -
        """,
    ),
    "a grant of a leap day leaves three years on the day after the last of February": Example(
        "patent_invention_grants_3y",
        """
        firm | key | application_no | patent_kind | event   | occurred_on | known
        1    | a   | a              | invention   | granted | 2024-02-29  | 2024-02-29
        """,
        """
        as_of      | value
        2024-02-29 | 0
        2024-03-01 | 1
        2027-02-28 | 1
        2027-03-01 | 0
        """,
    ),
    "a fee of the last of February is inside twelve months through a leap day": Example(
        "patent_late_fees_12m",
        """
        firm | key | application_no | patent_kind | event    | occurred_on | known
        1    | a   | a              | invention   | fee_late | 2023-02-28  | 2023-02-28
        """,
        """
        as_of      | value
        2023-02-28 | 0
        2023-03-01 | 1
        2024-02-28 | 1
        2024-02-29 | 1
        2024-03-01 | 0
        """,
    ),
    "a project accepted after its planned day is late from the day after its acceptance was known": Example(
        "project_late_5y",
        """
        firm | key | project_no | programme | role | started_on | due_on     | accepted_on | closed_on  | known
        1    | p   | p          | city_key  | lead | 2021-03-01 | 2023-03-01 | -           | -          | 2021-03-10
        1    | p   | p          | city_key  | lead | 2021-03-01 | 2023-03-01 | 2023-03-02  | 2023-03-02 | 2023-03-20
        """,
        """
        as_of      | value
        2023-03-20 | 0
        2023-03-21 | 1
        2026-03-01 | 1
        2026-03-02 | 0
        """,
    ),
    "a project accepted on its planned day is not late, and one without a plan is neither": Example(
        "project_late_5y",
        """
        firm | key | project_no | programme | level | role | started_on | due_on     | accepted_on | known
        1    | p   | p          | city_key  | city  | lead | 2021-03-01 | 2023-03-01 | 2023-03-01  | 2023-03-20
        1    | q   | q          | city_key  | city  | lead | 2021-03-01 | -          | 2025-03-01  | 2025-03-20
        """,
        """
        as_of      | value
        2025-04-01 | 0
        """,
    ),
    "a withdrawn project's row is taken back and its lateness with it": Example(
        "project_late_5y",
        """
        firm | key | project_no | programme | level | role | started_on | due_on     | accepted_on | known      | gone
        1    | p   | p          | city_key  | city  | lead | 2021-03-01 | 2023-03-01 | 2023-05-01  | 2023-05-10 | no
        1    | p   | p          | city_key  | city  | lead | 2021-03-01 | 2023-03-01 | 2023-05-01  | 2023-09-10 | yes
        """,
        """
        as_of      | value
        2023-05-11 | 1
        2023-09-10 | 1
        2023-09-11 | 0
        """,
    ),
    "a talent who leaves before the term is known to have left when the list says so": Example(
        "talent_left_early_5y",
        """
        firm | key | person_code | kind                | started_on | term_ends_on | ends_on    | known
        1    | r   | r           | tech_vice_president | 2022-01-01 | 2025-01-01   | 2025-01-01 | 2022-01-20
        1    | r   | r           | tech_vice_president | 2022-01-01 | 2025-01-01   | 2023-06-01 | 2023-06-15
        """,
        """
        as_of      | value
        2023-06-15 | 0
        2023-06-16 | 1
        """,
    ),
    "the days of patents in force add up, and a lapsed and restored one counts again from its filing": Example(
        "patent_invention_days_held",
        """
        firm | key | application_no | kind      | filed_on   | granted_on | ceased_on  | known
        1    | a   | a              | invention | 2020-01-01 | 2021-01-01 | -          | 2021-01-01
        1    | b   | b              | invention | 2020-01-11 | 2021-01-01 | -          | 2021-01-01
        1    | b   | b              | invention | 2020-01-11 | 2021-01-01 | 2021-06-01 | 2021-06-10
        1    | b   | b              | invention | 2020-01-11 | 2021-01-01 | -          | 2021-09-10
        """,
        """
        as_of      | value
        2021-01-01 | 0
        2021-01-02 | 724
        2021-06-10 | 1042
        2021-06-11 | 527
        2021-09-11 | 1228
        """,
    ),
    "a removal that is announced late shortens nothing before it is known": Example(
        "conduct_removal_days_mean_5y",
        """
        firm | key | kind         | case_no | listed_on  | removed_on | known
        1    | x   | tax_arrears  | x       | 2022-01-01 | -          | 2022-01-10
        1    | x   | tax_arrears  | x       | 2022-01-01 | 2022-04-11 | 2023-01-05
        1    | y   | litigation   | y       | 2022-01-01 | 2022-01-03 | 2022-01-10
        1    | z   | enforcement  | z       | 2023-01-01 | 2023-01-31 | 2023-06-01
        """,
        """
        as_of      | value
        2023-01-05 | -
        2023-01-06 | 100
        2023-06-02 | 65
        """,
    ),
    "the strongest month is one of the calendar, inside the window, and voided invoices are not in it": Example(
        "invoice_peak_month_share_12m",
        """
        firm | key | invoice_no | direction | issued_on  | total | status | known
        1    | a   | a          | sale      | 2023-03-31 | 900   | valid  | 2023-03-31
        1    | b   | b          | sale      | 2023-06-01 | 100   | valid  | 2023-06-01
        1    | c   | c          | sale      | 2023-06-30 | 200   | valid  | 2023-06-30
        1    | d   | d          | sale      | 2023-07-01 | 300   | valid  | 2023-07-01
        1    | d2  | d2         | sale      | 2023-07-02 | 800   | void   | 2023-07-02
        1    | e   | e          | sale      | 2024-01-05 | 400   | valid  | 2024-01-05
        """,
        """
        as_of      | value
        2023-03-31 | -
        2023-07-01 | 0.75
        2024-03-31 | 0.47368421052631576
        2024-04-01 | 0.4
        """,
    ),
    "what has not happened yet does not count, though it was announced": Example(
        "qualification_tech_sme_held",
        """
        firm | key | entry_no | entered_on | valid_until | known
        1    | e   | e1       | 2024-06-10 | 2024-12-31  | 2024-06-01
        """,
        """
        as_of      | value
        2024-06-02 | 0
        2024-06-10 | 0
        2024-06-11 | 1
        2024-12-30 | 1
        2024-12-31 | 0
        """,
    ),
    "a pledge for the loan being judged is invisible to it, and one of unknown origin for sixty days": Example(
        "patent_pledges_3y",
        """
        firm | key | application_no | patent_kind | event   | occurred_on | known      | loan
        1    | a   | a              | invention   | pledged | 2024-03-01  | 2024-03-02 | mine
        1    | b   | b              | invention   | pledged | 2024-03-01  | 2024-03-02 | other
        1    | c   | c              | invention   | pledged | 2024-03-01  | 2024-03-02 | -
        """,
        """
        as_of      | value | loan
        2024-03-03 | 3     | -
        2024-03-03 | 1     | mine
        2024-05-01 | 1     | mine
        2024-05-02 | 2     | mine
        2024-05-01 | 2     | any
        2024-05-02 | 3     | any
        """,
    ),
}


def _cells(text: str) -> list[dict[str, str | None]]:
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(head, (None if cell == "-" else cell for cell in line), strict=True)) for line in lines]


def _events(example: Example) -> dict[str, pd.DataFrame]:
    name = FEATURES[example.feature].tables[0]
    frame = evidence(TABLES[name], example.rows)
    recorded = [row.get("recorded") or FIRST_LISTS for row in _cells(example.rows)]
    return {name: frame.assign(recorded_at=pd.Series(recorded, dtype="datetime64[us]"))}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_on_every_day_around_the_edge_both_readings_say(example: Example) -> None:
    feature, events = FEATURES[example.feature], _events(example)
    for line in _cells(example.said):
        before = datetime.fromisoformat(line["before"]) if line.get("before") else None
        asked = spine((1, str(line["as_of"]), line["loan"]) if line.get("loan") else (1, str(line["as_of"])))
        known = {name: frame[frame["recorded_at"] < before] if before else frame for name, frame in events.items()}
        question = definition.Question(
            enterprise_id=1,
            as_of=date.fromisoformat(str(line["as_of"])),
            own_loan=line.get("loan"),
            recorded_before=before,
        )
        by_definition = definition.value_of(feature, definition.seen_by([feature], events, question), question)
        wanted = np.nan if line["value"] is None else float(line["value"])
        said = [engine.compute([feature], known, asked)[feature.name].iloc[0], by_definition]
        assert np.array_equal(said, [wanted, wanted], equal_nan=True), line
