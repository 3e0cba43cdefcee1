"""Our availability is right where others' is not, on timelines whose truth is known; small counts of the bench's."""

from statistics import mean

from tests.bench import calculators as by
from tests.bench.year import EVERY, THRESHOLD, year


def test_ours_is_the_truth_to_the_second_on_random_timelines() -> None:
    ratio, rows = [], []
    for story in by.stories(400, seed=7):
        true = by.truth(story)
        assert by.ours(story) == true, story
        ratio.append(by.error_s(by.sample_ratio(story), true))
        rows.append(by.error_s(by.outage_rows(story), true))
    # What the comparison is worth: the others are wrong where it is hard, and right where it is not.
    assert mean(ratio) > 60
    assert mean(rows) > 60
    plain = [story for story in by.stories(400, seed=7) if story.plain]
    assert len(plain) > 20
    assert max(by.error_s(by.outage_rows(story), by.truth(story)) for story in plain) == 0


def test_a_year_of_faults_is_found_within_an_interval_of_each_transition() -> None:
    for seed in range(12):
        its = year(seed)
        assert its.outages > 0
        assert its.missed == 0, f"an outage longer than {THRESHOLD} was not found"
        assert its.invented == 0
        assert max(its.edges) <= EVERY * 1.01  # a word may be five seconds late
        assert its.error <= 2 * its.outages * EVERY
