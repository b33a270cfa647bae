"""The programmes of service satisfaction, as the catalogue has them."""

from collections import Counter
from decimal import Decimal

import pytest

from questionnaires.catalogue import folder
from questionnaires.lengths import form_lengths
from questionnaires.loading import Definitions, load_definitions

FACTORS = ("8.1.1", "8.1.2", "8.1.3", "8.1.4", "8.1.5")
FACTS = {"CACH-NOP", "SO-LAN", "THEM-GIAY", "TRE-HEN", "XIN-LOI"}
FIVE_FACTORS = ["sipas", "thanh-hoa-services"]


def entry(name: str) -> Definitions:
    return load_definitions(folder(name))


@pytest.mark.parametrize("name", FIVE_FACTORS)
def test_every_class_has_the_five_factors_and_four_questions_on_each(name: str) -> None:
    definitions = entry(name)
    framework, bank = definitions.framework, definitions.questionnaires
    for unit_class in framework.unit_classes:
        assert tuple(leaf.code for leaf in unit_class.survey_leaves()) == FACTORS
        for group in framework.groups:
            asked = bank.asked(framework, group.code, unit_class.code)
            factors = Counter(item.leaves[unit_class.code] for item in asked if item.leaves)
            assert factors == dict.fromkeys(FACTORS, 4)
            assert {item.code for item in asked if item.kind != "scale"} == FACTS


def test_scoring_software_finds_the_leaves_of_the_index(par_index: Definitions) -> None:
    index = {leaf.code: leaf for leaf in par_index.framework.unit_class("SBN").survey_leaves()}
    for leaf in entry("sipas").framework.unit_class("SBN").survey_leaves():
        of_index = index[leaf.code]
        assert (leaf.component, leaf.criterion) == (of_index.component, of_index.criterion)
        assert (leaf.name, leaf.max, leaf.weights) == (
            of_index.name,
            of_index.max,
            of_index.weights,
        )


def test_either_group_alone_still_makes_points() -> None:
    framework = entry("sipas").framework
    shares = {share for _, leaf in framework.leaves() for share in leaf.weights.values()}
    assert min(shares) / 100 >= framework.rules.minimum_cover


@pytest.mark.parametrize("name", FIVE_FACTORS)
def test_a_short_form_takes_two_or_three_minutes(name: str) -> None:
    definitions = entry(name)
    for form in form_lengths(definitions.framework, definitions.questionnaires):
        assert (form.long.questions, form.long.minutes) == (27, 4)
        assert {one.questions for one in form.short} == {17}
        assert {one.minutes for one in form.short} <= {2, 3}


@pytest.mark.parametrize("name", FIVE_FACTORS)
def test_every_set_has_half_of_each_factor_and_everybody_the_facts(name: str) -> None:
    definitions = entry(name)
    framework, bank = definitions.framework, definitions.questionnaires
    for group in framework.groups:
        for place in range(len(bank.sets(group.code))):
            for unit_class in framework.unit_classes:
                asked = bank.asked(framework, group.code, unit_class.code)
                put = bank.put_to(asked, group.code, place)
                factors = Counter(item.leaves[unit_class.code] for item in put if item.leaves)
                assert factors == dict.fromkeys(FACTORS, 2)
                assert {item.code for item in put} >= {*FACTS, "CHUNG"}


def test_services_of_agencies_and_of_a_water_company_are_known_by_name() -> None:
    sipas = entry("sipas")
    assert {"SBN", "XA", "DVCC"} == {one.code for one in sipas.framework.unit_classes}
    name = sipas.questionnaires.service_name
    assert name("DONG-HO-NUOC").en == name("Lắp đặt đồng hồ nước").en == "Water-meter connection"
    assert name("Thủ tục khác").en == "Thủ tục khác"
    assert len(entry("thanh-hoa-services").questionnaires.offered()) == 5


def test_both_ways_of_the_index_are_in_use_and_letters_count() -> None:
    methods = {name: entry(name).framework.rules for name in FIVE_FACTORS}
    assert methods["sipas"].index_method == "mean"
    assert methods["thanh-hoa-services"].index_method == "top_two"
    for rules in methods.values():
        assert rules.modes == ("web", "letter")
        # Mean ÷ maximum of five options: 1/5 of the scale for each step.
        assert list(rules.option_values["HL5"].values()) == [
            Decimal(n) for n in (100, 80, 60, 40, 20)
        ]


def test_the_form_of_a_desk_takes_a_minute_and_is_about_the_desk() -> None:
    quan_ba = entry("quan-ba")
    (form,) = form_lengths(quan_ba.framework, quan_ba.questionnaires)
    assert (form.long.questions, form.long.minutes, form.short) == (7, 1, ())
    assert [one.code for one in quan_ba.framework.unit_classes] == ["QUAY"]
    assert quan_ba.framework.rules.disclosure_threshold == 10
    (suggestion,) = (item for item in quan_ba.questionnaires.items if item.kind == "text")
    assert suggestion.hint is not None
    assert "name of any official" in suggestion.hint.en
