"""The success model file: what is good loads, what is wrong is refused with every line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.contracts.account_signal import ACCOUNT_KINDS, Severity, SignalKind
from banso_common.document import DEPTH_MAX, SIZE_BYTES_MAX
from banso_common.errors import Refused
from banso_scoring.model.findings import ModelError
from banso_scoring.model.load import check, default_model, default_text, load_model

EXAMPLES = Path(__file__).parents[3] / "examples" / "models"
SMALLEST = """name: smallest
roles: {attempt: ["*"]}
metrics:
  since: {kind: days-since, events: ["*"], ramp: [[0, 1], [30, 0]]}
dimensions:
  use: {weight: 1, metrics: {since: 1}}
journey:
  start: {}
"""


def found(text: str) -> list[str]:
    return [str(finding) for finding in check(text, "model.yaml")]


def test_the_default_model_and_every_example_are_good() -> None:
    assert check(default_text(), "default.yaml") == []
    paths = sorted(EXAMPLES.glob("*.yaml"))
    assert "oulad.yaml" in [path.name for path in paths]
    for path in paths:
        assert check(path.read_text(encoding="utf-8"), path.name) == []


def test_the_default_model_names_the_phases_of_the_field_in_both_languages() -> None:
    phases = {phase.key: phase for phase in default_model().journey}
    assert [phase.labels["ja"] for phase in phases.values()] == ["導入", "ランニング", "運用", "活用", "更新", "推奨"]
    assert list(phases) == ["implementation", "pilot", "operation", "adoption", "renewal", "advocacy"]
    for phase in phases.values():
        assert all(text[language] for text in (phase.do, phase.experience, phase.services) for language in ("ja", "en"))
    journey = default_model().journey
    assert journey[4].next == 3


def test_a_file_may_be_as_small_as_one_metric() -> None:
    model = load_model(SMALLEST, "model.yaml")
    assert [rule.kind for rule in model.signals] == list(ACCOUNT_KINDS)
    assert model.roles.contact == -1


def test_a_goal_may_be_as_high_as_one_likes_and_below_zero_where_the_metric_can_be() -> None:
    reachable = SMALLEST.replace("start: {}", "start: {goal: [{metric: since, at_least: 9.0e+18}]}")
    assert found(reachable) == []
    for kind in ("trend, events: [a]", "last-value, events: [a]", "sum, events: [a]", "trouble"):
        metric = f"  own: {{kind: {kind}}}\ndimensions:"
        goal = "start: {goal: [{metric: own, at_least: -1, at_most: -0.5}]}"
        assert found(SMALLEST.replace("dimensions:", metric).replace("start: {}", goal)) == []


def test_the_version_follows_the_meaning_and_not_the_writing() -> None:
    plain = load_model(SMALLEST, "a").version
    assert load_model("# a comment\n" + SMALLEST, "b").version == plain
    assert load_model(SMALLEST.replace("30, 0", "31, 0"), "a").version != plain
    assert plain.startswith("smallest@")


def test_what_is_said_of_incidents_is_part_of_the_version_and_what_is_not_said_is_not() -> None:
    plain = load_model(SMALLEST, "a").version
    assert load_model(SMALLEST + "incidents: {accounts_min: 5}\n", "a").version != plain
    assert load_model(SMALLEST + "incidents: {enabled: true}\n", "a").version == plain


def test_all_faults_are_told_at_once_with_their_lines() -> None:
    text = SMALLEST.replace("kind: days-since", "kind: days-sinse").replace("weight: 1", "weight: -1")
    text += "signals:\n  stalled: {opens: 1}\n"
    lines = found(text)
    assert [line.split(":")[0] for line in lines] == ["line 4", "line 6", "line 10"]
    assert lines[2] == 'line 10: signals.stalled.opens: unknown key, did you mean "open"?'


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("{since: 1}", "{sinse: 1}", 'line 6: dimensions.use.metrics.sinse: no such metric, did you mean "since"?'),
        ("ramp: [[0, 1], [30, 0]]", "ramp: [[0, 1], [0, 0]]", "line 4: metrics.since.ramp: the values have to rise"),
        ("ramp: [[0, 1], [30, 0]]", "ramp: [[0, 1], [9, 2]]", "line 4: metrics.since.ramp: the second number"),
        ("ramp: [[0, 1], [30, 0]]", "ramp: [[0, 1], [9]]", "line 4: metrics.since.ramp: each point is"),
        (", ramp: [[0, 1], [30, 0]]", "", "line 6: dimensions.use.metrics.since: this metric has no `ramp`"),
        ('events: ["*"]', "events: [role:atempt]", 'did you mean "role:attempt"?'),
        ('events: ["*"]', "events: [role:attempt, x]", '"role:attempt" has to stand alone'),
        ('events: ["*"]', "events: [role:contact]", 'no events play "role:contact"'),
        ('attempt: ["*"]', "attempt: [role:attempt]", "a role is made of events"),
        ('attempt: ["*"]', 'attempt: ["a[b]"]', "line 2: roles.attempt.0"),
        ("start: {}", "start: {optional: true}", "the first phase cannot be optional"),
        ("start: {}", "start: {next: strat}", 'no such phase, did you mean "start"?'),
        (
            "start: {}",
            "start: {goal: [{metric: since}]}",
            "line 8: journey.start.goal.0: needs `at_least` or `at_most`",
        ),
        ("start: {}", "start: {goal: [{metric: sinc, at_most: 1}]}", 'no such metric, did you mean "since"?'),
        (
            "start: {}",
            "start: {goal: [{metric: since, at_least: 2, at_most: 1}]}",
            "nothing is at least 2.0 and at most 1",
        ),
        ("start: {}", "start: {entry: [{metric: since, at_least: 2}]}", "only an optional phase has conditions"),
        ("name: smallest", "name: smallest\nbands: {healthy: {from: 50, until: 60}}", "line 2: bands: critical.below"),
        (
            "name: smallest",
            "name: smallest\nsignals: {stalled: {open: 0.5, close: 0.5}}",
            "closes at 0.5, not below 0.5",
        ),
        ("name: smallest", "name: smallest\nsignals: {silent: {}}", "line 2: signals.silent: Input should be"),
        ("name: smallest", "name: smallest\nname: other", "line 2: name: this key stands here twice"),
        ('attempt: ["*"]', 'attempt: ["*"], contact: {source: connected}', "a connected source needs `events`"),
        (
            "start: {}",
            "start: {goal: [{metric: since, at_least: -1}]}",
            "line 8: journey.start.goal.0.at_least: -1.0 is below 0, which a metric of the kind days-since never is",
        ),
        (
            "start: {}",
            "start: {goal: [{metric: since, at_most: -0.5}]}",
            "start.goal.0.at_most: -0.5 is below 0",
        ),
        ("start: {}", "start: {goal: [{metric: since, at_least: .nan}]}", "goal.0.at_least: Input should be a finite"),
        (
            'since: {kind: days-since, events: ["*"]',
            "since: {kind: ratio, events: [a], per: [b], prior_rate: -1",
            "line 4: metrics.since.prior_rate: -1.0 is below 0, which counts never are",
        ),
        (
            "start: {}",
            "start: {goal: [{metric: since, at_most: 9}]}\nmatrix: {cells: {all: {phases: {start: {goal: {since: "
            "{at_most: -1}}}}}}}",
            "line 9: matrix.cells.all.phases.start.goal.since.at_most: -1.0 is below 0",
        ),
        (
            "start: {}",
            "start: {}\ntouch:\n  by_acv:\n    yen: {high: 1}\n",
            "line 11: touch.by_acv.yen: is no currency of ISO 4217: write three capital letters, such as JPY",
        ),
        ("start: {}", "start: {}\ntouch: {by_acv: {YEN: {high: 1}}}", "touch.by_acv.YEN: is no currency of ISO 4217"),
        ("start: {}", "start: {}\ncapacity: {cost_per_hour: {yen: 1}}", "capacity.cost_per_hour.yen: is no currency"),
        ("name: smallest", "name: .nan", "line 1: name: Input should be a valid string"),
        ("name: smallest", "nme: smallest", 'line 1: nme: unknown key, did you mean "name"?'),
    ],
)
def test_each_fault_has_its_line_and_reason(wrong: str, right: str, told: str) -> None:
    assert wrong in SMALLEST
    assert told in "\n".join(found(SMALLEST.replace(wrong, right)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has to be a mapping"),
        ("- a", "has to be a mapping"),
        ("a: &x 1\nb: *x", "line 2: aliases (*name) are not taken"),
        ("a: [", "not YAML"),
        ("a: 1\n---\nb: 2", "line 2: not YAML"),
        ("a: !!python/object:os.system {}", "not YAML: could not determine a constructor"),
        ("a: \x00", "special characters are not allowed"),
        ("a: " + "[" * 40 + "]" * 40, f"nested deeper than {DEPTH_MAX}"),
        ("#" * (SIZE_BYTES_MAX + 1), "bytes are more than"),
        ("a: 2020-99-99", "month must be in 1..12"),
        ("1: 2", "Keys should be strings"),
    ],
)
def test_what_is_no_small_plain_mapping_is_refused_before_it_is_understood(text: str, told: str) -> None:
    assert told in "\n".join(found(text))


def test_a_bomb_of_aliases_is_refused_without_being_expanded() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    assert "aliases" in found(bomb)[0]


@given(st.text(max_size=300) | st.text(alphabet="a:-[]{}#&*!|>'\"% \n\t?,1.", max_size=120))
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    assert all(finding.line >= 1 for finding in check(text, "fuzz"))


def test_a_refusal_is_one_error_with_a_code_and_the_name_of_the_file() -> None:
    with pytest.raises(ModelError) as caught:
        load_model("a: [", "mine.yaml")
    assert isinstance(caught.value, Refused)
    assert caught.value.code == "model-wrong"
    assert caught.value.reason.startswith("mine.yaml, line 1: ")


def test_what_a_signal_leaves_out_is_the_default_of_its_kind() -> None:
    model = load_model(SMALLEST + "signals: {struggling: {severity: critical}}\n", "a")
    rules = {rule.kind: rule for rule in model.signals}
    assert (rules[SignalKind.STRUGGLING].open, rules[SignalKind.STRUGGLING].severity) == (0.0, Severity.CRITICAL)
    assert rules[SignalKind.STALLED].severity is Severity.WARNING
