"""The whole way: official lists, evidence, label, model, one answer with its reasons and rows; and what is refused."""

from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pandas as pd
import pytest

from api.wiring.training import Training
from data.spec.access import BUREAU, Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.errors import DayInFuture, EnterpriseUnknown
from data.spec.identifiers import parse_identifier, with_uscc_check_digit
from data.spec.progress import Silent
from data.spec.tables import TABLES
from data.store.announced import read_announced
from data.store.enterprise_events import read_enterprise_events
from data.store.institutions import write_institution
from data.store.reads import read_batches, read_events
from features.behind import rows_behind
from features.catalogue import FEATURES
from features.engine import compute
from models import appointing, retraining
from models.labels import Outcome
from models.register import Register
from models.scale import read_widening
from models.table import LIVE_DEFAULTS
from risk.answering import Question
from risk.assess import assess, read_assessment
from risk.assessment import Assessment, Reason, Status
from risk.consent import ConsentRequired
from risk.portfolio import assess_all
from risk.sources import Sources
from tests.e2e.town import AT, TODAY, City

NUMBERS = count()


def question(code: str, *, as_of: date = TODAY, tenant: str = BUREAU, purpose: Purpose = Purpose.PRE_LOAN) -> Question:
    return Question(
        id=f"test-{next(NUMBERS):04d}",
        identifier=parse_identifier(code),
        tenant=tenant,
        actor="test",
        purpose=purpose,
        as_of=as_of,
        at=AT,
        demonstration=True,
    )


def ask(city: City, asked: Question) -> Assessment:
    with city.store.work(at=AT) as work:
        answer = assess(work, asked, city.shelf)
        work.commit()
    return answer


@pytest.fixture(scope="module")
def training(city: City) -> retraining.TrainingSet:
    with city.store.work(at=AT, read_only=True) as work:
        return retraining.build_training_set(
            work, card="application", as_of=TODAY, access=city.access, progress=Silent()
        )


@pytest.fixture(scope="module")
def answers(city: City) -> list[Assessment]:
    """Ask about thirty borrowers."""
    borrowers = city.truth("applications")["code"].drop_duplicates().head(30)
    return [ask(city, question(code)) for code in borrowers]


@pytest.fixture(scope="module")
def scored(answers: list[Assessment]) -> list[Assessment]:
    found = [answer for answer in answers if answer.status is Status.SCORED]
    assert len(found) >= 10
    return found


def test_points_add_up_to_the_score_exactly(scored: list[Assessment]) -> None:
    for answer in scored:
        lines = sum(line.points for line in answer.lines)

        assert lines + sum(group.points for group in answer.groups) == pytest.approx(answer.score, abs=1e-9)
        assert lines + sum(answer.contributions.values()) == pytest.approx(answer.score, abs=1e-9)
        assert answer.score is not None
        assert 300 <= answer.score <= 900


def test_the_interval_holds_the_pd_and_the_grade_follows_it(scored: list[Assessment]) -> None:
    for answer in scored:
        assert answer.pd is not None
        assert answer.pd_low is not None
        assert answer.pd_high is not None
        assert 0 < answer.pd_low <= answer.pd <= answer.pd_high < 1
        assert answer.grade
    ranked = sorted(scored, key=lambda answer: (answer.pd or 0, -(answer.score or 0)))
    assert [answer.score for answer in ranked] == sorted((answer.score for answer in scored), reverse=True)


def test_reasons_lead_back_to_rows_of_files_that_were_loaded(city: City, scored: list[Assessment]) -> None:
    with city.store.work(at=AT, read_only=True) as work:
        batches = read_batches(work).set_index("id")
    cited = [
        source
        for answer in scored
        for reason in (*answer.reasons_for, *answer.reasons_against)
        for source in reason.sources
    ]

    assert len(cited) > 20
    for source in cited:
        assert (city.folder / "lists" / source.file).is_file()
        assert batches.loc[source.batch_id, "file_name"] == source.file
        assert 1 < source.file_row <= batches.loc[source.batch_id, "rows_read"] + 1
        assert source.known_on < TODAY


def test_what_follows_from_all_firms_is_cited_by_no_file_row(city: City) -> None:
    code = city.truth("applications")["code"].iloc[0]
    number = int(city.numbers()[code])
    name = "peer_leverage_standing_2y"
    told = Reason(feature=name, label="", group="operations", value=0.0, unit="倍", points=1.0, sentence="")
    with city.store.work(at=AT, read_only=True) as work:
        events, batches = read_enterprise_events(work, number, access=city.access), read_batches(work)
    counted = [row for row in rows_behind(FEATURES[name], events, number, TODAY, "") if row.counted]

    cited = Sources(batches, events, number, TODAY, "").cite(told).sources

    assert {row.table for row in counted} == {"annual_report", "peer_reference"}
    assert {source.list_label for source in cited} == {"财务年报"}


def test_an_interval_is_as_wide_as_the_setting_in_force_says(city: City) -> None:
    live = city.shelf.champion("application")

    assert live is not None
    assert live[1].head.widening == read_widening(retraining.SCALE.read_text("utf-8"), TODAY) > 1


def test_reasons_are_few_one_sided_and_of_a_direction_that_was_declared_or_kept_its_sign(
    scored: list[Assessment],
) -> None:
    for answer in scored:
        assert len(answer.reasons_for) <= 5
        assert len(answer.reasons_against) <= 5
        assert all(reason.points > 0 for reason in answer.reasons_for)
        assert all(reason.points < 0 for reason in answer.reasons_against)
        told = (*answer.reasons_for, *answer.reasons_against)
        assert all(FEATURES[reason.feature].direction or reason.learned for reason in told)


def test_an_answer_is_read_back_as_it_was_given_and_by_its_tenant_alone(city: City, scored: list[Assessment]) -> None:
    with city.store.work(at=AT) as work:
        again = read_assessment(work, scored[0].id, access=city.access)
        elsewhere = read_assessment(work, scored[0].id, access=replace(city.access, tenant="another-bank"))

    assert again == scored[0]
    assert elsewhere is None


def test_every_answer_says_that_the_city_is_invented(answers: list[Assessment]) -> None:
    for answer in answers:
        assert answer.demonstration
        assert "演示" in answer.enterprise_name
        assert any("虚构" in note for note in answer.notes)


def test_a_firm_in_default_is_told_so_and_not_scored(city: City) -> None:
    failed = city.truth("identities").dropna(subset=["first_default_on"])
    recent = failed[failed["first_default_on"].between("2025-02-01", "2025-10-01")]

    answers = [ask(city, question(code)) for code in recent["code"].head(8)]

    assert {answer.status for answer in answers} <= {Status.IN_DEFAULT, Status.NOT_SCORED}
    assert any(answer.status is Status.IN_DEFAULT for answer in answers)
    assert all(answer.score is None and answer.pd is None and answer.code for answer in answers)


def test_before_its_default_was_known_the_firm_was_scored(city: City) -> None:
    failed = city.truth("identities").dropna(subset=["first_default_on"])
    later = failed[failed["first_default_on"] > "2023-06-30"]["code"].head(5)

    answers = [ask(city, question(code, as_of=date(2022, 12, 31))) for code in later]

    assert any(answer.status is Status.SCORED for answer in answers)
    assert all(answer.status is not Status.IN_DEFAULT for answer in answers)


def test_a_firm_with_no_evidence_is_not_scored(city: City) -> None:
    code = city.truth("applications")["code"].iloc[0]

    answer = ask(city, question(code, as_of=date(2001, 1, 1)))

    assert (answer.status, answer.code) == (Status.NOT_SCORED, "no-evidence")
    assert answer.score is None


def test_an_unknown_firm_is_refused(city: City) -> None:
    with pytest.raises(EnterpriseUnknown):
        ask(city, question(with_uscc_check_digit("91370303MA9999999")))


def test_a_day_in_the_future_is_refused(city: City) -> None:
    with pytest.raises(DayInFuture, match="2026-01-01"):
        ask(city, question(city.truth("applications")["code"].iloc[0], as_of=date(2026, 1, 2)))


def test_a_bank_without_consent_is_refused(city: City) -> None:
    with pytest.raises(ConsentRequired):
        ask(city, question(city.truth("applications")["code"].iloc[0], tenant="bank-without-consent"))


def test_a_demonstration_model_judges_no_real_enterprise(city: City) -> None:
    code = city.truth("applications")["code"].iloc[0]

    answer = ask(city, replace(question(code), demonstration=False))

    assert answer.status in (Status.UNCALIBRATED, Status.NOT_SCORED)
    assert answer.pd is None
    assert answer.score is None


def test_labels_agree_with_the_hidden_truth(city: City, training: retraining.TrainingSet) -> None:
    truth = city.truth("applications").set_index("application_no")["would_default"]
    rows = training.rows[training.learnable]
    true = rows["own_loan"].map(truth).astype(float)
    seen = rows["outcome"].eq(Outcome.DEFAULT).astype(float)

    assert true.notna().all()
    assert (true == seen).mean() > 0.995


def test_two_trainings_with_one_seed_give_the_same_model_text(training: retraining.TrainingSet, city: City) -> None:
    again = retraining.fit_card(training, seed=0, progress=Silent()).model
    champion = city.shelf.champion("application")

    assert champion is not None
    assert again.to_texts() == champion[1].to_texts()


@pytest.fixture(scope="module")
def trapped(city: City) -> pd.DataFrame:
    traps = city.truth("traps")
    traps["enterprise_id"] = traps["code"].map(city.numbers())
    traps["row"] = traps["row"].astype(float).astype(int)
    return traps


@pytest.fixture(scope="module")
def events(city: City) -> dict[str, pd.DataFrame]:
    with city.store.work(at=AT, read_only=True) as work:
        events = read_events(work, list(TABLES), access=city.access)
        files = read_batches(work).set_index("id")["file_name"]
    return {name: frame.assign(file=frame["batch_id"].map(files)) for name, frame in events.items()}


def planted_rows(trapped: pd.DataFrame, events: pd.DataFrame, trap: str) -> pd.DataFrame:
    planted = trapped[trapped["trap"] == trap]
    return events.merge(planted, left_on=["file", "file_row"], right_on=["file", "row"], suffixes=("", "_trap"))


def test_a_patent_pledged_for_this_loan_is_invisible_to_its_application(
    trapped: pd.DataFrame, events: dict[str, pd.DataFrame], training: retraining.TrainingSet
) -> None:
    pledges = planted_rows(trapped, events["patent_event"], "pledged_for_this_loan")
    met = pledges.merge(training.rows[["enterprise_id", "as_of", "own_loan"]], on="enterprise_id")
    named = met[met["origin_loan"] == met["own_loan"]]
    gap = (met["as_of"] - met["happened_on"]).dt.days
    unnamed = met[met["origin_loan"].isna() & (gap > 0) & (gap < 60)]
    feature = FEATURES["patent_pledges_3y"]

    assert len(named) + len(unnamed) > 5
    for _, row in pd.concat([named, unnamed]).head(20).iterrows():
        told = rows_behind(feature, events, row["enterprise_id"], row["as_of"].date(), row["own_loan"])
        own = [one for one in told if (one.batch_id, one.file_row) == (row["batch_id"], row["file_row"])]
        assert own
        assert not any(one.counted for one in own)


@pytest.mark.parametrize(
    ("trap", "table"),
    [("revoked_after_default", "high_tech_certificate"), ("dishonesty_from_this_loan", "conduct_record")],
)
def test_what_followed_the_default_was_not_known_before_it(
    city: City, trapped: pd.DataFrame, events: dict[str, pd.DataFrame], trap: str, table: str
) -> None:
    rows = planted_rows(trapped, events[table], trap)
    defaults = city.truth("identities").set_index("code")["first_default_on"]
    default_on = pd.to_datetime(rows["code"].map(defaults))

    assert len(rows) >= 5
    assert (rows["known_on"] > default_on).all()


def test_a_backdated_list_is_known_only_from_its_announcement(
    trapped: pd.DataFrame, events: dict[str, pd.DataFrame]
) -> None:
    rows = planted_rows(trapped, events["tech_sme_entry"], "backdated_list")

    assert len(rows) > 50
    assert (rows["happened_on"] < pd.Timestamp("2022-01-01")).all()
    assert (rows["known_on"] >= pd.Timestamp("2023-10-16")).all()


def test_a_directory_without_dead_firms_changes_no_earlier_answer(
    trapped: pd.DataFrame, events: dict[str, pd.DataFrame]
) -> None:
    directory = trapped.loc[trapped["trap"] == "directory_without_dead_firms", "file"].iloc[0]
    register = events["enterprise_registration"]
    without = {**events, "enterprise_registration": register[register["file"] != directory]}
    firms = register["enterprise_id"].drop_duplicates()
    spine = pd.DataFrame({"enterprise_id": firms, "as_of": pd.Timestamp("2025-12-01").as_unit("s")})
    features = [feature for feature in FEATURES.values() if feature.name.startswith("profile_")]

    pd.testing.assert_frame_equal(compute(features, events, spine), compute(features, without, spine))


def test_all_enterprises_at_once_are_answered_as_each_alone(city: City) -> None:
    with city.store.work(at=AT, read_only=True) as work:
        together = {
            answer.identifier: answer
            for answer in assess_all(
                work,
                lambda identifier: question(str(identifier)),
                city.shelf,
                access=city.access,
                progress=Silent(),
            )
        }
    alone = [ask(city, question(code)) for code in list(together)[::90]]

    assert len(alone) > 12
    for answer in alone:
        batched = together[answer.identifier]
        for name in (
            "status",
            "code",
            "score",
            "grade",
            "pd",
            "pd_low",
            "pd_high",
            "values",
            "contributions",
            "groups",
        ):
            assert getattr(batched, name) == getattr(answer, name), name


def test_a_later_model_answers_only_after_it_was_promoted_and_can_be_rolled_back(
    city: City, training: retraining.TrainingSet, tmp_path: Path
) -> None:
    order = retraining.Order(card="application", as_of=TODAY, demonstration=True)
    register = Register(tmp_path)
    with city.store.work(at=AT) as work:
        names = []
        for seed in (0, 1):
            trained = retraining.fit_card(training, seed=seed, progress=Silent())
            report = appointing.shelve(work, trained, order, shelf=tmp_path, access=city.access, at=AT)
            names.append((report.name, report.promoted))
        first, second = names
        champion_before = register.champion("application").model
        appointing.appoint(work, "application", second[0], shelf=tmp_path, access=city.access, reason="test")
        champion_after = register.champion("application").model
        back = appointing.appoint(work, "application", None, shelf=tmp_path, access=city.access, reason="test")

    assert (first[1], second[1]) == (True, False)
    assert champion_before == first[0]
    assert champion_after == second[0] != first[0]
    assert back == first[0]
    with city.store.work(at=AT) as work:
        audit = AuditEvent(tenant=BUREAU, actor="test", action=Action.TOKEN_ISSUED, object_id="bank-p", at=AT)
        write_institution(work, "bank-p", "丙银行（演示）", kind="bank", token_hash="p", audit=audit)
        work.commit()
    Training(city.store, tmp_path).promote(card="application", model=second[0], reason="test", at=AT)
    with city.store.work(at=AT, read_only=True) as work:
        heard = read_announced(work, tenant="bank-p", after=0, limit=10)
    assert [(one.type, one.object_id) for one in heard] == [("model.promoted", second[0])]


def test_few_defaults_train_no_model(training: retraining.TrainingSet) -> None:
    defaulted = training.rows["outcome"].eq(Outcome.DEFAULT)
    few = training.rows[defaulted]["enterprise_id"].drop_duplicates().head(LIVE_DEFAULTS - 1)
    keep = ~defaulted | training.rows["enterprise_id"].isin(few)

    with pytest.raises(retraining.NothingToLearn, match="19家"):
        retraining.fit_card(
            replace(training, rows=training.rows[keep], matrix=training.matrix[keep]), seed=0, progress=Silent()
        )
