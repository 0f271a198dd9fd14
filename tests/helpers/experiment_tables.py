"""Tables of experiments, invented: every row that a quick run has, with the values of a story."""

from dataclasses import replace

import pandas as pd

from analysis.experiments.experiment import Effort


def table_of(experiment, story, num_seeds=4, **effort):
    """Return the tidy table in which each row has the values that the story tells of it.

    The story takes the columns that tell rows apart and returns what was measured; a little is
    added by seed, the same for every line, as common random numbers do.
    """
    chosen = replace(experiment.quick, num_seeds=num_seeds, seeds_at=None, **effort)
    assert isinstance(chosen, Effort)
    rows = [{**row, **story(row)} for row, _ in experiment.works(chosen)]
    return pd.DataFrame(rows).convert_dtypes()


def served(rate, seed=0, arrived=1000):
    """Return the counts of a row that completes this share, a little more with each seed."""
    completed = round(arrived * rate) + (seed if rate else 0)
    return {
        "arrived": arrived,
        "completed": completed,
        "completion_rate": completed / arrived,
        "completed_per_epoch": completed / 10,
        "batch_s": 0.5,
    }


def verdicts(experiment, table):
    """Return the verdict of each claim, by the words that its sentence begins with."""
    return {claim.sentence: claim.judge(table).verdict for claim in experiment.claims}


def verdict(experiment, table, words):
    """Return the verdict of the one claim whose sentence has these words."""
    [claim] = [each for each in experiment.claims if words in each.sentence]
    return claim.judge(table).verdict
