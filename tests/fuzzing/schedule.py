"""Schedule files that are fuzzed."""

import json

import otgah
from instances.files import write_instance
from instances.schedule_files import read_schedule, write_schedule
from tests.fuzzing.agreement import same
from tests.fuzzing.format import JsonFormat
from tests.fuzzing.instance import small_instances


class ScheduleFormat(JsonFormat):
    """Schedule files."""

    name = "schedule"

    def __init__(self, folder):
        super().__init__(folder)
        self.instance = small_instances()[2]
        self.home = self.folder / "home.json"
        write_instance(self.instance, self.home)
        found = otgah.solve(self.instance, "greedy-by-output").result.schedule
        write_schedule(found, self.instance, self.folder / "sound.json")
        self.sound = [json.loads((self.folder / "sound.json").read_text())]

    def read(self):
        schedule = read_schedule(self.path, self.instance)
        batches = self.document()["assignment"]
        same(
            {str(j): list(batch) for j, batch in enumerate(schedule.batches)},
            {key: sorted(batch) for key, batch in batches.items()},
        )
        verdict = otgah.check(self.home, self.path)
        served = [request for batch in batches.values() for request in batch]
        assert not (verdict.passed and len(set(served)) < len(served)), "a request twice"
