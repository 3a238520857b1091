"""The sample institution: an invented school with a planted truth, loaded to try the system and taken away again.

The truth: **employers love "Industrial Safety Auditor" (`safety-auditor`), and its learners hate it** — the highest
rung on the ladder of recognition, the lowest share who found it worth their time, and complaints about assessment and
pace. `data/sample/institution.toml` says what is true of every credential, and also plants what must be withheld: one
credential known to four employers only (`customer-service`), one to two organisations only (`payroll-law`), one with
four learners (`drone-surveying`); one lenient organisation (`pardelune-hotels`) and one severe (`kestrelane-mutual`).
"""

from feedback.sample.loading import SampleReport, load_sample, sample_is_loaded

__all__ = ["SampleReport", "load_sample", "sample_is_loaded"]
