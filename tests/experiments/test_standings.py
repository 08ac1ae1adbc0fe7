"""Who is best, from charts."""

from experiments.benchmarks.standings import standing, standings


def test_the_least_time_and_the_greatest_rate_win():
    times = {"jaxcnn": 10.0, "jaxcnn without oneDNN": 30.0, "PyTorch": 25.0, "Keras 3": 20.0}
    row = standing("MLP: ms a step", times)
    assert row == ["MLP: ms a step", "jaxcnn", "10", "Keras 3", "20", "2.00x as fast"]
    rates = {"augment alone": 300.0, "jaxcnn": 100.0, "grain": 40.0}
    row = standing("arrays: pictures a second", rates)
    assert row[1:] == ["augment alone", "300", "grain", "40", "7.50x as fast"]
    row = standing("arrays: pictures a second", {**rates, "grain": 600.0})
    assert row[1:] == ["grain", "300", "grain", "600", "2.00x as slow"]


def test_charts_without_a_comparison_have_no_row():
    machine = {"date": "2026-11-30 08:00"}
    results = [
        {"machine": machine, "bars": {"a": {"jaxcnn": 1.0}, "b": {"PyTorch": 1.0}}},
        {"machine": machine},
        {"machine": machine, "bars": {"c": {"jaxcnn": 2.0, "PyTorch": 1.0}}},
    ]
    rows = standings(results).splitlines()[2:]
    assert len(rows) == 1 and rows[0].startswith("| c") and rows[0].endswith("2026-11-30 |")
