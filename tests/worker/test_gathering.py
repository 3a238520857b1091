"""What findings work on is gathered with every name, and every step of a scale on its side of the middle."""

import pytest

from feedback.settings import data_folder
from feedback.survey.scales import FILE, read_scales
from feedback.worker.gathering import side

SCALES = read_scales(data_folder() / "instruments" / FILE).scales


@pytest.mark.parametrize(
    ("scale", "sides"),
    [("agree5", [-1, -1, 0, 1, 1]), ("length7", [-1, -1, 0, 0, 0, 1, 1]), ("change5", [-1, -1, 0, 1, 1])],
)
def test_every_step_lies_on_its_side_of_the_middle(scale, sides):
    found = SCALES[scale]
    assert [side(found, step) for step in found.steps] == sides
