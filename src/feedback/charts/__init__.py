"""Charts: one small table, already gated, in; one Vega-Lite specification (a plain dict) out.

Every table carries a column `state`: "shown", "early" (few answers: hollow mark) or "withheld" (a grey dash and words).
Respondents' and leads' text enters as data under fixed column names only, never as a field name or an expression.
"""
