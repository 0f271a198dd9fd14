"""The controller of the slots: what it tries, what it keeps, and what it refuses."""

import pytest

from analysis.simulation.simulate import simulate
from analysis.simulation.slots import Slots, SlotTuner
from heuristics.errors import InputError
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.system_models.assemble import assemble
from heuristics.system_models.template import read_template
from instances.families import drawing


def section_v(seed):
    return drawing.draw(read_template("section-v"), seed)


def test_an_epoch_keeps_its_length():
    setting = Slots(0.125, 0.5).applied(section_v(0)).setting
    slots = (setting.uplink_slot_s, setting.compute_slot_s, setting.downlink_slot_s)
    assert slots == (0.125, 1.375, 0.5)
    assert setting.period_s == 2.0


def test_slots_change_after_so_many_epochs_to_the_best_of_those_tried():
    tuner = SlotTuner(2, Slots(0.25, 0.25), 2.0)
    seen = [section_v(seed) for seed in range(2)]
    tuner.observe(seen[0])
    assert tuner.slots == (0.25, 0.25)
    tuner.observe(seen[1])

    def served(slots):
        return sum(ot_gah_fast(assemble(slots.applied(each))).objective for each in seen)

    tried = [Slots(0.25 * up, 0.25 * down) for up in (1, 0.5, 2) for down in (1, 0.5, 2)]
    assert served(tuner.slots) == max(map(served, tried)) > served(Slots(0.25, 0.25))


def test_slots_that_nothing_improves_stay():
    tuner = SlotTuner(1, Slots(0.25, 0.25), 2.0)
    tuner.observe(drawing.draw(read_template("section-v").changed(workload={"num_requests": 0}), 0))
    assert tuner.slots == (0.25, 0.25)


def test_ample_spectrum_gives_its_slots_to_computing():
    """In Section V a prompt takes a ten-thousandth of T_U: shorter slots serve more."""
    fixed, tuned = (
        simulate("section-v", ["ot-gah-fast"], num_epochs=12, tune_slots=every)
        for every in (None, 3)
    )
    assert fixed.requests["epoch"].tolist() == tuned.requests["epoch"].tolist()
    completed = [int(each.summary()["completed"].iloc[0]) for each in (fixed, tuned)]
    assert completed[1] > completed[0]
    assert int(tuned.epochs[["num_late", "num_overruns", "num_delayed"]].sum().sum()) == 0


def test_tuned_epochs_are_kept_apart_and_come_out_again(tmp_path):
    settings = {"num_epochs": 4, "out": tmp_path / "epochs.sqlite"}
    first, again = (
        simulate("section-v", ["ot-gah-fast"], tune_slots=2, **settings) for _ in range(2)
    )
    assert first.summary().equals(again.summary())
    fixed = simulate("section-v", ["ot-gah-fast"], **settings)
    assert set(fixed.epochs["simulation"]).isdisjoint(first.epochs["simulation"])


def test_a_pipelined_period_cannot_be_tuned():
    with pytest.raises(InputError, match="period: must be epoch where slots are tuned"):
        simulate(
            "section-v",
            ["ot-gah-fast"],
            num_epochs=2,
            tune_slots=2,
            settings={"period": "pipelined"},
        )


@pytest.mark.parametrize("every", [0, -1])
def test_the_number_of_epochs_is_positive(every):
    with pytest.raises(InputError, match="tune-slots"):
        simulate("section-v", ["ot-gah-fast"], num_epochs=2, tune_slots=every)
