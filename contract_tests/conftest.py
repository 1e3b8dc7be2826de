"""The suite as pytest sees it: its options, its session fixtures, its findings in reports.

The suite's own tests in ``tests/`` are collected only when named: ``pytest contract_tests`` holds
a target to the contract, ``pytest contract_tests/tests`` tests the suite.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import spec
from contract_tests.applies import chosen
from contract_tests.bench import Bench, StagingError
from contract_tests.client import LostTargetError
from contract_tests.contract import CannotTryError, Contract
from contract_tests.control import ControlError
from contract_tests.finding import ContractBreachError
from contract_tests.history import Setting
from contract_tests.ledger import Judge
from contract_tests.mock_process import OWN_MOCK, MockStartError, running_mock
from contract_tests.options import PROFILES, READINGS, Options, UsageError, settle
from contract_tests.reports.collect import Collector
from contract_tests.strategies.bodies import Bodies
from contract_tests.target import Target, UnusableTargetError, connect

VERDICT = "contract"
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
    add("--as", dest="reading", default="documented", choices=READINGS, help="reading")
    add("--profile", choices=PROFILES, help="default: full on loopback, else read-only")
    add("--seed", type=int, metavar="N", help="repeats a run (default: random, printed)")
    add("--rate", metavar="N/m", help="requests a minute (default: 90/m unless loopback)")
    add("--spec-dir", metavar="DIR", help="another folder of contracts")
    add("--request-timeout", type=float, default=20.0, metavar="S", help="seconds to wait")


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
            )
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
    return config.stash[_OPTIONS]


def contract_of(config: pytest.Config) -> Contract:
    """The contract of the run, loaded once."""
    if _CONTRACT not in config.stash:
        options = settings(config)
        try:
            document = spec.bundle(options.version, options.reading, options.spec_dir)
            every_code = spec.every_code(options.spec_dir)
        except spec.SpecError as error:
            pytest.exit(str(error), returncode=2)
        config.stash[_CONTRACT] = Contract(options.version, document, every_code)
    return config.stash[_CONTRACT]


def pytest_configure(config: pytest.Config) -> None:
    """Refuse wrong options at once; collect the run's results for the report at its end."""
    settings(config)
    if not config.pluginmanager.has_plugin("contract-collector"):
        config.pluginmanager.register(Collector(Console()), "contract-collector")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the suite's own tests alone unless they are named."""
    own = Path(__file__).parent / "tests"
    if collection_path != own:
        return None
    named = [Path(config.invocation_params.dir, arg.split("::")[0]) for arg in config.args]
    return None if any(path.resolve().is_relative_to(own) for path in named) else True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each operation, documented example and so on of the contract."""
    if "operation" in metafunc.fixturenames:
        operations = chosen(metafunc.function, contract_of(metafunc.config))
        metafunc.parametrize("operation", operations, ids=[found.id for found in operations])


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
def target(options: Options, pytestconfig: pytest.Config) -> Iterator[Target]:
    """The probed target; ends the whole run with one sentence when there is none."""
    collector = _collector(pytestconfig)
    with ExitStack() as stack:
        try:
            base = options.url
            if base is None:
                extra = ["--spec", str(options.spec_dir)] if options.spec_dir else []
                base = stack.enter_context(running_mock(*extra))
            found = connect(options, base, spec.versions(options.spec_dir))
        except (UnusableTargetError, MockStartError) as error:
            collector.unusable(str(error))
            pytest.exit(str(error), returncode=2)
        found.wire.history.setting = _setting(found, options)
        collector.target_found(found, options)
        try:
            yield found
        finally:
            collector.requests = found.wire.session.sent
            if found.control is not None:
                found.control.delete_world()


def _setting(found: Target, options: Options) -> Setting:
    """What a finding's repetition has to know of the target."""
    base, secrets, nonce = found.wire.base, {}, ""
    if found.control is None:
        # In a world of our own nothing has been sent before; elsewhere a second run with the same
        # seed would meet the trainees of the first.
        nonce = f"{found.now:%d%H%M%S}"
        for name, provider in (("TOKEN", found.first), ("SECOND_TOKEN", found.second)):
            secrets.update({name: provider.token} if provider else {})
        return Setting(base, secrets=secrets, nonce=nonce)
    start = "register-mock serve"
    start += f" --spec {options.spec_dir}" if options.spec_dir and not options.url else ""
    return Setting(base, "" if options.url else OWN_MOCK, hint=f"Start a mock with: {start}")


@pytest.fixture
def judge(
    request: pytest.FixtureRequest, options: Options, contract: Contract, target: Target
) -> Judge:
    """Takes what a test sees; the test fails at its end if that breaks the contract."""
    target.wire.history.begin()
    judge = Judge(options.seed, contract.sources, target.wire.history)
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
    return Bench(
        contract, target, judge, Bodies(contract, target.now, options.seed, purpose, nonce)
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a test that recorded findings; end the run when the target is lost."""
    try:
        yield
    except LostTargetError as error:
        _collector(item.config).unusable(str(error))
        pytest.exit(str(error), returncode=2)
    except StagingError:
        if not item.stash[_JUDGE].findings:
            raise
    except (CannotTryError, ControlError) as lack:
        _not_covered(item, lack)
    except pytest.skip.Exception:
        if not _found_by(item):
            raise
    judge = item.stash.get(_JUDGE, None)
    if judge is not None and judge.findings:
        raise ContractBreachError(judge.findings.values())


def _not_covered(item: pytest.Item, lack: Exception) -> None:
    """Note what the contract, or the target's control API, leaves untried; no error of ours."""
    judge = item.stash[_JUDGE]
    why = f"the control API refuses: {lack}" if isinstance(lack, ControlError) else str(lack)
    judge.skip(item.name.removeprefix("test_").replace("_", " "), why)
    if not judge.findings:
        pytest.skip(why)


def _found_by(item: pytest.Item) -> bool:
    judge = item.stash.get(_JUDGE, None)
    return judge is not None and bool(judge.findings)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show findings as their own text, without a traceback, and send them to the collector."""
    report = yield
    judge = item.stash.get(_JUDGE, None)
    if call.when == "call" and judge is not None:
        report.user_properties.append((VERDICT, judge.as_dict()))
        if call.excinfo is not None and isinstance(call.excinfo.value, ContractBreachError):
            report.longrepr = str(call.excinfo.value)
    return report
