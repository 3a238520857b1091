import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.discoveries import discovered, next_one


def test_discoveries_are_those_of_benjamini_and_hochberg():
    assert discovered([0.04, 0.001, 0.03, 0.9], 0.05).tolist() == [False, True, False, False]
    assert discovered([0.02, 0.001, 0.03, 0.9], 0.05).tolist() == [True, True, True, False]
    assert not discovered([np.nan, np.nan]).any()
    assert discovered([]).tolist() == []


@given(st.lists(st.floats(0.0, 1.0) | st.just(float("nan")), max_size=20))
def test_one_more_is_a_discovery_at_the_p_that_is_told_and_not_above_it(tests):
    told, known = next_one(tests, 0.1), [p for p in tests if not np.isnan(p)]
    found = discovered(tests, 0.1)
    assert all(p <= told for p in np.array(tests)[found])
    missed = sorted(p for p, is_found in zip(tests, found, strict=True) if not np.isnan(p) and not is_found)
    if missed:
        at = tests.index(missed[0])
        assert discovered([*tests[:at], told * (1 - 1e-9), *tests[at + 1 :]], 0.1)[at]
        assert missed[0] > told * (1 - 1e-9)
    else:
        assert told == pytest.approx(0.1)
    assert len(known) >= found.sum()
