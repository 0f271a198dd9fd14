"""Certificate files that are fuzzed."""

import json
import random

import otgah
from analysis.checks.certificate import check_certificate
from instances.certificate_files import certificate_document
from instances.files import write_instance
from tests.fuzzing.agreement import same
from tests.fuzzing.format import JsonFormat
from tests.fuzzing.instance import small_instances
from tests.helpers.certificates import RandomTree


class CertificateFormat(JsonFormat):
    """Certificate files: whatever is accepted proves no bound below the optimum."""

    name = "certificate"

    def __init__(self, folder):
        super().__init__(folder)
        self.instance = small_instances()[2]
        self.home = self.folder / "home.json"
        write_instance(self.instance, self.home)
        result = otgah.solve(self.instance, "decomposition").result
        self.optimum = result.objective
        bound = otgah.bound(self.instance).result
        self.sound = [
            certificate_document(each, self.instance.name)
            for each in (
                result.certificate,
                bound.certificate,
                *(
                    RandomTree(self.instance.coefficients, random.Random(seed), 60).certificate()
                    for seed in range(8)
                ),
            )
        ]

    def read(self):
        certificate = otgah.read_certificate(self.path, self.instance)
        document = self.document()
        again = json.loads(json.dumps(certificate_document(certificate, self.instance.name)))
        same({key: again[key] for key in document}, document)
        verdict = check_certificate(self.home, self.path)
        if verdict.passed:
            assert certificate.tree_bound >= self.optimum, "a false proof"
