"""The suite as pytest sees it: its options, its session fixtures, its findings in reports.

``pytest --pyargs register_contract.suite`` holds a target to the contract; what tests the suite
itself lies in ``register_contract/tests``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis.configuration import set_hypothesis_home_dir
from rich.console import Console

import register_spec as spec
from register_contract.oracle.careers import careers
from register_contract.oracle.contract import CannotTryError, Contract, Operation, Registers
from register_contract.oracle.rows import rows_of
from register_contract.oracle.unsaid import CannotSayError
from register_contract.suite.applies import chosen, has_matter, trials
from register_contract.suite.bench import Bench, StagingError
from register_contract.suite.choosing import chosen_tests, parameters, share_of
from register_contract.suite.own_data import see_that_nobody_is_there, tidy
from register_contract.suite.plans import LEFT_OUT, plan_of
from register_contract.suite.plans import WHOLE as WHOLE_SHARE
from register_contract.suite.strategies.bodies import Bodies
from register_contract.target.client import Place
from register_contract.target.control import Control, ControlError
from register_contract.target.ending import ENDED, RunEndedError, signals_interrupt
from register_contract.target.history import Setting
from register_contract.target.mock_process import OWN_MOCK, MockStartError, running_mock
from register_contract.target.options import (
    EXAMPLES,
    PLANS,
    PROFILES,
    WHOLE,
    Options,
    UsageError,
    settle,
)
from register_contract.target.progress import Progress, ProgressError, asked_for
from register_contract.target.target import Target, UnusableTargetError, connect, leave
from register_contract.target.transport import NotOwnError
from register_contract.verdict.cleaning import clean_report
from register_contract.verdict.finding import ContractBreachError
from register_contract.verdict.reports.collect import Collector
from register_contract.verdict.reports.resuming import Resuming
from register_contract.verdict.results import FoundError, Judge, NotCovered

VERDICT = "contract"
LAYERS = (
    "examples",
    "auth",
    "precedence",
    "lifecycle",
    "walk",
    "isolation",
    "rate",
    "duplicates",
    "lists",
    "time",
    "updates",
    "simultaneous",
    "histories",
    "versions",
    "envelopes",
    "texts",
    "derived",
    "registers",
    "codes",
    "conditions",
    "rules",
    "boundaries",
    "operations",
)
"""The order of the layers: those that see most with the fewest requests come first."""
_STUMBLES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
_RESUMING = "contract-resuming"
_OPTIONS = pytest.StashKey[Options]()
_CONTRACT = pytest.StashKey[Contract]()
_JUDGE = pytest.StashKey[Judge]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's options; the target's address is not ``--base-url``, which others own."""
    group = parser.getgroup("register-contract", "hold a deployment to the contract")
    add = group.addoption
    add("--register-url", metavar="URL", help="the target (default: a mock of our own)")
    add("--token", metavar="T", help="bearer token of a provider")
    add("--second-token", metavar="T", help="bearer token of another provider")
    add("--api-version", metavar="V", help="contract to hold it to (default: the newest)")
    add("--as", dest="reading", default=spec.DOCUMENTED, help="reading")
    add("--profile", choices=PROFILES, help="default: full on the mock, else read-only")
    add("--plan", choices=PLANS, default=WHOLE, help="all of the suite, or what finds most")
    add("--seed", type=int, metavar="N", help="repeats a run (default: random, printed)")
    add("--rate", metavar="N/m", help="requests a minute (default: 90/m unless loopback)")
    add("--spec-dir", metavar="DIR", help="another folder of contracts")
    add("--request-timeout", type=float, default=20.0, metavar="S", help="seconds")
    add("--max-time", metavar="N[s|m|h]", help="time for the run (default: 2h)")
    add("--examples", type=int, metavar="N", help=f"generated requests (default: {EXAMPLES})")
    add("--max-requests", type=int, metavar="N", help="requests for the run (default: no limit)")
    add("--first", metavar="NAMES", help="layers or tests to try first, such as auth,lists.list")
    add("--stop-first", action="store_true", help="end the run at the first finding")
    add("--resume", metavar="FILE", help="note what is done in FILE, and go on from there")


def settings(config: pytest.Config) -> Options:
    """The run's options, settled once. Raises pytest.UsageError in words."""
    if _OPTIONS not in config.stash:
        get = config.getoption
        try:
            config.stash[_OPTIONS] = settle(
                version=get("api_version"),
                url=get("register_url"),
                token=get("token"),
                second_token=get("second_token"),
                reading=get("reading"),
                profile=get("profile"),
                seed=get("seed"),
                rate=get("rate"),
                spec_dir=get("spec_dir"),
                timeout=get("request_timeout"),
                max_time=get("max_time"),
                examples=get("examples"),
                max_requests=get("max_requests"),
                stop_first=get("stop_first"),
                resume=get("resume"),
                plan=get("plan"),
            )
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
    return config.stash[_OPTIONS]


def contract_of(config: pytest.Config) -> Contract:
    """The contract of the run, loaded once."""
    if _CONTRACT not in config.stash:
        options = settings(config)
        try:
            every_code = spec.every_code(options.spec_dir)
            contract, *others = (
                Contract(
                    options.version,
                    spec.bundle(options.version, reading, options.spec_dir),
                    every_code,
                )
                for reading in (options.reading, *other_readings(options))
            )
        except spec.SpecError as error:
            pytest.exit(str(error), returncode=2)
        contract.others = others
        config.stash[_CONTRACT] = contract
    return config.stash[_CONTRACT]


def other_readings(options: Options) -> list[str]:
    """The other readings of the version."""
    readings = spec.readings(options.version, options.spec_dir)
    return [each for each in readings if each != spec.plain(options.reading)]


def pytest_configure(config: pytest.Config) -> None:
    """Refuse wrong options at once; collect the run's results for the report at its end."""
    options = settings(config)
    if not config.pluginmanager.has_plugin("contract-collector"):
        config.pluginmanager.register(Collector(Console()), "contract-collector")
    _leave_the_folder_as_it_is(config)
    collector = _collector(config)
    collector.clean.hide(options.token, options.second_token)
    if options.resume:
        asked = asked_for(options, config.getoption("keyword"), contract_of(config).document)
        try:
            resuming = Resuming(Progress(options.resume, asked), collector, options)
        except ProgressError as error:
            raise pytest.UsageError(str(error)) from error
        config.pluginmanager.register(resuming, _RESUMING)


def _leave_the_folder_as_it_is(config: pytest.Config) -> None:
    """Let Hypothesis keep its tables elsewhere than in the folder that the run is started in."""
    if not os.environ.get("HYPOTHESIS_STORAGE_DIRECTORY"):
        folder = TemporaryDirectory(prefix="register-contract-")
        set_hypothesis_home_dir(folder.name)
        config.add_cleanup(folder.cleanup)
        config.add_cleanup(partial(set_hypothesis_home_dir, None))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each operation, documented example and so on of the contract."""
    contract = contract_of(metafunc.config)
    if "operation" in metafunc.fixturenames:
        operations = chosen(metafunc.function, contract)
        metafunc.parametrize("operation", operations, ids=[found.id for found in operations])
    if "career" in metafunc.fixturenames:
        metafunc.parametrize("career", careers(contract), ids="-".join)
    if "checks" in metafunc.fixturenames:
        groups = plan_of(settings(metafunc.config).plan).groups(metafunc.module.CHECKS)
        metafunc.parametrize("checks", list(groups.values()), ids=list(groups))
    if "child" in metafunc.fixturenames:
        metafunc.parametrize("child", list(contract.held))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tell the collector what the contract gives rise to, before anything is left out by choice.

    Where a contract has no operation for a test, pytest makes a test without one, to skip it. That
    one is taken out: it would be counted as a test that did not run.
    """
    planned = _collector(config).planned
    for item in list(items):
        params = parameters(item)
        operation = params.get("operation")
        if "operation" in params and not isinstance(operation, Operation):
            items.remove(item)
        elif not isinstance(item, pytest.Function):
            continue
        elif not has_matter(item.function, contract_of(config)):
            items.remove(item)
        else:
            examples = settings(config).examples
            planned[item.nodeid] = trials(item.function, operation, contract_of(config), examples)
    plan = plan_of(settings(config).plan)
    order = [*(config.getoption("first") or "").split(","), *LAYERS]
    kept = chosen_tests(items, plan, settings(config).seed, order)
    _collector(config).passed_over([item for item in items if item not in kept], LEFT_OUT)
    for item in kept:
        share = share_of(item, plan)
        if share is not None and share.trials is not None:
            _collector(config).most[item.nodeid] = share.trials
    items[:] = kept


def _collector(config: pytest.Config) -> Collector:
    collector = config.pluginmanager.get_plugin("contract-collector")
    assert isinstance(collector, Collector)
    return collector


@pytest.fixture(scope="session")
def options(pytestconfig: pytest.Config) -> Options:
    """What the run was asked to do."""
    return settings(pytestconfig)


@pytest.fixture(scope="session")
def contract(pytestconfig: pytest.Config) -> Contract:
    """The contract the target is held to."""
    return contract_of(pytestconfig)


@pytest.fixture(scope="session")
def target(options: Options, contract: Contract, pytestconfig: pytest.Config) -> Iterator[Target]:
    """The probed target; ends the whole run with one sentence when there is none."""
    collector = _collector(pytestconfig)
    with ExitStack() as stack:
        # Should pytest itself break down, its cleaning up still comes by here.
        pytestconfig.add_cleanup(stack.close)
        stack.enter_context(signals_interrupt())
        try:
            base = options.url
            if base is None:
                extra = ["--spec", str(options.spec_dir)] if options.spec_dir else []
                base = stack.enter_context(running_mock("--as", options.reading, *extra))
            place = _place(contract)
            base = base.removesuffix(place.path)
            found = connect(options, place, base, spec.versions(options.spec_dir))
        except (UnusableTargetError, MockStartError, RunEndedError) as error:
            pytest.exit(collector.unusable(str(error)), returncode=2)
        stack.callback(_leave, found, collector)
        if found.control is not None:
            contract.registers = cache(partial(_registers, found.control))
        found.wire.history.setting = _setting(found, options, contract)
        collector.results.rows = rows_of(contract)
        collector.results.exercised = contract.exercised.rows
        lacks = collector.target_found(found, options, contract.made_up)
        resuming = pytestconfig.pluginmanager.get_plugin(_RESUMING)
        if isinstance(resuming, Resuming):
            try:
                resuming.target_found(found, lacks)
            except (ProgressError, RunEndedError) as error:
                pytest.exit(collector.unusable(str(error)), returncode=2)
        see_that_nobody_is_there(found, contract)
        yield found


@pytest.fixture(scope="session")
def neighbours(options: Options, contract: Contract, target: Target) -> dict[str, Contract]:
    """The contracts of the other versions that the target serves, in the reading of the run."""
    if target.control is None:
        return {}
    folder, reading = options.spec_dir, spec.plain(options.reading)
    found = {}
    for version in target.control.probe() or ():
        is_known = version in spec.versions(folder) and reading in spec.readings(version, folder)
        if version != contract.version and is_known:
            document, every_code = spec.bundle(version, reading, folder), spec.every_code(folder)
            found[version] = Contract(version, document, every_code)
            found[version].registers = contract.registers
    return found


def _registers(control: Control) -> Registers | None:
    try:
        return control.registers()
    except ControlError:
        return None


def _place(contract: Contract) -> Place:
    """Where the version lies; a target that follows another reading of it is one too."""
    try:
        place = contract.place
    except CannotTryError as lack:
        raise UnusableTargetError(f"nothing can be tried: {lack}") from lack

    def answers(status: int, body: Any) -> bool:
        others = (other.place.probe for other in contract.others)
        return any(probe.answers(status, body) for probe in (place.probe, *others))

    probe = replace(place.probe, answers=answers)
    return replace(place, probe=probe, doors=contract.doors)


def _leave(found: Target, collector: Collector) -> None:
    if found.control is not None:
        collector.left_behind(leave(found.control))
    tidy(found, collector)


def _setting(found: Target, options: Options, contract: Contract) -> Setting:
    """What a finding's repetition has to know of the target."""
    told = Setting(
        found.wire.base, ids=contract.ids, moments=contract.moments, probe=found.place.probe.path
    )
    secrets: dict[str, str] = {}
    if found.control is None:
        # In a world of our own nothing has been sent before; elsewhere a second run with the same
        # seed would meet the trainees of the first.
        nonce = f"{found.now:%d%H%M%S}"
        for name, provider in (("TOKEN", found.first), ("SECOND_TOKEN", found.second)):
            secrets.update({name: provider.token} if provider else {})
        return replace(told, secrets=secrets, nonce=nonce)
    start = "register-mock serve"
    start += f" --spec {options.spec_dir}" if options.spec_dir and not options.url else ""
    again = "" if options.url else OWN_MOCK
    return replace(told, again=again, hint=f"Start a mock with: {start}")


@pytest.fixture
def judge(
    request: pytest.FixtureRequest, options: Options, contract: Contract, target: Target
) -> Judge:
    """Takes what a test sees; the test fails at its end if that breaks the contract."""
    target.wire.history.begin()
    recipes = _collector(request.config).results.recipes
    judge = Judge(
        options.seed,
        contract.sources,
        target.wire.history,
        recipes=recipes,
        stops=options.stop_first,
    )
    request.node.stash[_JUDGE] = judge
    return judge


@pytest.fixture
def bench(
    request: pytest.FixtureRequest,
    contract: Contract,
    target: Target,
    judge: Judge,
    options: Options,
) -> Bench:
    """Calls, bodies and verdicts for one test."""
    purpose, nonce = request.node.name, target.wire.history.setting.nonce
    bodies = Bodies(contract, target.present, options.seed, purpose, nonce)
    share = share_of(request.node, plan_of(options.plan))
    return Bench(contract, target, judge, bodies, share or WHOLE_SHARE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a test that recorded findings; keep those of one that is interrupted."""
    started = time.perf_counter()
    try:
        yield
    except KeyboardInterrupt:
        _cut_short(item, time.perf_counter() - started)
        raise
    except (CannotTryError, ControlError, NotOwnError) as lack:
        _not_covered(item, lack)
    except CannotSayError as lack:
        # Elsewhere than in a world of its own it is not known whom the target knows.
        target = item.funcargs["target"] if isinstance(item, pytest.Function) else None
        if not isinstance(target, Target) or target.control is not None:
            raise
        _not_covered(item, lack)
    except FoundError:
        _stop_at_a_finding(item)
    except (StagingError, pytest.skip.Exception, *_STUMBLES) as error:
        if not _is_told(item, error):
            raise
    judge = item.stash.get(_JUDGE, None)
    if judge is not None and judge.findings:
        raise ContractBreachError(judge.findings.values())


def _stop_at_a_finding(item: pytest.Item) -> None:
    """Begin no further test; what is left out is said."""
    item.stash[_JUDGE].skip(f"the rest of {item.name}", "--stop-first ended it at a finding")
    item.session.shouldstop = "a finding"
    _collector(item.config).results.not_covered.append(
        NotCovered("what comes after the first finding", "--stop-first leaves it out")
    )


def _cut_short(item: pytest.Item, seconds: float) -> None:
    """Enter what an interrupted test had seen: pytest makes no report of it."""
    seen = item.stash.get(_JUDGE, None)
    if seen is not None:
        _collector(item.config).cut_short(item, seen.as_dict(), seconds)


def _not_covered(item: pytest.Item, lack: Exception) -> None:
    """Note what contract, control API or profile leaves untried; no error of ours."""
    judge = item.stash[_JUDGE]
    why = lack.reason if isinstance(lack, (ControlError, NotOwnError)) else str(lack)
    judge.skip(item.name.removeprefix("test_").replace("_", " "), why)
    if not judge.findings:
        pytest.skip(why)


def _is_told(item: pytest.Item, error: BaseException) -> bool:
    """Whether a test tripped over an answer that is a finding already; notes what it left out.

    Without a finding it is an error in the suite, or what it seems to be.
    """
    judge = item.stash.get(_JUDGE, None)
    if judge is None or not judge.findings:
        return False
    why = f"an answer that breaks the contract ended the test ({type(error).__name__})"
    if isinstance(error, StagingError):
        why = "what it builds on was refused"
    if not isinstance(error, pytest.skip.Exception):
        judge.skip(f"the rest of {item.name}", why)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show findings as their own text, without a traceback, and send them to the collector.

    Here, and only here, a RunEndedError of any phase of a test ends the run. And here is the one
    place where text leaves a test: what hides secrets and shows control characters stands here.
    """
    report, clean = (yield), _collector(item.config).clean
    error = call.excinfo.value if call.excinfo is not None else None
    if isinstance(error, RunEndedError):
        report.user_properties.append((ENDED, str(error)))
        report.longrepr = str(error)
        item.session.shouldstop = clean.sentence(str(error))
    judge = item.stash.get(_JUDGE, None)
    if call.when == "call" and judge is not None:
        report.user_properties.append((VERDICT, judge.as_dict()))
    if isinstance(error, (ContractBreachError, ControlError)):
        report.longrepr = str(error)
    clean_report(report, clean)
    return report
