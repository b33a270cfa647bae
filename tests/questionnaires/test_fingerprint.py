import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.fingerprint import canonical_json, fingerprint
from questionnaires.loading import Definitions, framework_from_json, questionnaires_from_json

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


def test_the_canonical_form_is_sorted_utf8_without_spaces() -> None:
    value = {"b": [Decimal("1.50"), True, None], "a": "Sở Nội vụ", "c": (1,)}
    written = '{"a":"Sở Nội vụ","b":["1.50",true,null],"c":[1]}'
    assert canonical_json(value) == written.encode()


def test_decimals_are_written_in_plain_notation() -> None:
    assert canonical_json([Decimal("1E+2"), Decimal("0.0000001")]) == b'["100","0.0000001"]'


def test_the_fingerprint_is_the_sha256_of_the_canonical_form() -> None:
    empty_object = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert fingerprint({}) == empty_object


@given(plain)
def test_canonical_json_reads_back_to_the_same_value(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers()))
def test_the_order_of_keys_changes_nothing(value: dict[str, int]) -> None:
    turned = dict(reversed(value.items()))
    assert fingerprint(turned) == fingerprint(value)


@pytest.mark.parametrize("value", [1.5, {1}, b"x", {1: "a"}, {"a": [float("nan")]}])
def test_what_has_no_single_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_decimals_that_are_no_number_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        canonical_json([Decimal(value)])


def test_frozen_definitions_read_back_to_the_same_fingerprint(
    two_units: Definitions, par_index: Definitions
) -> None:
    for definitions in (two_units, par_index):
        framework = framework_from_json(canonical_json(definitions.framework))
        bank = questionnaires_from_json(canonical_json(definitions.questionnaires))
        assert framework == definitions.framework
        assert bank == definitions.questionnaires
        assert fingerprint(framework) == fingerprint(definitions.framework)


def test_a_definition_written_in_another_key_order_has_the_same_fingerprint(
    two_units: Definitions,
) -> None:
    document = json.loads(
        canonical_json(two_units.framework), object_pairs_hook=lambda pairs: dict(reversed(pairs))
    )
    assert list(document) != sorted(document)
    turned = framework_from_json(json.dumps(document).encode())
    assert fingerprint(turned) == fingerprint(two_units.framework)


def test_a_changed_weight_changes_the_fingerprint(two_units: Definitions) -> None:
    document = canonical_json(two_units.framework)
    changed = framework_from_json(document.replace(b'"CB":"40"', b'"CB":"41"'))
    assert fingerprint(changed) != fingerprint(two_units.framework)


def test_a_role_that_is_not_given_leaves_the_form_as_it_was(two_units: Definitions) -> None:
    document = json.loads(canonical_json(two_units.questionnaires))
    assert not any("role" in item for item in document["items"])
    assert document["scales"][0]["role"] == "satisfaction"
