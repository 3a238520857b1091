"""The contents page of what we claim: question, analysis, the gate, chart, sentence, caution."""
