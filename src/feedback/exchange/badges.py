"""Confirmed statements as other programs read them: Open Badges 3.0 endorsements, and CTDL for who is named.

Nothing is signed: we hold no key of the organisations that speak. Whoever needs proof asks them, or has them sign.
Contexts are named by their addresses and fetched by nobody here.
"""

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from feedback.store.endorsements import CONFIRMED, Statement

CONTEXT = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
CTDL = "https://credreg.net/ctdl/schema/context/json"
ABOUT = (
    "Statements that organisations confirmed by a link sent to them, as EndorsementCredential of Open Badges 3.0 in "
    "the data model of Verifiable Credentials 2.0. They are not signed, so no program can verify them: ask the "
    "organisation. Each can be taken back at any time; fetch this file anew before you rely on it. recognition names, "
    "in CTDL, only organisations that agreed to it. None of this is part of what employers answered."
)


def statements_json(statements: Sequence[Statement], public_url: str = "") -> bytes:
    """One JSON document of the statements that are public; the sample's are left out, for nobody said them.

    public_url: the address people reach the app at, of which the identifiers are made.
    """
    public = [each for each in statements if each.state == CONFIRMED and not each.is_sample]
    document = {
        "about": ABOUT,
        "endorsements": [endorsement(each, public_url) for each in public],
        "recognition": {"@context": CTDL, "@graph": recognition(public, public_url)},
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def endorsement(statement: Statement, public_url: str = "") -> dict[str, Any]:
    """A statement as an EndorsementCredential: issued by the organisation, about the credential."""
    return {
        "@context": list(CONTEXT),
        "id": _urn(public_url, "statement", statement.id),
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": f"Endorsement of {statement.title} by {statement.name}",
        "issuer": {
            "id": _urn(public_url, "organisation", statement.organisation),
            "type": ["Profile"],
            "name": statement.name,
        },
        "validFrom": f"{statement.confirmed_on}T00:00:00Z",
        "credentialSubject": {
            "id": _urn(public_url, "credential", statement.credential),
            "type": ["EndorsementSubject"],
            "endorsementComment": statement.words,
        },
    }


def recognition(statements: Sequence[Statement], public_url: str = "") -> list[dict[str, Any]]:
    """Each credential with the organisations that agreed to be named as recognising it, in CTDL.

    Names carry no language, for nobody says which they are in ("und").
    """
    by_credential: dict[str, list[Statement]] = {}
    for each in statements:
        if each.named_on:
            by_credential.setdefault(each.credential, []).append(each)
    return [
        {
            "@id": _urn(public_url, "credential", slug),
            "@type": "ceterms:Credential",
            "ceterms:name": {"und": found[0].title},
            "ceterms:recognizedBy": [
                {
                    "@id": _urn(public_url, "organisation", each.organisation),
                    "@type": "ceterms:Organization",
                    "ceterms:name": {"und": each.name},
                }
                for each in found
            ],
        }
        for slug, found in by_credential.items()
    ]


def _urn(public_url: str, kind: str, name: str) -> str:
    """The same for the same thing of the same institution, whenever it is written."""
    return uuid5(NAMESPACE_URL, f"{public_url.rstrip('/')}/{kind}/{name}").urn
