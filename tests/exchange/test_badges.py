"""Confirmed statements as Open Badges 3.0 and CTDL: the fields those specifications name, and nothing unconfirmed."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import orjson

from feedback.exchange.badges import ABOUT, endorsement, recognition, statements_json
from feedback.store.endorsements import Statement

DAY = date(2026, 3, 9)
URL = "https://feedback.example.org"
ACME = Statement(
    "a" * 32, "acme", "Acme & <b>Söhne</b>", "data-badge", "Data badge", "data", date(2026, 3, 1), DAY, DAY, None, False
)


def read(*statements):
    return orjson.loads(statements_json(statements, URL))


def test_a_statement_has_the_fields_of_an_endorsement_credential():
    made = endorsement(ACME, URL)
    assert made["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert made["type"] == ["VerifiableCredential", "EndorsementCredential"]
    assert made["issuer"]["type"] == ["Profile"]
    assert made["issuer"]["name"] == "Acme & <b>Söhne</b>"
    assert made["validFrom"] == "2026-03-09T00:00:00Z"
    assert made["credentialSubject"]["type"] == ["EndorsementSubject"]
    assert made["credentialSubject"]["endorsementComment"] == ACME.words
    for place in (made, made["issuer"], made["credentialSubject"]):
        assert UUID(place["id"].removeprefix("urn:uuid:"))
    assert "proof" not in made


def test_the_file_says_that_nothing_is_signed_and_holds_one_credential_a_confirmed_statement():
    waiting = replace(ACME, id="b" * 32, organisation="bell", name="Bell", confirmed_on=None)
    sample = replace(ACME, id="c" * 32, organisation="made-up", name="Made up", is_sample=True)
    document = read(ACME, waiting, sample)
    assert "not signed" in ABOUT
    assert document["about"] == ABOUT
    assert [each["issuer"]["name"] for each in document["endorsements"]] == [ACME.name]
    assert read()["endorsements"] == []


def test_recognised_by_names_only_those_that_agreed_to_it():
    bell = replace(ACME, id="b" * 32, organisation="bell", name="Bell", named_on=DAY)
    carl = replace(bell, id="c" * 32, organisation="carl", name="Carl", confirmed_on=None)
    document = read(ACME, bell, carl)["recognition"]
    assert document["@context"] == "https://credreg.net/ctdl/schema/context/json"
    (one,) = document["@graph"]
    assert one["ceterms:name"] == {"und": "Data badge"}
    assert [each["ceterms:name"] for each in one["ceterms:recognizedBy"]] == [{"und": "Bell"}]
    assert recognition([ACME]) == []


def test_identifiers_stay_and_belong_to_one_institution():
    assert endorsement(ACME, URL) == endorsement(ACME, f"{URL}/")
    assert endorsement(ACME, URL)["id"] != endorsement(ACME, "https://other.example.org")["id"]
    other = replace(ACME, id="b" * 32, organisation="bell")
    assert endorsement(other, URL)["credentialSubject"]["id"] == endorsement(ACME, URL)["credentialSubject"]["id"]
    assert endorsement(other, URL)["issuer"]["id"] != endorsement(ACME, URL)["issuer"]["id"]
