"""The sample institution: an invented school with planted truths, loaded to try the system and taken away again.

What is planted (docs/guide/sample.md tells it with its numbers; tests/sample holds that it shows in the answers):
employers love what its learners hate (`safety-auditor`); a skill is stale (`pivot-summaries`) and one is rising
(`footprint-estimates`); a subject is crowded (`model-training`) and one is white space (`ai-output-checks`); a change
worked (`web-development`) and one did not (`machine-learning-foundations`); an organisation is lenient
(`pardelune-hotels`) and one severe (`kestrelane-mutual`); Polish is asked for (`heat-pumps`); a skill is promised and
not taught (`security-reporting`); two reviewers differ by two steps (`safety-auditor`, `assessment_valid`).

What must be withheld: a credential rated by four employers only (`customer-service`), one known to two organisations
only (`payroll-law`), one with four learners (`drone-surveying`).
"""

from feedback.sample.loading import SampleReport, load_sample, sample_is_loaded

__all__ = ["SampleReport", "load_sample", "sample_is_loaded"]
