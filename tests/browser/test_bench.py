"""`make bench` still runs: one panel and its usual way, three keys each. It measures on an idle computer, not here."""

from benchmarks.bench_panels import TABLE, both, press, write_bench


def test_the_clock_stops_for_a_panel_and_for_the_usual_way(run_notebook, pages):
    expression, label = next(row[1:] for row in TABLE if row[0] == "terms")
    write_bench(pages, expression, label)
    with run_notebook("bench.ipynb") as lab:
        for root in both(lab):
            assert all(0 < milliseconds < 20_000 for milliseconds in press(root, label, 3))
        assert lab.errors() == []
