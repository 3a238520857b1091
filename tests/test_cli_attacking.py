"""`feedback doctor --disclosure`, and what two releases tell between them."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from feedback.analysis.differencing import Solved
from feedback.exchange.published import steps_between
from feedback.findings import attacking
from feedback.store.releases import ENOUGH, Release
from tests.command_line import runner

HERE = Path(__file__).parents[1]


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


def test_what_could_be_worked_out_is_named_without_its_number_and_the_exit_code_says_so(monkeypatch, capsys, tmp_path):
    run = runner(monkeypatch, capsys, f"sqlite:///{tmp_path / 'feedback.db'}")
    assert run("init").code == 0
    attack, views = attacking.attack, ("worth of a", "worth of b", "runs of a", "runs of b", "answers of a")
    solved = (
        Solved("a, learners, learner goals: no", 71_117, 71_117, views),
        Solved("b, learners, learner goals: no", 82_227, 82_228, views[:1]),
    )
    monkeypatch.setattr(attacking, "attack", lambda *given: replace(attack(*given), solved=solved, apart=23))
    found = run("doctor", "--disclosure")
    assert found.code == 1
    assert "1 could be worked out, 1 to within one." in found.out
    assert "23 were left aside" in found.out
    assert (
        "WRONG: a, learners, learner goals: no (exactly). From: worth of a; worth of b; runs of a and 2 more.\n"
        "WRONG: b, learners, learner goals: no (to within one). From: worth of a.\n"
    ) in found.out
    assert "What to do: hand none of these views on" in found.out
    told = run("doctor", "--disclosure", "--json")
    assert (told.code, [each["exactly"] for each in json.loads(told.out)["solved"]]) == (1, [True, False])
    for number in ("71,117", "71117", "82,227", "82227", "82228"):
        assert number not in found.out + found.err + told.out + told.err


def test_every_finding_that_is_not_tried_is_named_in_the_output_and_in_the_guide(monkeypatch, capsys, tmp_path):
    run = runner(monkeypatch, capsys, f"sqlite:///{tmp_path / 'feedback.db'}")
    assert run("init").code == 0
    said = run("doctor", "--disclosure").out.partition("Not tried: ")[2]
    guide = (HERE / "docs" / "guide" / "running.md").read_text(encoding="utf-8")
    part = guide.partition("## Could somebody work out what is left out?")[2].partition("\n## ")[0]
    for name, why in attacking.NOT_READ.items():
        assert name in said
        assert why in said
        assert f"`{name}`" in part
