"""The eight kinds of credential that come along, and what is said of a broken file of them."""

import pytest

from feedback.catalogue.kinds import read_credential_kinds
from feedback.errors import Refused
from feedback.settings import data_folder

LANGUAGES = {"en", "es", "de", "ar"}


def test_the_eight_kinds_are_named_and_explained_in_four_languages():
    kinds = read_credential_kinds(data_folder() / "credential_kinds.toml")
    assert [kind.slug for kind in kinds] == [
        "micro-credential",
        "badge",
        "bootcamp",
        "professional-certificate",
        "nanodegree",
        "competency-based-credential",
        "open-badge",
        "mooc-certificate",
    ]
    for kind in kinds:
        assert set(kind.names) == set(kind.meanings) == LANGUAGES
        assert kind.name == kind.name_in("en") == kind.name_in("xx")
        assert all(len(kind.meaning_in(language)) > 30 for language in LANGUAGES)


def test_every_problem_of_a_file_is_told_at_once(tmp_path):
    path = tmp_path / "kinds.toml"
    path.write_text(
        '[[kinds]]\nslug = "Big Badge"\nname = { en = "B" }\n'
        '[[kinds]]\nslug = "a"\nname = { es = "A" }\n'
        '[[kinds]]\nslug = "b"\nname = { en = "B" }\n[[kinds]]\nslug = "b"\nname = { en = "B" }\n'
    )
    with pytest.raises(Refused) as refused:
        read_credential_kinds(path)
    assert [str(problem)[:28] for problem in refused.value.problems] == [
        'kinds.toml, kind "Big Badge"',
        'kinds.toml, kind "a": name a',
        'kinds.toml, kind "b": stands',
    ]


def test_a_file_that_is_no_toml_is_refused_with_its_name(tmp_path):
    path = tmp_path / "kinds.toml"
    path.write_text("[[kinds]\n")
    with pytest.raises(Refused, match=r"kinds\.toml: is not a TOML file"):
        read_credential_kinds(path)
