"""`feedback doctor --disclosure`, and what two releases tell between them."""

import json
from datetime import date

from feedback.exchange.published import steps_between
from feedback.store.releases import ENOUGH, Release
from tests.command_line import runner


def release(number: int, *people: tuple[str, int]) -> Release:
    units = tuple({"instrument": name, "credential": "a", "people": many} for name, many in people)
    return Release(number, date(2026, 3, number), ENOUGH, units, "digest")


def test_two_releases_that_differ_by_few_people_are_named():
    made = [release(3, ("learner", 21)), release(2, ("learner", 20)), release(1, ("learner", 12))]
    assert steps_between(made, 5) == ["WRONG: learner of a: releases 2 and 3 differ by too few people."]


def test_releases_that_move_by_enough_or_of_which_one_is_hidden_are_not():
    made = [release(3, ("learner", 12), ("expert", 9)), release(2, ("learner", 4), ("expert", 8)), release(1)]
    assert steps_between(made, 5, {"expert"}) == []


def test_of_an_institution_without_answers_nothing_can_be_worked_out(monkeypatch, capsys, tmp_path):
    run = runner(monkeypatch, capsys, f"sqlite:///{tmp_path / 'feedback.db'}")
    assert run("init").code == 0
    found = run("doctor", "--disclosure", "--json")
    told = json.loads(found.out)
    assert (found.code, told["facts"], told["solved"], told["releases"]) == (0, 0, [], [])
