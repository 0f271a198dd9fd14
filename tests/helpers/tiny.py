"""A tiny experiment, with words that only an escaped page shows as they are."""

from analysis.experiments.claim import Answer, Claim, settle
from analysis.experiments.experiment import Drawing, Effort, Experiment, Line
from analysis.experiments.figure import Axis, curves

MARKUP = "<b>more</b> & more"


def _judge(table):
    rate = table["completion_rate"].mean()
    return settle({(): Answer(holds=bool(rate > 0), evidence=f"{MARKUP} {rate:.3f}")})


def _draw(table, source):
    picture = curves(
        table,
        title="Tiny & small",
        x=Axis(column="rate_per_s", title="rate"),
        y=Axis(column="completion_rate", title="completed", is_share=True),
        source=source,
    )
    return (Drawing(name="tiny", picture=picture),)


TINY = Experiment(
    name="tiny",
    title=f"Tiny {MARKUP}",
    place="nowhere",
    question=MARKUP,
    varies={"rate_per_s": (3, 6)},
    fixed={"count_waiting": False},
    lines=(Line(label="OT-GAH", scheme="ot-gah"), Line(label="static", scheme="static-batching")),
    quick=Effort(num_seeds=1, num_epochs=1, only={"rate_per_s": (3,)}),
    full=Effort(num_seeds=2, num_epochs=1),
    claims=(Claim(sentence=MARKUP, place=MARKUP, test=MARKUP, judge=_judge),),
    draw=_draw,
)
